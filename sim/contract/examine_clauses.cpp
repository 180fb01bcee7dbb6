// SPDX-License-Identifier: MIT
// Looking at a stopped thread, and learning afterwards whether it held still. What the thread does
// meanwhile shows as changes of its state.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

bool is_prepare(const ApiReading& api) {
    return api.call == ApiCall::prepare_examine && api.engine.valid();
}

bool is_finish(const ApiReading& api) {
    return api.call == ApiCall::finish_examine && api.engine.valid();
}

/// Whether the engine held its target when the call began and still does.
bool keeps_holding(const Judge& j) { return j.engine(j.api().engine).stop && undisturbed(j); }

/// At an `api` event: things happened during the call, so that it may have seen them or not.
bool is_unclear(const Judge& j) {
    return !undisturbed(j) || !state_kept(j) ||
           j.engine(j.api().engine).callbacks != j.call().callbacks;
}

/// At an `api` event: the engine has stopped its target, by an answer or by a call that was
/// answered with 0, or finds it stopped. A STOP that was answered with -EINPROGRESS only asks for a
/// callback.
bool has_stopped(const Judge& j) {
    const EngineView& engine = j.engine(j.api().engine);
    const bool answered = engine.held != never && engine.held == engine.answer.step;
    return answered || j.ledger(j.api().engine).granted != never || began_traced(j);
}

void refusals(Judge& j) {
    const ApiReading api = j.api();
    if (!is_prepare(api) || by_target(j) || !undisturbed(j)) return;
    const EngineView& engine = j.engine(api.engine);
    const bool stop = engine.stop && engine.detached == never;
    const CallView& call = j.call();
    std::int64_t right = 0;
    if (!stop) {
        right = -K_EINVAL;
    } else if (call.exit_state != 0) {
        right = -K_ESRCH;
    } else if (call.state == 0) {
        right = -K_EAGAIN;
    } else if (!began_traced(j)) {
        return;  // whether a sleep passes for a stop is C-245
    }
    // The target may act during the call: begin to hold still, let go in a callback, die.
    if (engine.callbacks != call.callbacks || !state_kept(j)) return;
    // Of a dead task that the engine does not hold both are true.
    const bool dead_too = !stop && call.exit_state != 0 && api.result == -K_ESRCH;
    j.expect(api.result == right || dead_too, call.step, [&] {
        return "prepare_examine for " + j.name(api.engine) + " answers " + result_name(api.result) +
               ", and " + j.name(api.task) +
               (!stop               ? " is not held by it"
                : right == 0        ? " is held by it"
                : right == -K_ESRCH ? " is dead"
                                    : " runs");
    });
}

void holds_still(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (is_prepare(api) && api.result == 0 && !by_target(j)) j.exercised();
        return;
    }
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::callback && j.callback().kind == CallbackKind::reap) return;
    if (excused(j, task)) return;
    for (const Examination& exam : j.ledger().examinations()) {
        const EngineId id{exam.engine};
        const EngineView& engine = j.engine(id);
        if (!exam.open || engine.task != task.value || !engine.stop) continue;
        const EngineLedger& ledger = j.ledger(id);
        const bool answered = engine.held == engine.answer.step && engine.held < exam.since;
        if (!answered && ledger.granted == never) continue;
        if (ledger.own_call != never && ledger.own_call >= exam.since) continue;
        j.broken(exam.since, j.name(task) + " goes on while " + j.name(id) + " examines it");
    }
}

void unfinished(Judge& j) {
    if (j.kind() == EventKind::api_enter) {
        const ApiReading api = j.api();
        if (!is_prepare(api)) return;
        const Examination* before = j.ledger().examination(api.engine, j.event().actor);
        const bool open = before != nullptr && before->open;
        return j.expect(
            !open, open ? before->since : never,
            [&] { return j.name(api.engine) + " begins to examine again without having finished"; },
            api.engine);
    }
    if (!ended(j)) return;
    for (const Examination& exam : j.ledger().examinations()) {
        const EngineId id{exam.engine};
        const TaskId task{j.engine(id).task};
        if (!exam.open || j.task(task).killed != never) continue;
        j.expect(
            false, exam.since,
            [&] { return j.name(id) + " does not finish examining " + j.name(task); }, id);
    }
}

/// At an `api` event of finish_examine: the preparation that it belongs to. Null also when
/// another caller has prepared for the same engine since: the two may share what they remember.
const Examination* prepared_before(const Judge& j) {
    const Examination* own = j.ledger().examination(j.api().engine, j.event().actor);
    if (own == nullptr) return nullptr;
    for (const Examination& other : j.ledger().examinations()) {
        if (other.engine == own->engine && other.since > own->since) return nullptr;
    }
    return own;
}

bool held_still_since(const Judge& j, const Examination& exam) {
    return j.ledger(j.api().task).state_events == exam.state_events;
}

void finish_says_it_held_still(Judge& j) {
    const ApiReading api = j.api();
    if (!is_finish(api) || api.result != 0 || by_target(j)) return;
    const Examination* exam = prepared_before(j);
    if (exam == nullptr) return;
    const bool same = held_still_since(j, *exam);
    // It may have woken just after the call had looked.
    if (!same && !state_kept(j)) return;
    j.expect(same, exam->since, [&] {
        return "finish_examine for " + j.name(api.engine) + " answers 0 although " +
               j.name(api.task) + " woke meanwhile";
    });
}

void finish_says_it_did_not(Judge& j) {
    const ApiReading api = j.api();
    if (!is_finish(api) || by_target(j)) return;
    const Examination* exam = prepared_before(j);
    if (exam == nullptr) return;
    if (api.result == -K_EAGAIN) {
        return j.expect(!held_still_since(j, *exam), exam->since, [&] {
            return "finish_examine for " + j.name(api.engine) + " answers -EAGAIN and " +
                   j.name(api.task) + " has not moved";
        });
    }
    if (api.result != -K_EINVAL) return;
    j.expect(!keeps_holding(j), exam->since, [&] {
        return "finish_examine for " + j.name(api.engine) +
               " answers -EINVAL although it still holds its target";
    });
}

void hold_lasts(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (!is_prepare(api) || api.result != 0 || by_target(j)) return;
        const bool right = j.engine(api.engine).stop && has_stopped(j);
        return j.expect(right || is_unclear(j), j.call().step, [&] {
            return j.name(api.engine) + " is told that it can examine " + j.name(api.task) +
                   ", which sleeps and was stopped by nobody";
        });
    }
    const EngineId id = j.engine_in(1);
    const std::uint64_t since = j.ledger().examined(id);
    const bool ends = j.value(2) == 0 && since != never;
    if (!ends || excused(j, j.task_in(0)) || !j.task(j.task_in(0)).traced()) return;
    const std::uint64_t own_call = j.ledger(id).own_call;
    if (j.engine(id).controlling != 0 || (own_call != never && own_call >= since)) return;
    j.broken(since, "the hold of " + j.name(id) + " ends without a call of its own");
}

constexpr Clause clauses[] = {
    {"C-236",
     Bound::utrace,
     "To examine oneself needs no preparation: the answer is 0.",
     returns(ApiCall::prepare_examine, ApiCall::finish_examine),
     [](Judge& j) {
         const ApiReading api = j.api();
         if ((!is_prepare(api) && !is_finish(api)) || !by_target(j)) return;
         j.expect(api.result == 0, j.call().step,
                  [&] { return j.name(api.task) + " examines itself and the answer is not 0"; });
     },
     nullptr,
     {},
     "contract/calls-on-oneself"},

    {"C-237",
     Bound::engine,
     "Only an engine that holds the thread may prepare to examine it.",
     returns(ApiCall::prepare_examine),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!is_prepare(api) || by_target(j)) return;
         const bool holds = j.engine(api.engine).stop;
         if (api.result == -K_EINVAL && holds) return;  // the answer is wrong: C-239
         j.expect(
             api.result != -K_EINVAL && (api.result == -K_ESRCH || has_stopped(j) || is_unclear(j)),
             j.call().step,
             [&] {
                 return j.name(api.engine) + " prepares to examine " + j.name(api.task) +
                        ", which " + (holds ? "it has not stopped yet" : "it does not hold");
             },
             api.engine);
     },
     nullptr,
     {},
     "contract/examine"},

    {"C-238",
     Bound::utrace,
     "utrace_prepare_examine may wait until the thread is off its processor: when it answers 0 the "
     "thread does not run.",
     returns(ApiCall::prepare_examine) & answered_0,
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!is_prepare(api) || api.result != 0 || by_target(j)) return;
         j.expect(api.state != 0 || !state_kept(j), j.call().step, [&] {
             return "prepare_examine for " + j.name(api.engine) + " answers 0 and " +
                    j.name(api.task) + " is running";
         });
     },
     nullptr,
     {},
     "contract/examine"},

    {"C-239",
     Bound::utrace,
     "-ESRCH: the thread is dead. -EINVAL: the engine does not hold it. -EAGAIN: it runs all the "
     "same.",
     returns(ApiCall::prepare_examine),
     refusals,
     nullptr,
     {},
     "contract/examine-refusals"},

    {"C-240",
     Bound::utrace,
     "After the answer 0 the thread holds still until the examination is finished.",
     (returns(ApiCall::prepare_examine) & answered_0) |
         while_held(told_all_but(CallbackKind::reap) | on(EventKind::instruction, EventKind::user)),
     holds_still,
     nullptr,
     {},
     "contract/examine"},

    {"C-241",
     Bound::engine,
     "Each preparation that succeeded has to be finished.",
     begins(ApiCall::prepare_examine),
     unfinished,
     unfinished,
     {},
     "contract/examine"},

    {"C-242",
     Bound::utrace,
     "utrace_finish_examine answers 0 only if the thread has been off its processor all the time.",
     returns(ApiCall::finish_examine) & answered_0,
     finish_says_it_held_still,
     nullptr,
     {},
     "contract/examine"},

    {"C-243",
     Bound::utrace,
     "Any other answer says that what was read is worth nothing: -EINVAL, the engine does not hold "
     "the thread any more; -EAGAIN, it woke.",
     returns(ApiCall::finish_examine),
     finish_says_it_did_not,
     nullptr,
     {},
     "contract/examine"},

    {"C-244",
     Bound::engine,
     "In any callback but report_death and report_reap the current thread can be examined.",
     returns(ApiCall::get_regs, ApiCall::set_regs),
     [](Judge& j) {
         const ApiReading api = j.api();
         const bool looks = api.call == ApiCall::get_regs || api.call == ApiCall::set_regs;
         if (!looks || !api.task.valid() || !by_target(j)) return;
         const EngineId engine{j.task(api.task).calling};
         if (!engine.valid()) return;
         const CallbackKind kind = j.engine(engine).kind;
         j.expect(
             kind != CallbackKind::death && kind != CallbackKind::reap,
             j.engine(engine).in_callback,
             [&] {
                 return j.name(engine) + " looks at the registers of " + j.name(api.task) +
                        ", which is dead";
             },
             engine);
     },
     nullptr,
     {},
     "contract/calls-on-oneself"},

    {"C-245",
     Bound::utrace,
     "A thread can be examined from outside once an engine has stopped it, and the hold lasts "
     "until the same engine makes a call, unless the thread dies suddenly.",
     (returns(ApiCall::prepare_examine) & answered_0) | hold_ends,
     hold_lasts,
     nullptr,
     {},
     "contract/examine"},

    {"C-246",
     Bound::utrace,
     "A wake-up for no reason should not happen; if it does, the pair of calls notices.",
     returns(ApiCall::finish_examine),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!is_finish(api) || by_target(j)) return;
         const TaskLedger& task = j.ledger(api.task);
         const std::uint64_t since = j.ledger().examined(api.engine);
         const bool meanwhile = since != never && task.woken != never && task.woken > since;
         if (!task.spurious || !meanwhile) return;
         j.expect(api.result != 0, since, [&] {
             return j.name(api.task) + " was woken for no reason while " + j.name(api.engine) +
                    " examined it, and finish_examine does not say so";
         });
     },
     nullptr,
     {},
     "contract/spurious-wake-is-noticed"},
};

}  // namespace

std::span<const Clause> examine_clauses() { return clauses; }

}  // namespace utsim

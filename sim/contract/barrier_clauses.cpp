// SPDX-License-Identifier: MIT
// utrace_barrier: it ends when the thread is not inside a callback of the engine, and says so.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

bool is_barrier(const ApiReading& api) {
    return api.call == ApiCall::barrier && api.engine.valid();
}

bool is_known_answer(std::int64_t result) {
    return result == 0 || result == -K_ESRCH || result == -K_ERESTARTSYS;
}

void waits_for_callback(Judge& j) {
    const ApiReading api = j.api();
    if (!is_barrier(api) || api.result != 0 || by_target(j)) return;
    j.expect(!spans_callback(j), j.engine(api.engine).in_callback, [&] {
        return "a barrier for " + j.name(api.engine) + " is answered with 0 inside its callback";
    });
}

/// Kept for a task: whether anything came that makes a signal pending for it. Kept for all: whether
/// there was any; who a caller is shows only once it has done something.
void is_interruptible(Judge& j) {
    switch (j.kind()) {
        case EventKind::signal_generated: {
            const TaskId group = group_of(j, j.task_in(0));
            j.of_all() = 1;
            j.of(j.task_in(0)) = 1;
            return each_task(j, [&](TaskId id, const TaskView&) {
                if (group_of(j, id) == group) j.of(id) = 1;
            });
        }
        case EventKind::api_enter:
            if (j.api().is_control(UTRACE_INTERRUPT) && j.api().task.valid()) {
                j.of_all() = j.of(j.api().task) = 1;
            }
            return;
        case EventKind::callback_end: {
            const CallbackReading answer = j.callback();
            if (answer.resume() == UTRACE_INTERRUPT) j.of_all() = j.of(answer.task) = 1;
            return;
        }
        default:
            break;
    }
    const ApiReading api = j.api();
    if (!is_barrier(api)) return;
    const TaskId caller = acting_task(j);
    const bool possible = (caller.valid() ? j.of(caller) : j.of_all()) != 0;
    j.expect(api.result != -K_ERESTARTSYS || possible, j.call().step, [&] {
        return "a barrier for " + j.name(api.engine) + " ends as if a signal had interrupted it";
    });
}

/// Kept: whether the mask of the engine brought the stop bit, as it can in early versions.
void last_answer_is_applied(Judge& j) {
    const ApiReading api = j.api();
    if (api.call == ApiCall::set_events && api.engine.valid()) {
        // A later mask without the bit does not take it away again.
        if ((api.flags & ENGINE_STOP) != 0) j.of(api.engine) = 1;
        return;
    }
    if (!is_barrier(api) || api.result != 0 || by_target(j) || api.exit_state != 0) return;
    const EngineView& engine = j.engine(api.engine);
    const AnswerView& answer = engine.answer;
    if (answer.step == never || !takes_resume_action(answer.kind)) return;
    if (engine.controlling != 0) return;
    if (engine.control_step != never && engine.control_step >= answer.step) return;
    if (j.of(api.engine) != 0) return;
    if (engine.in_callback != never || engine.callbacks != j.call().callbacks) return;
    const std::uint32_t action = utrace_resume_action(answer.word);
    const bool applied = action != UTRACE_DETACH && engine.stop == (action == UTRACE_STOP);
    j.expect(applied, answer.step, [&] {
        return "a barrier for " + j.name(api.engine) +
               " is answered with 0 before the answer of its last callback has had its effect";
    });
}

/// Kept: the bits that utrace_set_events took away.
void ordered_after_set_events(Judge& j) {
    const ApiReading api = j.api();
    if (!api.engine.valid()) return;
    Number taken = j.of(api.engine);
    if (api.call == ApiCall::set_events) {
        taken &= ~api.flags;
        if (api.result == 0 || api.result == -K_EINPROGRESS) taken |= j.call().mask & ~api.flags;
        return;
    }
    if (!is_barrier(api) || api.result != 0 || taken == 0 || by_target(j)) return;
    const EngineView& engine = j.engine(api.engine);
    const std::uint64_t bits = bits_of_callback(engine);
    // report_quiesce also stands in for report_signal in a table that has none.
    const std::uint64_t wanted = bits | (engine.event & UTRACE_EVENT_SIGNAL_ALL);
    const bool runs = engine.in_callback != never && engine.setting == 0 &&
                      (engine.mask_may & wanted) == 0 && (taken & bits) != 0;
    j.expect(!runs, engine.in_callback, [&] {
        return "a callback of " + j.name(api.engine) +
               " that was switched off runs when the barrier ends";
    });
    taken = 0;
}

/// At a `bug`, or at the end of a barrier: the target was released before the call began.
void target_may_be_gone(Judge& j) {
    const CallView* call = j.past().call(j.event().actor);
    if (call == nullptr || call->call != ApiCall::barrier) return;
    const TaskId task{call->task};
    const std::uint64_t released = j.task(task).released;
    if (released == never || released >= call->step || without_reference(j)) return;
    const bool answers = j.kind() == EventKind::api;
    j.expect(answers && j.api().result == -K_ESRCH, released, [&] {
        return "a barrier for " + j.name(EngineId{call->engine}) +
               (answers ? " says that " + j.name(task) + ", which was released, is there"
                        : " touches " + j.name(task) + ", which was released");
    });
}

/// Kept: the step in which a barrier said that the engine is gone.
void gone_only_when_gone(Judge& j) {
    if (j.kind() == EventKind::callback) {
        const EngineId engine = j.callback().engine;
        const std::uint64_t said = j.moment(engine);
        if (said == never) return;
        j.moment(engine) = never;
        return j.broken(said, "a barrier for " + j.name(engine) +
                                  " said -ESRCH and another callback of it begins");
    }
    const ApiReading api = j.api();
    if (!is_barrier(api) || api.result != -K_ESRCH) return;
    const EngineView& engine = j.engine(api.engine);
    const bool runs = engine.in_callback != never;
    if (engine.detached == never && !runs) j.moment(api.engine) = j.event().step;
    // Who is only marked as detached is waited for, as long as nobody reaps the task.
    const bool there = engine.attached != never && engine.detached == never &&
                       api.exit_state == 0 && j.task(api.task).alive();
    if (there && !runs) {
        return j.broken(engine.leaving, "a barrier for " + j.name(api.engine) +
                                            ", which is not detached yet, says -ESRCH");
    }
    j.expect(!runs || by_target(j), engine.in_callback, [&] {
        return "a barrier for " + j.name(api.engine) + " says -ESRCH while a callback of it runs";
    });
}

constexpr Clause clauses[] = {
    {"C-226",
     Bound::utrace,
     "utrace_barrier waits as long as the thread may be inside a callback of the engine.",
     returns(ApiCall::barrier) & answered_0,
     waits_for_callback,
     nullptr,
     {},
     "contract/events-in-progress"},

    {"C-227",
     Bound::utrace,
     "A signal for the caller ends the wait with -ERESTARTSYS.",
     on(EventKind::signal_generated) | begins_control(UTRACE_INTERRUPT) |
         answers_with(UTRACE_INTERRUPT) | returns(ApiCall::barrier),
     is_interruptible,
     nullptr,
     {},
     "contract/barrier-is-interrupted"},

    {"C-228",
     Bound::utrace,
     "The answer 0 also says that what the last callback answered has had its effect.",
     returns(ApiCall::set_events) | (returns(ApiCall::barrier) & answered_0),
     last_answer_is_applied,
     nullptr,
     {},
     "contract/events-in-progress"},

    {"C-229",
     Bound::utrace,
     "The thread may be gone: a reference on the engine is enough, also after the reaping.",
     returns(ApiCall::barrier) | on(EventKind::bug),
     target_may_be_gone,
     nullptr,
     {},
     "contract/barrier-after-reap"},

    {"C-230",
     Bound::utrace,
     "It comes after the calls that the caller has made before: when it succeeds, callbacks that "
     "were just switched off do not run.",
     returns(ApiCall::set_events) | armed(returns(ApiCall::barrier) & answered_0),
     ordered_after_set_events,
     nullptr,
     {},
     "contract/events-in-progress"},

    {"C-231",
     Bound::utrace,
     "Any engine with a reference will do, also one that was detached.",
     returns(ApiCall::barrier),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!is_barrier(api) || j.call().left == never) return;
         j.expect(is_known_answer(api.result), j.call().left,
                  [&] { return "a barrier for " + j.name(api.engine) + " is refused"; });
     },
     nullptr,
     {},
     "tutorial/detach"},

    {"C-232",
     Bound::utrace,
     "-ESRCH says that the engine is wholly detached and that all its callbacks are over.",
     returns(ApiCall::barrier) | armed(on(EventKind::callback)),
     gone_only_when_gone,
     nullptr,
     {},
     "tutorial/detach"},

    {"C-233",
     Bound::utrace,
     "Otherwise it waits until the thread is surely not inside a callback of the engine, and "
     "answers 0.",
     returns(ApiCall::barrier),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!is_barrier(api) || api.exit_state != 0 || by_target(j)) return;
         if (!j.engine(api.engine).stays()) return;
         j.expect(api.result == 0 || api.result == -K_ERESTARTSYS, j.call().step, [&] {
             return "a barrier for " + j.name(api.engine) +
                    ", which is attached, is not answered "
                    "with 0";
         });
     },
     nullptr,
     {},
     "contract/events-in-progress"},

    undecided("C-234", Bound::engine,
              "A barrier is needed before the code of the callbacks is unloaded.",
              "The unloading of a module is no event: engines are part of the program."),

    {"C-235",
     Bound::utrace,
     "When the thread is stopped no barrier is needed: leaving and switching off are done at once.",
     returns_control(UTRACE_DETACH) | returns(ApiCall::set_events),
     [](Judge& j) {
         const ApiReading api = j.api();
         const bool leaves = api.is_control(UTRACE_DETACH);
         const bool masks = api.call == ApiCall::set_events;
         if ((!leaves && !masks) || !began_traced(j) || !undisturbed(j)) return;
         if (excused(j, api.task) || by_target(j)) return;
         j.expect(api.result != -K_EINPROGRESS, j.call().step, [&] {
             return j.name(api.task) + " is stopped, and a call for " + j.name(api.engine) +
                    " is not done at once";
         });
     },
     nullptr,
     {},
     "contract/detach-while-stopped"},
};

}  // namespace

std::span<const Clause> barrier_clauses() { return clauses; }

}  // namespace utsim

// SPDX-License-Identifier: MIT
// report_signal: what it is told. What becomes of its answers is in signal_outcome_clauses.cpp.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "kernel/signal_types.hpp"

namespace utsim {

namespace {

constexpr std::uint32_t signal_bits = UTRACE_SIGNAL_MASK | UTRACE_SIGNAL_HOLD;

// Arguments of report_signal in its event.
constexpr std::size_t signo = 0;
constexpr std::size_t orig_disposition = 2;

/// C-086: somebody asked, or answered, since the last report of this kind.
void judge_reason(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        const bool asks = api.call == ApiCall::control && api.action != UTRACE_RESUME &&
                          (api.result == 0 || api.result == -K_EINPROGRESS);
        if (asks && api.task.valid()) j.moment(api.task) = j.event().step;
        return;
    }
    const CallbackReading callback = j.callback();
    if (j.kind() == EventKind::callback_end) {
        if (callback.resume() != UTRACE_RESUME) {
            j.moment(callback.task) = j.event().step;
        }
        return;
    }
    if (callback.kind != CallbackKind::signal || !is_first(j)) return;
    const bool reports = utrace_signal_action(callback.word) == UTRACE_SIGNAL_REPORT;
    if (!reports) return;
    bool under_way = false;
    j.each_engine(callback.task, [&](EngineId, const EngineView& engine) {
        under_way = under_way || engine.controlling != 0;
    });
    // Who holds the task without QUIESCE goes on asking until there is a stop.
    const bool asked =
        j.moment(callback.task) != never || under_way || held_by_any(j, callback.task);
    // What was asked a moment ago may be for the round after this one.
    const std::uint64_t when = j.moment(callback.task);
    if (when != never && when < j.task(callback.task).last_act) j.moment(callback.task) = never;
    j.expect(asked && callback.event == 0, never, [&] {
        return j.name(callback.engine) + " is told SIGNAL_REPORT though nobody asked";
    });
}

/// What an engine sees of the choice before its own, bits of `mask` only.
void judge_previous_choice(Judge& j, std::uint32_t mask) {
    if (!is_signal(j) || is_first(j)) return;
    const CallbackReading callback = j.callback();
    const TaskView& task = j.task(callback.task);
    if (task.pass_kind != CallbackKind::signal || task.pass_answers == 0) return;
    if ((mask & UTRACE_SIGNAL_HOLD) != 0 &&
        ((task.pass_word | callback.word) & UTRACE_SIGNAL_HOLD) == 0) {
        return;
    }
    j.expect((callback.word & mask) == (task.pass_word & mask), task.pass_step, [&] {
        return j.name(callback.engine) +
               " is told another signal action than the engine before "
               "chose";
    });
}

/// C-094 and C-095: a signal parked in a round that stopped the task; as number + 1.
void judge_parked(Judge& j, bool ignored) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        const bool keeps = api.call != ApiCall::control || api.action <= UTRACE_REPORT;
        if (!keeps && api.task.valid()) j.of(api.task) = 0;
        return;
    }
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::user || j.kind() == EventKind::handler ||
        j.kind() == EventKind::syscall_ran) {
        j.of(task) = 0;
        return;
    }
    if (!is_signal(j)) return;
    const CallbackReading callback = j.callback();
    if (j.kind() == EventKind::callback_end) {
        const bool parks = callback.resume() == UTRACE_STOP &&
                           (!ignored || (callback.word & signal_bits) == UTRACE_SIGNAL_IGN);
        const auto left = static_cast<std::uint64_t>(j.value(4));
        const bool stops = parks || (!ignored && j.task(task).pass_least == UTRACE_STOP);
        j.of(task) = stops ? left + 1 : 0;
        return;
    }
    const std::uint64_t parked = j.of(task);
    if (!is_first(j) || parked == 0) return;
    if (callback.event != 0) {
        j.of(task) = 0;  // the next signal was put into its place
        return;
    }
    j.expect(static_cast<std::uint64_t>(callback.argument[signo]) == parked - 1, never, [&] {
        return j.name(callback.engine) + " does not find the signal that was left in info";
    });
}

/// C-089: the first engine is told what the task itself would do about the signal that was taken.
void judge_announcement(Judge& j) {
    const CallbackReading callback = j.callback();
    const std::uint64_t taken = j.ledger(callback.task).taken;
    if (!is_signal(j) || callback.event == 0 || taken == 0 || !is_first(j)) return;
    j.expect(callback.event == taken, j.task(callback.task).last_act, [&] {
        return j.name(callback.engine) + " is told of another event than that of the signal that " +
               j.name(callback.task) + " took off its queue";
    });
}

constexpr Clause clauses[] = {
    {"C-084", Bound::utrace, "It is for engines with the bit of the signal event, or QUIESCE.",
     told(CallbackKind::signal),
     [](Judge& j) {
         if (!is_signal(j)) return;
         const CallbackReading callback = j.callback();
         const EngineView& engine = j.engine(callback.engine);
         const std::uint64_t possible = engine.mask | engine.mask_may | engine.mask_late;
         const std::uint64_t enough = callback.event | UTRACE_EVENT(EVENT_QUIESCE);
         j.expect((possible & enough) != 0, engine.masked, [&] {
             return j.name(callback.engine) + " gets report_signal for what it did not ask for";
         });
     }},

    {"C-085", Bound::utrace, "Its action word is a signal action with a resume action.",
     told(CallbackKind::signal),
     [](Judge& j) {
         if (!is_signal(j)) return;
         const CallbackReading callback = j.callback();
         const bool right = (callback.word & ~(signal_bits | UTRACE_RESUME_MASK)) == 0 &&
                            utrace_signal_action(callback.word) <= UTRACE_SIGNAL_HANDLER &&
                            callback.resume() <= UTRACE_RESUME;
         j.expect(right, never, [&] {
             return j.name(callback.engine) + " is told a word that is none of report_signal";
         });
     }},

    comparing(Compares::acts,
              {"C-086", Bound::utrace,
               "SIGNAL_REPORT means that no signal was taken off the queue and some engine "
               "wanted a report.",
               (returns(ApiCall::control) & accepted) |
                   answers_with(UTRACE_STOP, UTRACE_INTERRUPT, UTRACE_REPORT, UTRACE_SINGLESTEP,
                                UTRACE_BLOCKSTEP, UTRACE_DETACH) |
                   told(CallbackKind::signal),
               judge_reason}),

    {"C-087", Bound::utrace,
     "SIGNAL_HANDLER means that a handler's frame has just been built; it stands in for a "
     "SIGNAL_REPORT that is due.",
     told(CallbackKind::signal),
     [](Judge& j) {
         if (!is_signal(j) || !is_first(j)) return;
         const CallbackReading callback = j.callback();
         if (utrace_signal_action(callback.word) != UTRACE_SIGNAL_HANDLER) return;
         const TaskView& task = j.task(callback.task);
         const bool fresh =
             task.handler != never && (task.user == never || task.user <= task.handler);
         j.expect(fresh, task.handler, [&] {
             return j.name(callback.engine) + " is told SIGNAL_HANDLER, and there is none";
         });
     }},

    {"C-089", Bound::utrace,
     "Otherwise the signal action says what is about to become of the signal; each engine sees the "
     "choice of the one before.",
     told(CallbackKind::signal),
     [](Judge& j) {
         judge_announcement(j);
         judge_previous_choice(j, UTRACE_SIGNAL_MASK);
     }},

    {"C-092", Bound::utrace,
     "orig_ka is the disposition before any engine had a say; null when there is no signal.",
     told(CallbackKind::signal),
     [](Judge& j) {
         if (!is_signal(j)) return;
         const CallbackReading callback = j.callback();
         const bool null = callback.argument[orig_disposition] < 0;
         j.expect(null == (callback.event == 0), never, [&] {
             return j.name(callback.engine) +
                    (null ? " gets no orig_ka for a signal" : " gets an orig_ka without a signal");
         });
     }},

    {"C-094", Bound::utrace,
     "After a round that ended in STOP, a report that REPORT or INTERRUPT led to finds info as it "
     "was left.",
     answers_of(CallbackKind::signal) |
         armed(told(CallbackKind::signal) | returns(ApiCall::control) |
               on(EventKind::user, EventKind::handler, EventKind::syscall_ran)),
     [](Judge& j) { judge_parked(j, false); }},

    {"C-095", Bound::utrace,
     "So an engine can leave a signal in info with STOP and IGN, and find it again after "
     "INTERRUPT.",
     answers_of(CallbackKind::signal) |
         armed(told(CallbackKind::signal) | returns(ApiCall::control) |
               on(EventKind::user, EventKind::handler, EventKind::syscall_ran)),
     [](Judge& j) { judge_parked(j, true); }},

    {"C-097", Bound::utrace, "HOLD is in the action word if the engine before answered it.",
     told(CallbackKind::signal), [](Judge& j) { judge_previous_choice(j, UTRACE_SIGNAL_HOLD); }},

    {"C-099", Bound::utrace, "Engines never see SIGKILL.", told(CallbackKind::signal),
     [](Judge& j) {
         if (!is_signal(j) || !is_first(j)) return;
         const CallbackReading callback = j.callback();
         if (callback.event == 0) return;
         j.expect(callback.argument[signo] != K_SIGKILL, never,
                  [&] { return j.name(callback.engine) + " is shown SIGKILL"; });
     }},

    {"C-107", Bound::utrace,
     "When no engine is interested in signals they are taken off the queue as usual.",
     returns(ApiCall::set_events) | told(CallbackKind::signal),
     [](Judge& j) {
         if (j.kind() == EventKind::api) {
             const ApiReading api = j.api();
             const bool interested =
                 api.call == ApiCall::set_events && (api.flags & UTRACE_EVENT_SIGNAL_ALL) != 0;
             if (interested && api.task.valid()) j.of(api.task) = 1;
             return;
         }
         if (!is_signal(j)) return;
         const CallbackReading callback = j.callback();
         if (callback.event == 0) return;
         bool under_way = false;
         j.each_engine(callback.task, [&](EngineId, const EngineView& engine) {
             under_way = under_way || (engine.mask_may & UTRACE_EVENT_SIGNAL_ALL) != 0;
         });
         j.expect(j.of(callback.task) != 0 || under_way, never, [&] {
             return j.name(callback.engine) + " is shown a signal that no engine wanted to see";
         });
     }},
};

}  // namespace

std::span<const Clause> signal_clauses() { return clauses; }

}  // namespace utsim

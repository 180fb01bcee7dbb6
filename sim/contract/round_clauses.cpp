// SPDX-License-Identifier: MIT
// Rounds: who is called for an event, and in which order.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "contract/hearing.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t entry_event = UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
constexpr std::uint64_t exit_event = UTRACE_EVENT(EVENT_SYSCALL_EXIT);

/// What an occurrence makes due to each engine that has wanted `event` since before step `before`;
/// in memory as event bits.
void make_due(Judge& j, TaskId task, std::uint64_t event, std::uint64_t before) {
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        if (!wants_event(engine, event, before)) return;
        j.exercised();
        j.of(id) |= event;
    });
}

void make_due(Judge& j, TaskId task, std::uint64_t event) {
    make_due(j, task, event, j.event().step);
}

/// The last moment at which an engine can have heard of `events`.
void check_due(Judge& j, TaskId task, std::uint64_t events) {
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t missed = j.of(id) & events;
        j.of(id) &= ~events;
        if (missed == 0 || !engine.stays() || engine.setting != 0 || (engine.mask & missed) == 0) {
            return;
        }
        j.broken(engine.masked, j.name(id) + " did not hear of an event that it asked for");
    });
}

/// C-046. An event's own moment comes before its round, except for an exit, which is told first.
void each_event_is_heard(Judge& j) {
    const TaskId task = j.task_in(0);
    switch (j.kind()) {
        case EventKind::api_enter:
            // Bits that were off in between may have been off when the round came by.
            if (j.api().call == ApiCall::set_events && j.api().engine.valid()) {
                j.of(j.api().engine) &= j.api().flags;
            }
            return;
        case EventKind::callback: {
            const CallbackReading callback = j.callback();
            // For a signal it stands in for report_signal in a table without that.
            const bool about = callback.kind != CallbackKind::quiesce ||
                               (callback.event & UTRACE_EVENT_SIGNAL_ALL) != 0;
            if (about) j.of(callback.engine) &= ~callback.event;
            return;
        }
        case EventKind::signal_taken:
            check_due(j, task, UTRACE_EVENT_SIGNAL_ALL);
            // Whether there is a round at all was looked at a moment before.
            return make_due(j, task, event_of_signal(j.event()), j.task(task).last_act);
        case EventKind::handler:
        case EventKind::core_dump:
            return check_due(j, task, UTRACE_EVENT_SIGNAL_ALL);
        case EventKind::exit:
            check_due(j, task, UTRACE_EVENT_SIGNAL_ALL);
            return exit_was_heard(j);
        case EventKind::notify_cldstop:
            return continuation_was_heard(j);
        case EventKind::exec:
            return make_due(j, task, UTRACE_EVENT(EVENT_EXEC));
        case EventKind::new_task:
            return make_due(j, j.task_in(1), UTRACE_EVENT(EVENT_CLONE));
        case EventKind::syscall_enter:
            return make_due(j, task, entry_event);
        case EventKind::syscall_ran:
            check_due(j, task, entry_event | UTRACE_EVENT(EVENT_CLONE) | UTRACE_EVENT(EVENT_EXEC));
            return make_due(j, task, exit_event);
        case EventKind::user:
            return check_due(j, task,
                             exit_event | UTRACE_EVENT(EVENT_CLONE) | UTRACE_EVENT_SIGNAL_ALL);
        case EventKind::task_state:
            if (j.value(2) != 0 && j.task(task).alive()) {
                make_due(j, task, UTRACE_EVENT(EVENT_DEATH));
            }
            return stop_was_heard(j);
        default:
            return;
    }
}

void deaths_were_heard(Judge& j) {
    if (j.end() != RunEnd::quiet) return;
    for (std::uint32_t t = 0; t < j.past().task_count(); ++t) {
        if (j.task(TaskId{t}).calling != EngineId::none_value) continue;
        check_due(j, TaskId{t}, UTRACE_EVENT(EVENT_DEATH));
    }
}

/// Events that happen once and have one round, so that a step back in the order is no new round.
bool has_one_round(std::uint64_t event) {
    return event == UTRACE_EVENT(EVENT_EXEC) || event == UTRACE_EVENT(EVENT_CLONE) ||
           event == UTRACE_EVENT(EVENT_EXIT) || event == UTRACE_EVENT(EVENT_DEATH) ||
           event == exit_event || (event & UTRACE_EVENT_SIGNAL_ALL) != 0;
}

/// The callback follows one of another engine in the same round.
bool follows_another(const Judge& j, const CallbackReading& callback) {
    const TaskView& task = j.task(callback.task);
    return callback.kind != CallbackKind::reap && task.pass_open &&
           task.last_event == callback.event && j.engine(callback.engine).order != task.pass_order;
}

void judge_reverse_order(Judge& j, bool quiesce) {
    const CallbackReading callback = j.callback();
    if (callback.event != entry_event || (callback.kind == CallbackKind::quiesce) != quiesce)
        return;
    if (!follows_another(j, callback)) return;
    const TaskView& task = j.task(callback.task);
    const bool right = j.engine(callback.engine).order < task.pass_order;
    // A stop that came to nothing is followed by another round, with nothing in between.
    if (!right && (task.pass_least == UTRACE_STOP || stop_is_about(j, callback.task))) return;
    // So is any round for as long as its action is left over (E4, E5); who had his turn shows it.
    const std::uint64_t turn = j.engine(callback.engine).last_callback;
    if (!right && turn != never && turn >= task.pass_step) return;
    j.expect(right, task.pass_step, [&] {
        return j.name(callback.engine) +
               " is visited at a system call's entry after one that was attached before it";
    });
}

/// C-053: the newest engine sees the entry first; its view of the way out is the last one.
void judge_newest_first(Judge& j) {
    const CallbackReading callback = j.callback();
    const bool entry = callback.event == entry_event;
    if (!entry && callback.event != exit_event) return;
    if (!j.past().begins_pass(callback)) return;
    const TaskView& task = j.task(callback.task);
    if (!task.in_call) return;
    const std::uint64_t order = j.engine(callback.engine).order;
    bool others = false;
    bool right = true;
    j.each_engine(callback.task, [&](EngineId id, const EngineView& engine) {
        if (id == callback.engine || !wants_event(engine, callback.event, task.call_step)) return;
        others = true;
        if (entry ? engine.order > order : engine.order < order) right = false;
    });
    if (!others) return;
    j.expect(right, task.call_step, [&] {
        return j.name(callback.engine) + (entry ? " is the first to see a system call's entry and "
                                                  "not the newest engine"
                                                : " sees a system call's exit before an older one");
    });
}

constexpr Clause clauses[] = {
    {"C-046", Bound::utrace,
     "For each bit in an engine's mask, an event of that kind leads to the callback that belongs "
     "to it.",
     on(EventKind::exec, EventKind::new_task, EventKind::syscall_enter, EventKind::syscall_ran,
        EventKind::signal_taken, EventKind::exit, EventKind::notify_cldstop) |
         becomes(Standing::stopped) |
         armed(begins(ApiCall::set_events) | told_all_but(CallbackKind::quiesce) |
               (with_event & told(CallbackKind::quiesce)) |
               on(EventKind::user, EventKind::handler, EventKind::core_dump)),
     each_event_is_heard, deaths_were_heard},

    {"C-047", Bound::engine,
     "An engine's table has an entry for every bit that it sets; the others can be missing.",
     (returns(ApiCall::set_events) & answered_0) | on(EventKind::bug),
     [](Judge& j) {
         if (j.kind() == EventKind::api) {
             if (j.api().call == ApiCall::set_events && j.api().result == 0) j.exercised();
             return;
         }
         if (!lacks_callback(j)) return;
         j.broken(never, std::string(j.text_in(0)) + " is missing from an engine's table");
     }},

    {"C-048", Bound::utrace, "All signal events are told by report_signal.",
     told(CallbackKind::signal) | with_event,
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const bool about_signal = (callback.event & UTRACE_EVENT_SIGNAL_ALL) != 0;
         if (!about_signal && callback.kind != CallbackKind::signal) return;
         const bool right = about_signal ? callback.kind == CallbackKind::signal ||
                                               callback.kind == CallbackKind::quiesce
                                         : callback.event == 0;
         j.expect(right, never, [&] {
             return j.name(callback.engine) + " hears of a signal by another callback";
         });
     }},

    {"C-049", Bound::utrace,
     "The two system call events are told by report_syscall_entry and report_syscall_exit.",
     told(CallbackKind::syscall_entry, CallbackKind::syscall_exit) | with_event,
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const bool entry = callback.kind == CallbackKind::syscall_entry;
         const bool exit = callback.kind == CallbackKind::syscall_exit;
         if (!entry && !exit && (callback.event & UTRACE_EVENT_SYSCALL) == 0) return;
         const bool right = entry  ? callback.event == entry_event
                            : exit ? callback.event == exit_event
                                   : callback.kind == CallbackKind::quiesce;
         j.expect(right, never, [&] {
             return j.name(callback.engine) + " hears of a system call by another callback";
         });
     }},

    {"C-050", Bound::utrace,
     "Every engine that wants an event gets it, in the order of attachment; only a system call's "
     "entry is different.",
     with_event,
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (!has_one_round(callback.event) || !follows_another(j, callback)) return;
         const TaskView& task = j.task(callback.task);
         j.expect(j.engine(callback.engine).order > task.pass_order, task.pass_step, [&] {
             return j.name(callback.engine) + " is called after an engine that is newer";
         });
     }},

    {"C-051", Bound::utrace, "At a system call's entry the order is the reverse.",
     with_event& told_all_but(CallbackKind::quiesce),
     [](Judge& j) { judge_reverse_order(j, false); }},

    {"C-052", Bound::utrace, "So is that of the report_quiesce calls that come with it.",
     with_event& told(CallbackKind::quiesce), [](Judge& j) { judge_reverse_order(j, true); }},

    {"C-053", Bound::utrace,
     "So the newest engine is the first to see what user mode has left, and the last to see what "
     "user mode will get.",
     with_event, judge_newest_first},

    {"C-054", Bound::utrace,
     "A callback runs in the kernel, shortly before user mode or just after it, with no lock held.",
     told_all_but(CallbackKind::reap),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind == CallbackKind::reap) return;
         const TaskView& task = j.task(callback.task);
         const bool asleep = task.known && task.alive() && task.state != 0;
         const bool locked = j.past().actor(j.event().actor).locks != 0;
         j.expect(!asleep && !locked, task.state_since, [&] {
             return j.name(callback.engine) + " is called while " + j.name(callback.task) +
                    (asleep ? " sleeps" : " holds a lock");
         });
     }},

    undecided("C-055", Bound::utrace, "As a rule nothing special is pinned during a callback.",
              "it is a rule with exceptions that are not listed"),

    {"C-056", Bound::engine,
     "A callback may sleep for a moment, but does not wait for events from outside, for input or "
     "for user mode.",
     on(EventKind::callback_end), [](Judge& j) { j.exercised(); },
     [](Judge& j) {
         if (j.end() != RunEnd::quiet && j.end() != RunEnd::deadlock) return;
         for (std::uint32_t e = 0; e < j.past().engine_count(); ++e) {
             const EngineView& engine = j.engine(EngineId{e});
             if (engine.in_callback == never) continue;
             j.broken(engine.in_callback, "a callback of " + j.name(EngineId{e}) + " never returns",
                      EngineId{e});
         }
     }},

    undecided("C-057", Bound::engine,
              "To make the thread wait, answer UTRACE_STOP and let it go with utrace_control.",
              "it says how to do what C-056 forbids to do otherwise"),
    undecided("C-058", Bound::engine, "Callbacks return soon: other engines wait.",
              "how soon is soon is not said"),
    undecided("C-059", Bound::engine,
              "An engine does not change what the thread does, except for what it means to change.",
              "no event tells what an engine means"),

    {"C-060", Bound::utrace, "All callbacks but report_reap run in the thread that they are about.",
     told_all_but(CallbackKind::reap),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const TaskView& task = j.task(callback.task);
         if (callback.kind == CallbackKind::reap || task.actor == ActorId::none_value) return;
         j.expect(task.actor == j.event().actor.value, never, [&] {
             return j.name(callback.engine) + " is called on behalf of " + j.name(callback.task) +
                    " by somebody else";
         });
     }},
};

}  // namespace

std::span<const Clause> round_clauses() { return clauses; }

}  // namespace utsim

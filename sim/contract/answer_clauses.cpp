// SPDX-License-Identifier: MIT
// Answers: what a callback is told about the answers before its own, and what they come to.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t exec_event = UTRACE_EVENT(EVENT_EXEC);
constexpr std::uint64_t jctl_event = UTRACE_EVENT(EVENT_JCTL);
constexpr std::uint64_t syscall_exit_event = UTRACE_EVENT(EVENT_SYSCALL_EXIT);

/// C-061, C-066: the action argument is the most constraining answer so far.
void judge_action_argument(Judge& j, bool after_several) {
    const CallbackReading callback = j.callback();
    if (!takes_resume_action(callback.kind)) return;
    const TaskView& task = j.task(callback.task);
    if (j.past().begins_pass(callback) || task.pass_answers == 0 || task.pass_unsure) return;
    if (after_several && (task.pass_answers < 2 || task.pass_least == UTRACE_RESUME)) return;
    const std::uint32_t action = callback.resume();
    const bool stop = action == UTRACE_STOP && stop_is_about(j, callback.task);
    j.expect(action == task.pass_least || stop, task.pass_step, [&] {
        return j.name(callback.engine) + " is told " + action_name(action) +
               " when the engines before it answered " + action_name(task.pass_least) +
               " at the least";
    });
}

/// C-065: one engine's STOP and another's weaker answer, in one round.
void judge_smallest_wins(Judge& j) {
    switch (j.kind()) {
        case EventKind::callback:
            j.moment(j.callback().engine) = never;
            return;
        case EventKind::callback_end: {
            const CallbackReading callback = j.callback();
            if (!takes_resume_action(callback.kind)) return;
            const TaskView& task = j.task(callback.task);
            const bool stops = callback.resume() == UTRACE_STOP;
            const bool mixed = task.pass_answers != 0 && (task.pass_least == UTRACE_STOP) != stops;
            if (mixed) j.exercised();
            if (stops && j.engine(callback.engine).quiesce()) {
                j.moment(callback.engine) = j.event().step;
            }
            return;
        }
        case EventKind::api: {
            const ApiReading api = j.api();
            const bool changes = api.call == ApiCall::control || api.call == ApiCall::set_events;
            if (changes && api.engine.valid()) j.moment(api.engine) = never;
            return;
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    if (excused(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        if (!engine.stop || j.moment(id) == never) return;
        j.broken(j.moment(id), j.name(task) + " goes on although " + j.name(id) + " answered STOP");
    });
}

bool is_step(std::uint32_t action) {
    return action == UTRACE_SINGLESTEP || action == UTRACE_BLOCKSTEP;
}

/// C-068: the last round before user mode asked for nothing, so nothing is stepped; or a step was
/// the most constraining answer, so one is. Kept: the step of a task's last warning, as it gives
/// one when the machine cannot step.
void judge_last_round_decides(Judge& j) {
    if (j.kind() == EventKind::warning) {
        const TaskId warned = acting_task(j);
        if (warned.valid()) j.moment(warned) = j.event().step;
        return;
    }
    const TaskId id = j.task_in(0);
    const TaskView& task = j.task(id);
    if (task.pass == 0 || task.last_event != 0 || task.pass_answers == 0 || task.pass_unsure)
        return;
    if (task.pass_kind != CallbackKind::quiesce || task.pass_step < task.entered) return;
    bool asked_since = false;
    j.each_engine(id, [&](EngineId, const EngineView& engine) {
        asked_since = asked_since || engine.controlling != 0 ||
                      (engine.control_step != never && engine.control_step >= task.pass_after) ||
                      (engine.left != never && engine.left >= task.pass_after);
    });
    if (asked_since || (task.handler != never && task.handler >= task.pass_step)) return;
    // A stop that ends for no reason ends before its round has had its outcome.
    if (j.ledger(id).spurious) return;
    if (is_step(task.pass_least)) {
        const std::uint64_t warned = j.moment(id);
        if (warned != never && warned >= task.pass_step) return;
        return j.expect(task.stepping != 0, task.pass_step, [&] {
            return j.name(id) + " is not stepped although its last round came to " +
                   action_name(task.pass_least);
        });
    }
    if (task.pass_least != UTRACE_RESUME) return;
    j.expect(task.stepping == 0, task.pass_step,
             [&] { return j.name(id) + " is stepped although its last round asked for nothing"; });
}

/// C-069: who asked for a report hears last of all that user mode is next.
void judge_last_callback(Judge& j) {
    if (j.kind() == EventKind::api_enter) {
        const ApiReading api = j.api();
        if (api.call == ApiCall::set_events && api.engine.valid()) j.count(api.engine) = never;
        return;
    }
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (api.call != ApiCall::control || !api.engine.valid()) return;
        const bool asks = api.action == UTRACE_REPORT && api.result == 0 &&
                          j.engine(api.engine).quiesce() &&
                          j.engine(api.engine).callbacks == j.call().callbacks;
        j.count(api.engine) = asks ? j.engine(api.engine).callbacks : never;
        return;
    }
    const TaskId task = j.task_in(0);
    if (j.task(task).killed != never) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t asked = j.count(id);
        if (asked == never || engine.callbacks <= asked) return;
        j.count(id) = never;
        if (!engine.stays()) return;
        // Of a signal, report_quiesce tells who has no report_signal.
        const bool stands_in =
            engine.event == 0 ||
            ((engine.event & UTRACE_EVENT_SIGNAL_ALL) != 0 && !j.ledger(id).has_report_signal);
        const bool last = engine.kind == CallbackKind::signal ||
                          (engine.kind == CallbackKind::quiesce && stands_in);
        j.expect(last, engine.control_step, [&] {
            return j.name(id) +
                   " asked for a report, and its last callback before user mode was "
                   "that of another event";
        });
    });
}

constexpr Clause clauses[] = {
    {"C-061", Bound::utrace,
     "The action argument tells what the engines before have chosen, which is what would happen if "
     "this one answered RESUME.",
     told_all_but(CallbackKind::death, CallbackKind::reap, CallbackKind::release),
     [](Judge& j) { judge_action_argument(j, false); }},

    {"C-062", Bound::utrace, "It is RESUME as long as nobody has chosen anything.",
     told_all_but(CallbackKind::death, CallbackKind::reap, CallbackKind::release),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (!takes_resume_action(callback.kind) || !j.past().begins_pass(callback)) return;
         if (stop_is_about(j, callback.task)) return;
         j.expect(callback.resume() == UTRACE_RESUME, never, [&] {
             return j.name(callback.engine) + " is the first of a round and is told " +
                    action_name(callback.resume());
         });
     }},

    {"C-063", Bound::utrace,
     "For signals and system call entries the word also has that event's own bits; the others have "
     "none.",
     on(EventKind::callback),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         std::uint32_t own = 0;
         if (callback.kind == CallbackKind::signal) own = UTRACE_SIGNAL_MASK | UTRACE_SIGNAL_HOLD;
         if (callback.kind == CallbackKind::syscall_entry) {
             own = UTRACE_SYSCALL_MASK | UTRACE_SYSCALL_RESUMED;
         }
         j.expect((callback.word & ~(own | UTRACE_RESUME_MASK)) == 0, never, [&] {
             return j.name(callback.engine) + " is told a word with bits of another event";
         });
     }},

    {"C-064", Bound::engine, "Every answer has one of the resume actions in it.",
     on(EventKind::callback_end),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind == CallbackKind::reap) return;
         j.expect(
             callback.resume() <= UTRACE_DETACH, never,
             [&] {
                 return j.name(callback.engine) + " answered " + std::to_string(callback.resume()) +
                        ", which is no resume action";
             },
             callback.engine);
     }},

    {"C-065", Bound::utrace,
     "An answer does not overrule those of others: the most constraining of all is what happens.",
     on(EventKind::callback_end) | armed(on(EventKind::callback, EventKind::instruction) |
                                         returns(ApiCall::control, ApiCall::set_events)),
     judge_smallest_wins},

    {"C-066", Bound::utrace,
     "From the most to the least constraining: STOP, INTERRUPT, REPORT, SINGLESTEP, BLOCKSTEP, "
     "RESUME, DETACH.",
     told_all_but(CallbackKind::death, CallbackKind::reap, CallbackKind::release),
     [](Judge& j) { judge_action_argument(j, true); }},

    {"C-067", Bound::utrace,
     "Except at a system call's entry, at exit and for a vfork, an answer takes effect only when "
     "the task is about to look for signals and go back to user mode.",
     becomes(Standing::traced) | answers_with(UTRACE_STOP),
     [](Judge& j) {
         if (j.kind() == EventKind::callback_end) {
             const CallbackReading callback = j.callback();
             const std::uint64_t event = j.task(callback.task).last_event;
             const bool later =
                 event == exec_event || event == jctl_event || event == syscall_exit_event;
             if (later && callback.resume() == UTRACE_STOP) j.exercised();
             return;
         }
         const TaskId id = j.task_in(0);
         const TaskView& task = j.task(id);
         if (!j.past().is_current(j.event().actor, id) || !task.pass_open) return;
         if (j.value(1) != TASK_TRACED) return;
         const bool too_early = task.last_event == exec_event || task.last_event == jctl_event ||
                                task.last_event == syscall_exit_event;
         if (!too_early || task.pass_step < task.last_act) return;
         // A ptrace stop is nobody's answer.
         if (task.pass_least != UTRACE_STOP) return;
         // Where nobody hears of user mode the way there shows no round before the stop.
         if (!hears_of_user_mode(j, id)) return;
         j.broken(task.pass_step,
                  j.name(id) + " stops behind the report of an event, with none before user mode");
     }},

    comparing(
        Compares::pass_step,
        {"C-068", Bound::utrace, "If more callbacks come before user mode, the last round decides.",
         on(EventKind::user, EventKind::warning), judge_last_round_decides}),

    comparing(Compares::callbacks,
              {"C-069", Bound::utrace,
               "When a report was asked for, the last callback before user mode is "
               "report_quiesce with event "
               "0 or report_signal.",
               returns(ApiCall::control) | armed(begins(ApiCall::set_events) | on(EventKind::user)),
               judge_last_callback}),

    {"C-070", Bound::utrace,
     "Only STOP lasts: the task is held until the very engine that said so says something else.",
     on(EventKind::engine_stop),
     [](Judge& j) {
         if (j.value(2) != 0) return j.exercised();
         const TaskId task = j.task_in(0);
         const EngineId id = j.engine_in(1);
         const EngineView& engine = j.engine(id);
         // No answer counts for a task that is dead or bound to die.
         if (!j.task(task).alive() || excused(j, task) || !holds_by_word(j, id)) return;
         if (engine.controlling != 0 || engine.in_callback != never) return;
         j.broken(engine.held, j.name(id) +
                                   " no longer keeps its task stopped, and "
                                   "never took its STOP back");
     }},

    {"C-071", Bound::utrace, "DETACH takes the engine off and otherwise is like RESUME.",
     answers_with(UTRACE_DETACH),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const bool counts = callback.kind != CallbackKind::reap;
         if (counts && callback.resume() == UTRACE_DETACH) j.exercised();
     },
     [](Judge& j) {
         if (j.end() != RunEnd::quiet) return;
         for (std::uint32_t e = 0; e < j.past().engine_count(); ++e) {
             const EngineView& engine = j.engine(EngineId{e});
             if (!engine.left_by_answer || engine.detached != never) continue;
             if (j.task(TaskId{engine.task}).calling != EngineId::none_value) continue;
             j.broken(engine.left, j.name(EngineId{e}) + " answered DETACH and stays attached");
         }
     }},

    {"C-072", Bound::utrace,
     "An engine that answered DETACH, or was detached meanwhile, is not called again in this "
     "round.",
     on(EventKind::callback) | answers_with(UTRACE_DETACH) |
         (returns_control(UTRACE_DETACH) & accepted),
     [](Judge& j) {
         if (j.kind() == EventKind::callback_end) {
             if (j.callback().resume() == UTRACE_DETACH) j.exercised();
             return;
         }
         if (j.kind() == EventKind::api) {
             const ApiReading api = j.api();
             if (!api.is_control(UTRACE_DETACH)) return;
             const bool accepted = api.result == 0 || api.result == -K_EINPROGRESS;
             if (accepted && j.task(api.task).pass_open) j.exercised();
             return;
         }
         const CallbackReading callback = j.callback();
         const EngineView& engine = j.engine(callback.engine);
         if (engine.left == never || j.past().begins_pass(callback)) return;
         if (engine.left < j.task(callback.task).pass_step) return;
         // With -EINPROGRESS one callback was on its way.
         if (engine.left_owed && engine.callbacks == engine.left_callbacks) return;
         j.broken(engine.left, j.name(callback.engine) +
                                   " is called again in the round in which it was detached");
     }},

    {"C-073", Bound::utrace,
     "A barrier that answers 0 after a callback that answered DETACH proves that the engine is "
     "detached already.",
     returns(ApiCall::barrier),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (api.call != ApiCall::barrier || !api.engine.valid()) return;
         const EngineView& engine = j.engine(api.engine);
         if (!engine.left_by_answer || j.call().left == never) return;
         if (j.past().is_current(j.event().actor, api.task)) return;
         j.expect(api.result != 0, engine.left, [&] {
             return "utrace_barrier answered 0 for " + j.name(api.engine) +
                    ", whose answer of DETACH was not visible yet";
         });
     }},

    comparing(Compares::passes,
              {"C-074", Bound::utrace,
               "An engine attached from elsewhere is on the list that rounds walk in time for "
               "the next one.",
               on(EventKind::engine_attached) | armed(on(EventKind::user)),
               [](Judge& j) {
                   if (j.kind() == EventKind::engine_attached) {
                       j.count(j.task_in(0)) = j.task(j.task_in(0)).pass;
                       return;
                   }
                   const TaskId id = j.task_in(0);
                   const std::uint64_t passes = j.count(id);
                   if (passes == never || j.task(id).pass <= passes) return;  // no round since
                   j.count(id) = never;
                   bool waits = false;
                   j.each_engine(id, [&](EngineId, const EngineView& engine) {
                       waits = waits || (engine.stays() && engine.listed == never &&
                                         engine.attached < j.task(id).pass_step &&
                                         engine.attached < j.task(id).entered);
                   });
                   j.expect(!waits, j.task(id).pass_step, [&] {
                       return "a round of " + j.name(id) + " was made without a new engine";
                   });
               }}),

    undecided("C-075", Bound::utrace,
              "A round that nobody wanted puts the task's event flags right, so that it does not "
              "happen again.",
              "the task's flags, and a round without callbacks, make no events"),
};

}  // namespace

std::span<const Clause> answer_clauses() { return clauses; }

}  // namespace utsim

// SPDX-License-Identifier: MIT
// report_signal: what becomes of its answers. The last answer of a round decides about the signal,
// the most constraining one about the task.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "event/names.hpp"
#include "kernel/signal_types.hpp"

namespace utsim {

namespace {

/// The task has done nothing since a round of report_signal, so what it does now is the outcome.
bool comes_from_round(const TaskView& task) {
    return task.pass_open && task.pass_kind == CallbackKind::signal && task.pass_answers != 0;
}

/// At a `handler` event: of the signal that the round was about. After a round without a signal the
/// next one is taken off the queue, and if nobody wants to hear of it nothing comes in between.
bool handles_signal_of_round(const Judge& j) {
    const TaskView& task = j.task(j.task_in(0));
    return comes_from_round(task) && (task.last_event != 0 || task.pass_left[0] == j.value(1));
}

bool has_quiesce_engine(const Judge& j, TaskId task) {
    bool any = false;
    j.each_engine(task, [&](EngineId, const EngineView& engine) {
        any = any || (engine.stays() && engine.quiesce() && engine.setting == 0);
    });
    return any;
}

/// `SIGTERM` for the number in a wait status or in info.
std::string signal_text(std::int64_t signal) {
    const std::string_view name = name_of(signal_names(), signal);
    return name.empty() ? "signal " + std::to_string(signal) : std::string(name);
}

/// C-088 and C-102: somebody wanted something else than to go on when a handler was to run, so a
/// report comes between the frame and the handler's first instruction. A report about the next
/// signal is none.
void judge_handler_report(Judge& j, bool steps_only) {
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::handler) {
        const TaskView& view = j.task(task);
        const bool wanted =
            steps_only ? is_step(view.pass_least) : view.pass_least != UTRACE_RESUME;
        const bool due = handles_signal_of_round(j) && wanted && has_quiesce_engine(j, task);
        j.moment(task) = due ? j.event().step : never;
        if (due) j.exercised();
        return;
    }
    if (j.kind() == EventKind::callback) {
        if (is_signal_report(j) && !is_signal(j)) j.moment(task) = never;  // it stands in for one
        if (!is_signal(j)) return;
        const bool about_it = utrace_signal_action(j.callback().word) == UTRACE_SIGNAL_HANDLER;
        const bool serves =
            steps_only ? about_it || !is_first(j) : j.callback().event == 0 || !is_first(j);
        if (serves) j.moment(task) = never;
        return;
    }
    const std::uint64_t since = j.moment(task);
    j.moment(task) = never;
    if (since == never || j.task(task).killed != never || !has_quiesce_engine(j, task)) return;
    j.broken(since, "a handler of " + j.name(task) +
                        " begins without the report that an answer asked for");
}

bool is_stop_signal(std::int64_t signal) {
    return signal == K_SIGSTOP || signal == K_SIGTSTP || signal == K_SIGTTIN || signal == K_SIGTTOU;
}

/// C-096: what HOLD puts back is seen again. Memory: the signal's number.
void judge_hold(Judge& j) {
    const TaskId task = j.task_in(0);
    const auto held = static_cast<std::int64_t>(j.of(task));
    if (j.kind() == EventKind::handler || j.kind() == EventKind::signal_taken) {
        if (j.value(1) == held) j.of(task) = 0;
        return;
    }
    if (j.kind() == EventKind::signal_generated) {
        // One of these takes those of the other kind off the queues of the whole group.
        const bool stops = is_stop_signal(j.value(1));
        if (!stops && j.value(1) != K_SIGCONT) return;
        each_task(j, [&](TaskId id, const TaskView&) {
            const auto other = static_cast<std::int64_t>(j.of(id));
            const bool goes = stops ? other == K_SIGCONT : is_stop_signal(other);
            if (goes && group_of(j, id) == group_of(j, task)) j.of(id) = 0;
        });
        return;
    }
    if (j.kind() == EventKind::end_task) {
        const auto pending = static_cast<std::uint64_t>(j.value(5) | j.value(6));
        const bool there = held > 0 && (pending >> (held - 1) & 1) != 0;
        if (there || j.value(2) != 0) j.of(task) = 0;
        return;
    }
    if (!is_signal(j)) return;
    const CallbackReading callback = j.callback();
    if (j.kind() == EventKind::callback) {
        if (is_first(j) && callback.event != 0 && callback.argument[0] == held) j.of(task) = 0;
        return;
    }
    const bool is_number = j.value(4) > 0 && j.value(4) <= signal_count;
    const bool holds = (callback.word & UTRACE_SIGNAL_HOLD) != 0 && is_number;
    if (holds) j.exercised();
    if (holds || j.task(task).pass_answers != 0) {
        j.of(task) = holds ? static_cast<std::uint64_t>(j.value(4)) : 0;
    }
}

void held_signals_are_there(Judge& j) {
    if (j.end() != RunEnd::quiet) return;
    for (std::uint32_t t = 0; t < j.past().task_count(); ++t) {
        const std::uint64_t signal = j.of(TaskId{t});
        const TaskView& task = j.task(TaskId{t});
        // In a stop that the round led to it is still out of the queue.
        if (signal == 0 || !task.alive() || task.killed != never || task.traced()) continue;
        bool would_see = false;
        j.each_engine(TaskId{t}, [&](EngineId, const EngineView& engine) {
            would_see = would_see || (engine.stays() && (engine.mask & UTRACE_EVENT_SIGNAL_ALL) ==
                                                            UTRACE_EVENT_SIGNAL_ALL);
        });
        if (!would_see) continue;
        j.broken(never, signal_text(static_cast<std::int64_t>(signal)) + " of " +
                            j.name(TaskId{t}) + " was held back and has gone");
    }
}

/// C-098: what the last answer chose has happened before user mode. Memory: the step of that
/// answer, if it is to stop the task or to kill it, and 1 if it is to kill it; until that happens,
/// or something that may take it back.
void judge_stop_or_death(Judge& j) {
    const TaskId task = j.task_in(0);
    switch (j.kind()) {
        case EventKind::signal_generated:
            // SIGCONT and SIGKILL are about all threads of a group, whichever they are sent to.
            if (j.value(1) != K_SIGCONT && j.value(1) != K_SIGKILL) return;
            return each_task(j, [&](TaskId id, const TaskView&) { j.moment(id) = never; });
        case EventKind::callback_end: {
            if (!is_signal(j)) return;
            const std::uint32_t action = utrace_signal_action(j.callback().word);
            // Of TSTP no event tells whether the process group is orphaned.
            const bool stops = action == UTRACE_SIGNAL_STOP;
            const bool kills = action == UTRACE_SIGNAL_TERM || action == UTRACE_SIGNAL_CORE;
            const bool counts = (stops || kills) && j.value(4) > 0;
            j.moment(task) = counts ? j.event().step : never;
            j.of(task) = counts && kills ? 1 : 0;
            return;
        }
        case EventKind::user: {
            const std::uint64_t chosen = j.moment(task);
            j.moment(task) = never;
            if (chosen == never || j.task(task).killed != never) return;
            const char* what = j.of(task) != 0 ? "survives a signal that was to kill it"
                                               : "goes on after a signal that was to stop it";
            return j.broken(chosen, j.name(task) + " " + what);
        }
        default:
            j.moment(task) = never;  // it stops, or exits, or is woken
            return;
    }
}

void judge_signal_action(Judge& j) {
    if (j.kind() == EventKind::callback_end && is_signal(j)) j.exercised();
    if (j.kind() != EventKind::handler) return judge_stop_or_death(j);
    const TaskId id = j.task_in(0);
    const TaskView& task = j.task(id);
    if (!handles_signal_of_round(j) || task.killed != never) return;
    const std::uint32_t action = utrace_signal_action(task.pass_word);
    const bool fatal = action == UTRACE_SIGNAL_TERM || action == UTRACE_SIGNAL_CORE;
    // A stop may come to nothing; then the signal is gone, and another one may be handled.
    const bool stops = (action == UTRACE_SIGNAL_STOP || action == UTRACE_SIGNAL_TSTP) &&
                       (task.pass_word & UTRACE_SIGNAL_HOLD) == 0 &&
                       task.pass_left[0] == j.value(1);
    if (action != UTRACE_SIGNAL_IGN && !fatal && !stops) return;
    j.broken(task.pass_step, j.name(id) + (fatal   ? " handles a signal that was to kill it"
                                           : stops ? " handles a signal that was to stop it"
                                                   : " handles a signal that was ignored"));
}

/// C-100: no report follows from answers of REPORT or INTERRUPT alone.
void judge_no_loop(Judge& j) {
    const TaskId task = j.kind() == EventKind::api ? j.api().task : j.task_in(0);
    if (!task.valid()) return;
    if (!is_signal(j)) {
        const bool asks = j.kind() != EventKind::api || j.api().call == ApiCall::control;
        if (asks) j.moment(task) = never;
        return;
    }
    const CallbackReading callback = j.callback();
    const TaskView& view = j.task(task);
    if (j.kind() == EventKind::callback_end) {
        const std::uint32_t action = callback.resume();
        bool calls = false;
        j.each_engine(task, [&](EngineId, const EngineView& engine) {
            calls = calls || engine.controlling != 0 ||
                    (engine.control_step != never && engine.control_step >= view.last_act);
        });
        const bool asks = action == UTRACE_REPORT || action == UTRACE_INTERRUPT;
        const bool alone = asks && view.last_event == 0 && view.pass_least == UTRACE_RESUME;
        if (alone && !calls) j.exercised();
        j.moment(task) = alone && !calls ? j.event().step : never;
        return;
    }
    if (!is_first(j)) return;
    const bool again = utrace_signal_action(callback.word) == UTRACE_SIGNAL_REPORT;
    const std::uint64_t since = j.moment(task);
    j.moment(task) = never;
    if (!again || since == never) return;
    // A call that is still under way can have stored its request already.
    bool asks = false;
    j.each_engine(
        task, [&](EngineId, const EngineView& engine) { asks = asks || engine.controlling != 0; });
    if (asks) return;
    j.broken(since, j.name(callback.engine) + " is asked again only because it answered so");
}

/// C-101: the wait status has the number in info. Memory: that number + 1.
void judge_reported_number(Judge& j) {
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::user) {
        j.of(task) = 0;
        return;
    }
    if (j.kind() == EventKind::callback_end) {
        const CallbackReading callback = j.callback();
        if (callback.kind != CallbackKind::signal) return;
        const std::uint32_t action = utrace_signal_action(callback.word);
        const bool fatal = action == UTRACE_SIGNAL_TERM || action == UTRACE_SIGNAL_CORE;
        const std::int64_t left = j.value(4);
        j.of(task) =
            fatal && left > 0 && left <= signal_count ? static_cast<std::uint64_t>(left) + 1 : 0;
        return;
    }
    const std::uint64_t number = j.of(task);
    const TaskView& view = j.task(task);
    // report_exit may change the status, and so does somebody who kills the group first.
    if (number == 0 || view.killed != never || view.pass_kind != CallbackKind::signal) return;
    const auto status = static_cast<std::uint64_t>(j.value(1) & 0x7f);
    j.expect(status == number - 1, view.pass_step, [&] {
        return j.name(task) + " dies of " + signal_text(static_cast<std::int64_t>(status)) +
               " and not of " + signal_text(static_cast<std::int64_t>(number - 1)) +
               ", the number in info";
    });
}

/// C-104: SIGKILL, sent by somebody, ends a stop, and the task dies of nothing else.
void judge_death_by_kill(Judge& j) {
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::signal_generated) {
        const TaskView& view = j.task(task);
        const bool sent = j.value(1) == K_SIGKILL && j.value(3) != K_SI_KERNEL;
        if (sent && view.traced() && view.exiting == never && view.killed == never) {
            j.moment(task) = j.event().step;
        }
        return;
    }
    if (j.kind() == EventKind::callback) {
        if (j.callback().kind == CallbackKind::exit)
            j.moment(task) = never;  // may change the status
        return;
    }
    const std::uint64_t since = j.moment(task);
    if (since == never) return;
    if (j.kind() == EventKind::signal_taken) {
        if (j.value(1) == K_SIGKILL) return;
        return j.broken(since, j.name(task) + " was killed in a stop and takes " +
                                   signal_text(j.value(1)) + " off its queue");
    }
    j.moment(task) = never;
    j.expect((j.value(1) & 0x7f) == K_SIGKILL, since, [&] {
        return j.name(task) + " was killed in a stop and died with status " +
               std::to_string(j.value(1));
    });
}

constexpr Clause clauses[] = {
    {"C-088", Bound::utrace,
     "A step into the delivery implies SIGNAL_HANDLER: who answers DELIVER with SINGLESTEP or "
     "BLOCKSTEP gets that report before the handler begins.",
     on(EventKind::handler) |
         armed(told(CallbackKind::signal, CallbackKind::quiesce) | on(EventKind::instruction)),
     [](Judge& j) { judge_handler_report(j, true); }},

    {"C-090", Bound::utrace, "An engine may change info as it likes, also the number.",
     told(CallbackKind::signal),
     [](Judge& j) {
         if (!is_signal(j) || is_first(j)) return;
         const CallbackReading callback = j.callback();
         const TaskView& task = j.task(callback.task);
         if (!comes_from_round(task)) return;
         j.expect(callback.argument[0] == task.pass_left[0], task.pass_step, [&] {
             return j.name(callback.engine) + " does not see info as the engine before left it";
         });
     }},

    {"C-091", Bound::utrace, "return_ka says what DELIVER does.", on(EventKind::handler),
     [](Judge& j) {
         constexpr std::int64_t a_handler = 2;
         const TaskView& task = j.task(j.task_in(0));
         if (!handles_signal_of_round(j)) return;
         const bool delivers = utrace_signal_action(task.pass_word) == UTRACE_SIGNAL_DELIVER;
         j.expect(delivers && task.pass_left[1] == a_handler, task.pass_step, [&] {
             return "a handler of " + j.name(j.task_in(0)) + " runs that no engine chose";
         });
     }},

    {"C-093", Bound::engine,
     "Without a signal info holds nothing: who wants one delivered fills in all of it.",
     answers_of(CallbackKind::signal),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (!is_signal(j) || j.engine(callback.engine).event != 0) return;
         const std::uint32_t action = utrace_signal_action(callback.word);
         const bool nothing = action == UTRACE_SIGNAL_IGN || action >= UTRACE_SIGNAL_REPORT;
         if (nothing) return;
         constexpr std::size_t signo = 4;
         j.expect(
             j.value(signo) != 0, j.engine(callback.engine).in_callback,
             [&] {
                 return j.name(callback.engine) + " wants a signal delivered to " +
                        j.name(callback.task) + " in a report without one, and fills in none";
             },
             callback.engine);
     }},

    {"C-096", Bound::utrace,
     "HOLD puts the signal in info back on the queue after what was chosen was done; it will be "
     "seen again.",
     answers_of(CallbackKind::signal) |
         armed(told(CallbackKind::signal) | on(EventKind::handler, EventKind::signal_taken,
                                               EventKind::signal_generated, EventKind::end_task)),
     judge_hold, held_signals_are_there},

    {"C-098", Bound::utrace,
     "DELIVER does what return_ka says, IGN drops the signal, TERM and CORE kill, STOP stops, TSTP "
     "stops unless the process group is orphaned.",
     answers_of(CallbackKind::signal) | on(EventKind::handler) |
         armed(on(EventKind::signal_generated, EventKind::task_state, EventKind::user,
                  EventKind::exit)),
     judge_signal_action},

    {"C-100", Bound::utrace,
     "An engine that answers REPORT or INTERRUPT again and again makes no endless loop: here they "
     "are RESUME.",
     answers_of(CallbackKind::signal) |
         armed(returns(ApiCall::control) | on(EventKind::callback, EventKind::callback_end,
                                              EventKind::user, EventKind::task_state,
                                              EventKind::handler)),
     judge_no_loop},

    {"C-101", Bound::utrace,
     "TERM, CORE, STOP and TSTP act as the signal that stands for them does, but the number that "
     "is reported is that of info.",
     answers_of(CallbackKind::signal) | armed(on(EventKind::user, EventKind::exit)),
     judge_reported_number},

    {"C-102", Bound::utrace,
     "When a handler is to run and an engine wanted to stop or step, another report comes once the "
     "frame is built.",
     on(EventKind::handler) |
         armed(told(CallbackKind::signal, CallbackKind::quiesce) | on(EventKind::instruction)),
     [](Judge& j) { judge_handler_report(j, false); }},

    {"C-103", Bound::utrace,
     "A signal that is ignored leads at once to the stop or step that was asked for; then the next "
     "one is looked for.",
     (answers_of(CallbackKind::signal) & answers_with(UTRACE_STOP)) |
         while_held(on(EventKind::handler, EventKind::user)),
     [](Judge& j) {
         const TaskId id = j.task_in(0);
         const TaskView& task = j.task(id);
         if (j.kind() == EventKind::callback_end) {
             const bool stops = is_signal(j) && j.callback().resume() == UTRACE_STOP &&
                                utrace_signal_action(j.callback().word) == UTRACE_SIGNAL_IGN;
             if (stops) j.exercised();
             return;
         }
         const bool ignored = utrace_signal_action(task.pass_word) == UTRACE_SIGNAL_IGN;
         if (!comes_from_round(task) || !ignored || task.pass_least != UTRACE_STOP) return;
         bool held = false;
         j.each_engine(id, [&](EngineId, const EngineView& engine) {
             held = held || (engine.held != never && engine.stop && engine.controlling == 0 &&
                             engine.held >= task.pass_step);
         });
         if (!held || task.killed != never) return;
         j.broken(task.pass_step, j.name(id) + " goes on after a round that was to stop it");
     }},

    {"C-104", Bound::utrace,
     "When SIGKILL ends a stop nothing else is taken off the queue: the task dies of it.",
     while_traced(on(EventKind::signal_generated)) |
         armed(told(CallbackKind::exit) | on(EventKind::signal_taken, EventKind::exit)),
     judge_death_by_kill},

    {"C-105", Bound::utrace,
     "A number with bit 7 set, which an engine may leave in info, crashes nothing: it becomes "
     "SIGTRAP with a warning.",
     answers_of(CallbackKind::signal) | armed(on(EventKind::bug)),
     [](Judge& j) {
         if (j.kind() == EventKind::callback_end) {
             if (!is_signal(j) || (j.value(4) & 0x80) == 0) return;
             j.moment_of_all() = j.event().step;
             return j.exercised();
         }
         if (j.moment_of_all() == never) return;
         j.broken(j.moment_of_all(),
                  "a signal number with bit 7 ended in: " + std::string(j.text_in(1)));
     }},

    undecided("C-106", Bound::utrace, "A handler that is for one time only is reset here as well.",
              "the flags of a disposition are in no event"),
};

}  // namespace

std::span<const Clause> signal_outcome_clauses() { return clauses; }

}  // namespace utsim

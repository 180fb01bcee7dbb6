// SPDX-License-Identifier: MIT
// report_quiesce: with an event, before that event's own callback; without one, before user mode.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"

namespace utsim {

namespace {

/// Callbacks that are preceded by report_quiesce. report_reap is not; nor, in all versions that
/// there were, report_signal.
bool is_preceded(CallbackKind kind) {
    return kind != CallbackKind::quiesce && kind != CallbackKind::signal &&
           kind != CallbackKind::reap;
}

/// C-079: the task is where the event argument says.
bool event_is_in_progress(const TaskView& task, std::uint64_t event) {
    switch (event) {
        case UTRACE_EVENT(EVENT_SYSCALL_ENTRY):
            return task.in_call && !task.call_done;
        case UTRACE_EVENT(EVENT_SYSCALL_EXIT):
            // A new task comes out of a call that it never entered.
            return task.call_done || task.born != never;
        case UTRACE_EVENT(EVENT_DEATH):
            return !task.alive();
        default:
            return task.alive();
    }
}

bool is_known_event(std::uint64_t event) {
    return event == 0 ||
           ((event & (event - 1)) == 0 && event < UTRACE_EVENT(UTRACE_NEVENTS) &&
            event != UTRACE_EVENT(EVENT_QUIESCE) && event != UTRACE_EVENT(EVENT_REAP));
}

/// C-081: what set_events asked for inside report_quiesce, until the event's own callback.
void judge_request_inside(Judge& j) {
    switch (j.kind()) {
        case EventKind::api: {
            const ApiReading api = j.api();
            if (api.call != ApiCall::set_events || !api.engine.valid()) return;
            const EngineView& engine = j.engine(api.engine);
            const bool inside = j.past().is_current(j.event().actor, api.task) &&
                                engine.in_callback != never && engine.kind == CallbackKind::quiesce;
            const std::uint64_t own = engine.event & ~UTRACE_EVENT_SIGNAL_ALL;
            const bool adds = api.result == 0 && inside && (api.flags & own) != 0;
            j.moment(api.engine) = adds ? j.event().step : never;
            return;
        }
        case EventKind::callback_end: {
            const CallbackReading callback = j.callback();
            const bool leaves =
                callback.resume() == UTRACE_DETACH || j.engine(callback.engine).leaving != never;
            if (leaves) j.moment(callback.engine) = never;
            if (j.moment(callback.engine) != never) j.exercised();
            return;
        }
        case EventKind::callback: {
            const CallbackReading callback = j.callback();
            j.moment(callback.engine) = never;
            break;
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t since = j.moment(id);
        if (since == never || engine.in_callback != never) return;
        j.moment(id) = never;
        if (!engine.stays() || engine.setting != 0) return;
        j.broken(since,
                 j.name(id) + " asked for the event in progress and did not get its callback");
    });
}

/// C-082: somebody wanted a report since the last such round began.
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
    if (callback.kind != CallbackKind::quiesce || callback.event != 0) return;
    if (!j.past().begins_pass(callback)) return;
    bool under_way = false;
    j.each_engine(callback.task, [&](EngineId, const EngineView& engine) {
        under_way = under_way || engine.controlling != 0;
    });
    const bool asked = j.moment(callback.task) != never || under_way;
    // What was asked a moment ago may be for the round after this one.
    const std::uint64_t when = j.moment(callback.task);
    if (when != never && when < j.task(callback.task).last_act) j.moment(callback.task) = never;
    j.expect(asked, never, [&] {
        return j.name(callback.engine) + " is asked before user mode though nobody wanted a report";
    });
}

constexpr Clause clauses[] = {
    {"C-076", Bound::utrace, "report_quiesce is made only to engines that have QUIESCE.",
     told(CallbackKind::quiesce),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::quiesce) return;
         const EngineView& engine = j.engine(callback.engine);
         // For a table without report_signal it stands in for that.
         const std::uint64_t enough =
             UTRACE_EVENT(EVENT_QUIESCE) | (callback.event & UTRACE_EVENT_SIGNAL_ALL);
         const std::uint64_t possible = engine.mask | engine.mask_may | engine.mask_late;
         j.expect((possible & enough) != 0, engine.masked,
                  [&] { return j.name(callback.engine) + " gets report_quiesce without QUIESCE"; });
     }},

    undecided("C-077", Bound::utrace,
              "It says nothing about an event; only that the task can be looked at now.",
              "it says what the callback does not mean"),

    {"C-078", Bound::utrace,
     "It comes before each callback about an event in the same round, except before report_reap "
     "(and, in all versions, report_signal).",
     told_all_but(CallbackKind::quiesce, CallbackKind::signal, CallbackKind::reap),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const EngineView& engine = j.engine(callback.engine);
         const TaskView& task = j.task(callback.task);
         const bool has_it = engine.quiesce() && engine.setting == 0 &&
                             engine.masked < task.last_act && engine.masked < task.pass_step;
         if (!is_preceded(callback.kind) || !has_it) return;
         const bool preceded = engine.kind == CallbackKind::quiesce &&
                               engine.event == callback.event && engine.last_callback != never &&
                               engine.last_callback >= task.pass_step && task.pass_open;
         j.expect(preceded, task.pass_step, [&] {
             return j.name(callback.engine) + " hears of an event without report_quiesce before it";
         });
     }},

    {"C-079", Bound::utrace, "Its argument is the event in progress.", told(CallbackKind::quiesce),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::quiesce) return;
         const TaskView& task = j.task(callback.task);
         j.expect(is_known_event(callback.event) && event_is_in_progress(task, callback.event),
                  task.last_act, [&] {
                      return j.name(callback.engine) +
                             " gets report_quiesce for an event that is not in progress";
                  });
     }},

    undecided("C-080", Bound::engine,
              "It can be about an event that only another engine asked for, so an engine with "
              "QUIESCE has to cope with any event.",
              "it is a permission, and how an engine copes is in no event"),

    {"C-081", Bound::utrace,
     "utrace_set_events inside it can ask for the callback of that very event.",
     returns(ApiCall::set_events) |
         armed(on(EventKind::callback, EventKind::callback_end, EventKind::user,
                  EventKind::syscall_ran, EventKind::exit)),
     judge_request_inside},

    comparing(Compares::acts,
              {"C-082", Bound::utrace,
               "With event 0 nothing else has happened: the task is about to go back to user "
               "mode, and some "
               "engine wanted a report.",
               (returns(ApiCall::control) & accepted) |
                   answers_with(UTRACE_STOP, UTRACE_INTERRUPT, UTRACE_REPORT, UTRACE_SINGLESTEP,
                                UTRACE_BLOCKSTEP, UTRACE_DETACH) |
                   (told(CallbackKind::quiesce) & without_event),
               judge_reason}),

    undecided("C-083", Bound::utrace,
              "For an engine with report_signal that one may stand in for it, with SIGNAL_REPORT, "
              "when signals are looked for anyway.",
              "it is a permission"),
};

}  // namespace

std::span<const Clause> quiesce_clauses() { return clauses; }

}  // namespace utsim

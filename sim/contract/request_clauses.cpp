// SPDX-License-Identifier: MIT
// RESUME, REPORT and INTERRUPT through utrace_control: what is let go, and which callback has to
// come before the thread runs user code again. A promise is kept per engine as the step in which it
// was made; any later call for the engine takes it back.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

constexpr std::int64_t interruptible = 1;

void resume_undoes_stop(Judge& j) {
    const ApiReading api = j.api();
    if (!api.is_control(UTRACE_RESUME) || !api.engine.valid()) return;
    if (j.kind() == EventKind::api_enter) {
        j.of(api.engine) = j.engine(api.engine).stop ? 1 : 0;
        return;
    }
    const bool held = j.of(api.engine) != 0;
    j.of(api.engine) = 0;
    if (!held || api.result != 0 || !began_traced(j) || !undisturbed(j)) return;
    const EngineView& engine = j.engine(api.engine);
    if (engine.callbacks != j.call().callbacks) return;
    j.expect(!engine.stop, j.call().step,
             [&] { return j.name(api.engine) + " says RESUME and still holds its target"; });
}

void others_keep_it(Judge& j) {
    const ApiReading api = j.api();
    if (api.call != ApiCall::control || api.action == UTRACE_STOP || api.result != 0) return;
    if (!began_traced(j) || !undisturbed(j) || excused(j, api.task)) return;
    if (j.call().exit_state != 0) return;
    bool held = false;
    j.each_engine(api.task, [&](EngineId id, const EngineView& engine) {
        held = held || (id != api.engine && engine.stop && engine.held < j.call().step);
    });
    if (!held) return;
    const bool kept = (api.state & TaskView::task_traced) != 0;
    j.expect(kept, j.call().step, [&] {
        return j.name(api.engine) + " lets " + j.name(api.task) +
               " go although another engine holds it";
    });
}

void resume_of_a_running_task(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (api.is_control(UTRACE_RESUME) && api.result == 0 && !began_traced(j)) j.exercised();
        return;
    }
    const TaskId task = j.task_in(0);
    const CallView* call = j.past().call(j.event().actor);
    if (call == nullptr || call->task != task.value || call->action != UTRACE_RESUME) return;
    const bool resumes = call->call == ApiCall::control;
    const bool was_traced = (call->state & TaskView::task_traced) != 0 || j.task(task).traced();
    if (!resumes || was_traced) return;
    j.broken(call->step,
             "RESUME changes something about " + j.name(task) + ", which was not stopped");
}

/// No callback while the task is stopped for somebody else. Kept: the step in which one was asked
/// for by `action`.
void silence_while_another_holds(Judge& j, std::uint32_t action) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (api.call != ApiCall::control || !api.engine.valid()) return;
        const bool counts =
            is_new_request(j, action, 0) && began_traced(j) && held_by_any(j, api.task, api.engine);
        j.moment(api.engine) = counts ? j.event().step : never;
        if (counts) j.exercised();
        return;
    }
    const CallbackReading callback = j.callback();
    const std::uint64_t asked = j.moment(callback.engine);
    if (callback.kind == CallbackKind::reap || asked == never) return;
    j.moment(callback.engine) = never;
    if (!j.task(callback.task).traced() || !held_by_any(j, callback.task, callback.engine)) return;
    j.broken(asked, j.name(callback.engine) + " gets the callback that it asked for while " +
                        j.name(callback.task) + " is stopped for another engine");
}

void report_needs_quiesce(Judge& j) {
    const ApiReading api = j.api();
    if (!api.is_control(UTRACE_REPORT) || !undisturbed(j) || !j.call_ledger().mask_known) return;
    const EngineView& engine = j.engine(api.engine);
    if (j.call().left != never || j.call().detached != never || engine.leaving != never) return;
    const bool has_it = (j.call().mask & UTRACE_EVENT(EVENT_QUIESCE)) != 0;
    j.expect((api.result == -K_EINVAL) == !has_it, j.call().step, [&] {
        return has_it ? "REPORT for " + j.name(api.engine) + " is refused although it has QUIESCE"
                      : "REPORT for " + j.name(api.engine) + ", which lacks QUIESCE, is accepted";
    });
}

void interrupt_ends_a_wait(Judge& j) {
    const ApiReading api = j.api();
    if (!api.is_control(UTRACE_INTERRUPT) || api.result != 0 || !undisturbed(j)) return;
    if ((j.call().state & interruptible) == 0 || interrupted_in_call(j, api.task)) return;
    const bool asleep = (api.state & interruptible) != 0 && state_kept(j);
    j.expect(!asleep, j.call().step, [&] {
        return "INTERRUPT does not end the interruptible wait of " + j.name(api.task);
    });
}

/// Kept: the step in which a report_signal without a signal was answered with a death.
void forced_death(Judge& j) {
    if (j.kind() == EventKind::callback_end) {
        const CallbackReading callback = j.callback();
        const bool report =
            callback.kind == CallbackKind::signal && j.engine(callback.engine).event == 0;
        const std::uint32_t action = utrace_signal_action(callback.word);
        const bool dies = action == UTRACE_SIGNAL_TERM || action == UTRACE_SIGNAL_CORE;
        if (callback.kind == CallbackKind::quiesce) return;
        j.moment(callback.task) = report && dies ? j.event().step : never;
        return;
    }
    const TaskId task = j.task_in(0);
    const std::uint64_t answered = j.moment(task);
    if (answered == never) return;
    j.moment(task) = never;
    j.expect(j.kind() == EventKind::exit, answered, [&] {
        return j.name(task) + " goes on although the last report_signal said that it dies";
    });
}

constexpr Clause clauses[] = {
    {"C-205",
     Bound::utrace,
     "RESUME takes back a STOP of the same engine.",
     begins_control(UTRACE_RESUME) | armed(returns_control(UTRACE_RESUME)),
     resume_undoes_stop,
     nullptr,
     {},
     "tutorial/stop"},

    {"C-206",
     Bound::utrace,
     "A thread that another engine holds stays stopped until all have let go.",
     returns(ApiCall::control) & answered_0,
     others_keep_it,
     nullptr,
     {},
     "contract/stop-is-kept"},

    {"C-207",
     Bound::utrace,
     "RESUME has no effect on a thread that is not stopped.",
     (returns_control(UTRACE_RESUME) & answered_0) |
         on(EventKind::task_state, EventKind::step_switch),
     resume_of_a_running_task,
     nullptr,
     {},
     "contract/calls-on-oneself"},

    {"C-208",
     Bound::utrace,
     "REPORT is RESUME with a callback soon: report_quiesce or report_signal.",
     callback_promised(UTRACE_REPORT, Answered::with_0),
     [](Judge& j) {
         constexpr auto made = [](const Judge& judge) {
             return is_new_request(judge, UTRACE_REPORT, 0) && !began_traced(judge);
         };
         judge_promise(j, {made, any_callback, "the callback that it asked for"});
     },
     nullptr,
     {},
     "contract/report-during-a-report"},

    {"C-209",
     Bound::utrace,
     "If the thread was stopped, that callback comes before it runs any user code.",
     callback_promised(UTRACE_REPORT, Answered::with_0),
     [](Judge& j) {
         constexpr auto made = [](const Judge& judge) {
             return is_new_request(judge, UTRACE_REPORT, 0) && began_traced(judge);
         };
         judge_promise(j, {made, any_callback, "the callback that it asked for"});
     },
     nullptr,
     {},
     "contract/events-while-stopped"},

    {"C-210",
     Bound::utrace,
     "If another engine holds the thread there may be no callback for REPORT until all have let "
     "go: a stopped thread makes none.",
     (returns_control(UTRACE_REPORT) & answered_0) |
         armed(returns(ApiCall::control) | told_all_but(CallbackKind::reap)),
     [](Judge& j) { silence_while_another_holds(j, UTRACE_REPORT); },
     nullptr,
     {},
     "contract/held-by-another"},

    {"C-211",
     Bound::utrace,
     "REPORT without QUIESCE in the mask is answered with -EINVAL.",
     returns_control(UTRACE_REPORT),
     report_needs_quiesce,
     nullptr,
     {},
     "contract/control-errors"},

    {"C-212",
     Bound::utrace,
     "INTERRUPT is REPORT, and the callback is report_signal, before the thread goes on or takes "
     "signals.",
     callback_promised(UTRACE_INTERRUPT, Answered::with_0),
     [](Judge& j) {
         constexpr auto made = [](const Judge& judge) {
             return is_new_request(judge, UTRACE_INTERRUPT, 0);
         };
         judge_promise(j, {made, is_signal_report, "the report_signal of its INTERRUPT"});
     },
     nullptr,
     {},
     "contract/interrupt-and-hold"},

    {"C-213",
     Bound::utrace,
     "INTERRUPT ends a system call that waits, as SIGSTOP does.",
     returns_control(UTRACE_INTERRUPT) & answered_0,
     interrupt_ends_a_wait,
     nullptr,
     {},
     "contract/interrupt-and-hold"},

    {"C-214",
     Bound::utrace,
     "If another engine holds the thread there may be no callback for INTERRUPT until all have let "
     "go.",
     (returns_control(UTRACE_INTERRUPT) & answered_0) |
         armed(returns(ApiCall::control) | told_all_but(CallbackKind::reap)),
     [](Judge& j) { silence_while_another_holds(j, UTRACE_INTERRUPT); },
     nullptr,
     {},
     "contract/held-by-another"},

    {"C-215",
     Bound::utrace,
     "In the callback that INTERRUPT gives it an engine can decide on a signal, out of nothing.",
     answers_of(CallbackKind::signal) |
         armed(on(EventKind::callback_end, EventKind::instruction, EventKind::exit)),
     forced_death,
     nullptr,
     {},
     "contract/signal-out-of-nothing"},
};

}  // namespace

std::span<const Clause> request_clauses() { return clauses; }

}  // namespace utsim

// SPDX-License-Identifier: MIT
// utrace_control on dead threads, leaving with DETACH, and STOP: what is answered, and what may
// still be heard afterwards.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

constexpr std::int64_t exit_dead = 32;
constexpr std::int64_t interruptible = 1;

bool is_detach(const ApiReading& api) {
    return api.is_control(UTRACE_DETACH) && api.engine.valid();
}

void dead_takes_only_detach(Judge& j) {
    const ApiReading api = j.api();
    if (api.call != ApiCall::control || api.action >= UTRACE_DETACH) return;
    if (j.call().exit_state == 0) return;
    // That a step or a report needs QUIESCE, which a reaped engine has not, is looked at before
    // anything else.
    const bool needs_quiesce = api.action != UTRACE_STOP && api.action != UTRACE_RESUME;
    const bool may_lack_it = j.call().detached != never || !j.call_ledger().mask_known ||
                             (j.call().mask & UTRACE_EVENT(EVENT_QUIESCE)) == 0;
    const bool refused =
        api.result == -K_ESRCH || (api.result == -K_EINVAL && needs_quiesce && may_lack_it);
    j.expect(refused, j.task(api.task).dead, [&] {
        return j.name(api.task) + " is dead and a request of " + j.name(api.engine) +
               " is not refused with -ESRCH";
    });
}

void detach_lets_go(Judge& j) {
    const ApiReading api = j.api();
    if (!is_detach(api) || api.result != 0 || !began_traced(j) || !undisturbed(j)) return;
    if (j.call().exit_state != 0 || held_by_any(j, api.task, api.engine)) return;
    const bool stopped_anew = j.call_ledger().stops != j.ledger(api.task).stops;
    const bool still = (api.state & TaskView::task_traced) != 0 && !stopped_anew;
    j.expect(!still, j.call().step, [&] {
        return j.name(api.engine) + " has left and " + j.name(api.task) +
               " stays stopped though nobody else holds it";
    });
}

/// Kept: the step in which the first report_reap about the task began.
void no_detach_after_reap(Judge& j) {
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        Moment first = j.moment(callback.task);
        if (callback.kind == CallbackKind::reap && first == never) first = j.event().step;
        return;
    }
    const ApiReading api = j.api();
    if (!is_detach(api)) return;
    const std::uint64_t reaping = j.moment(api.task);
    if (reaping == never || reaping >= j.call().step) return;
    j.expect(api.result == -K_ESRCH, reaping, [&] {
        return "the detach of " + j.name(api.engine) + " is not refused with -ESRCH while " +
               j.name(api.task) + " is being reaped";
    });
}

void no_detach_during_death(Judge& j) {
    const ApiReading api = j.api();
    if (!is_detach(api)) return;
    if (api.result == -K_EALREADY) {
        return j.expect(api.exit_state != 0, j.call().step, [&] {
            return "the detach of " + j.name(api.engine) + " is refused with -EALREADY and " +
                   j.name(api.task) + " is not dead";
        });
    }
    if (!death_report_spans(j, api.task)) return;
    // Who has left, or whose report_reap is put off until the death is told, is told -ESRCH.
    const bool too_late = api.exit_state == exit_dead || j.call().left != never ||
                          j.engine(api.engine).left_by_answer || j.call().detached != never;
    j.expect(too_late && api.result == -K_ESRCH, j.task(api.task).dead, [&] {
        return "the detach of " + j.name(api.engine) +
               " is not refused with -EALREADY while the death of " + j.name(api.task) +
               " is being reported";
    });
}

/// Kept: the step of a detach that was refused with -EALREADY.
void refused_detach_stays(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (!is_detach(api) || api.result != -K_EALREADY) return;
        j.moment(api.engine) = j.event().step;
        return j.exercised();
    }
    const EngineId id = j.engine_in(1);
    const std::uint64_t refused = j.moment(id);
    if (refused == never) return;
    const EngineView& engine = j.engine(id);
    const bool reaped = j.task(j.task_in(0)).exit_state == exit_dead;
    if (reaped || engine.leaving != never) return;
    j.broken(refused, j.name(id) + ", whose detach was refused, is detached all the same");
}

void detach_in_progress(Judge& j) {
    if (j.kind() == EventKind::run_end) {
        if (!ended(j)) return;
        every_engine(j, [&](EngineId id, const EngineView& engine) {
            const TaskView& task = j.task(TaskId{engine.task});
            const std::uint64_t since = j.moment(id);
            // A task in a call leaves the engine behind when the call ends.
            const bool busy = task.calling != EngineId::none_value || !task.alive() || task.in_call;
            if (since == never || busy || engine.in_callback != never) return;
            j.expect(engine.detached != never, since, [&] {
                return j.name(id) + " is still attached long after its last callback ended";
            });
        });
        return;
    }
    const ApiReading api = j.api();
    if (!is_detach(api)) return;
    if (api.result == -K_EINPROGRESS) j.moment(api.engine) = j.event().step;
    if (!spans_callback(j) || api.exit_state != 0 || j.call().left != never) return;
    j.expect(api.result != 0, j.engine(api.engine).in_callback, [&] {
        return "the detach of " + j.name(api.engine) +
               " is answered with 0 while a callback of it runs";
    });
}

/// Kept: the step of a detach that was answered with 0.
void silence_after_detach(Judge& j, bool (*counts)(const Judge&), bool (*breaks)(CallbackKind)) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (!is_detach(api) || api.result != 0 || !counts(j)) return;
        j.moment(api.engine) = j.event().step;
        return j.exercised();
    }
    const CallbackReading callback = j.callback();
    const std::uint64_t since = j.moment(callback.engine);
    if (since == never || !breaks(callback.kind)) return;
    j.broken(since, j.name(callback.engine) + " left with the answer 0 and is called again");
}

bool whatever(CallbackKind) { return true; }

void stop_is_granted(Judge& j) {
    const ApiReading api = j.api();
    if (!api.is_control(UTRACE_STOP) || api.result != 0) return;
    const std::int64_t stops = TaskView::task_traced | TaskView::task_stopped;
    const bool stopped = ((j.call().state | api.state) & stops) != 0;
    const bool meanwhile = j.call_ledger().stops != j.ledger(api.task).stops;
    j.expect(stopped || meanwhile, j.call().step, [&] {
        return "STOP for " + j.name(api.engine) + " is granted at once and " + j.name(api.task) +
               " is not stopped";
    });
}

void granted_stop_lasts(Judge& j) {
    if (j.kind() == EventKind::api) {
        if (j.api().is_control(UTRACE_STOP) && j.api().result == 0) j.exercised();
        return;
    }
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::callback && j.callback().kind == CallbackKind::reap) return;
    if (excused(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t granted = j.ledger(id).granted;
        if (granted == never || !engine.stop || engine.leaving != never) return;
        j.broken(granted, j.name(task) + " goes on although a STOP for " + j.name(id) +
                              " was granted and not taken back");
    });
}

bool is_interrupted(std::int64_t result) {
    return result == -K_EINTR || (result <= -K_ERESTARTSYS && result >= -K_ERESTART_RESTARTBLOCK);
}

/// Kept for the engine and for the task: 1 when a STOP for it began, and when it was accepted,
/// until something happens that may end a call.
void stop_leaves_calls_alone(Judge& j) {
    switch (j.kind()) {
        case EventKind::signal_generated:
            return j.forget();
        case EventKind::task_state: {
            // A signal that was sent before the call wakes when its sender gets that far.
            const TaskId task = j.task_in(0);
            const bool woken = (j.task(task).state & interruptible) != 0 && j.value(1) == 0;
            const CallView* call = j.past().call(j.event().actor);
            const bool by_stop = call != nullptr && call->call == ApiCall::control &&
                                 call->action == UTRACE_STOP && call->task == task.value;
            if (woken && !by_stop && acting_task(j) != task) j.forget();
            return;
        }
        case EventKind::api_enter:
            if (j.api().is_control(UTRACE_INTERRUPT)) j.forget();
            if (j.api().is_control(UTRACE_STOP)) j.of(j.api().engine) = 1;
            return;
        case EventKind::callback_end:
            if (j.callback().resume() == UTRACE_INTERRUPT) j.forget();
            return;
        case EventKind::api: {
            const ApiReading api = j.api();
            if (api.call == ApiCall::wake) j.forget();
            if (!api.is_control(UTRACE_STOP)) return;
            const bool nothing_came = j.of(api.engine) != 0;
            j.of(api.engine) = 0;
            const bool asleep = (j.call().state & api.state & interruptible) != 0;
            const bool clear = api.result == -K_EINPROGRESS && nothing_came && asleep &&
                               !interrupted_in_call(j, api.task) && undisturbed(j) && state_kept(j);
            if (clear && j.task(api.task).in_call) j.of(api.task) = 1;
            return;
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    const bool untouched = j.of(task) != 0;
    j.of(task) = 0;
    if (!untouched || j.ledger(task).open_calls != 0) return;
    j.expect(!is_interrupted(j.value(2)), j.task(task).call_step,
             [&] { return "STOP ends a system call of " + j.name(task) + " before its time"; });
}

/// Kept: the step in which report_signal without a signal was answered with STOP.
void interrupt_then_stop(Judge& j) {
    switch (j.kind()) {
        case EventKind::callback_end: {
            const CallbackReading callback = j.callback();
            const bool report =
                callback.kind == CallbackKind::signal && j.engine(callback.engine).event == 0;
            const std::uint32_t action = utrace_signal_action(callback.word);
            const bool nothing = action == UTRACE_SIGNAL_IGN || action == UTRACE_SIGNAL_REPORT;
            const bool stops = report && nothing && callback.resume() == UTRACE_STOP;
            j.moment(callback.engine) = stops ? j.event().step : never;
            return;
        }
        case EventKind::api_enter:
            if (j.api().call == ApiCall::control && j.api().engine.valid())
                j.moment(j.api().engine) = never;
            return;
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    const bool runs = j.kind() == EventKind::instruction;
    if (!runs && (j.value(1) & TaskView::task_traced) == 0) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t answered = j.moment(id);
        if (answered == never || engine.leaving != never || !engine.stop) return;
        j.moment(id) = never;
        if (excused(j, task)) return;
        j.expect(!runs, answered, [&] {
            return j.name(task) + " runs user code although " + j.name(id) +
                   " answered STOP from the report_signal of an interruption";
        });
    });
}

constexpr Clause clauses[] = {
    undecided("C-189", Bound::utrace,
              "The action of utrace_control means what it means in a callback's answer.",
              "It defines a word; what each action does is in the clauses about it."),

    {"C-190",
     Bound::utrace,
     "For a dead thread every action but DETACH is answered with -ESRCH.",
     returns(ApiCall::control),
     dead_takes_only_detach,
     nullptr,
     {},
     "contract/death-refusals"},

    {"C-191",
     Bound::utrace,
     "DETACH of a stopped thread lets it run, unless another engine holds it.",
     returns_control(UTRACE_DETACH) & answered_0,
     detach_lets_go,
     nullptr,
     {},
     "contract/detach-while-stopped"},

    comparing(Compares::calls, {"C-192",
                                Bound::utrace,
                                "DETACH is answered with -ESRCH once report_reap may have begun.",
                                told(CallbackKind::reap) | armed(returns_control(UTRACE_DETACH)),
                                no_detach_after_reap,
                                nullptr,
                                {},
                                "tutorial/death"}),

    {"C-193",
     Bound::utrace,
     "DETACH is answered with -EALREADY once report_death may have begun.",
     returns_control(UTRACE_DETACH),
     no_detach_during_death,
     nullptr,
     {},
     "contract/detach-during-death"},

    {"C-194",
     Bound::utrace,
     "After -EALREADY the engine stays attached until the thread is reaped, unless its own "
     "callback answers DETACH.",
     returns_control(UTRACE_DETACH) | armed(on(EventKind::engine_detached)),
     refused_detach_stays,
     nullptr,
     {},
     "contract/detach-during-death"},

    {"C-195",
     Bound::utrace,
     "DETACH during a callback of the engine is answered with -EINPROGRESS and done when the "
     "callback ends.",
     returns_control(UTRACE_DETACH),
     detach_in_progress,
     detach_in_progress,
     {},
     "tutorial/detach"},

    {"C-196",
     Bound::utrace,
     "When the thread was stopped and DETACH answered 0, no callback comes any more.",
     (returns_control(UTRACE_DETACH) & answered_0) | armed(on(EventKind::callback)),
     [](Judge& j) {
         silence_after_detach(
             j, [](const Judge& judge) { return began_traced(judge) && undisturbed(judge); },
             whatever);
     },
     nullptr,
     {},
     "contract/detach-while-stopped"},

    {"C-197",
     Bound::utrace,
     "A thread that is killed may still report its death; then DETACH does not answer 0.",
     (returns_control(UTRACE_DETACH) & answered_0) |
         armed(told(CallbackKind::death, CallbackKind::reap)),
     [](Judge& j) {
         silence_after_detach(
             j, [](const Judge& judge) { return judge.task(judge.api().task).killed != never; },
             [](CallbackKind kind) {
                 return kind == CallbackKind::death || kind == CallbackKind::reap;
             });
     },
     nullptr,
     {},
     "contract/kill-at-syscall-entry"},

    {"C-198",
     Bound::utrace,
     "After DETACH has answered 0 no callback comes any more.",
     (returns_control(UTRACE_DETACH) & answered_0) | armed(on(EventKind::callback)),
     [](Judge& j) { silence_after_detach(j, [](const Judge&) { return true; }, whatever); },
     nullptr,
     {},
     "contract/detach-with-others"},

    {"C-199",
     Bound::utrace,
     "Any call after a DETACH is answered with -ESRCH.",
     returns(ApiCall::control),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (api.call != ApiCall::control || !api.engine.valid()) return;
         const EngineView& engine = j.engine(api.engine);
         const bool by_call = j.call().left != never && !engine.left_by_answer;
         if (j.call().detached == never && !by_call) return;
         const bool no_action = api.action > UTRACE_DETACH;
         // Whether QUIESCE is there is looked at first. Who left by a call has it then; reaping
         // takes it, and an answer of DETACH leaves the mask as it was.
         const bool needs_quiesce = api.action >= UTRACE_REPORT && api.action < UTRACE_RESUME;
         const bool may_lack_it = j.call().exit_state != 0 || api.exit_state != 0 ||
                                  !j.task(api.task).alive() || engine.left_by_answer;
         const bool refused =
             api.result == -K_ESRCH || (api.result == -K_EINVAL && needs_quiesce && may_lack_it);
         j.expect(no_action || refused, engine.left, [&] {
             return j.name(api.engine) + " has left, and a call for it is not refused with -ESRCH";
         });
     },
     nullptr,
     {},
     "contract/detach-while-stopped"},

    {"C-200",
     Bound::utrace,
     "STOP is answered with 0 only if the thread is stopped already.",
     returns_control(UTRACE_STOP) & answered_0,
     stop_is_granted,
     nullptr,
     {},
     "tutorial/stop"},

    {"C-201",
     Bound::utrace,
     "Then it stays stopped until there is another call for the same engine; only SIGKILL and the "
     "like end the stop.",
     (returns_control(UTRACE_STOP) & answered_0) |
         while_held(told_all_but(CallbackKind::reap) | on(EventKind::instruction)),
     granted_stop_lasts,
     nullptr,
     {},
     "tutorial/stop"},

    {"C-202",
     Bound::utrace,
     "Otherwise STOP is answered with -EINPROGRESS and asks for a report: a callback comes before "
     "user code, and its answer decides.",
     callback_promised(UTRACE_STOP, Answered::in_progress),
     [](Judge& j) {
         constexpr auto made = [](const Judge& judge) {
             return is_new_request(judge, UTRACE_STOP, -K_EINPROGRESS);
         };
         judge_promise(j, {made, any_callback, "a callback for its STOP"});
     },
     nullptr,
     {},
     "tutorial/stop"},

    {"C-203",
     Bound::utrace,
     "STOP leaves a system call in progress alone, even one that sleeps.",
     begins_control(UTRACE_STOP) |
         (returns_control(UTRACE_STOP) & answered(Answered::in_progress)) |
         armed(on(EventKind::signal_generated, EventKind::syscall_ran) |
               becomes(Standing::running) | begins_control(UTRACE_INTERRUPT) |
               returns_control(UTRACE_STOP) | returns(ApiCall::wake) |
               answers_with(UTRACE_INTERRUPT)),
     stop_leaves_calls_alone,
     nullptr,
     {},
     "contract/stop-lets-a-call-go-on"},

    {"C-204",
     Bound::utrace,
     "To interrupt a thread and hold it: INTERRUPT, and STOP answered in the report_signal that "
     "follows.",
     answers_of(CallbackKind::signal) |
         armed(begins(ApiCall::control) | on(EventKind::callback_end, EventKind::instruction) |
               becomes(Standing::traced)),
     interrupt_then_stop,
     nullptr,
     {},
     "contract/interrupt-and-hold"},
};

}  // namespace

std::span<const Clause> control_clauses() { return clauses; }

}  // namespace utsim

// SPDX-License-Identifier: MIT
// What the kernel's hook sites promise to the layer: when a hook is called, and what is so then.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "kernel/signal_types.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t clone_vfork = 0x4000;
constexpr std::uint64_t clone_thread = 0x10000;
constexpr std::int64_t uninterruptible = 2;
constexpr std::int64_t asleep = 3;  // interruptible or not
constexpr std::int64_t exit_dead = 32;
constexpr std::uint64_t death_event = UTRACE_EVENT(EVENT_DEATH);

/// Whether the task's group has, or had, more than one thread.
bool has_threads(const Judge& j, TaskId task) {
    bool threads = false;
    each_task(j, [&](TaskId id, const TaskView& other) {
        const bool member = group_of(j, id) == group_of(j, task);
        threads = threads || (member && (other.clone_flags & clone_thread) != 0);
    });
    return threads;
}

void entry_result(Judge& j) {
    const CallbackReading callback = j.callback();
    if (callback.kind != CallbackKind::syscall_entry) return;
    const TaskView& task = j.task(callback.task);
    if (!task.in_call || task.callbacks != j.ledger(callback.task).callbacks_at_entry) return;
    j.expect(callback.argument[1] == -K_ENOSYS, task.call_step, [&] {
        return "the entry of a system call of " + j.name(callback.task) +
               " is reported without a result that says that it was not made";
    });
}

/// Kept: whether the `exit` event has come.
void exit_is_first(Judge& j) {
    if (j.kind() == EventKind::exit) {
        j.moment(j.task_in(0)) = j.event().step;
        return;
    }
    const CallbackReading callback = j.callback();
    if (callback.kind != CallbackKind::exit) return;
    const std::uint64_t gone = j.moment(callback.task);
    j.expect(gone == never, gone, [&] {
        return j.name(callback.engine) + " is told of the exit of " + j.name(callback.task) +
               " when it has begun to give things back";
    });
}

/// Kept: 1 in a vfork report, 2 when STOP was answered there.
void vfork_stop(Judge& j) {
    switch (j.kind()) {
        case EventKind::callback: {
            const CallbackReading callback = j.callback();
            if (callback.kind != CallbackKind::clone) return;
            const auto flags = static_cast<std::uint64_t>(callback.argument[0]);
            if (j.past().begins_pass(callback) || j.of(callback.task) == 0) {
                j.of(callback.task) = (flags & clone_vfork) != 0 ? 1 : 0;
            }
            return;
        }
        case EventKind::callback_end: {
            const CallbackReading callback = j.callback();
            const bool stops =
                callback.kind == CallbackKind::clone && callback.resume() == UTRACE_STOP;
            if (stops && j.of(callback.task) != 0) j.of(callback.task) = 2;
            return;
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    const bool traced = (j.value(1) & TaskView::task_traced) != 0;
    if (j.of(task) != 2 || (!traced && j.value(1) != uninterruptible)) return;
    j.of(task) = 0;
    if (!held_by_any(j, task) || excused(j, task)) return;
    j.expect(traced, never, [&] {
        return j.name(task) + " waits for its vfork child before it stops for an engine";
    });
}

/// Kept: the step of the last handler frame that was reported.
void handler_was_built(Judge& j) {
    const CallbackReading callback = j.callback();
    const bool handler = callback.kind == CallbackKind::signal && callback.event == 0 &&
                         utrace_signal_action(callback.word) == UTRACE_SIGNAL_HANDLER;
    if (!handler) return;
    const std::uint64_t built = j.task(callback.task).handler;
    if (!j.past().begins_pass(callback) && j.moment(callback.task) != never) return j.exercised();
    const bool fresh = built != never && built != j.moment(callback.task);
    j.expect(fresh, never,
             [&] { return j.name(callback.engine) + " is told of a handler that was not set up"; });
    if (built != never) j.moment(callback.task) = built;
}

/// Kept: the step and the number of the last signal that was generated and not reported.
void fatal_signal_is_reported(Judge& j) {
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::signal_generated) {
        if (j.value(1) == K_SIGKILL || j.value(4) == 0) return;
        // While one is being reported another one of its number comes too late to be the cause.
        const EngineId reporter{j.task(task).calling};
        // Nor is it for a task that another signal has killed before.
        if (j.task(task).exiting != never || j.task(task).killed != never) return;
        const bool during = reporter.valid() && j.engine(reporter).kind == CallbackKind::signal;
        if (during || j.task(task).pass_kind == CallbackKind::signal) return;
        j.moment(task) = j.event().step;
        j.of(task) = static_cast<std::uint64_t>(j.value(1));
        return;
    }
    if (j.kind() == EventKind::callback) {
        const std::uint64_t fatal =
            UTRACE_EVENT(EVENT_SIGNAL_TERM) | UTRACE_EVENT(EVENT_SIGNAL_CORE);
        if ((j.callback().event & fatal) == 0) return;
        j.exercised();
        j.moment(task) = never;
        j.of(task) = 0;
        return;
    }
    const auto signal = static_cast<std::uint64_t>(j.value(1) & 0x7f);
    const std::uint64_t sent = j.moment(task);
    if (signal == 0 || sent == never || j.of(task) != signal) return;
    if (has_threads(j, task) || j.ledger(task).killed_directly) return;
    // An engine may give an exit the code of a signal that is still blocked (C-141).
    if (j.ledger(task).taken == 0) return;
    // An engine can deliver a signal of its own by an answer; nothing was taken off a queue then.
    const TaskView& view = j.task(task);
    const bool by_answer = view.pass_kind == CallbackKind::signal && view.last_event == 0 &&
                           view.pass_left[0] == static_cast<std::int64_t>(signal);
    if (by_answer) return;
    const std::uint64_t wanted = UTRACE_EVENT(EVENT_SIGNAL_TERM) | UTRACE_EVENT(EVENT_SIGNAL_CORE);
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const bool surely = (engine.mask & wanted) == wanted && engine.masked != never &&
                            engine.masked < sent && engine.stays() && engine.setting == 0;
        const bool heard = engine.last_callback != never && engine.last_callback >= sent;
        if (!surely || heard) return;
        j.broken(sent, j.name(task) + " dies of a signal that was not reported to " + j.name(id));
    });
}

/// Kept: what the last report_jctl said the parent will be told, plus 1.
void parent_is_told(Judge& j) {
    // The parent is told of the group, by the thread whose hook was asked.
    const TaskId task = j.kind() == EventKind::notify_cldstop ? acting_task(j) : j.task_in(0);
    if (!task.valid()) return;
    switch (j.kind()) {
        case EventKind::callback: {
            const CallbackReading callback = j.callback();
            if (callback.kind != CallbackKind::jctl) return;
            j.of(task) = static_cast<std::uint64_t>(callback.argument[1]) + 1;
            return;
        }
        case EventKind::user:
            j.of(task) = 0;
            return;
        default:
            break;
    }
    const std::uint64_t kept = j.of(task);
    j.of(task) = 0;
    if (kept == 0) return;
    j.expect(static_cast<std::uint64_t>(j.value(1)) + 1 == kept, never, [&] {
        return "the parent of " + j.name(task) + " is told something else than report_jctl was";
    });
}

/// Kept: the signal that the parent got, shifted out of the way of 0.
void signal_of_death(Judge& j) {
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::notify_parent) {
        j.of(task) = static_cast<std::uint64_t>(j.value(1) + 16);
        return;
    }
    const CallbackReading callback = j.callback();
    if (callback.kind != CallbackKind::death) return;
    const std::int64_t signal = callback.argument[1];
    constexpr std::int64_t reaps_itself = -1;
    constexpr std::int64_t delayed_leader = -2;
    bool right = true;
    if (signal > 0) right = j.of(task) == static_cast<std::uint64_t>(signal + 16);
    if (signal == reaps_itself) right = j.task(task).exit_state == exit_dead;
    if (signal == delayed_leader) right = has_threads(j, task);
    j.expect(right, j.task(task).dead, [&] {
        return "report_death tells " + j.name(callback.engine) +
               " of another signal than the parent of " + j.name(task) + " got";
    });
}

/// Kept: whether report_death itself has come.
void death_is_not_missed(Judge& j) {
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        if (callback.kind == CallbackKind::death) j.of(callback.engine) = 1;
        return;
    }
    if (!ended(j)) return;
    every_engine(j, [&](EngineId id, const EngineView& engine) {
        const TaskId task{engine.task};
        if ((j.ledger(id).mask_at_death & engine.mask & death_event) == 0) return;
        if (engine.leaving != never || j.ledger(task).deaths_open != 0) return;
        j.expect(j.of(id) != 0, j.task(task).dead,
                 [&] { return j.name(id) + " did not get report_death for " + j.name(task); });
    });
}

/// At an `api` event: a REPORT that came while a report before user mode was being made.
bool asked_during_report(const Judge& j) {
    if (!is_new_request(j, UTRACE_REPORT, 0)) return false;
    const EngineId calling{j.task(j.api().task).calling};
    return calling.valid() && j.engine(calling).event == 0 &&
           j.engine(calling).kind == CallbackKind::quiesce;
}

void report_wakes_nobody(Judge& j) {
    const bool entering = j.kind() == EventKind::api_enter;
    const TaskId task = entering ? j.api().task : j.task_in(0);
    const bool sleeps = (j.task(task).state & asleep) != 0;
    if (entering) {
        if (j.api().is_control(UTRACE_REPORT) && sleeps) j.exercised();
        return;
    }
    const CallView* call = j.past().call(j.event().actor);
    if (!sleeps || j.value(1) != 0 || call == nullptr || call->task != task.value) return;
    const bool asks = call->action == UTRACE_REPORT || call->action == UTRACE_SINGLESTEP ||
                      call->action == UTRACE_BLOCKSTEP;
    if (call->call != ApiCall::control || !asks) return;
    j.broken(call->step, "a request for a report wakes " + j.name(task) + " from a sleep");
}

constexpr Clause clauses[] = {
    {"C-258",
     Bound::utrace,
     "The hook at a system call's entry may say that the call is not made; a harmless error stands "
     "in its result until then.",
     told(CallbackKind::syscall_entry),
     entry_result,
     nullptr,
     {},
     "tutorial/guard"},

    {"C-259",
     Bound::utrace,
     "The hook at a system call's exit is called before signals are looked at.",
     told(CallbackKind::syscall_exit),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::syscall_exit) return;
         j.expect(!j.ledger(callback.task).signal_since_call, j.task(callback.task).call_step, [&] {
             return j.name(callback.engine) + " is told of a system call's exit after a signal";
         });
     },
     nullptr,
     {},
     "contract/last-word-on-a-call"},

    undecided("C-260", Bound::utrace,
              "The hook of exec is called without locks; what describes the program is there only "
              "during the hook.",
              "Simulated programs have no such description to hold on to."),

    {"C-261",
     Bound::utrace,
     "The hook of exit comes before anything of the thread is given back.",
     told(CallbackKind::exit) | on(EventKind::exit),
     exit_is_first,
     nullptr,
     {},
     "tutorial/death"},

    undecided(
        "C-262", Bound::utrace,
        "What the hook of a task's making sets up is freed with the task, also when its clone "
        "fails.",
        "Memory of the layer is no event. A use of freed memory ends the run: I14."),

    {"C-263",
     Bound::utrace,
     "The hook of clone is called when the child is complete and has not been started.",
     told(CallbackKind::clone),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::clone) return;
         const TaskView& child = j.task(TaskId{static_cast<std::uint32_t>(callback.argument[1])});
         const bool made = child.born != never && child.parent == callback.task.value;
         j.expect(made && !child.has_run, child.born, [&] {
             return j.name(callback.engine) +
                    " is told of a child that is not there or runs already";
         });
     },
     nullptr,
     {},
     "tutorial/clone"},

    {"C-264",
     Bound::utrace,
     "The second hook of clone comes just after the child was started and before a vfork waits for "
     "it: there a STOP takes effect.",
     told(CallbackKind::clone) |
         armed((answers_of(CallbackKind::clone) & answers_with(UTRACE_STOP)) |
               on(EventKind::task_state)),
     vfork_stop,
     nullptr,
     {},
     "contract/vfork-stop"},

    {"C-265",
     Bound::utrace,
     "The first hook of a release comes without locks, when the task is EXIT_DEAD.",
     told(CallbackKind::reap),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::reap) return;
         const bool right = j.task(callback.task).exit_state == exit_dead &&
                            j.past().actor(j.event().actor).locks == 0;
         j.expect(right, j.task(callback.task).dead, [&] {
             return j.name(callback.task) +
                    " is reaped before its time, or by somebody who holds a lock";
         });
     },
     nullptr,
     {},
     "tutorial/death"},

    comparing(Compares::handler,
              {"C-266",
               Bound::utrace,
               "The hook of a signal handler comes when the frame has been set up.",
               told(CallbackKind::signal) & without_event,
               handler_was_built,
               nullptr,
               {},
               "contract/handler-and-hold"}),

    comparing(Compares::what_was_heard,
              {"C-267",
               Bound::utrace,
               "As long as an engine wants SIGNAL_TERM and SIGNAL_CORE the kernel does not kill "
               "for a signal "
               "without a report.",
               on(EventKind::signal_generated) | with_event | armed(on(EventKind::exit)),
               fatal_signal_is_reported,
               nullptr,
               {},
               "contract/fatal-signal-is-reported"}),

    undecided(
        "C-268", Bound::utrace,
        "The hook of signal delivery answers 0, -1, or a number that stands for what is done.",
        "It is a value inside the kernel; what comes of it is judged by the clauses about "
        "signals."),

    {"C-269",
     Bound::utrace,
     "What the hook of job control answers is what the parent is told; 0 is nothing.",
     told(CallbackKind::jctl) | armed(on(EventKind::user, EventKind::notify_cldstop)),
     parent_is_told,
     nullptr,
     {},
     "contract/group-stop-reports"},

    {"C-270",
     Bound::utrace,
     "report_death is told the signal that the parent got, or -1 for a thread that releases "
     "itself, or -2 for a leader that waits for its threads.",
     told(CallbackKind::death) | on(EventKind::notify_parent),
     signal_of_death,
     nullptr,
     {},
     "contract/autoreap"},

    {"C-271",
     Bound::utrace,
     "A DEATH bit that was accepted is never missed.",
     told(CallbackKind::death),
     death_is_not_missed,
     death_is_not_missed,
     {},
     "tutorial/death"},

    {"C-272",
     Bound::utrace,
     "What is asked for while the hook before user mode runs makes it run again.",
     callback_promised(UTRACE_REPORT, Answered::with_0),
     [](Judge& j) {
         judge_promise(j, {asked_during_report, any_callback,
                           "the report that it asked for during another one"});
     },
     nullptr,
     {},
     "contract/report-during-a-report"},

    {"C-273",
     Bound::utrace,
     "To ask for that hook brings a running thread into the kernel soon and wakes no sleeping one.",
     begins_control(UTRACE_REPORT) | becomes(Standing::running),
     report_wakes_nobody,
     nullptr,
     {},
     "contract/stop-lets-a-call-go-on"},
};

}  // namespace

std::span<const Clause> hook_clauses() { return clauses; }

}  // namespace utsim

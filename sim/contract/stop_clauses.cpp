// SPDX-License-Identifier: MIT
// Being stopped, and SIGKILL, which nothing can hold up. What an engine said counts from the answer
// or call that said it; a task that was killed, or woken for no reason, is excused from all of it.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "kernel/signal_types.hpp"

namespace utsim {

namespace {

constexpr std::int64_t interruptible = 1;
constexpr std::uint64_t quiesce_event = UTRACE_EVENT(EVENT_QUIESCE);

/// Engines that hold the task and have said so in an answer, or were told 0 for a STOP.
template <typename F>
void each_holder(const Judge& j, TaskId task, F&& f) {
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        if (engine.stop && holds_by_word(j, id)) f(id, engine);
    });
}

void no_user_while_held(Judge& j) {
    const TaskId task = j.task_in(0);
    if (j.kind() == EventKind::task_state) {
        if ((j.value(1) & TaskView::task_traced) == 0) return;
        each_holder(j, task, [&](EngineId, const EngineView&) { j.exercised(); });
        return;
    }
    if (excused(j, task)) return;
    each_holder(j, task, [&](EngineId id, const EngineView& engine) {
        j.broken(engine.held, j.name(task) + " runs user code while " + j.name(id) + " holds it");
    });
}

void stop_of_a_running_task(Judge& j) {
    const ApiReading api = j.api();
    if (!api.is_control(UTRACE_STOP) || !undisturbed(j) || !state_kept(j)) return;
    const std::int64_t stopped = TaskView::task_traced | TaskView::task_stopped;
    if ((j.call().state & stopped) != 0 || j.call().exit_state != 0) return;
    const EngineView& engine = j.engine(api.engine);
    if (engine.leaving != never || engine.detached != never) return;  // that is C-037 and C-199
    j.expect(api.result == -K_EINPROGRESS, j.call().step, [&] {
        return "STOP for " + j.name(api.engine) + " is not answered with -EINPROGRESS although " +
               j.name(api.task) + " is running";
    });
}

/// Kept: the step in which a STOP was accepted that has yet to be followed by a callback.
void callback_for_stop(Judge& j) {
    switch (j.kind()) {
        case EventKind::api_enter: {
            const ApiReading api = j.api();
            if (!api.engine.valid()) return;
            const bool owes = api.call != ApiCall::control && !takes_out(j, quiesce_event);
            if (!owes) j.moment(api.engine) = never;
            return;
        }
        case EventKind::api: {
            const ApiReading api = j.api();
            if (!api.is_control(UTRACE_STOP) || api.result != -K_EINPROGRESS) return;
            const EngineView& engine = j.engine(api.engine);
            const bool answered = engine.callbacks != j.call().callbacks;
            if (!engine.quiesce() || answered || engine.in_callback != never) return;
            j.moment(api.engine) = j.event().step;
            return;
        }
        case EventKind::callback: {
            const EngineId engine = j.callback().engine;
            if (j.moment(engine) != never) j.exercised();
            j.moment(engine) = never;
            return;
        }
        default:
            break;
    }
    if (!ended(j)) return;
    every_engine(j, [&](EngineId id, const EngineView& engine) {
        const TaskId task{engine.task};
        const std::uint64_t asked = j.moment(id);
        if (asked == never || !j.task(task).traced() || excused(j, task)) return;
        bool others = false;
        j.each_engine(task, [&](EngineId other, const EngineView& view) {
            others = others || (view.stop && j.moment(other) == never);
        });
        if (others) return;
        j.expect(false, asked, [&] {
            return j.name(task) + " is stopped for " + j.name(id) +
                   ", which was told to wait for a callback and never got one";
        });
    });
}

void only_interrupt_ends_a_wait(Judge& j) {
    if (j.kind() == EventKind::api_enter) {
        const ApiReading api = j.api();
        const bool asleep = (j.task(api.task).state & interruptible) != 0;
        if (api.is_control(UTRACE_STOP) && asleep) j.exercised();
        return;
    }
    const TaskId task = j.task_in(0);
    const bool wakes = (j.task(task).state & interruptible) != 0 && j.value(1) == 0;
    const CallView* call = j.past().call(j.event().actor);
    if (!wakes || call == nullptr || call->task != task.value) return;
    if (call->call != ApiCall::control || call->action != UTRACE_STOP) return;
    j.broken(call->step, "STOP wakes " + j.name(task) + " from an interruptible wait");
}

void last_release_wakes(Judge& j) {
    const ApiReading api = j.api();
    if (api.call != ApiCall::control || api.result != 0 || api.action == UTRACE_STOP) return;
    if (!began_traced(j) || !undisturbed(j) || j.call().exit_state != 0) return;
    if (held_by_any(j, api.task)) return;
    const bool stopped_anew = j.call_ledger().stops != j.ledger(api.task).stops;
    const bool still = (api.state & TaskView::task_traced) != 0 && !stopped_anew;
    j.expect(!still, j.call().step, [&] {
        return "nobody holds " + j.name(api.task) + " any more and it stays in TASK_TRACED";
    });
}

void silence_while_held(Judge& j) {
    if (j.kind() == EventKind::task_state) {
        const TaskId task = j.task_in(0);
        if (!j.task(task).traced() || (j.value(1) & TaskView::task_traced) != 0) return;
        each_holder(j, task, [&](EngineId, const EngineView&) { j.exercised(); });
        if (!held_by_any(j, task)) j.exercised();
        return;
    }
    const CallbackReading callback = j.callback();
    if (callback.kind == CallbackKind::reap || excused(j, callback.task)) return;
    const EngineView& engine = j.engine(callback.engine);
    const TaskLedger& task = j.ledger(callback.task);
    const std::uint64_t own_call = j.ledger(callback.engine).own_call;
    const bool held = engine.stop && engine.held != never && engine.held == engine.answer.step;
    if (!held || task.traced == never || task.traced < engine.held) return;
    if (own_call != never && own_call >= engine.held) return;
    // A stop that nobody ended was none of an engine's: kernels before 2010 make one for ptrace,
    // behind the frame of a handler.
    const std::uint64_t handler = j.task(callback.task).handler;
    if (task.woken != never && task.calls == task.calls_at_stop) return;
    if (handler != never && handler > engine.held && handler < task.traced) return;
    j.broken(engine.held, j.name(callback.engine) + " holds " + j.name(callback.task) +
                              " and gets another callback before it has let go");
}

void killed_task_dies(Judge& j) {
    if (!ended(j)) return;
    each_task(j, [&](TaskId id, const TaskView& task) {
        if (task.killed == never) return;
        const std::int64_t waits = TaskView::task_traced | TaskView::task_stopped | interruptible;
        const bool hangs = task.alive() && (task.state & waits) != 0;
        if (task.calling != EngineId::none_value) return;  // that is the engine's fault: C-169
        j.expect(!hangs, task.killed, [&] { return j.name(id) + " was killed and does not die"; });
    });
}

/// `directly`: SIGKILL was sent to the task itself.
void no_user_after_kill(Judge& j, bool directly) {
    const TaskId task = j.task_in(0);
    const TaskLedger& ledger = j.ledger(task);
    if (!ledger.killed_in_stop || ledger.killed_directly != directly) return;
    if (j.kind() == EventKind::exit) return j.exercised();
    j.broken(j.task(task).killed,
             j.name(task) + " was killed while it was stopped and runs user code");
}

constexpr TopicSet runs_or_exits = on(EventKind::instruction, EventKind::exit);

void killed_sibling_dies(Judge& j) {
    if (j.kind() == EventKind::exit) {
        const TaskLedger& ledger = j.ledger(j.task_in(0));
        if (ledger.killed_in_stop && !ledger.killed_directly) j.exercised();
        return;
    }
    if (!ended(j)) return;
    each_task(j, [&](TaskId id, const TaskView& task) {
        const TaskLedger& ledger = j.ledger(id);
        const bool hangs =
            ledger.killed_in_stop && !ledger.killed_directly && task.alive() && task.traced();
        if (!hangs) return;
        j.expect(false, task.killed, [&] {
            return j.name(id) + " is held by an engine although its group is exiting";
        });
    });
}

void callback_holds_up_kill(Judge& j) {
    if (j.kind() == EventKind::exit) {
        const TaskView& task = j.task(j.task_in(0));
        if (task.killed != never && task.callbacks != 0) j.exercised();
        return;
    }
    if (!ended(j)) return;
    each_task(j, [&](TaskId id, const TaskView& task) {
        if (task.killed == never || task.calling == EngineId::none_value) return;
        const EngineId engine{task.calling};
        j.expect(
            false, j.engine(engine).in_callback,
            [&] {
                return j.name(engine) + " does not return from a callback and keeps " + j.name(id) +
                       ", which was killed, from dying";
            },
            engine);
    });
}

/// Kept: the actor that has held the task's utrace lock since the task was stopped, plus 1.
void killed_task_waits_for_lock(Judge& j) {
    const bool lock = j.kind() == EventKind::lock_taken || j.kind() == EventKind::lock_released;
    const auto lock_class = static_cast<LockClass>(j.value(0) >> 32);
    if (lock && lock_class == LockClass::utrace) {
        const TaskId task{static_cast<std::uint32_t>(j.value(0))};
        if (!task.valid()) return;
        const bool by_other = j.task(task).actor != j.event().actor.value;
        if (j.kind() == EventKind::lock_released) {
            j.of(task) = 0;
        } else if (j.task(task).traced() && by_other) {
            j.of(task) = std::uint64_t{j.event().actor.value} + 1;
        }
    }
    if (j.kind() == EventKind::lock_released) return;
    const TaskId task{j.past().actor(j.event().actor).task};
    if (!task.valid() || j.task(task).actor != j.event().actor.value) return;
    if (!j.ledger(task).killed_in_stop || j.task(task).traced()) return;
    j.expect(j.of(task) == 0, j.task(task).killed, [&] {
        return j.name(task) +
               " was killed and goes on while somebody who believes it stopped holds its lock";
    });
}

/// Kept: the actor that is sending the stopped task a signal other than SIGKILL, plus 1.
void no_signal_wakes_a_stop(Judge& j) {
    switch (j.kind()) {
        case EventKind::signal_generated: {
            const TaskId task = j.task_in(0);
            if (!j.task(task).traced()) return;
            const bool kill = j.value(1) == K_SIGKILL;
            j.of(task) = kill ? 0 : std::uint64_t{j.event().actor.value} + 1;
            if (!kill) j.exercised();
            return;
        }
        case EventKind::lock_released: {
            const auto lock_class = static_cast<LockClass>(j.value(0) >> 32);
            if (lock_class != LockClass::siglock) return;
            // It is the lock of all threads: whoever releases it is done with all of them.
            const std::uint64_t sender = std::uint64_t{j.event().actor.value} + 1;
            each_task(j, [&](TaskId id, const TaskView&) {
                if (j.of(id) == sender) j.of(id) = 0;
            });
            return;
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    const bool wakes = j.task(task).traced() && (j.value(1) & TaskView::task_traced) == 0;
    if (!wakes || j.of(task) != std::uint64_t{j.event().actor.value} + 1) return;
    j.broken(j.ledger(task).traced, "a signal other than SIGKILL ends the stop of " + j.name(task));
}

/// Every thread of the group that lives is stopped or traced, at least one of each.
bool group_is_down(const Judge& j, TaskId group) {
    bool stopped = false;
    bool traced = false;
    bool other = false;
    each_task(j, [&](TaskId id, const TaskView& task) {
        if (!task.alive() || task.exiting != never || group_of(j, id) != group) return;
        stopped = stopped || task.stopped();
        traced = traced || task.traced();
        other = other || (!task.stopped() && !task.traced());
    });
    return stopped && traced && !other;
}

/// Kept: the step in which a group was continued of which all threads were down, until its parent
/// is told. A late notice that it had stopped may come before that.
void group_stop_is_complete(Judge& j) {
    constexpr std::int64_t cld_continued = 6;
    if (j.kind() == EventKind::run_end) {
        if (!ended(j)) return;
        each_task(j, [&](TaskId id, const TaskView& task) {
            if (j.moment(id) == never || !task.alive() || task.killed != never) return;
            j.expect(false, j.moment(id), [&] {
                return "all threads of " + j.name(id) +
                       " were stopped, but its parent is not told that it continues";
            });
        });
        return;
    }
    const TaskId task = j.task_in(0);
    const TaskId group = group_of(j, task);
    if (j.kind() == EventKind::notify_cldstop) {
        if (j.moment(group) == never || j.value(1) != cld_continued) return;
        j.moment(group) = never;
        return j.exercised();
    }
    if ((j.value(1) & TaskView::task_stopped) != 0) j.moment(group) = never;
    const bool continues = j.task(task).stopped() && j.value(1) == 0;
    if (!continues || j.past().call(j.event().actor) != nullptr) return;
    if (group_is_down(j, group)) j.moment(group) = j.event().step;
}

void release_into_group_stop(Judge& j) {
    const TaskId task = j.task_in(0);
    const TaskView& view = j.task(task);
    if (!view.traced() || (j.value(1) & TaskView::task_traced) != 0) return;
    const CallView* call = j.past().call(j.event().actor);
    if (excused(j, task) || call == nullptr || call->task != task.value) return;
    const TaskLedger& ledger = j.ledger(task);
    bool group_stopped = ledger.stopped_before && !ledger.continued;
    each_task(j, [&](TaskId id, const TaskView& other) {
        const bool sibling = id != task && other.alive() && group_of(j, id) == group_of(j, task);
        group_stopped = group_stopped || (sibling && other.stopped() && other.killed == never);
    });
    if (!group_stopped) return;
    j.expect((j.value(1) & TaskView::task_stopped) != 0, ledger.traced,
             [&] { return j.name(task) + " is let go and runs although its group is stopped"; });
}

constexpr Clause clauses[] = {
    {"C-158",
     Bound::caller,
     "A thread has to be held with STOP before somebody else looks at its state.",
     returns(ApiCall::set_regs, ApiCall::get_regs),
     [](Judge& j) {
         const ApiReading api = j.api();
         const bool looks = api.call == ApiCall::set_regs || api.call == ApiCall::get_regs;
         if (!looks || !api.task.valid() || by_target(j) || !j.task(api.task).alive()) return;
         const bool held = j.task(api.task).traced() && held_by_any(j, api.task);
         j.expect(held, never, [&] {
             return "registers of " + j.name(api.task) + " are touched while nobody holds it";
         });
     },
     nullptr,
     {},
     "contract/syscall-entry-again"},

    {"C-159",
     Bound::utrace,
     "While an engine holds a thread, and nothing like SIGKILL has happened, it runs no user code.",
     while_held(on(EventKind::instruction) | becomes(Standing::traced)),
     no_user_while_held,
     nullptr,
     {},
     "tutorial/stop"},

    {"C-160",
     Bound::utrace,
     "A STOP for a thread that is not stopped yet is answered with -EINPROGRESS.",
     returns_control(UTRACE_STOP),
     stop_of_a_running_task,
     nullptr,
     {},
     "tutorial/stop"},

    {"C-161",
     Bound::utrace,
     "An engine with QUIESCE that was told -EINPROGRESS gets a callback when the thread can be "
     "examined.",
     (returns_control(UTRACE_STOP) & answered(Answered::in_progress)) |
         armed(begins(ApiCall::control, ApiCall::set_events) | on(EventKind::callback)),
     callback_for_stop,
     callback_for_stop,
     {},
     "tutorial/stop"},

    {"C-162",
     Bound::utrace,
     "STOP does not end an interruptible wait; only INTERRUPT does.",
     begins_control(UTRACE_STOP) | becomes(Standing::running),
     only_interrupt_ends_a_wait,
     nullptr,
     {},
     "contract/stop-lets-a-call-go-on"},

    {"C-163",
     Bound::utrace,
     "When the last engine lets go, the thread runs.",
     returns(ApiCall::control) & answered_0,
     last_release_wakes,
     nullptr,
     {},
     "tutorial/stop"},

    {"C-164",
     Bound::utrace,
     "After the callback in which an engine stopped the thread it gets no other one until it has "
     "made a call itself.",
     while_traced(on(EventKind::task_state)) | while_held(told_all_but(CallbackKind::reap)),
     silence_while_held,
     nullptr,
     {},
     "tutorial/stop"},

    {"C-165",
     Bound::utrace,
     "Nothing keeps a thread that got SIGKILL from dying.",
     {},
     nullptr,
     killed_task_dies,
     {},
     "contract/kill-ends-a-stop"},

    {"C-166",
     Bound::utrace,
     "SIGKILL ends a stop, and no user code runs afterwards.",
     while_killed(runs_or_exits),
     [](Judge& j) { no_user_after_kill(j, true); },
     nullptr,
     {},
     "contract/kill-ends-a-stop"},

    {"C-167",
     Bound::utrace,
     "The kills that exec, a fatal signal, or exit_group bring to other threads count as SIGKILL.",
     while_killed(runs_or_exits),
     [](Judge& j) { no_user_after_kill(j, false); },
     nullptr,
     {},
     "contract/exit-group-kills-held-thread"},

    {"C-168",
     Bound::utrace,
     "An engine can keep its own thread from starting to exit, but not from dying with its group.",
     while_killed(on(EventKind::exit)),
     killed_sibling_dies,
     killed_sibling_dies,
     {},
     "contract/exit-group-kills-held-thread"},

    {"C-169",
     Bound::engine,
     "A callback must not wait: that would hold up SIGKILL.",
     while_killed(on(EventKind::exit)),
     callback_holds_up_kill,
     callback_holds_up_kill,
     {},
     "contract/kill-at-syscall-entry"},

    {"C-170",
     Bound::utrace,
     "A killed thread does nothing while somebody holds its lock who still believes it stopped.",
     while_traced(on(EventKind::lock_taken)) |
         while_killed(on(EventKind::lock_taken, EventKind::callback, EventKind::instruction,
                         EventKind::exit)) |
         armed(on(EventKind::lock_released)),
     killed_task_waits_for_lock,
     nullptr,
     {},
     "contract/kill-ends-a-stop"},

    {"C-171",
     Bound::utrace,
     "Ordinary signals do not wake a thread that an engine holds.",
     while_traced(on(EventKind::signal_generated)) |
         armed(on(EventKind::lock_released, EventKind::task_state)),
     no_signal_wakes_a_stop,
     nullptr,
     {},
     "contract/cont-while-held"},

    {"C-172",
     Bound::utrace,
     "A thread that stops for an engine counts as stopped for its group's stop.",
     becomes(Standing::running) |
         armed(becomes(Standing::stopped, Standing::traced) | on(EventKind::notify_cldstop)),
     group_stop_is_complete,
     group_stop_is_complete,
     {},
     "contract/group-continued-with-held-thread"},

    {"C-173",
     Bound::utrace,
     "A thread that is let go while its group is stopped becomes job-control stopped.",
     while_traced(on(EventKind::task_state)),
     release_into_group_stop,
     nullptr,
     {},
     "contract/stop-of-a-stopped-job"},
};

}  // namespace

std::span<const Clause> stop_clauses() { return clauses; }

}  // namespace utsim

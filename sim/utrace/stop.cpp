// SPDX-License-Identifier: MIT
// TASK_TRACED, from both sides. The task goes to sleep by itself, with both locks held while it
// decides, so that control under the lock sees it either running or traced; everybody else may only
// turn a job-control stop into a traced one and back.
#include "utrace/stop.hpp"

#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/detach.hpp"
#include "utrace/hooks.hpp"
#include "utrace/memory_order.hpp"
#include "utrace/requests.hpp"
#include "utrace/step_request.hpp"

namespace utsim {

namespace {

/// Step 6 of 4.15: a thread that stops for an engine counts as stopped for a group stop in
/// progress. If it was the last one the parent is not told.
void participate_in_group_stop(Task* current) {
    SignalStruct* signal = current->signal;
    // A tracee stops for its group in a stop of its own.
    if (signal->group_stop_count == 0 || traps_in_group_stop(current)) return;
    task_clear_jobctl_pending(current, JOBCTL_STOP_PENDING);
    signal->group_stop_count = signal->group_stop_count - 1;
    if (quirk(current, Quirk::b43_group_stop_lost)) return;
    if (signal->group_stop_count == 0) signal->flags = SIGNAL_STOP_STOPPED;
}

/// What other engines have asked for is not lost because one of them stops the task.
void keep_beside_stop(Task* current, Utrace* utrace, std::uint32_t action) {
    const RequestStore& requests = requests_of(utrace);
    if (!requests.lacks(utrace, action)) return;
    if (action == UTRACE_REPORT && quirk(current, Quirk::b38a_stop_drops_report)) return;
    if (action == UTRACE_INTERRUPT && quirk(current, Quirk::b38b_stop_drops_interrupt)) return;
    if (action == UTRACE_INTERRUPT && decided(current, StopInterrupt::waits_for_recalc)) {
        requests.store(utrace, action);
    } else {
        store_own_request(current, utrace, action);
    }
}

/// Steps 1 to 7 of 4.15. True: the state is TRACED and no lock is held.
bool become_traced(Task* current, Utrace* utrace, std::uint32_t resume_action) {
    for (;;) {
        // W-S1: since the last callback answered STOP nothing was locked; any call may have come.
        utrace->lock.lock("utrace_stop");
        keep_beside_stop(current, utrace, resume_action);
        if (quirk(current, Quirk::b33_detach_vs_stop_orphan)) break;
        if ((current->utrace_flags & ENGINE_STOP) != 0) break;
        // Nobody seems to want it any more; only a reset knows for sure.
        const bool left_alone = utrace_reset(current, utrace);
        if (!left_alone && quirk(current, Quirk::b34_stop_retries_for_ever)) continue;
        if ((current->utrace_flags & ENGINE_STOP) == 0) return false;
    }
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("utrace_stop");
    const bool killed = fatal_signal_pending_nocheck(current);
    if (quirk(current, Quirk::b37_kill_missed_after_demotion)) utrace->stopped = true;
    if (!killed) {
        set_task_state(current, TASK_TRACED);
        participate_in_group_stop(current);
    }
    siglock.unlock("utrace_stop");
    utrace->lock.unlock("utrace_stop");
    return !killed;
}

/// A tracee runs when its tracer says so; and who has not joined the group stop yet has to run for
/// that.
bool stays_in_group_stop(const Task* target) {
    if (ptraced(target) || (target->jobctl & JOBCTL_STOP_CONSUME) != 0) return false;
    if ((target->signal->flags & SIGNAL_STOP_STOPPED) != 0) return true;
    return target->signal->group_stop_count != 0 &&
           !quirk(target, Quirk::b44_wakeup_ignores_group_stop);
}

/// A stop wants to be answered before user mode, so a step that is pending does not do.
bool report_must_be_requested(const Utrace* utrace) {
    const std::uint32_t request = requests_of(utrace).strongest(utrace);
    return decided(utrace, StopRequest::if_none) ? request == UTRACE_RESUME
                                                 : request > UTRACE_REPORT;
}

}  // namespace

void store_own_request(Task* current, Utrace* utrace, std::uint32_t action) {
    requests_of(utrace).store(utrace, action);
    set_tsk_thread_flag(current, action == UTRACE_INTERRUPT ? TIF_SIGPENDING : TIF_NOTIFY_RESUME);
}

void utrace_stop(Task* current, Utrace* utrace, std::uint32_t resume_action) {
    if (!become_traced(current, utrace, resume_action)) return;
    ptrace_stop_begins(current);
    // W-S2: traced but still on its CPU; a waker may already have made it RUNNING again.
    schedule(current, "utrace_stop");
    ptrace_stop_ends(current);
    utrace_finish_stop(current);
    arm_flagged_step(current, utrace);
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("utrace_stop");
    recalc_sigpending(current);
    siglock.unlock("utrace_stop");
}

void utrace_finish_stop(Task* current) {
    // SIGKILL ends the stop without the lock. Whoever holds it still believes that we are traced.
    if (decided(current, StopKill::waits_for_lock) && fatal_signal_pending_nocheck(current)) {
        current->utrace->lock.unlock_wait("utrace_finish_stop");
    }
}

void utrace_finish_jctl(Task* current) {
    utrace_finish_stop(current);
    if (decided(current, FlagsArmed::after_jobctl_too)) {
        arm_flagged_step(current, current->utrace);
    }
}

bool killed_in_its_stop(const Task* current, const Utrace* utrace) {
    // A tracer that let go has cleared the mark, even if the task then stayed in a group stop.
    if (quirk(current, Quirk::b37_kill_missed_after_demotion) && !utrace->stopped) return false;
    return fatal_signal_pending(current);
}

bool utrace_do_stop(Task* target, Utrace* utrace) {
    if (task_is_stopped(target)) {
        if (quirk(target, Quirk::b41_sigcont_fools_tracer)) return true;
        if (quirk(target, Quirk::b63_double_siglock)) {
            utrace->stopped = true;
            return true;
        }
        if (quirk(target, Quirk::b55_stop_tested_unlocked)) {
            smp_mb(target, "utrace_do_stop");
            if (task_is_stopped(target)) set_task_state(target, TASK_TRACED);
            return true;
        }
        SpinLock& siglock = target->sighand->siglock;
        siglock.lock("utrace_do_stop");
        // Continued in between: then nothing at all is asked for (spec 4.16).
        if (task_is_stopped(target)) set_task_state(target, TASK_TRACED);
        if (quirk(target, Quirk::b42_stopped_bit_leaks)) utrace->stopped = task_is_traced(target);
        siglock.unlock("utrace_do_stop");
    } else if (report_must_be_requested(utrace)) {
        requests_of(utrace).store(utrace, UTRACE_REPORT);
        set_notify_resume(target);
    }
    return task_is_traced(target);
}

void utrace_stop_now(Task* current, Engine* engine) {
    Utrace* utrace = task_utrace_struct(current);
    utrace->lock.lock("utrace_stop_now");
    const bool attached = !engine_is_marked_detached(engine);
    if (attached) mark_engine_wants_stop(current, engine);
    utrace->lock.unlock("utrace_stop_now");
    if (attached) utrace_stop(current, utrace, UTRACE_RESUME);
}

void utrace_wakeup(Task* target) {
    SpinLock& siglock = target->sighand->siglock;
    siglock.lock("utrace_wakeup");
    if (quirk(target, Quirk::b37_kill_missed_after_demotion) ||
        quirk(target, Quirk::b42_stopped_bit_leaks)) {
        target->utrace->stopped = false;
    }
    if (stays_in_group_stop(target)) {
        set_task_state(target, TASK_STOPPED);
    } else {
        wake_up_state(target, TASK_TRACED_BIT);
    }
    siglock.unlock("utrace_wakeup");
}

}  // namespace utsim

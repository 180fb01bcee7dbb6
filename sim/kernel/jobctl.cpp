// SPDX-License-Identifier: MIT
// Job control: a group stop is a count of threads that still have to stop (spec 5.8). A thread that
// ptrace traces has a bit of its own beside the count, since its tracer can let it run while the
// group stays stopped.
#include "kernel/exit.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"

namespace utsim {

namespace {

/// SIGCONT since the stop signal was taken calls it off.
bool stop_is_wanted(const Task* current) {
    if (traps_in_group_stop(current)) return (current->jobctl & JOBCTL_STOP_DEQUEUED) != 0;
    return (current->signal->flags & SIGNAL_STOP_DEQUEUED) != 0;
}

/// Who is in a stop of its tracer's joins when it is let go; who is stopped already does not count.
bool has_to_follow(const Task* thread) {
    if ((thread->flags & PF_EXITING) != 0) return false;
    if (traps_in_group_stop(thread)) return !task_is_stopped(thread);
    return !task_is_stopped_or_traced(thread);
}

/// The first thread that takes the stop signal says how many have to follow.
bool begin_group_stop(Task* current, int signr) {
    SignalStruct* signal = current->signal;
    if (!stop_is_wanted(current) || signal_group_exit(signal)) return false;
    // A tracee can run in a group that is stopped already: then it is still the old stop.
    const bool anew = traps_in_group_stop(current) && (signal->flags & SIGNAL_STOP_STOPPED) != 0;
    if (!anew) signal->group_exit_code = signr;
    const std::uint32_t bits =
        static_cast<std::uint32_t>(signr) | JOBCTL_STOP_PENDING | JOBCTL_STOP_CONSUME;
    task_set_jobctl_pending(current, bits);
    signal->group_stop_count = 1;
    for (Task* thread = list_entry<&Task::thread_group>(current->thread_group.next);
         thread != current; thread = list_entry<&Task::thread_group>(thread->thread_group.next)) {
        if (!has_to_follow(thread)) continue;
        task_set_jobctl_pending(thread, bits);
        signal->group_stop_count = signal->group_stop_count + 1;
        if (ptraced(thread) && thread->ptrace.seized) {
            ptrace_trap_notify(thread);
        } else {
            signal_wake_up(thread, false);
        }
    }
    return true;
}

/// One thread less that still has to stop. siglock held.
void count_as_stopped(Task* current) {
    SignalStruct* signal = current->signal;
    task_clear_jobctl_pending(current, JOBCTL_STOP_PENDING);
    signal->group_stop_count = signal->group_stop_count - 1;
    if (signal->group_stop_count == 0) set_stop_flags(signal, SIGNAL_STOP_STOPPED);
    current->exit_code = signal->group_exit_code;
    set_task_state(current, TASK_STOPPED);
}

/// The report, then the stop: it may drop siglock, and SIGCONT or SIGKILL call the stop off.
int report_and_stop(Task* current, int notify) {
    if (quirk(current, Quirk::b45_jctl_report_while_stopped)) {
        // The other way round: who sleeps in a callback wakes up running, and only a group that
        // has stopped as a whole gets him back.
        count_as_stopped(current);
        notify = tracehook_notify_jctl(current, notify, CLD_STOPPED_);
        if ((current->signal->flags & SIGNAL_STOP_STOPPED) != 0) {
            set_task_state(current, TASK_STOPPED);
        }
        return notify;
    }
    notify = tracehook_notify_jctl(current, notify, CLD_STOPPED_);
    if (current->signal->group_stop_count != 0) {
        count_as_stopped(current);
    } else if ((current->jobctl & JOBCTL_STOP_PENDING) != 0) {
        // Its tracer has let it go while the group was stopped: it stops again, and nobody is told.
        task_clear_jobctl_pending(current, JOBCTL_STOP_PENDING);
        set_task_state(current, TASK_STOPPED);
    }
    return notify;
}

}  // namespace

bool do_signal_stop(Task* current, int signr) {
    SignalStruct* signal = current->signal;
    if (!must_join_group_stop(current) && !begin_group_stop(current, signr)) return false;
    if (traps_in_group_stop(current)) {
        // It reports the stop to its tracer, as a trap: that is where it joins.
        task_set_jobctl_pending(current, JOBCTL_TRAP_STOP);
        current->sighand->siglock.unlock("do_signal_stop");
        return true;
    }
    int notify = signal->group_stop_count == 1 ? CLD_STOPPED_ : 0;
    notify = report_and_stop(current, notify);
    current->sighand->siglock.unlock("do_signal_stop");
    if (ptraced(current)) {
        notify_tracer_cldstop(current, CLD_STOPPED_);
    } else if (notify != 0) {
        do_notify_parent_cldstop(current, notify);
    }
    schedule(current, "do_signal_stop");
    tracehook_finish_jctl(current);
    current->exit_code = 0;
    return true;
}

bool traps_in_group_stop(const Task* task) {
    return ptraced(task) && decided(task, PtraceGroupStop::traps);
}

bool stopped_for_tracer(const Task* task) {
    return ptraced(task) && task_is_stopped(task) && decided(task, PtraceGroupStop::stopped);
}

bool must_join_group_stop(const Task* task) {
    const bool pending = (task->jobctl & JOBCTL_STOP_PENDING) != 0;
    if (traps_in_group_stop(task)) return pending;
    if (task->signal->group_stop_count > 0) return true;
    return pending && (task->jobctl & JOBCTL_STOP_CONSUME) == 0;
}

bool task_set_jobctl_pending(Task* task, std::uint32_t bits) {
    if (fatal_signal_pending_nocheck(task) || (task->flags & PF_EXITING) != 0) return false;
    if ((bits & JOBCTL_STOP_SIGMASK) != 0) {
        task->jobctl &= ~static_cast<std::uint32_t>(JOBCTL_STOP_SIGMASK);
    }
    task->jobctl |= bits;
    return true;
}

void task_clear_jobctl_pending(Task* task, std::uint32_t bits) {
    if ((bits & JOBCTL_STOP_PENDING) != 0) bits |= JOBCTL_STOP_CONSUME | JOBCTL_STOP_DEQUEUED;
    task->jobctl &= ~bits;
    if ((task->jobctl & JOBCTL_PENDING_MASK) == 0) ptrace_end_trapping(task);
}

bool task_participate_group_stop(Task* task) {
    SignalStruct* signal = task->signal;
    const bool counts = (task->jobctl & JOBCTL_STOP_CONSUME) != 0;
    task_clear_jobctl_pending(task, JOBCTL_STOP_PENDING);
    if (!counts) return false;
    if (signal->group_stop_count > 0) signal->group_stop_count = signal->group_stop_count - 1;
    if (signal->group_stop_count != 0 || (signal->flags & SIGNAL_STOP_STOPPED) != 0) return false;
    set_stop_flags(signal, SIGNAL_STOP_STOPPED);
    return true;
}

void ptrace_signal_wake_up(Task* task, bool resume) {
    signal_wake_up(task, false);
    if (resume) wake_up_state(task, TASK_TRACED_BIT);
}

void ptrace_trap_notify(Task* task) {
    task_set_jobctl_pending(task, JOBCTL_TRAP_NOTIFY);
    ptrace_signal_wake_up(task, (task->jobctl & JOBCTL_LISTENING) != 0);
}

}  // namespace utsim

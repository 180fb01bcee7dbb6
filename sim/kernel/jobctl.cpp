// SPDX-License-Identifier: MIT
// Job control: a group stop is a count of threads that still have to stop (spec 5.8).
#include "kernel/exit.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"

namespace utsim {

namespace {

/// The first thread that takes the stop signal says how many have to follow.
bool begin_group_stop(Task* current, int signr) {
    SignalStruct* signal = current->signal;
    if ((signal->flags & SIGNAL_STOP_DEQUEUED) == 0 || signal_group_exit(signal)) return false;
    signal->group_exit_code = signr;
    signal->group_stop_count = 1;
    for (Task* thread = list_entry<&Task::thread_group>(current->thread_group.next);
         thread != current; thread = list_entry<&Task::thread_group>(thread->thread_group.next)) {
        if ((thread->flags & PF_EXITING) != 0 || task_is_stopped_or_traced(thread)) continue;
        signal->group_stop_count = signal->group_stop_count + 1;
        signal_wake_up(thread, false);
    }
    return true;
}

/// One thread less that still has to stop. siglock held.
void count_as_stopped(Task* current) {
    SignalStruct* signal = current->signal;
    signal->group_stop_count = signal->group_stop_count - 1;
    if (signal->group_stop_count == 0) signal->flags = SIGNAL_STOP_STOPPED;
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
    if (current->signal->group_stop_count != 0) count_as_stopped(current);
    return notify;
}

}  // namespace

bool do_signal_stop(Task* current, int signr) {
    SignalStruct* signal = current->signal;
    if (signal->group_stop_count == 0 && !begin_group_stop(current, signr)) return false;
    int notify = signal->group_stop_count == 1 ? CLD_STOPPED_ : 0;
    notify = report_and_stop(current, notify);
    current->sighand->siglock.unlock("do_signal_stop");
    if (notify != 0) do_notify_parent_cldstop(current, notify);
    schedule(current, "do_signal_stop");
    tracehook_finish_jctl(current);
    current->exit_code = 0;
    return true;
}

}  // namespace utsim

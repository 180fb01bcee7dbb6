// SPDX-License-Identifier: MIT
// Job control: a group stop is a count of threads that still have to stop (spec 5.8).
#include "kernel/exit.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

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

}  // namespace

bool do_signal_stop(Task* current, int signr) {
    SignalStruct* signal = current->signal;
    if (signal->group_stop_count == 0 && !begin_group_stop(current, signr)) return false;
    int notify = signal->group_stop_count == 1 ? CLD_STOPPED_ : 0;
    notify = tracehook_notify_jctl(current, notify, CLD_STOPPED_);
    // The report may have dropped siglock: SIGCONT or SIGKILL can have called the stop off.
    if (signal->group_stop_count != 0) {
        signal->group_stop_count = signal->group_stop_count - 1;
        if (signal->group_stop_count == 0) signal->flags = SIGNAL_STOP_STOPPED;
        current->exit_code = signal->group_exit_code;
        set_task_state(current, TASK_STOPPED);
    }
    current->sighand->siglock.unlock("do_signal_stop");
    if (notify != 0) do_notify_parent_cldstop(current, notify);
    schedule(current, "do_signal_stop");
    tracehook_finish_jctl(current);
    current->exit_code = 0;
    return true;
}

}  // namespace utsim

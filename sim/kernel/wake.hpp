// SPDX-License-Identifier: MIT
/// Running, sleeping and waking: schedule(), wake-ups, thread flags, wait_task_inactive
/// (spec 1.2, 1.3, 5.13).
#pragma once

#include "kernel/task.hpp"

namespace utsim {

/// Writes `task->state` and tells the trace.
void set_task_state(Task* task, long state);
void set_exit_state(Task* task, int exit_state);

bool test_tsk_thread_flag(const Task* task, ThreadFlag flag);
/// Atomic; wakes a task that idles in user mode (the tick that brings it into the kernel).
void set_tsk_thread_flag(Task* task, ThreadFlag flag);
void clear_tsk_thread_flag(Task* task, ThreadFlag flag);
bool test_and_set_tsk_thread_flag(Task* task, ThreadFlag flag);
bool test_and_clear_tsk_thread_flag(Task* task, ThreadFlag flag);

/// Gives up the CPU according to `current->state`; returns when the task is RUNNING again, at once
/// when a signal forbids the sleep (spec 1.2).
void schedule(Task* current, const char* function);
/// The same for at most `ticks` of virtual time; the task is RUNNING afterwards.
void schedule_timeout(Task* current, std::uint64_t ticks, const char* function);
/// Wakes `task` if its state has one of the bits in `mask`: it becomes RUNNING.
bool wake_up_state(Task* task, long mask);
/// A reschedule interrupt: a task in user mode notices its flags.
void kick_process(Task* task);
/// Sets TIF_NOTIFY_RESUME, and kicks if it was clear. Never wakes a sleeping task (spec 5.0).
void set_notify_resume(Task* task);

/// `__fatal_signal_pending` and `fatal_signal_pending` (spec 1.2).
bool fatal_signal_pending_nocheck(const Task* task);
bool fatal_signal_pending(const Task* task);
bool signal_pending(const Task* task);

/// Waits until `task` is off its CPU in `match_state`; 0 when the state changed, else nvcsw with
/// the top bit set (spec 2.6).
unsigned long wait_task_inactive(Task* task, long match_state);

/// Sleeps `ticks` of virtual time interruptibly, as a loop that looks again afterwards.
void schedule_timeout_polling(Task* current, std::uint64_t ticks, const char* function);

}  // namespace utsim

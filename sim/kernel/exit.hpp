// SPDX-License-Identifier: MIT
/// The end of tasks: exit, death, the parent's notice, release (spec 5.10, 5.11).
#pragma once

#include "kernel/task.hpp"

namespace utsim {

/// Never returns: the task's fiber ends in TASK_DEAD.
[[noreturn]] void do_exit(Task* current, long code);
[[noreturn]] void do_group_exit(Task* current, long code);
/// Kills the rest of the thread group before the dump would be written.
void do_coredump(Task* current, int signal);

/// Sends the death signal to the parent. -1: the parent does not want zombies.
int do_notify_parent(Task* task, int signal);
/// A stop or continue of `task`'s group, told to the parent under tasklist_lock.
void do_notify_parent_cldstop(Task* task, int why);
/// The same to the tracer of `task`, for this thread alone.
void notify_tracer_cldstop(Task* task, int why);
/// Ends the sleep of a parent in wait4.
void wake_up_parent(Task* parent);

/// ZOMBIE to DEAD, if it is a zombie that can be collected; the caller then releases it.
/// tasklist_lock held.
bool claim_zombie(Task* task);
/// Unhashes a dead task and drops it; may go on with a zombie leader that waited for it.
void release_task(Task* task);

/// A vfork parent may go on: the child has given its memory back (exit or exec).
void mm_release(Task* current);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// Into the kernel and back: system calls, exceptions, the work loop before user mode
/// (spec 5.1-5.3).
#pragma once

#include "event/event.hpp"
#include "kernel/task.hpp"

namespace utsim {

/// The task executed a system call instruction; returns when it is to run user code again.
void system_call(Task* current);
/// An interrupt, trap or fault brought the task into the kernel; handles work on the way back.
void return_from_interrupt(Task* current, ReturnPath via);
/// First return of a newborn child.
void ret_from_fork(Task* current);

/// The registers are those of a call, which may have to be made again.
bool in_system_call(const Task* current);

}  // namespace utsim

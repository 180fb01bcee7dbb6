// SPDX-License-Identifier: MIT
/// alarm and setitimer: SIGALRM when virtual time has come that far.
#pragma once

#include "process/process.hpp"

namespace utsim {

/// Makes the kernel thread that sends the signals. After the tasks of a scenario, so that these
/// keep their letters in schedules.
void start_timers(Kernel& kernel);

std::int64_t sys_alarm(Task* current);
std::int64_t sys_setitimer(Task* current);
std::int64_t sys_getitimer(Task* current);
/// A signal of the timer was taken. siglock held.
void continue_timer(Task* current);
/// The process has gone.
void disarm_timers(ProcessGroup& group);

}  // namespace utsim

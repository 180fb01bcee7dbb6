// SPDX-License-Identifier: MIT
/// A task in user mode: one instruction of its program at a time.
#pragma once

#include "kernel/task.hpp"

namespace utsim {

/// Runs the task's program until it dies.
[[noreturn]] void run_user_mode(Task* current);

}  // namespace utsim

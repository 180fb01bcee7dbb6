// SPDX-License-Identifier: MIT
/// exec (spec 5.12): the other threads die, the survivor becomes the leader and starts anew.
#pragma once

#include <utsim/errno.hpp>

#include "kernel/task.hpp"

namespace utsim {

/// Abstract programs: `program` replaces the one that runs, or null: the same goes on behind the
/// call. 0, or a negated errno with nothing changed but the threads.
std::int64_t do_execve(Task* current, Program* program);

}  // namespace utsim

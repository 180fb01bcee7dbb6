// SPDX-License-Identifier: MIT
/// Who may look into whom: the rule of ptrace and of reading memory, reduced to user ids.
#pragma once

#include "kernel/task.hpp"

namespace utsim {

/// Whether `current` may trace `task` (__ptrace_may_access): the privileged may everything; others
/// tasks of their own real ids whose process can be dumped. Tasks without ids may be traced by all.
bool ptrace_may_access(const Task* current, const Task* task);
/// Whether the memory of `task` is open to `current`, who traces it already: not if it cannot be
/// dumped and the tracer is not privileged.
bool ptrace_may_access_memory(const Task* current, const Task* task);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// Becoming a tracer.
#pragma once

#include "kernel/ptrace.hpp"

namespace utsim {

std::int64_t ptrace_traceme(Task* current);
/// ATTACH, or with `seize` SEIZE.
std::int64_t ptrace_attach(Task* current, Task* task, bool seize, std::uint64_t addr,
                           std::uint64_t data);
/// The tracer of `parent` traces its new `child` too, if it has asked for that.
void ptrace_attach_child(Task* parent, std::uint64_t clone_flags, Task* child);

}  // namespace utsim

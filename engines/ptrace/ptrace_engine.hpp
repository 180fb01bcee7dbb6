// SPDX-License-Identifier: MIT
/// ptrace(2) as an engine on utrace: one engine on each tracee, and the hooks that the kernel calls
/// where utrace has no event.
#pragma once

#include <utsim/engine.hpp>

#include "kernel/ptrace.hpp"

namespace utsim {

/// What a scenario puts into `Kernel::ptrace`.
const PtraceHooks& ptrace_hooks();

/// The table of callbacks that all ptrace engines share; a tracee's state is `Task::ptrace`.
EngineOps& ptrace_ops();

/// What the engine wants to hear of while its tracee was let go by `resume`.
std::uint64_t ptrace_events(PtraceResume resume);

/// Whether `resume` steps, and over what.
bool ptrace_steps(PtraceResume resume);
/// What a callback answers that stops nothing: a step that was asked for is asked for again, since
/// each pass uses it up.
std::uint32_t ptrace_resume_action(const Task* task);

}  // namespace utsim

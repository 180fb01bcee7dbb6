// SPDX-License-Identifier: MIT
/// Letting a tracee go, for a while or for good.
#pragma once

#include "kernel/ptrace.hpp"

namespace utsim {

/// CONT and its siblings: `data` is 0 or the signal that the tracee is to take.
std::int64_t ptrace_resume(Task* task, PtraceResume resume, std::uint64_t data);
std::int64_t ptrace_detach(Task* task, std::uint64_t data);
std::int64_t ptrace_interrupt(Task* task);
std::int64_t ptrace_listen(Task* task);
std::int64_t ptrace_kill(Task* task);

/// `Tracee::inject` while a handler is being set up: the next report finds the task at its first
/// instruction.
inline constexpr int ptrace_entered_handler = -1;

/// The signal that the tracer lets the task take, once: `info` is what it carries.
int ptrace_take_injected(Task* task, SigInfo* info);

// --- hooks ---
void ptrace_let_go(Task* tracee, Engine* engine, const SigInfo& last);
void ptrace_forget(Task* tracee, Engine* engine);

}  // namespace utsim

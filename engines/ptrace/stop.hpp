// SPDX-License-Identifier: MIT
/// The stops of a tracee, made by the tracee itself.
#pragma once

#include "kernel/ptrace.hpp"

namespace utsim {

/// siginfo of a stop that is no signal: `code` in si_code, from the tracee itself.
SigInfo ptrace_notice(const Task* task, int signo, int code);

/// Writes down what the tracer will see. The stop itself is made by a callback that answers
/// UTRACE_STOP, or by `ptrace_stop_here`. siglock must not be held.
void ptrace_prepare_stop(Task* current, PtraceStop stop, int code, int why, const SigInfo* info);

/// Stops on the spot and returns when the tracer has let go.
void ptrace_stop_here(Task* current);

/// An event that could not stop the task where it happened, and its stop, if there is one.
bool ptrace_has_delayed_event(const Task* current);
void ptrace_prepare_delayed_event(Task* current);

/// Both, for an event with a message.
void ptrace_event_stop(Task* current, PtraceEvent event, std::uint64_t message);
/// Both, at the entry or the exit of a system call; only the first, if `here` is false.
void ptrace_syscall_stop(Task* current, PtraceStop stop, bool here);

// --- hooks ---
void ptrace_trap(Task* current);
void ptrace_clone_done(Task* current, std::uint64_t clone_flags, int pid);
void ptrace_vfork_done(Task* current, int pid);
void ptrace_exec(Task* current, int old_pid);
void ptrace_exit(Task* current, long code);
void ptrace_syscall_exit(Task* current);
bool ptrace_seccomp(Task* current, std::uint16_t data);

/// The event that a clone is for the tracer; 0 when it is none.
int ptrace_clone_event(std::uint64_t clone_flags);

}  // namespace utsim

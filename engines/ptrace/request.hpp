// SPDX-License-Identifier: MIT
/// Requests of ptrace(2), as the calls that answer them get them.
#pragma once

#include "event/ptrace_requests.hpp"
#include "kernel/ptrace.hpp"

namespace utsim {

/// A request on a tracee that stays stopped, as its tracer makes it.
struct PtraceCall {
    Task* current;
    Task* task;
    std::int64_t request;
    std::uint64_t addr;
    std::uint64_t data;
};

/// The system call.
std::int64_t ptrace_call(Task* current);

// By subject.
std::int64_t ptrace_memory(const PtraceCall& call);
std::int64_t ptrace_user_area(const PtraceCall& call);
std::int64_t ptrace_registers(const PtraceCall& call);
std::int64_t ptrace_fp_registers(const PtraceCall& call);
std::int64_t ptrace_register_set(const PtraceCall& call);
std::int64_t ptrace_arch_prctl(const PtraceCall& call);
std::int64_t ptrace_thread_area(const PtraceCall& call);
std::int64_t ptrace_siginfo(const PtraceCall& call);
std::int64_t ptrace_peek_siginfo(const PtraceCall& call);
std::int64_t ptrace_sigmask(const PtraceCall& call);
std::int64_t ptrace_syscall_info(const PtraceCall& call);

}  // namespace utsim

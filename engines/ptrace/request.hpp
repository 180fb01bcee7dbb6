// SPDX-License-Identifier: MIT
/// The requests of ptrace(2), by number.
#pragma once

#include "kernel/ptrace.hpp"

namespace utsim {

enum PtraceRequest : std::int64_t {
    PTRACE_TRACEME = 0,
    PTRACE_PEEKTEXT = 1,
    PTRACE_PEEKDATA = 2,
    PTRACE_PEEKUSER = 3,
    PTRACE_POKETEXT = 4,
    PTRACE_POKEDATA = 5,
    PTRACE_POKEUSER = 6,
    PTRACE_CONT = 7,
    PTRACE_KILL = 8,
    PTRACE_SINGLESTEP = 9,
    PTRACE_GETREGS = 12,
    PTRACE_SETREGS = 13,
    PTRACE_GETFPREGS = 14,
    PTRACE_SETFPREGS = 15,
    PTRACE_ATTACH = 16,
    PTRACE_DETACH = 17,
    PTRACE_OLDSETOPTIONS = 21,
    PTRACE_SYSCALL = 24,
    PTRACE_GET_THREAD_AREA = 25,
    PTRACE_SET_THREAD_AREA = 26,
    PTRACE_ARCH_PRCTL = 30,
    PTRACE_SYSEMU = 31,
    PTRACE_SYSEMU_SINGLESTEP = 32,
    PTRACE_SINGLEBLOCK = 33,
    PTRACE_SETOPTIONS = 0x4200,
    PTRACE_GETEVENTMSG = 0x4201,
    PTRACE_GETSIGINFO = 0x4202,
    PTRACE_SETSIGINFO = 0x4203,
    PTRACE_GETREGSET = 0x4204,
    PTRACE_SETREGSET = 0x4205,
    PTRACE_SEIZE = 0x4206,
    PTRACE_INTERRUPT = 0x4207,
    PTRACE_LISTEN = 0x4208,
    PTRACE_PEEKSIGINFO = 0x4209,
    PTRACE_GETSIGMASK = 0x420a,
    PTRACE_SETSIGMASK = 0x420b,
    PTRACE_GET_SYSCALL_INFO = 0x420e,
};

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

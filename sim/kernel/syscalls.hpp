// SPDX-License-Identifier: MIT
/// The system calls that guests can make, by x86-64 number.
#pragma once

#include "kernel/task.hpp"

namespace utsim {

inline constexpr std::int64_t max_syscall_number = 511;
/// AUDIT_ARCH_X86_64: how seccomp and ptrace name the kind of call.
inline constexpr std::uint32_t audit_arch_x86_64 = 0xc000003e;

enum SyscallNumber : int {
    nr_read = 0,
    nr_write = 1,
    nr_poll = 7,
    nr_mmap = 9,
    nr_mprotect = 10,
    nr_munmap = 11,
    nr_brk = 12,
    nr_rt_sigaction = 13,
    nr_rt_sigprocmask = 14,
    nr_rt_sigreturn = 15,
    nr_writev = 20,
    nr_sched_yield = 24,
    nr_pause = 34,
    nr_nanosleep = 35,
    nr_getpid = 39,
    nr_clone = 56,
    nr_fork = 57,
    nr_vfork = 58,
    nr_execve = 59,
    nr_exit = 60,
    nr_wait4 = 61,
    nr_kill = 62,
    nr_getppid = 110,
    nr_rt_sigpending = 127,
    nr_rt_sigsuspend = 130,
    nr_sigaltstack = 131,
    nr_ptrace = 101,
    nr_rt_sigtimedwait = 128,
    nr_rt_sigqueueinfo = 129,
    nr_arch_prctl = 158,
    nr_gettid = 186,
    nr_tkill = 200,
    nr_restart_syscall = 219,
    nr_exit_group = 231,
    nr_set_tid_address = 218,
    nr_tgkill = 234,
    nr_waitid = 247,
    nr_rt_tgsigqueueinfo = 297,
    nr_process_vm_readv = 310,
    nr_process_vm_writev = 311,
};

/// Runs call `nr` with the arguments in the task's registers; the value for RAX.
std::int64_t run_system_call(Task* current, std::int64_t nr);
/// The same by the table of calls alone, whatever an abstract program says about its operation.
std::int64_t run_numbered_call(Task* current, std::int64_t nr);

// By subject; each returns what RAX gets.
std::int64_t sys_rt_sigaction(Task* current);
std::int64_t sys_rt_sigprocmask(Task* current);
std::int64_t sys_rt_sigpending(Task* current);
std::int64_t sys_rt_sigsuspend(Task* current);
std::int64_t sys_sigaltstack(Task* current);
std::int64_t sys_kill(Task* current);
/// `tgid` 0: any.
std::int64_t sys_tkill(Task* current, int tgid, int pid, int signal);
std::int64_t sys_wait4(Task* current);
std::int64_t sys_waitid(Task* current);
std::int64_t sys_ptrace(Task* current);
std::int64_t sys_rt_sigqueueinfo(Task* current);
std::int64_t sys_rt_tgsigqueueinfo(Task* current);
std::int64_t sys_rt_sigtimedwait(Task* current);
/// process_vm_readv, or with `write` process_vm_writev.
std::int64_t sys_process_vm(Task* current, bool write);
std::int64_t sys_nanosleep(Task* current);
/// Sleeps that long; what is left when a signal ends it goes to the address, if that is not 0.
std::int64_t do_nanosleep(Task* current, std::uint64_t nanoseconds,
                          std::uint64_t remaining_address);
std::int64_t sys_restart_syscall(Task* current);
std::int64_t sys_write(Task* current);
std::int64_t sys_writev(Task* current);
std::int64_t sys_memory(Task* current, std::int64_t nr);
std::int64_t sys_arch_prctl(Task* current);
/// The registers of an abstract operation that is a call, as real code would set them: numbers are
/// the call's own; a pointer to what the operation describes is the operation's address.
void load_arguments(Task* current, const ProgramOp& op);
/// The operations of abstract programs that are calls. What fits into a register is taken from
/// there, so that whoever changes it at the entry changes the call.
std::int64_t run_operation(Task* current, const ProgramOp& op);

}  // namespace utsim

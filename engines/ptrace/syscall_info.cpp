// SPDX-License-Identifier: MIT
// GET_SYSCALL_INFO: what a stop at a call is about, from the registers as they are now.
#include <utsim/errno.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "engines/ptrace/request.hpp"
#include "kernel/memory.hpp"
#include "kernel/syscalls.hpp"

namespace utsim {

namespace {

struct EntryPart {
    std::uint64_t nr, args[6];
};

struct SeccompPart {
    EntryPart entry;
    std::uint32_t data;
};

struct ExitPart {
    std::int64_t value;
    std::uint8_t is_error;
};

struct Info {
    std::uint8_t op, pad[3];
    std::uint32_t arch;
    std::uint64_t ip, sp;
    union {
        EntryPart entry;
        SeccompPart seccomp;
        ExitPart exit;
    };
};

constexpr std::uint64_t size_without_call = offsetof(Info, entry);
constexpr std::uint64_t size_of_entry = size_without_call + 56;
constexpr std::uint64_t size_of_seccomp = size_of_entry + 4;
constexpr std::uint64_t size_of_exit = size_without_call + 9;
constexpr int marked_code = K_SIGTRAP | 0x80;
constexpr int seccomp_code = K_SIGTRAP | PTRACE_EVENT_SECCOMP << 8;

std::uint64_t fill_entry(Info& info, const Task* task) {
    const cpu::Registers& r = task->regs;
    info.op = 1;
    info.entry.nr = static_cast<std::uint64_t>(task->orig_ax);
    const std::uint64_t args[6] = {r.gpr[7], r.gpr[6], r.gpr[2], r.gpr[10], r.gpr[8], r.gpr[9]};
    std::copy_n(args, 6, info.entry.args);
    return size_of_entry;
}

std::uint64_t fill_exit(Info& info, const Task* task) {
    constexpr std::int64_t lowest_error = -4095;
    info.op = 2;
    info.exit.value = static_cast<std::int64_t>(task->regs.rax());
    info.exit.is_error = info.exit.value < 0 && info.exit.value >= lowest_error;
    return size_of_exit;
}

}  // namespace

std::int64_t ptrace_syscall_info(const PtraceCall& call) {
    const Task* task = call.task;
    const Tracee& tracee = task->ptrace;
    Info info;
    std::memset(&info, 0, sizeof info);
    info.arch = audit_arch_x86_64;
    info.ip = task->regs.rip;
    info.sp = task->regs.rsp();
    std::uint64_t size = size_without_call;
    // Only a marked stop says that it is one.
    if (tracee.has_info && tracee.info.si_code == marked_code) {
        size = tracee.stop == PtraceStop::syscall_entry ? fill_entry(info, task)
                                                        : fill_exit(info, task);
    }
    if (tracee.has_info && tracee.info.si_code == seccomp_code) {
        fill_entry(info, task);
        info.op = 3;
        info.seccomp.data = static_cast<std::uint32_t>(tracee.message);
        size = size_of_seccomp;
    }
    const std::uint64_t n = std::min(call.addr, size);
    if (copy_to_user(call.current, call.data, &info, n) != 0) return -K_EFAULT;
    return static_cast<std::int64_t>(size);
}

}  // namespace utsim

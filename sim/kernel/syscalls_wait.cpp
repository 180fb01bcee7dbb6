// SPDX-License-Identifier: MIT
// wait4 and waitid: how they are asked, and how they tell.
#include <utsim/errno.hpp>

#include <limits>

#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/siginfo.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wait.hpp"

namespace utsim {

namespace {

constexpr std::uint32_t thread_options = K_WNOTHREAD | K_WALL | K_WCLONE;
constexpr std::size_t rusage_size = 144;

/// Tasks that are no processes cost nothing.
std::int64_t write_usage(Task* current, const Found& found, std::uint64_t address) {
    if (address != 0 && current->process != nullptr) {
        return kernel_of(current).process_hooks->write_usage(current, found.task, address);
    }
    constexpr std::uint8_t no_usage[rusage_size] = {};
    return address != 0 ? copy_to_user(current, address, no_usage, sizeof no_usage) : 0;
}

void aim(Wait& wait, int pid) {
    if (pid == -1) return;
    wait.whom = pid > 0 ? WaitFor::pid : WaitFor::group;
    wait.id = pid == 0 ? wait.current->signal->pgrp : find_vpid(wait.current, pid > 0 ? pid : -pid);
}

/// What waitid's first two arguments say. 0 or -EINVAL.
std::int64_t aim(Wait& wait, std::uint64_t type, int id) {
    constexpr std::uint64_t p_all = 0;
    constexpr std::uint64_t p_pid = 1;
    constexpr std::uint64_t p_pgid = 2;
    switch (type) {
        case p_all:
            return 0;
        case p_pid:
            if (id <= 0) return -K_EINVAL;
            break;
        case p_pgid:
            if (id < 0) return -K_EINVAL;
            break;
        default:
            return -K_EINVAL;
    }
    wait.whom = type == p_pid ? WaitFor::pid : WaitFor::group;
    wait.id = id == 0 ? wait.current->signal->pgrp : find_vpid(wait.current, id);
    return 0;
}

/// With nothing found all of it is zero. What lies behind is left alone.
std::int64_t write_info(Task* current, std::uint64_t address, const Found& found) {
    SigInfo info;
    if (found.pid != 0) info.si_signo = K_SIGCHLD;
    info.si_code = found.code;
    info.si_pid = pid_vnr(current, found.pid);
    info.si_status = found.status;
    const UserSigInfo user = user_siginfo(info);
    constexpr std::size_t head = 12;
    constexpr std::size_t sender = 16;
    if (copy_to_user(current, address, &user, head) != 0) return -K_EFAULT;
    return copy_to_user(current, address + sender, &user.origin, head);
}

}  // namespace

std::int64_t sys_wait4(Task* current) {
    const auto pid = static_cast<int>(current->regs.rdi());
    const std::uint64_t status_address = current->regs.rsi();
    const auto options = static_cast<std::uint32_t>(current->regs.rdx());
    const std::uint64_t usage_address = current->regs.r10();
    constexpr std::uint32_t known = K_WNOHANG | K_WUNTRACED | K_WCONTINUED | thread_options;
    if ((options & ~known) != 0) return -K_EINVAL;
    if (pid == std::numeric_limits<int>::min()) return -K_ESRCH;  // its negative is no number
    Wait wait{current, WaitFor::anybody, 0, options | K_WEXITED};
    aim(wait, pid);
    Found found;
    const std::int64_t result = do_wait(wait, &found);
    if (found.pid == 0) return result;
    // Who has been found is collected also when its status finds no room.
    if (status_address != 0 &&
        copy_to_user(current, status_address, &found.wait_status, sizeof found.wait_status) != 0) {
        return -K_EFAULT;
    }
    return write_usage(current, found, usage_address) != 0 ? -K_EFAULT
                                                           : pid_vnr(current, found.pid);
}

std::int64_t sys_waitid(Task* current) {
    const std::uint64_t type = current->regs.rdi() & 0xffffffff;
    const auto id = static_cast<int>(current->regs.rsi());
    const std::uint64_t info_address = current->regs.rdx();
    const auto options = static_cast<std::uint32_t>(current->regs.r10());
    const std::uint64_t usage_address = current->regs.r8();
    constexpr std::uint32_t events = K_WEXITED | K_WUNTRACED | K_WCONTINUED;
    constexpr std::uint32_t known = events | K_WNOHANG | K_WNOWAIT | thread_options;
    if ((options & ~known) != 0 || (options & events) == 0) return -K_EINVAL;
    if ((options & thread_options) != 0 && decided(current, WaitidOptions::refused)) {
        return -K_EINVAL;
    }
    Wait wait{current, WaitFor::anybody, 0, options};
    if (const std::int64_t wrong = aim(wait, type, id); wrong != 0) return wrong;
    Found found;
    const std::int64_t result = do_wait(wait, &found);
    if (result != 0) return result;
    if (found.pid != 0 && write_usage(current, found, usage_address) != 0) return -K_EFAULT;
    return info_address != 0 ? write_info(current, info_address, found) : 0;
}

}  // namespace utsim

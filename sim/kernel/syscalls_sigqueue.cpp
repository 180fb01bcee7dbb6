// SPDX-License-Identifier: MIT
// Signals that carry what the sender says, and waiting for a signal without a handler.
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/siginfo.hpp"
#include "kernel/signal.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

/// Reads what is to be sent. Nobody may look like the kernel, or like kill or tkill, to others.
std::int64_t read_info(const Task* current, std::uint64_t address, int signal, bool to_self,
                       SigInfo* info) {
    UserSigInfo user;
    if (copy_from_user(current, &user, address, sizeof user) != 0) return -K_EFAULT;
    if ((user.code >= 0 || user.code == K_SI_TKILL) && !to_self) return -K_EPERM;
    *info = kernel_siginfo(user);
    info->si_signo = signal;
    return 0;
}

}  // namespace

std::int64_t sys_rt_sigqueueinfo(Task* current) {
    const auto pid = static_cast<int>(current->regs.rdi());
    const auto signal = static_cast<int>(current->regs.rsi());
    SigInfo info;
    const std::int64_t wrong = read_info(current, current->regs.rdx(), signal,
                                         find_vpid(current, pid) == current->tgid, &info);
    if (wrong != 0) return wrong;
    Task* target = find_task_by_vpid(current, pid);
    return target != nullptr ? send_signal_to(target, signal, &info, true) : -K_ESRCH;
}

std::int64_t sys_rt_tgsigqueueinfo(Task* current) {
    const auto tgid = static_cast<int>(current->regs.rdi());
    const auto pid = static_cast<int>(current->regs.rsi());
    const auto signal = static_cast<int>(current->regs.rdx());
    if (pid <= 0 || tgid <= 0) return -K_EINVAL;
    SigInfo info;
    const std::int64_t wrong = read_info(current, current->regs.r10(), signal,
                                         find_vpid(current, pid) == current->pid, &info);
    if (wrong != 0) return wrong;
    Task* target = find_task_by_vpid(current, pid);
    if (target == nullptr || target->tgid != find_vpid(current, tgid)) return -K_ESRCH;
    return send_signal_to(target, signal, &info, false);
}

namespace {

int take_one_of(Task* current, SigSet wanted, SigInfo* info) {
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("do_sigtimedwait");
    const int signal = dequeue_signal(current, ~wanted, info);
    siglock.unlock("do_sigtimedwait");
    return signal;
}

/// What is waited for wakes although it is blocked.
void sleep_for(Task* current, SigSet wanted, bool for_ever, std::uint64_t ticks) {
    const SigSet blocked = current->blocked;
    current->real_blocked = blocked;
    set_current_blocked(current, blocked & ~wanted, "do_sigtimedwait");
    set_task_state(current, TASK_INTERRUPTIBLE);
    if (for_ever) {
        schedule(current, "do_sigtimedwait");
    } else {
        schedule_timeout(current, ticks, "do_sigtimedwait");
    }
    set_task_state(current, TASK_RUNNING);
    current->real_blocked = 0;
    set_current_blocked(current, blocked, "do_sigtimedwait");
}

}  // namespace

std::int64_t sys_rt_sigtimedwait(Task* current) {
    struct {
        std::int64_t seconds, nanoseconds;
    } timeout{};
    constexpr std::int64_t tick = 1'000'000;
    constexpr std::int64_t second = 1'000'000'000;
    const cpu::Registers& regs = current->regs;
    SigSet wanted = 0;
    if (regs.gpr[10] != sizeof(SigSet)) return -K_EINVAL;
    if (copy_from_user(current, &wanted, regs.gpr[7], sizeof wanted) != 0) return -K_EFAULT;
    const bool for_ever = regs.gpr[2] == 0;
    if (!for_ever && copy_from_user(current, &timeout, regs.gpr[2], sizeof timeout) != 0) {
        return -K_EFAULT;
    }
    if (timeout.seconds < 0 || timeout.nanoseconds < 0 || timeout.nanoseconds >= second) {
        return -K_EINVAL;
    }
    wanted &= ~sig_kernel_only;
    const std::uint64_t info_address = regs.gpr[6];
    SigInfo info;
    int signal = take_one_of(current, wanted, &info);
    const bool sleeps = for_ever || timeout.seconds != 0 || timeout.nanoseconds != 0;
    if (signal == 0 && sleeps) {
        const std::int64_t longest = timeout.seconds < second ? timeout.seconds : second;
        const std::int64_t ticks = longest * 1000 + (timeout.nanoseconds + tick - 1) / tick;
        sleep_for(current, wanted, for_ever, static_cast<std::uint64_t>(ticks));
        signal = take_one_of(current, wanted, &info);
        if (signal == 0) return signal_pending(current) ? -K_EINTR : -K_EAGAIN;
    }
    if (signal == 0) return -K_EAGAIN;
    const UserSigInfo user = user_siginfo(info);
    if (info_address != 0 && copy_to_user(current, info_address, &user, sizeof user) != 0) {
        return -K_EFAULT;
    }
    return signal;
}

}  // namespace utsim

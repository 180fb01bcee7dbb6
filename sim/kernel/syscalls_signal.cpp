// SPDX-License-Identifier: MIT
// System calls about signals: actions, masks, and sending.
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/signal.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

#include <limits>

namespace utsim {

namespace {

/// `struct sigaction` as the kernel reads it.
struct UserSigaction {
    std::uint64_t handler, flags, restorer;
    SigSet mask;
};

SigInfo sender_info(const Task* current, int signal, int code) {
    SigInfo info;
    info.si_signo = signal;
    info.si_code = code;
    info.si_pid = pid_vnr(current, current->tgid);
    return info;
}

}  // namespace

std::int64_t sys_rt_sigaction(Task* current) {
    const cpu::Registers& regs = current->regs;
    const int signal = static_cast<int>(regs.gpr[7]);
    const std::uint64_t new_address = regs.gpr[6];
    const std::uint64_t old_address = regs.gpr[2];
    if (regs.gpr[10] != sizeof(SigSet)) return -K_EINVAL;
    if (signal < 1 || signal > signal_count) return -K_EINVAL;
    if (new_address != 0 && in_set(sig_kernel_only, signal)) return -K_EINVAL;
    UserSigaction wanted{};
    if (new_address != 0 && copy_from_user(current, &wanted, new_address, sizeof wanted) != 0) {
        return -K_EFAULT;
    }
    KSigaction action{wanted.handler, wanted.flags, wanted.restorer,
                      wanted.mask & ~sig_kernel_only};
    if (new_address != 0) {
        action = do_sigaction(current, signal, action);
    } else {
        action = current->sighand->action[signal - 1];
    }
    const UserSigaction old{action.handler, action.flags, action.restorer, action.mask};
    return old_address != 0 ? copy_to_user(current, old_address, &old, sizeof old) : 0;
}

std::int64_t sys_rt_sigprocmask(Task* current) {
    const cpu::Registers& regs = current->regs;
    if (regs.gpr[10] != sizeof(SigSet)) return -K_EINVAL;
    const SigSet old = current->blocked;
    if (regs.gpr[6] != 0) {
        SigSet set = 0;
        if (copy_from_user(current, &set, regs.gpr[6], sizeof set) != 0) return -K_EFAULT;
        set &= ~sig_kernel_only;
        SigSet blocked = old;
        switch (regs.gpr[7]) {
            case 0:
                blocked |= set;
                break;
            case 1:
                blocked &= ~set;
                break;
            case 2:
                blocked = set;
                break;
            default:
                return -K_EINVAL;
        }
        set_current_blocked(current, blocked, "sigprocmask");
    }
    return regs.gpr[2] != 0 ? copy_to_user(current, regs.gpr[2], &old, sizeof old) : 0;
}

std::int64_t sys_rt_sigpending(Task* current) {
    const std::uint64_t size = current->regs.rsi();
    if (size > sizeof(SigSet)) return -K_EINVAL;
    const SigSet queued = current->pending.signal | current->signal->shared_pending.signal;
    const SigSet pending = queued & current->blocked;
    return copy_to_user(current, current->regs.rdi(), &pending, size);
}

std::int64_t sys_rt_sigsuspend(Task* current) {
    SigSet set = 0;
    if (current->regs.rsi() != sizeof(SigSet)) return -K_EINVAL;
    if (copy_from_user(current, &set, current->regs.rdi(), sizeof set) != 0) return -K_EFAULT;
    current->saved_sigmask = current->blocked;
    set_current_blocked(current, set, "sigsuspend");
    while (!signal_pending(current)) {
        set_task_state(current, TASK_INTERRUPTIBLE);
        schedule(current, "sigsuspend");
    }
    set_task_state(current, TASK_RUNNING);
    // Whatever becomes of the signal: its delivery brings the old mask back.
    current->restore_sigmask = true;
    set_tsk_thread_flag(current, TIF_SIGPENDING);
    return -K_ERESTARTNOHAND;
}

namespace {

/// A signal to all processes of a group, or to all there are but init and the sender's own; 0 when
/// one of them could be sent it.
std::int64_t signal_many(Task* current, int pgrp, const SigInfo& info) {
    Kernel& kernel = kernel_of(current);
    const bool everybody = pgrp == 0;
    bool sent = false;
    kernel.tasklist_lock.read_lock("kill_something_info");
    for (Task* task : list_entries<&Task::tasks>(&kernel.tasks)) {
        if (!thread_group_leader(task)) continue;
        const bool spared = pid_vnr(current, task->pid) <= 1 || (task->flags & PF_KTHREAD) != 0 ||
                            task->signal == current->signal;
        if (everybody ? spared : task->signal->pgrp != pgrp) continue;
        sent |= send_signal_to(task, info.si_signo, &info, true) == 0;
    }
    kernel.tasklist_lock.read_unlock("kill_something_info");
    return sent ? 0 : -K_ESRCH;
}

}  // namespace

std::int64_t sys_kill(Task* current) {
    const auto pid = static_cast<int>(current->regs.rdi());
    const auto signal = static_cast<int>(current->regs.rsi());
    if (signal < 0 || signal > signal_count) return -K_EINVAL;
    const SigInfo info = sender_info(current, signal, K_SI_USER);
    if (pid == -1) return signal_many(current, 0, info);
    if (pid == std::numeric_limits<int>::min()) return -K_ESRCH;
    if (pid <= 0) {
        const int pgrp = pid == 0 ? current->signal->pgrp : find_vpid(current, -pid);
        return pgrp != 0 ? signal_many(current, pgrp, info) : -K_ESRCH;
    }
    Task* target = find_task_by_vpid(current, pid);
    if (target == nullptr) return -K_ESRCH;
    return send_signal_to(target, signal, &info, true);
}

std::int64_t sys_tkill(Task* current, int tgid, int pid, int signal) {
    if (pid <= 0 || signal < 0 || signal > signal_count) return -K_EINVAL;
    Task* target = find_task_by_vpid(current, pid);
    if (target == nullptr) return -K_ESRCH;
    if (tgid > 0 && target->tgid != find_vpid(current, tgid)) return -K_ESRCH;
    const SigInfo info = sender_info(current, signal, K_SI_TKILL);
    return send_signal_to(target, signal, &info, false);
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// System calls about signals, and the one that waits for children.
#include "kernel/boot.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/signal.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::size_t sigset_size = 8;

/// `struct sigaction` as the kernel reads it.
struct UserSigaction {
    std::uint64_t handler, flags, restorer;
    SigSet mask;
};

SigInfo sender_info(const Task* current, int signal, int code) {
    SigInfo info;
    info.si_signo = signal;
    info.si_code = code;
    info.si_pid = current->tgid;
    return info;
}

bool is_child_of_group(const Task* task, const Task* parent) {
    return task->real_parent->signal == parent->signal;
}

/// wait4's choice of children: -1 all, > 0 one. Process groups are not modelled.
bool matches(const Task* child, std::int64_t pid) { return pid == -1 || child->pid == pid; }

/// Stores the status and collects; the child's pid.
std::int64_t collect(Task* current, Task* child, std::uint64_t status_address) {
    const int status = (child->signal->flags & SIGNAL_GROUP_EXIT) != 0
                           ? child->signal->group_exit_code.load()
                           : child->exit_code;
    const int pid = child->pid;
    if (!reap_zombie(current, child)) return 0;
    if (status_address != 0 && copy_to_user(current, status_address, &status, sizeof status) != 0) {
        return -K_EFAULT;
    }
    return pid;
}

/// > 0 or an error: done. 0: nothing to collect yet.
std::int64_t look_for_zombie(Task* current, std::int64_t pid, std::uint64_t status_address,
                             bool* has_children) {
    *has_children = false;
    for (Task* child : list_entries_safe<&Task::tasks>(&kernel_of(current).tasks)) {
        if (!thread_group_leader(child) || !is_child_of_group(child, current)) continue;
        if (child == current || !matches(child, pid)) continue;
        if (child->exit_state == EXIT_DEAD) continue;
        *has_children = true;
        if (child->exit_state != EXIT_ZOMBIE) continue;
        const std::int64_t collected = collect(current, child, status_address);
        if (collected != 0) return collected;
    }
    return 0;
}

}  // namespace

std::int64_t sys_rt_sigaction(Task* current) {
    const cpu::Registers& regs = current->regs;
    const int signal = static_cast<int>(regs.gpr[7]);
    const std::uint64_t new_address = regs.gpr[6];
    const std::uint64_t old_address = regs.gpr[2];
    if (regs.gpr[10] != sigset_size) return -K_EINVAL;
    if (signal < 1 || signal > signal_count) return -K_EINVAL;
    if (new_address != 0 && in_set(sig_kernel_only, signal)) return -K_EINVAL;
    UserSigaction wanted{};
    if (new_address != 0 && copy_from_user(current, &wanted, new_address, sizeof wanted) != 0) {
        return -K_EFAULT;
    }
    Sighand* sighand = current->sighand;
    sighand->siglock.lock("do_sigaction");
    KSigaction& action = sighand->action[signal - 1];
    const UserSigaction old{action.handler, action.flags, action.restorer, action.mask};
    if (new_address != 0) {
        action = {wanted.handler, wanted.flags, wanted.restorer, wanted.mask & ~sig_kernel_only};
    }
    sighand->siglock.unlock("do_sigaction");
    return old_address != 0 ? copy_to_user(current, old_address, &old, sizeof old) : 0;
}

std::int64_t sys_rt_sigprocmask(Task* current) {
    const cpu::Registers& regs = current->regs;
    if (regs.gpr[10] != sigset_size) return -K_EINVAL;
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
        current->sighand->siglock.lock("sigprocmask");
        current->blocked = blocked;
        recalc_sigpending(current);
        current->sighand->siglock.unlock("sigprocmask");
    }
    return regs.gpr[2] != 0 ? copy_to_user(current, regs.gpr[2], &old, sizeof old) : 0;
}

std::int64_t sys_kill(Task* current) {
    const auto pid = static_cast<int>(current->regs.gpr[7]);
    const auto signal = static_cast<int>(current->regs.gpr[6]);
    if (signal < 0 || signal > signal_count) return -K_EINVAL;
    if (pid <= 0) return -K_ESRCH;  // process groups are not modelled
    Task* target = find_task_by_pid(kernel_of(current), pid);
    if (target == nullptr) return -K_ESRCH;
    const SigInfo info = sender_info(current, signal, K_SI_USER);
    return send_signal_to(target, signal, &info, true);
}

std::int64_t sys_tkill(Task* current, int pid, int signal) {
    if (pid <= 0 || signal < 0 || signal > signal_count) return -K_EINVAL;
    Task* target = find_task_by_pid(kernel_of(current), pid);
    if (target == nullptr) return -K_ESRCH;
    const SigInfo info = sender_info(current, signal, K_SI_TKILL);
    return send_signal_to(target, signal, &info, false);
}

std::int64_t sys_wait4(Task* current) {
    constexpr std::uint64_t wnohang = 1;
    const auto pid = static_cast<std::int64_t>(static_cast<int>(current->regs.gpr[7]));
    const std::uint64_t status_address = current->regs.gpr[6];
    const std::uint64_t options = current->regs.gpr[2];
    for (;;) {
        current->waiting_for_child = true;
        set_task_state(current, TASK_INTERRUPTIBLE);
        bool has_children = false;
        std::int64_t result = look_for_zombie(current, pid, status_address, &has_children);
        if (result == 0 && !has_children) result = -K_ECHILD;
        const bool stop_waiting = result != 0 || (options & wnohang) != 0;
        if (!stop_waiting && signal_pending(current)) result = -K_ERESTARTSYS;
        if (stop_waiting || result != 0) {
            set_task_state(current, TASK_RUNNING);
            current->waiting_for_child = false;
            return result;
        }
        schedule(current, "do_wait");
    }
}

std::int64_t sys_nanosleep(Task* current) {
    struct {
        std::int64_t seconds, nanoseconds;
    } duration{};
    if (copy_from_user(current, &duration, current->regs.gpr[7], sizeof duration) != 0) {
        return -K_EFAULT;
    }
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t tick = 1'000'000;         // one millisecond
    constexpr std::int64_t longest = 1'000'000'000;  // seconds
    if (duration.seconds < 0 || duration.nanoseconds < 0 || duration.nanoseconds >= second ||
        duration.seconds > longest) {
        return -K_EINVAL;
    }
    const std::int64_t ticks =
        duration.seconds * (second / tick) + (duration.nanoseconds + tick - 1) / tick;
    World& world = world_of(current);
    world.might_sleep("sys_nanosleep");
    set_task_state(current, TASK_INTERRUPTIBLE);
    bool timed_out = true;
    if (signal_pending(current)) {
        timed_out = false;
    } else if (ticks > 0) {
        timed_out =
            world.sleep(static_cast<std::uint64_t>(ticks), BlockReason::timeout, "sys_nanosleep");
    }
    set_task_state(current, TASK_RUNNING);
    // The remaining time is not written back: a restarted sleep starts over.
    return timed_out ? 0 : -K_ERESTARTNOHAND;
}

}  // namespace utsim

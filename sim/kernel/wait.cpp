// SPDX-License-Identifier: MIT
// wait4: which children count, what each of them has to tell, and the sleep until one has.
#include <utsim/errno.hpp>

#include "kernel/exit.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

#include <limits>

namespace utsim {

namespace {

enum WaitOption : std::uint32_t {
    K_WNOHANG = 1,
    K_WUNTRACED = 2,
    K_WCONTINUED = 8,
    K_WNOTHREAD = 0x20000000,
    K_WALL = 0x40000000,
    K_WCLONE = 0x80000000,
};
constexpr std::uint32_t known_options =
    K_WNOHANG | K_WUNTRACED | K_WCONTINUED | K_WNOTHREAD | K_WALL | K_WCLONE;

constexpr int continued_status = 0xffff;
constexpr int stopped_mark = 0x7f;
constexpr std::size_t rusage_size = 144;

struct Wait {
    Task* current = nullptr;
    int pid = 0;  ///< > 0 one, -1 all, 0 the caller's process group, < -1 that group
    std::uint32_t options = 0;
};

/// What a child had to tell.
struct Found {
    int pid = 0;  ///< 0: nothing
    int status = 0;
    Task* zombie = nullptr;  ///< has been claimed and is to be released
};

bool has(const Wait& wait, WaitOption option) { return (wait.options & option) != 0; }

bool is_meant(const Wait& wait, const Task* child) {
    if (wait.pid > 0) return child->pid == wait.pid;
    if (wait.pid == -1) return true;
    const int group = wait.pid == 0 ? wait.current->signal->pgrp : -wait.pid;
    return child->signal->pgrp == group;
}

/// A child that says something else than SIGCHLD at its end is waited for by __WCLONE or __WALL.
bool is_eligible(const Wait& wait, const Task* child) {
    if (child == wait.current || !thread_group_leader(child)) return false;
    const Task* parent = child->real_parent;
    const bool own =
        has(wait, K_WNOTHREAD) ? parent == wait.current : parent->signal == wait.current->signal;
    if (!own || !is_meant(wait, child)) return false;
    const bool clone_child = child->exit_signal != K_SIGCHLD;
    return has(wait, K_WALL) || clone_child == has(wait, K_WCLONE);
}

int exit_status(const Task* child) {
    const bool group = (child->signal->flags & SIGNAL_GROUP_EXIT) != 0;
    return group ? child->signal->group_exit_code.load() : child->exit_code;
}

/// A stop is told once, and so is that it is over. 0: nothing to tell.
int job_control_status(const Wait& wait, Task* child) {
    SignalStruct* signal = child->signal;
    SpinLock& siglock = child->sighand.load()->siglock;
    int status = 0;
    siglock.lock("do_wait");
    const bool stopped = (signal->flags & SIGNAL_STOP_STOPPED) != 0 && signal->group_exit_code != 0;
    if (stopped && has(wait, K_WUNTRACED)) {
        status = signal->group_exit_code << 8 | stopped_mark;
        signal->group_exit_code = 0;
    } else if (has(wait, K_WCONTINUED) && (signal->flags & SIGNAL_STOP_CONTINUED) != 0) {
        status = continued_status;
        signal->flags &= ~static_cast<std::uint32_t>(SIGNAL_STOP_CONTINUED);
    }
    siglock.unlock("do_wait");
    return status;
}

/// The first child with news, in the order of their birth. tasklist_lock held.
Found find_news(const Wait& wait, bool* has_children) {
    const bool jobs = has(wait, K_WUNTRACED) || has(wait, K_WCONTINUED);
    for (Task* child : list_entries<&Task::tasks>(&kernel_of(wait.current).tasks)) {
        if (!is_eligible(wait, child) || child->exit_state == EXIT_DEAD) continue;
        if (claim_zombie(child)) return {child->pid, exit_status(child), child};
        *has_children = true;
        const int status = jobs ? job_control_status(wait, child) : 0;
        if (status != 0) return {child->pid, status, nullptr};
    }
    return {};
}

/// Whether there is anything to wait for, and what has been found.
Found look_at_children(const Wait& wait, bool* has_children) {
    RwLock& tasklist_lock = kernel_of(wait.current).tasklist_lock;
    *has_children = false;
    tasklist_lock.read_lock("do_wait");
    const Found found = find_news(wait, has_children);
    tasklist_lock.read_unlock("do_wait");
    if (found.zombie != nullptr) release_task(found.zombie);
    return found;
}

/// A child is collected also when its status finds no room.
std::int64_t tell(Task* current, const Found& found, std::uint64_t status_address,
                  std::uint64_t usage_address) {
    if (status_address != 0 &&
        copy_to_user(current, status_address, &found.status, sizeof found.status) != 0) {
        return -K_EFAULT;
    }
    constexpr std::uint8_t no_usage[rusage_size] = {};  // nothing here costs time or memory
    if (usage_address != 0 &&
        copy_to_user(current, usage_address, no_usage, sizeof no_usage) != 0) {
        return -K_EFAULT;
    }
    return found.pid;
}

}  // namespace

std::int64_t sys_wait4(Task* current) {
    const auto pid = static_cast<int>(current->regs.rdi());
    const std::uint64_t status_address = current->regs.rsi();
    const auto options = static_cast<std::uint32_t>(current->regs.rdx());
    const std::uint64_t usage_address = current->regs.r10();
    if ((options & ~known_options) != 0) return -K_EINVAL;
    if (pid == std::numeric_limits<int>::min()) return -K_ESRCH;  // its negative is no number
    const Wait wait{current, pid, options};
    for (;;) {
        current->waiting_for_child = true;
        set_task_state(current, TASK_INTERRUPTIBLE);
        bool has_children = false;
        const Found found = look_at_children(wait, &has_children);
        std::int64_t result = 0;
        if (found.pid == 0 && !has_children) result = -K_ECHILD;
        const bool done = found.pid != 0 || result != 0 || has(wait, K_WNOHANG);
        if (!done && signal_pending(current)) result = -K_ERESTARTSYS;
        if (done || result != 0) {
            set_task_state(current, TASK_RUNNING);
            current->waiting_for_child = false;
            return found.pid != 0 ? tell(current, found, status_address, usage_address) : result;
        }
        schedule(current, "do_wait");
    }
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Numbers of tasks inside and outside, and the end of a namespace with its init. Pids are never
// used twice, so a namespace is a list of them and its numbers are places. Those who clone at the
// same time can be born in another order than they got their pids in, so the list has no order.
#include "kernel/pid_namespace.hpp"

#include <algorithm>

#include "kernel/exit.hpp"
#include "kernel/fork.hpp"
#include "kernel/kernel.hpp"
#include "kernel/signal.hpp"
#include "kernel/wait.hpp"
#include "kernel/wake.hpp"

namespace utsim {

int pid_nr_ns(const PidNamespace* ns, int pid) {
    if (ns == nullptr) return pid;
    const int* found = std::find(ns->members.begin(), ns->members.end(), pid);
    return found != ns->members.end() ? static_cast<int>(found - ns->members.begin()) + 1 : 0;
}

int pid_vnr(const Task* viewer, int pid) { return pid_nr_ns(viewer->pid_ns, pid); }

int find_vpid(const Task* viewer, int number) {
    const PidNamespace* ns = viewer->pid_ns;
    if (number <= 0) return 0;
    if (ns == nullptr) return number;
    const auto index = static_cast<std::uint32_t>(number) - 1;
    return index < ns->members.size ? ns->members[index] : 0;
}

Task* find_task_by_vpid(const Task* viewer, int number) {
    const int pid = find_vpid(viewer, number);
    return pid != 0 ? find_task_by_pid(kernel_of(viewer), pid) : nullptr;
}

std::int64_t refuse_pid_ns(const Task* current, std::uint64_t flags) {
    if ((flags & K_CLONE_NEWPID) == 0) return 0;
    const PidNamespace* ns = current->pid_ns;
    if (current->pid_ns_for_children != ns) return -K_EINVAL;
    return ns != nullptr && ns->level == PidNamespace::deepest ? -K_ENOSPC : 0;
}

PidNamespace* pid_ns_of_children(const Task* current, std::uint64_t flags) {
    if ((flags & K_CLONE_NEWPID) == 0) return current->pid_ns_for_children;
    auto* ns = world_of(current).arena().make<PidNamespace>();
    ns->outer = current->pid_ns;
    if (ns->outer != nullptr) ns->level = ns->outer->level + 1;
    return ns;
}

void join_pid_ns(Task* child, PidNamespace* ns) {
    child->pid_ns = child->pid_ns_for_children = ns;
    if (ns != nullptr && ns->members.size == 0) {
        ns->reaper = child;
        child->signal->flags |= SIGNAL_UNKILLABLE;
    }
    for (; ns != nullptr; ns = ns->outer) ns->members.add(world_of(child).arena(), child->pid);
}

void leave_pid_ns(Task* task) {
    for (const PidNamespace* ns = task->pid_ns; ns != nullptr; ns = ns->outer) {
        if (ns->dying) wake_up_state(ns->reaper, TASK_INTERRUPTIBLE);
    }
}

Task* child_reaper(const Task* task) {
    return task->pid_ns != nullptr ? task->pid_ns->reaper : kernel_of(task).init;
}

namespace {

constexpr const char* in_zap = "zap_pid_ns_processes";

/// Calls `visit` for each task in the namespace besides the threads of its init.
template <typename Visit>
void for_each_other(Task* init, const Visit& visit) {
    Kernel& kernel = kernel_of(init);
    kernel.tasklist_lock.read_lock(in_zap);
    for (Task* task : list_entries<&Task::tasks>(&kernel.tasks)) {
        if (task->signal != init->signal && pid_vnr(init, task->pid) != 0) visit(task);
    }
    kernel.tasklist_lock.read_unlock(in_zap);
}

/// Nobody will ask how they ended: they need not wait for that.
void ignore_children(Task* init) {
    Sighand* sighand = lock_task_sighand(init, in_zap);
    if (sighand == nullptr) return;
    sighand->action[K_SIGCHLD - 1].handler = K_SIG_IGN;
    sighand->siglock.unlock(in_zap);
}

void collect_children(Task* init) {
    const Wait wait{init, WaitFor::anybody, 0, K_WEXITED | K_WALL};
    Found found;
    do clear_tsk_thread_flag(init, TIF_SIGPENDING);
    while (do_wait(wait, &found) != -K_ECHILD);
}

/// Those whose parent or tracer is outside go when that has collected them.
void wait_for_others(Task* init) {
    for (;;) {
        std::uint32_t left = 0;
        set_task_state(init, TASK_INTERRUPTIBLE);
        for_each_other(init, [&](Task*) { ++left; });
        if (left == 0) break;
        clear_tsk_thread_flag(init, TIF_SIGPENDING);
        schedule(init, in_zap);
    }
    set_task_state(init, TASK_RUNNING);
}

}  // namespace

void zap_pid_ns_processes(Task* init) {
    init->pid_ns->dying = true;
    ignore_children(init);
    for_each_other(init, [](Task* task) {
        SigInfo info;
        info.si_signo = K_SIGKILL;
        info.si_code = K_SI_KERNEL;
        send_signal_to(task, K_SIGKILL, &info, true);
    });
    collect_children(init);
    wait_for_others(init);
}

}  // namespace utsim

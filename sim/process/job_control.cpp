// SPDX-License-Identifier: MIT
// Orphaned process groups: those that no parent outside of them, in the same session, looks after.
// Nobody could let such a group go on, so it does not stop, and is not left stopped.
#include "process/job_control.hpp"

#include "kernel/signal.hpp"
#include "process/process.hpp"

namespace utsim {

namespace {

/// The first process of a run has a shell outside that we do not see, as long as it lives.
bool has_shell(const Task* task) {
    return process_of(task).group->from_outside && task->real_parent == kernel_of(task).init;
}

bool is_gone(const Task* task) { return task->exit_state != EXIT_ALIVE; }

/// `parent` looks after the group of `task`, which is not its own.
bool looks_after(const Task* parent, const Task* task) {
    if (has_shell(task)) return true;
    if (parent->process == nullptr) return false;
    return parent->signal->pgrp != task->signal->pgrp &&
           process_of(parent).group->session == process_of(task).group->session;
}

/// Calls `visit` for each process of the group.
template <typename Visit>
void for_each_member(const Task* any, int pgrp, const Visit& visit) {
    for (Task* task : list_entries<&Task::tasks>(&kernel_of(any).tasks)) {
        const bool is = task->process != nullptr && thread_group_leader(task);
        if (is && task->signal->pgrp == pgrp) visit(task);
    }
}

bool nobody_looks_after(const Task* any, int pgrp, const Task* ignored) {
    bool orphaned = true;
    for_each_member(any, pgrp, [&](const Task* task) {
        const bool counts = task != ignored && !(is_gone(task) && thread_group_empty(task));
        if (counts && looks_after(task->real_parent, task)) orphaned = false;
    });
    return orphaned;
}

bool has_stopped_jobs(const Task* any, int pgrp) {
    bool found = false;
    for_each_member(any, pgrp, [&](const Task* task) {
        found |= (task->signal->flags & SIGNAL_STOP_STOPPED) != 0;
    });
    return found;
}

}  // namespace

bool pgrp_is_orphaned(const Task* task) {
    RwLock& tasklist_lock = kernel_of(task).tasklist_lock;
    tasklist_lock.read_lock("is_current_pgrp_orphaned");
    const bool orphaned = nobody_looks_after(task, task->signal->pgrp, nullptr);
    tasklist_lock.read_unlock("is_current_pgrp_orphaned");
    return orphaned;
}

void kill_orphaned_pgrp(Task* task, Task* parent) {
    if (task->process == nullptr) return;
    const int pgrp = task->signal->pgrp;
    // Its own end can leave its group alone; the end of its parent can leave it so.
    const Task* ignored = parent == nullptr ? task : nullptr;
    const Task* outside = parent == nullptr ? task->real_parent : parent;
    if (!looks_after(outside, task) || !nobody_looks_after(task, pgrp, ignored)) return;
    if (!has_stopped_jobs(task, pgrp)) return;
    for (const int signal : {K_SIGHUP, K_SIGCONT}) {
        for_each_member(task, pgrp, [&](Task* member) {
            SigInfo info;
            info.si_signo = signal;
            info.si_code = K_SI_KERNEL;
            send_signal_to(member, signal, &info, true);
        });
    }
}

}  // namespace utsim

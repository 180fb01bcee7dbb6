// SPDX-License-Identifier: MIT
// Waiting: which children and tracees count, what each of them has to tell, and the sleep until one
// has. What a task tells depends on the role of who asks: its parent hears of its death and of job
// control, its tracer of its death and of every stop.
#include "kernel/wait.hpp"

#include <utsim/errno.hpp>
#include <utsim/utrace.hpp>

#include "kernel/exit.hpp"
#include "kernel/kernel.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr int continued_status = 0xffff;
constexpr int stopped_mark = 0x7f;

bool has(const Wait& wait, WaitOption option) { return (wait.options & option) != 0; }

bool is_meant(const Wait& wait, const Task* task) {
    switch (wait.whom) {
        case WaitFor::anybody:
            return true;
        case WaitFor::pid:
            return task->pid == wait.id;
        case WaitFor::group:
            break;
    }
    return task->signal->pgrp == wait.id;
}

/// A child that says something else than SIGCHLD at its end is waited for by __WCLONE or __WALL; a
/// tracee by anything.
bool is_eligible(const Wait& wait, const Task* task, bool as_tracer) {
    if (!is_meant(wait, task)) return false;
    if (as_tracer || has(wait, K_WALL)) return true;
    const bool clone_child = task->exit_signal != K_SIGCHLD;
    return clone_child == has(wait, K_WCLONE);
}

int exit_status(const Task* child) {
    const bool group = (child->signal->flags & SIGNAL_GROUP_EXIT) != 0;
    return group ? child->signal->group_exit_code.load() : child->exit_code;
}

void tell_death(Found& found, const Task* task) {
    const int status = exit_status(task);
    found.task = task;
    found.wait_status = status;
    if ((status & 0x7f) == 0) {
        found.code = CLD_EXITED_;
        found.status = status >> 8 & 0xff;
    } else {
        found.code = (status & 0x80) != 0 ? CLD_DUMPED_ : CLD_KILLED_;
        found.status = status & 0x7f;
    }
}

/// A leader whose threads still live, or have not been collected, is not to be had yet.
bool delayed_leader(const Task* task) {
    return thread_group_leader(task) && !thread_group_empty(task);
}

/// True: `found` has it. Only one waiter gets a zombie.
bool wait_zombie(const Wait& wait, Task* task, Found& found) {
    if (!has(wait, K_WEXITED)) return false;
    // Asked for again right before it is taken, as an atomic exchange would.
    if (task->exit_state != EXIT_ZOMBIE) return false;
    if (!has(wait, K_WNOWAIT)) {
        // Somebody else's child goes back to its parent.
        found.goes_back = ptraced(task) && ptrace_reparented(task) && thread_group_leader(task);
        found.zombie = task;
        set_exit_state(task, found.goes_back ? EXIT_TRACE : EXIT_DEAD);
    }
    tell_death(found, task);
    return true;
}

/// The mailbox that a stop of `task` is in; null when there is none for this role. siglock held.
template <typename Take>
bool take_stop_code(Task* task, bool as_tracer, Take take) {
    SignalStruct* signal = task->signal;
    if (as_tracer) {
        const bool trapped = task->ptrace.stop != PtraceStop::none && task_is_traced(task) &&
                             (task->jobctl & JOBCTL_LISTENING) == 0;
        const bool stopped = trapped || stopped_for_tracer(task);
        if (!stopped || task->exit_code == 0) return false;
        if (take(task->exit_code)) task->exit_code = 0;
        return true;
    }
    if ((signal->flags & SIGNAL_STOP_STOPPED) == 0 || signal->group_exit_code == 0) return false;
    if (take(signal->group_exit_code)) signal->group_exit_code = 0;
    return true;
}

bool wait_stopped(const Wait& wait, Task* task, bool as_tracer, Found& found) {
    if (!as_tracer && !has(wait, K_WUNTRACED)) return false;
    return take_stop_code(task, as_tracer, [&](int code) {
        found.task = task;
        found.code = as_tracer ? CLD_TRAPPED_ : CLD_STOPPED_;
        found.status = code;
        found.wait_status = code << 8 | stopped_mark;
        return !has(wait, K_WNOWAIT);
    });
}

bool wait_continued(const Wait& wait, Task* task, Found& found) {
    SignalStruct* signal = task->signal;
    if (!has(wait, K_WCONTINUED) || (signal->flags & SIGNAL_STOP_CONTINUED) == 0) return false;
    if (!has(wait, K_WNOWAIT)) signal->flags &= ~static_cast<std::uint32_t>(SIGNAL_STOP_CONTINUED);
    found.task = task;
    found.code = CLD_CONTINUED_;
    found.status = K_SIGCONT;
    found.wait_status = continued_status;
    return true;
}

/// A stop is told once, and so is that it is over.
bool wait_job_control(const Wait& wait, Task* task, bool as_tracer, Found& found) {
    Sighand* sighand = lock_task_sighand(task, "do_wait");
    if (sighand == nullptr) return false;
    const bool got =
        wait_stopped(wait, task, as_tracer, found) || wait_continued(wait, task, found);
    sighand->siglock.unlock("do_wait");
    return got;
}

/// Whether `task` has news for who waits. `*exists` when it may have some later.
bool consider(const Wait& wait, Task* task, bool as_tracer, Found& found, bool* exists) {
    if (task->exit_state == EXIT_DEAD || !is_eligible(wait, task, as_tracer)) return false;
    if (task->exit_state == EXIT_TRACE) {
        if (!as_tracer) *exists = true;
        return false;
    }
    // Traced by a thread of one's own process: both roles are one.
    if (!as_tracer && ptraced(task) && !ptrace_reparented(task)) as_tracer = true;
    if (!as_tracer && ptraced(task) && decided(task, PtraceRealParent::not_told)) {
        *exists = true;
        return false;
    }
    if (task->exit_state == EXIT_ZOMBIE) {
        if (!delayed_leader(task) && (as_tracer || !ptraced(task))) {
            return wait_zombie(wait, task, found);
        }
        // A leader may still speak for the threads that live.
        if (as_tracer || has(wait, K_WCONTINUED) || has(wait, K_WEXITED)) *exists = true;
    } else {
        *exists = true;
    }
    const bool jobs = as_tracer || has(wait, K_WUNTRACED) || has(wait, K_WCONTINUED);
    return jobs && wait_job_control(wait, task, as_tracer, found);
}

/// The children of one thread, in the order of their birth, then whom it traces, latest first.
bool consider_thread(const Wait& wait, Task* thread, Found& found, bool* exists) {
    for (Task* child : list_entries<&Task::sibling>(&thread->children)) {
        if (consider(wait, child, false, found, exists)) return true;
    }
    for (Task* tracee : list_entries<&Task::ptrace_entry>(&thread->ptraced)) {
        if (consider(wait, tracee, true, found, exists)) return true;
    }
    return false;
}

Found find_news(const Wait& wait, bool* exists) {
    Found found;
    RwLock& tasklist_lock = kernel_of(wait.current).tasklist_lock;
    *exists = false;
    tasklist_lock.read_lock("do_wait");
    Task* thread = wait.current;
    do {
        if (consider_thread(wait, thread, found, exists)) break;
        if (has(wait, K_WNOTHREAD)) break;
        thread = list_entry<&Task::thread_group>(thread->thread_group.next);
    } while (thread != wait.current);
    if (found.task != nullptr) found.pid = found.task->pid;
    tasklist_lock.read_unlock("do_wait");
    return found;
}

/// The tracer has had its death: now it is its parent's.
void give_back(Task* zombie) {
    RwLock& tasklist_lock = kernel_of(zombie).tasklist_lock;
    tasklist_lock.write_lock("wait_task_zombie");
    Engine* engine = ptrace_unlink(zombie);
    const bool ignored = do_notify_parent(zombie, zombie->exit_signal) == -1;
    set_exit_state(zombie, ignored ? EXIT_DEAD : EXIT_ZOMBIE);
    tasklist_lock.write_unlock("wait_task_zombie");
    ptrace_hooks_of(zombie).forget(zombie, engine);
    if (ignored) release_task(zombie);
}

void collect(Task* current, const Found& found) {
    if (found.zombie == nullptr) return;
    if (found.goes_back) return give_back(found.zombie);
    const bool of_process = current->process != nullptr && thread_group_leader(found.zombie);
    if (of_process) kernel_of(current).process_hooks->collected(current, found.zombie);
    release_task(found.zombie);
}

}  // namespace

std::int64_t do_wait(const Wait& wait, Found* found) {
    Task* current = wait.current;
    for (;;) {
        current->waiting_for_child = true;
        set_task_state(current, TASK_INTERRUPTIBLE);
        bool exists = false;
        *found = find_news(wait, &exists);
        collect(current, *found);
        std::int64_t result = 0;
        if (found->pid == 0 && !exists) result = -K_ECHILD;
        const bool done = found->pid != 0 || result != 0 || has(wait, K_WNOHANG);
        if (!done && signal_pending(current)) result = -K_ERESTARTSYS;
        if (done || result != 0) {
            set_task_state(current, TASK_RUNNING);
            current->waiting_for_child = false;
            return result;
        }
        schedule(current, "do_wait");
    }
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Who traces whom, and what becomes of a tracee when its tracer or it itself is no more. A traced
// task has two parents: `real_parent`, whose child it is, and `parent`, which hears of its stops
// and collects it first.
#include "kernel/ptrace.hpp"

#include <utsim/errno.hpp>

#include "kernel/exit.hpp"
#include "kernel/kernel.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/signal.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

/// The group is stopped, or about to be: the task that is let go stops with it.
bool returns_to_group_stop(const Task* tracee) {
    if ((tracee->flags & PF_EXITING) != 0) return false;
    if (decided(tracee, PtraceGroupDetach::runs)) return false;
    return (tracee->signal->flags & SIGNAL_STOP_STOPPED) != 0 ||
           tracee->signal->group_stop_count != 0;
}

/// As its tracer lets it have it: another signal than it was is the tracer's own.
SigInfo given_signal(const Task* tracee) {
    const int signal = tracee->ptrace.inject;
    if (tracee->ptrace.info.si_signo == signal) return tracee->ptrace.info;
    SigInfo own;
    own.si_signo = signal;
    own.si_code = K_SI_USER;
    own.si_pid = pid_vnr(tracee, tracee->parent->tgid);
    return own;
}

/// siglock held, if there still is one.
void forget_stop(Task* tracee) {
    const std::uint64_t message = tracee->ptrace.message;
    tracee->ptrace = Tracee{};
    tracee->ptrace.message = message;
    // A dead task's code is how it died.
    if (tracee->exit_state == EXIT_ALIVE && (tracee->flags & PF_EXITING) == 0) {
        tracee->exit_code = 0;
    }
    task_clear_jobctl_pending(tracee, JOBCTL_TRAP_MASK);
    tracee->jobctl &= ~static_cast<std::uint32_t>(JOBCTL_LISTENING);
}

/// Whether a zombie that is let go by `tracer`, its real parent's thread group, vanishes.
bool ignores_children(const Task* tracer) {
    const Sighand* sighand = tracer->sighand;
    if (sighand == nullptr) return false;
    const KSigaction& action = sighand->action[K_SIGCHLD - 1];
    return action.handler == K_SIG_IGN || (action.flags & K_SA_NOCLDWAIT) != 0;
}

/// What a tracer that dies leaves to one of its tracees.
struct Legacy {
    Task* tracee;
    Engine* engine;
    SigInfo last;  ///< a signal that it is to take, if it has a number
};

/// tasklist_lock write-held.
Legacy leave(Task* tracee) {
    Legacy legacy{tracee, nullptr, {}};
    // The mailbox holds the signal of a delivery stop that nobody has waited for; of other stops it
    // holds a code that is no signal, or SIGTRAP; of who has been waited for, nothing.
    const int code = tracee->ptrace.stop != PtraceStop::none ? tracee->exit_code : 0;
    if (code >= 1 && code <= signal_count) {
        legacy.last.si_signo = code;
        legacy.last.si_code = K_SI_USER;
    }
    legacy.engine = ptrace_unlink(tracee, &legacy.last);
    return legacy;
}

/// Whether SIGCHLD for a stop reaches `tracer`: it has not said that it does not want to hear.
bool hears_of_stops(const Task* tracer) {
    const Sighand* sighand = tracer->sighand;
    if (sighand == nullptr) return false;
    const KSigaction& action = sighand->action[K_SIGCHLD - 1];
    return action.handler != K_SIG_IGN && (action.flags & K_SA_NOCLDSTOP) == 0;
}

/// What the tracer will be told by wait, and what kind of stop it is.
void tell_stop(const Task* task) {
    constexpr int stopped = 0x7f;
    const int code = task->exit_code;
    world_of(task).emit(EventKind::ptrace_stop, task->id.value, task->parent->id.value,
                        static_cast<int>(task->ptrace.stop), code & 0x7f, code >> 8,
                        code << 8 | stopped, hears_of_stops(task->parent));
}

}  // namespace

const PtraceHooks& ptrace_hooks_of(const Task* task) { return *kernel_of(task).ptrace; }

std::int64_t sys_ptrace(Task* current) {
    const PtraceHooks* hooks = kernel_of(current).ptrace;
    return hooks != nullptr ? hooks->call(current) : -K_ENOSYS;
}

void tell_parent(const Task* task) {
    world_of(task).emit(EventKind::new_parent, task->id.value, task->parent->id.value,
                        task->real_parent->id.value, ptraced(task));
}

void ptrace_link(Task* tracee, Task* tracer, bool seized, std::uint32_t options) {
    tracee->parent = tracer;
    tracee->ptrace.traced = true;
    tracee->ptrace.seized = seized;
    tracee->ptrace.options = options;
    list_add(&tracee->ptrace_entry, &tracer->ptraced);
    tell_parent(tracee);
}

Engine* ptrace_unlink(Task* tracee, SigInfo* given) {
    Engine* engine = tracee->ptrace.engine;
    list_del_init(&tracee->ptrace_entry);
    tracee->parent = tracee->real_parent;
    Sighand* sighand = lock_task_sighand(tracee, "__ptrace_unlink");
    if (given != nullptr && tracee->ptrace.injects) *given = given_signal(tracee);
    forget_stop(tracee);
    tell_parent(tracee);
    if (sighand == nullptr) return engine;
    if (returns_to_group_stop(tracee)) {
        tracee->jobctl |= JOBCTL_STOP_PENDING;
        if ((tracee->jobctl & JOBCTL_STOP_SIGMASK) == 0) tracee->jobctl |= K_SIGSTOP;
        signal_wake_up(tracee, false);
    }
    sighand->siglock.unlock("__ptrace_unlink");
    return engine;
}

bool ptrace_bury(Task* tracee, const Task* tracer) {
    if (tracee->exit_state != EXIT_ZOMBIE) return false;
    bool dead = !thread_group_leader(tracee);
    if (!dead && thread_group_empty(tracee)) {
        if (tracee->real_parent->signal == tracer->signal) {
            dead = ignores_children(tracer);
            wake_up_parent(tracee->real_parent);
        } else {
            dead = do_notify_parent(tracee, tracee->exit_signal) == -1;
        }
    }
    if (dead) set_exit_state(tracee, EXIT_DEAD);
    return dead;
}

void exit_ptrace(Task* tracer) {
    if (list_empty(&tracer->ptraced)) return;
    RwLock& tasklist_lock = kernel_of(tracer).tasklist_lock;
    // One at a time: what letting go does must not be done with the lock held.
    for (;;) {
        tasklist_lock.write_lock("exit_ptrace");
        if (list_empty(&tracer->ptraced)) break;
        Task* tracee = list_first_entry<&Task::ptrace_entry>(&tracer->ptraced);
        get_task_struct(tracee);
        const bool kill = (tracee->ptrace.options & PTRACE_O_EXITKILL) != 0;
        const Legacy legacy = leave(tracee);
        const bool dead = tracee->exit_state == EXIT_ALIVE ? false : ptrace_bury(tracee, tracer);
        const bool alive = tracee->exit_state == EXIT_ALIVE;
        tasklist_lock.write_unlock("exit_ptrace");
        if (kill && alive) {
            SigInfo info;
            info.si_code = K_SI_KERNEL;
            send_signal_to(tracee, K_SIGKILL, &info, true);
        }
        const PtraceHooks& hooks = ptrace_hooks_of(tracee);
        if (alive) {
            hooks.let_go(tracee, legacy.engine, legacy.last);
        } else {
            hooks.forget(tracee, legacy.engine);
        }
        if (dead) release_task(tracee);
        put_task_struct(tracee);
    }
    tasklist_lock.write_unlock("exit_ptrace");
}

void ptrace_release_task(Task* task) {
    if (!ptraced(task)) return;
    RwLock& tasklist_lock = kernel_of(task).tasklist_lock;
    tasklist_lock.write_lock("ptrace_release_task");
    Engine* engine = ptraced(task) ? ptrace_unlink(task) : nullptr;
    tasklist_lock.write_unlock("ptrace_release_task");
    if (engine != nullptr) ptrace_hooks_of(task).forget(task, engine);
}

void ptrace_end_trapping(Task* task) {
    if ((task->jobctl & JOBCTL_TRAPPING) == 0) return;
    task->jobctl &= ~static_cast<std::uint32_t>(JOBCTL_TRAPPING);
    wake_up_state(task->parent, TASK_UNINTERRUPTIBLE);
}

void ptrace_stop_begins(Task* current) {
    Tracee& tracee = current->ptrace;
    if (!tracee.traced || tracee.stop == PtraceStop::none || tracee.told) return;
    tracee.told = true;
    tell_stop(current);
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("ptrace_stop");
    ptrace_end_trapping(current);
    const bool group = tracee.ends_group_stop;
    tracee.ends_group_stop = false;
    siglock.unlock("ptrace_stop");
    const int why = tracee.why;
    notify_tracer_cldstop(current, why);
    const bool tells = decided(current, PtraceRealParent::told);
    if (group && tells && (!ptraced(current) || ptrace_reparented(current))) {
        do_notify_parent_cldstop(current, why);
    }
}

void ptrace_stop_ends(Task* current) {
    Tracee& tracee = current->ptrace;
    if (!tracee.traced) return;
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("ptrace_stop");
    // Only if nobody has let it go: SIGKILL has ended the stop, or it was listening.
    if (tracee.traced && tracee.stop != PtraceStop::none) {
        tracee.stop = PtraceStop::none;
        tracee.has_info = false;
        tracee.injects = false;
        current->exit_code = 0;
    }
    current->jobctl &= ~static_cast<std::uint32_t>(JOBCTL_LISTENING);
    siglock.unlock("ptrace_stop");
}

bool ptrace_stopped(const Task* task) {
    if (!task->ptrace.traced || task->ptrace.stop == PtraceStop::none) return false;
    return task_is_traced(task) && task->exit_state == EXIT_ALIVE &&
           !fatal_signal_pending_nocheck(task) && (task->jobctl & JOBCTL_LISTENING) == 0;
}

}  // namespace utsim

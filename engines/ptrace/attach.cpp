// SPDX-License-Identifier: MIT
// Attaching: utrace's EXCLUSIVE decides between two tracers, the kernel's lists say who it was. A
// zombie has to be refused here, as utrace does not.
#include "engines/ptrace/attach.hpp"

#include "engines/ptrace/access.hpp"
#include "engines/ptrace/ptrace_engine.hpp"
#include "engines/ptrace/stop.hpp"
#include "kernel/fork.hpp"
#include "kernel/kernel.hpp"
#include "kernel/signal.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

/// 0, with the engine attached and `task` linked to `tracer`, or a negated errno.
std::int64_t attach(Task* task, Task* tracer, bool seized, std::uint32_t options) {
    constexpr int flags = UTRACE_ATTACH_CREATE | UTRACE_ATTACH_EXCLUSIVE | UTRACE_ATTACH_MATCH_OPS;
    const AttachResult result = utrace_attach_task(task, flags, &ptrace_ops(), 0);
    if (result.error == -K_EEXIST) return -K_EPERM;
    if (result.error != 0) return result.error;
    RwLock& tasklist_lock = kernel_of(task).tasklist_lock;
    tasklist_lock.write_lock("ptrace_attach");
    const bool possible = task->exit_state == EXIT_ALIVE && !ptraced(task);
    if (possible) {
        ptrace_link(task, tracer, seized, options);
        task->ptrace.engine = result.engine;
    }
    tasklist_lock.write_unlock("ptrace_attach");
    if (!possible) {
        utrace_control(task, result.engine, UTRACE_DETACH);
        utrace_engine_put(result.engine);
        return -K_EPERM;
    }
    utrace_set_events(task, result.engine, ptrace_events(PtraceResume::cont));
    return 0;
}

/// A task that is stopped for its group becomes TRACED by itself; its tracer waits for that.
void turn_stop_into_trap(Task* tracer, Task* task) {
    Sighand* sighand = lock_task_sighand(task, "ptrace_attach");
    if (sighand == nullptr) return;
    if (stopped_for_tracer(task)) {
        // It stays as it is; its tracer hears of the stop if its parent has not.
        task->exit_code = task->signal->group_exit_code;
    } else if (task_is_stopped(task) &&
               task_set_jobctl_pending(task, JOBCTL_TRAP_STOP | JOBCTL_TRAPPING)) {
        set_tsk_thread_flag(task, TIF_SIGPENDING);
        wake_up_state(task, TASK_STOPPED_BIT);
    }
    sighand->siglock.unlock("ptrace_attach");
    for (;;) {
        set_task_state(tracer, TASK_UNINTERRUPTIBLE);
        if ((task->jobctl & JOBCTL_TRAPPING) == 0) break;
        schedule(tracer, "ptrace_attach");
    }
    set_task_state(tracer, TASK_RUNNING);
}

}  // namespace

std::int64_t ptrace_traceme(Task* current) {
    if (ptraced(current)) return -K_EPERM;
    Task* parent = current->real_parent;
    if ((parent->flags & PF_EXITING) != 0) return -K_EPERM;
    return attach(current, parent, false, 0);
}

std::int64_t ptrace_attach(Task* current, Task* task, bool seize, std::uint64_t addr,
                           std::uint64_t data) {
    if (seize && (addr != 0 || (data & ~std::uint64_t{PTRACE_O_MASK}) != 0)) return -K_EIO;
    if ((task->flags & PF_KTHREAD) != 0 || task->signal == current->signal) return -K_EPERM;
    if (!ptrace_may_access(current, task)) return -K_EPERM;
    if (task->exit_state != EXIT_ALIVE || ptraced(task)) return -K_EPERM;
    get_task_struct(task);
    const auto options = seize ? static_cast<std::uint32_t>(data) : 0;
    const std::int64_t error = attach(task, current, seize, options);
    if (error == 0) {
        if (!seize) {
            SigInfo info;
            const bool kernel = decided(task, PtraceAttachSignal::from_kernel);
            info.si_code = kernel ? K_SI_KERNEL : K_SI_USER;
            send_signal_to(task, K_SIGSTOP, &info, false);
        }
        turn_stop_into_trap(current, task);
    }
    put_task_struct(task);
    return error;
}

void ptrace_attach_child(Task* parent, std::uint64_t clone_flags, Task* child) {
    const int event = ptrace_clone_event(clone_flags);
    const Tracee& tracee = parent->ptrace;
    const bool reported =
        event != 0 && (tracee.options & ptrace_option(static_cast<PtraceEvent>(event))) != 0;
    if (!reported && (clone_flags & K_CLONE_PTRACE) == 0) return;
    if (attach(child, parent->parent, tracee.seized, tracee.options) != 0) return;
    Sighand* sighand = lock_task_sighand(child, "ptrace_init_task");
    if (sighand == nullptr) return;
    if (tracee.seized) {
        task_set_jobctl_pending(child, JOBCTL_TRAP_STOP);
    } else {
        child->pending.signal |= sigmask(K_SIGSTOP);
    }
    set_tsk_thread_flag(child, TIF_SIGPENDING);
    sighand->siglock.unlock("ptrace_init_task");
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Resuming. What the signal means depends on the stop that it ends: from a delivery stop the task
// takes it in a further report (`injects`); at the entry or exit of a call it is sent like any
// other; elsewhere it is for nothing.
#include "engines/ptrace/resume.hpp"

#include <utsim/errno.hpp>

#include "engines/ptrace/ptrace_engine.hpp"
#include "kernel/kernel.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/signal.hpp"
#include "kernel/step.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

bool valid_signal(std::uint64_t data) { return data <= static_cast<std::uint64_t>(signal_count); }

void send_from_kernel(Task* task, int signal) {
    SigInfo info;
    info.si_code = K_SI_KERNEL;
    send_signal_to(task, signal, &info, false);
}

/// The signal as its tracer lets the task have it: another one than it was is the tracer's own.
SigInfo injected_info(const Task* task, const SigInfo& info, int signal) {
    if (info.si_signo == signal) return info;
    SigInfo own;
    own.si_signo = signal;
    own.si_code = K_SI_USER;
    own.si_pid = pid_vnr(task, task->parent->tgid);
    return own;
}

/// Puts a signal that has been taken back in front, for a task that nobody will ask about it.
void put_back(Task* task, const SigInfo& info) {
    Sighand* sighand = lock_task_sighand(task, "ptrace_detach");
    if (sighand == nullptr) return;
    SigQueue* record = sigqueue_alloc(task);
    if (record != nullptr) {
        record->info = info;
        list_add(&record->entry, &task->pending.list);
    }
    task->pending.signal |= sigmask(info.si_signo);
    set_tsk_thread_flag(task, TIF_SIGPENDING);
    sighand->siglock.unlock("ptrace_detach");
}

/// What the signal at the end of an attachment does.
void last_signal(Task* task, PtraceStop stop, const SigInfo& info, int signal) {
    if (signal < 1 || signal > signal_count) return;
    if (stop == PtraceStop::signal) put_back(task, info);
    if (stop == PtraceStop::syscall_entry || stop == PtraceStop::syscall_exit) {
        send_from_kernel(task, signal);
    }
}

/// Who is let out of a group stop would be put back into it, as long as there is one.
void end_group_stop(Task* task) {
    Sighand* sighand = lock_task_sighand(task, "ptrace_resume");
    if (sighand == nullptr) return;
    task->signal->flags &= ~static_cast<std::uint32_t>(SIGNAL_STOP_STOPPED);
    sighand->siglock.unlock("ptrace_resume");
}

/// The engine goes, and with it what it had switched on.
void drop_engine(Task* task, Engine* engine) {
    if (engine == nullptr) return;
    if (utrace_control(task, engine, UTRACE_DETACH) == -K_EINPROGRESS) {
        utrace_barrier(task, engine);
    }
    utrace_engine_put(engine);
}

}  // namespace

std::int64_t ptrace_resume(Task* task, PtraceResume resume, std::uint64_t data) {
    if (!valid_signal(data)) return -K_EIO;
    const bool blocks = resume == PtraceResume::block_step;
    if (blocks && !arch_has_block_step(task)) return -K_EIO;
    if (ptrace_steps(resume) && !arch_has_single_step(task)) return -K_EIO;
    const auto signal = static_cast<int>(data);
    Tracee& tracee = task->ptrace;
    Sighand* sighand = lock_task_sighand(task, "ptrace_resume");
    if (sighand == nullptr) return -K_ESRCH;
    const PtraceStop stop = tracee.stop;
    tracee.stop = PtraceStop::none;
    tracee.has_info = false;
    const std::uint64_t wanted = ptrace_events(tracee.resume);
    tracee.resume = resume;
    tracee.injects = stop == PtraceStop::signal && signal != 0;
    tracee.inject = signal;
    const bool takes = tracee.injects;
    task->exit_code = 0;
    sighand->siglock.unlock("ptrace_resume");
    if (stop == PtraceStop::group && decided(task, PtraceGroupResume::ends_group_stop)) {
        end_group_stop(task);
    }
    const bool in_call = stop == PtraceStop::syscall_entry || stop == PtraceStop::syscall_exit;
    if (in_call && signal != 0) send_from_kernel(task, signal);
    Engine* engine = tracee.engine;
    if (ptrace_events(resume) != wanted) {
        utrace_set_events(task, engine, ptrace_events(resume));
    }
    utrace_control(task, engine, takes ? UTRACE_INTERRUPT : ptrace_resume_action(task));
    return 0;
}

int ptrace_take_injected(Task* task, SigInfo* info) {
    Tracee& tracee = task->ptrace;
    const int signal = tracee.inject;
    tracee.injects = false;
    tracee.inject = 0;
    *info = injected_info(task, tracee.info, signal);
    return signal;
}

std::int64_t ptrace_detach(Task* task, std::uint64_t data) {
    if (!valid_signal(data)) return -K_EIO;
    const auto signal = static_cast<int>(data);
    const PtraceStop stop = task->ptrace.stop;
    const SigInfo info = injected_info(task, task->ptrace.info, signal);
    RwLock& tasklist_lock = kernel_of(task).tasklist_lock;
    tasklist_lock.write_lock("ptrace_detach");
    Engine* engine = ptrace_unlink(task);
    tasklist_lock.write_unlock("ptrace_detach");
    last_signal(task, stop, info, signal);
    const bool runs = decided(task, PtraceGroupDetach::runs);
    if (stop == PtraceStop::group && runs && signal != K_SIGSTOP) end_group_stop(task);
    drop_engine(task, engine);
    return 0;
}

void ptrace_let_go(Task* tracee, Engine* engine, const SigInfo& last) {
    if (last.si_signo != 0) put_back(tracee, last);
    drop_engine(tracee, engine);
}

void ptrace_forget(Task* tracee, Engine* engine) { drop_engine(tracee, engine); }

std::int64_t ptrace_interrupt(Task* task) {
    if (!task->ptrace.seized) return -K_EIO;
    Sighand* sighand = lock_task_sighand(task, "ptrace_interrupt");
    if (sighand == nullptr) return -K_ESRCH;
    if (task_set_jobctl_pending(task, JOBCTL_TRAP_STOP)) {
        ptrace_signal_wake_up(task, (task->jobctl & JOBCTL_LISTENING) != 0);
    }
    sighand->siglock.unlock("ptrace_interrupt");
    return 0;
}

std::int64_t ptrace_listen(Task* task) {
    if (!task->ptrace.seized || task->ptrace.stop != PtraceStop::event_stop) return -K_EIO;
    Sighand* sighand = lock_task_sighand(task, "ptrace_listen");
    if (sighand == nullptr) return -K_ESRCH;
    task->jobctl |= JOBCTL_LISTENING;
    if ((task->jobctl & JOBCTL_TRAP_NOTIFY) != 0) ptrace_signal_wake_up(task, true);
    sighand->siglock.unlock("ptrace_listen");
    return 0;
}

std::int64_t ptrace_kill(Task* task) {
    if (decided(task, PtraceKillRunning::nothing)) {
        return ptrace_stopped(task) ? ptrace_resume(task, PtraceResume::cont, K_SIGKILL) : 0;
    }
    SigInfo info;
    info.si_code = K_SI_KERNEL;
    send_signal_to(task, K_SIGKILL, &info, false);
    return 0;
}

}  // namespace utsim

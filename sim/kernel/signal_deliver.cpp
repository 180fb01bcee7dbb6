// SPDX-License-Identifier: MIT
// Delivery (spec 5.4, 5.5): the loop that turns pending signals into handlers, stops and deaths,
// and the restart of the interrupted system call.
#include "kernel/entry.hpp"
#include "kernel/exit.hpp"
#include "kernel/kernel.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/signal_frame.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr const char* in_get_signal = "get_signal_to_deliver";

enum class Taken { relock, next, deliver, nothing };

/// spec 5.5 step 1: a parent notification that SIGCONT left behind. True: siglock was dropped.
bool report_continued(Task* current) {
    SignalStruct* signal = current->signal;
    if ((signal->flags & SIGNAL_CLD_MASK) == 0) return false;
    int why = (signal->flags & SIGNAL_STOP_CONTINUED) != 0 ? CLD_CONTINUED_ : CLD_STOPPED_;
    signal->flags &= ~static_cast<std::uint32_t>(SIGNAL_CLD_MASK);
    why = tracehook_notify_jctl(current, why, CLD_CONTINUED_);
    current->sighand->siglock.unlock(in_get_signal);
    if (why == 0) return true;
    Task* leader = current->group_leader;
    do_notify_parent_cldstop(leader, why);
    if (ptrace_reparented(leader)) notify_tracer_cldstop(leader, why);
    return true;
}

/// A tracee stops for its group, or because its tracer wants it. True: siglock was dropped. Not
/// before it has taken a signal that the tracer lets it take, which looks at nothing else.
bool do_jobctl_trap(Task* current) {
    if (!ptraced(current) || fatal_signal_pending_nocheck(current)) return false;
    const PtraceHooks& hooks = ptrace_hooks_of(current);
    if (hooks.injects(current)) return false;
    const bool joins = traps_in_group_stop(current) && must_join_group_stop(current);
    if (joins) task_set_jobctl_pending(current, JOBCTL_TRAP_STOP);
    if ((current->jobctl & JOBCTL_TRAP_MASK) == 0) return false;
    hooks.trap(current);
    return true;
}

/// A stop signal with its default action: `signr` decides whether, `si_signo` is what is reported.
/// siglock held on entry; on relock it is not.
Taken stop_by_default(Task* current, int signr, int si_signo) {
    if (signr != K_SIGSTOP) {
        current->sighand->siglock.unlock(in_get_signal);
        bool orphaned = current->signal->orphaned_pgrp;
        if (!orphaned && current->process != nullptr) {
            orphaned = kernel_of(current).process_hooks->pgrp_is_orphaned(current);
        }
        if (orphaned) return Taken::relock;
        current->sighand->siglock.lock(in_get_signal);
    }
    return do_signal_stop(current, si_signo) ? Taken::relock : Taken::next;
}

/// `signr` decides how, `si_signo` is what is reported: an engine can have made them differ.
[[noreturn]] void die_by_default(Task* current, int signr, int si_signo) {
    current->sighand->siglock.unlock(in_get_signal);
    current->flags |= PF_SIGNALED;
    if (in_set(sig_kernel_coredump, signr)) do_coredump(current, si_signo);
    do_group_exit(current, si_signo);
}

/// What the disposition says about `signr`. siglock held on entry.
Taken dispose(Task* current, int signr, KSigaction* action, SigInfo* info, KSigaction* ka) {
    if (action->handler == K_SIG_IGN) return Taken::next;
    if (action->handler != K_SIG_DFL) {
        *ka = *action;
        if ((action->flags & K_SA_ONESHOT) != 0) action->handler = K_SIG_DFL;
        return Taken::deliver;
    }
    if (in_set(sig_kernel_ignore, signr)) return Taken::next;
    if ((current->signal->flags & SIGNAL_UNKILLABLE) != 0 && !in_set(sig_kernel_only, signr)) {
        return Taken::next;
    }
    if (in_set(sig_kernel_stop, signr)) return stop_by_default(current, signr, info->si_signo);
    die_by_default(current, signr, info->si_signo);
}

/// One signal, from wherever it comes. siglock held on entry.
Taken take_signal(Task* current, SigInfo* info, KSigaction* ka, int* delivered) {
    KSigaction reported;
    KSigaction* action = &reported;
    int signr = tracehook_get_signal(current, info, &reported);
    if (signr < 0) return Taken::relock;
    if (signr == 0) {
        if (must_join_group_stop(current) && do_signal_stop(current, 0)) {
            return Taken::relock;
        }
        signr = dequeue_signal(current, current->blocked, info);
        if (signr == 0) return Taken::nothing;
        action = &current->sighand->action[signr - 1];
    }
    *delivered = signr;
    return dispose(current, signr, action, info, ka);
}

/// A call that a signal without a handler interrupted is made again (spec 5.4 step 4).
void restart_system_call(Task* current) {
    constexpr std::uint64_t nr_restart_syscall = 219;
    constexpr std::uint64_t syscall_length = 2;
    if (!in_system_call(current)) return;
    switch (static_cast<std::int64_t>(current->regs.rax())) {
        case -K_ERESTARTNOHAND:
        case -K_ERESTARTSYS:
        case -K_ERESTARTNOINTR:
            current->regs.rax() = static_cast<std::uint64_t>(current->orig_ax);
            current->regs.rip -= syscall_length;
            break;
        case -K_ERESTART_RESTARTBLOCK:
            current->regs.rax() = nr_restart_syscall;
            current->regs.rip -= syscall_length;
            break;
        default:
            break;
    }
}

}  // namespace

int get_signal_to_deliver(Task* current, SigInfo* info, KSigaction* ka) {
    for (;;) {
        current->sighand->siglock.lock(in_get_signal);
        if (report_continued(current)) continue;
        for (;;) {
            if (do_jobctl_trap(current)) break;
            int signr = 0;
            const Taken taken = take_signal(current, info, ka, &signr);
            if (taken == Taken::relock) break;
            if (taken == Taken::next) continue;
            current->sighand->siglock.unlock(in_get_signal);
            return taken == Taken::deliver ? signr : 0;
        }
    }
}

void do_signal(Task* current) {
    SigInfo info;
    KSigaction ka;
    const int signr = get_signal_to_deliver(current, &info, &ka);
    if (signr > 0) {
        if (handle_signal(current, signr, info, ka)) current->restore_sigmask = false;
        return;
    }
    restart_system_call(current);
    if (current->restore_sigmask) {
        current->restore_sigmask = false;
        current->blocked = current->saved_sigmask;
    }
}

}  // namespace utsim

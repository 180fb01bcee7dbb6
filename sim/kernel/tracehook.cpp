// SPDX-License-Identifier: MIT
// Every place where the kernel model asks whether somebody is tracing. A task without engines has
// `utrace_flags` 0 and pays one test per hook.
#include "kernel/tracehook.hpp"

#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/step.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/hooks.hpp"

namespace utsim {

namespace {

/// What ptrace_notify does for a task that nobody ptraces: it looks traced for a moment, counts as
/// stopped for a group stop in progress, and goes on.
void ptrace_stop_without_tracer(Task* current) {
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("ptrace_stop");
    SignalStruct* signal = current->signal;
    if (signal->group_stop_count != 0) signal->group_stop_count = signal->group_stop_count - 1;
    set_task_state(current, TASK_TRACED);
    siglock.unlock("ptrace_stop");
    set_task_state(current, TASK_RUNNING);
    siglock.lock("ptrace_stop");
    recalc_sigpending_tsk(current);
    siglock.unlock("ptrace_stop");
}

}  // namespace

void tracehook_init_task(Task* child) { utrace_init_task(child); }

void tracehook_finish_clone(const Task* parent, Task* child) {
    utrace_init_task(child);
    if (quirk(child, Quirk::b61_child_inherits_bits)) utrace_inherit(parent, child);
}

void tracehook_report_clone(Task* current, std::uint64_t clone_flags, Task* child) {
    if (task_wants(current, UTRACE_EVENT(EVENT_CLONE))) {
        utrace_report_clone(current, clone_flags, child);
    }
}

void tracehook_report_clone_complete(Task* current, std::uint64_t clone_flags, int pid) {
    if (ptraced(current)) ptrace_hooks_of(current).clone_done(current, clone_flags, pid);
    constexpr std::uint64_t clone_vfork = 0x4000;
    if (task_wants(current, UTRACE_EVENT(EVENT_CLONE)) && (clone_flags & clone_vfork) != 0) {
        utrace_finish_vfork(current);
    }
}

void tracehook_report_exec(Task* current, int old_pid) {
    if (task_wants(current, UTRACE_EVENT(EVENT_EXEC))) utrace_report_exec(current);
    if (ptraced(current)) ptrace_hooks_of(current).exec(current, old_pid);
}

void tracehook_report_vfork_done(Task* current, int pid) {
    if (ptraced(current)) ptrace_hooks_of(current).vfork_done(current, pid);
}

void tracehook_report_exit(Task* current, long* code) {
    if (task_wants(current, UTRACE_EVENT(EVENT_EXIT))) utrace_report_exit(current, code);
    if (ptraced(current)) ptrace_hooks_of(current).exit(current, *code);
}

int tracehook_notify_death(Task* current) {
    if (ptraced(current)) {
        const bool as_child = thread_group_leader(current) && thread_group_empty(current) &&
                              !ptrace_reparented(current);
        return as_child ? current->exit_signal : K_SIGCHLD;
    }
    if (current->exit_signal == -1) return DEATH_REAP;
    if (thread_group_empty(current)) return current->exit_signal;
    return DEATH_DELAYED_GROUP_LEADER;
}

void tracehook_report_death(Task* current, int signal, bool group_dead) {
    if (task_wants(current, UTRACE_DEATH_EVENTS)) utrace_report_death(current, group_dead, signal);
}

void tracehook_prepare_release_task(Task* task) {
    world_of(task).point(PointKind::barrier, "tracehook_prepare_release_task", about(task->id));
    if (task->utrace_flags != 0) utrace_maybe_reap(task, true);
}

void tracehook_free_task(Task* task) {
    if (task->utrace != nullptr) utrace_free_task(task);
}

bool tracehook_report_syscall_entry(Task* current) {
    return task_wants(current, UTRACE_EVENT(EVENT_SYSCALL_ENTRY)) &&
           utrace_report_syscall_entry(current);
}

void tracehook_report_syscall_exit(Task* current, bool step) {
    if (task_wants(current, UTRACE_EVENT(EVENT_SYSCALL_EXIT))) utrace_report_syscall_exit(current);
    if (ptraced(current)) ptrace_hooks_of(current).syscall_exit(current);
    // In the end `step` makes a SIGTRAP for a native ptracer only (spec 6.9).
    if (step && decided(current, ExitStepTrap::utrace) &&
        task_wants(current, UTRACE_EVENT(EVENT_SIGNAL_CORE))) {
        send_sigtrap(current, K_TRAP_BRKPT);
    }
}

void tracehook_signal_handler(Task* current, bool stepping) {
    if (current->utrace_flags != 0) utrace_signal_handler(current, stepping);
    if (stepping && decided(current, SignalHandlerStop::whoever_steps)) {
        ptrace_stop_without_tracer(current);
    }
}

bool tracehook_consider_ignored_signal(const Task* task, int) {
    return task_wants(task, UTRACE_EVENT(EVENT_SIGNAL_IGN));
}

bool tracehook_consider_fatal_signal(const Task* task, int) {
    return task_wants(task, UTRACE_EVENT(EVENT_SIGNAL_TERM) | UTRACE_EVENT(EVENT_SIGNAL_CORE));
}

bool tracehook_force_sigpending(Task* current) {
    return current->utrace_flags != 0 && utrace_interrupt_pending(current);
}

int tracehook_get_signal(Task* current, SigInfo* info, KSigaction* return_ka) {
    if (current->utrace_flags != 0) return utrace_get_signal(current, info, return_ka);
    return 0;
}

int tracehook_notify_jctl(Task* current, int notify, int why) {
    if (task_wants(current, UTRACE_EVENT(EVENT_JCTL))) utrace_report_jctl(current, notify, why);
    return notify;
}

void tracehook_finish_jctl(Task* current) {
    if (current->utrace_flags != 0) utrace_finish_jctl(current);
}

void tracehook_notify_resume(Task* current) {
    world_of(current).point(PointKind::barrier, "tracehook_notify_resume", about(current->id));
    if (current->utrace_flags != 0) utrace_resume(current);
}

}  // namespace utsim

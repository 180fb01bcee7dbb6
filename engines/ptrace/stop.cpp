// SPDX-License-Identifier: MIT
// A stop is first written down, then made. It is in force when the task is TRACED: that is when
// the kernel tells the tracer (ptrace_stop_begins).
#include "engines/ptrace/stop.hpp"

#include <utsim/engine.hpp>

#include "kernel/pid_namespace.hpp"
#include "kernel/signal.hpp"
#include "utrace/stop.hpp"

namespace utsim {

namespace {

/// A stop uses up a request to stop, and a trap for job control what it was to tell. siglock held.
void write_down(Task* current, PtraceStop stop, int code, int why, const SigInfo* info) {
    Tracee& tracee = current->ptrace;
    tracee.stop = stop;
    tracee.why = why;
    tracee.told = false;
    tracee.injects = false;
    tracee.inject = 0;
    tracee.has_info = info != nullptr;
    tracee.info = info != nullptr ? *info : SigInfo{};
    current->exit_code = code;
    current->jobctl &= ~static_cast<std::uint32_t>(JOBCTL_TRAP_STOP);
    if (stop == PtraceStop::event_stop) {
        current->jobctl &= ~static_cast<std::uint32_t>(JOBCTL_TRAP_NOTIFY);
    }
}

/// The group is stopped, or on its way there.
bool in_group_stop(const Task* task) {
    return task->signal->group_stop_count != 0 || (task->signal->flags & SIGNAL_STOP_STOPPED) != 0;
}

}  // namespace

SigInfo ptrace_notice(const Task* task, int signo, int code) {
    SigInfo info;
    info.si_signo = signo;
    info.si_code = code;
    info.si_pid = pid_vnr(task, task->pid);
    return info;
}

void ptrace_prepare_stop(Task* current, PtraceStop stop, int code, int why, const SigInfo* info) {
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("ptrace_stop");
    write_down(current, stop, code, why, info);
    siglock.unlock("ptrace_stop");
}

namespace {

/// `Tracee::inject` below this: an event that waits for the way to user mode.
constexpr int delayed_event = -0x100;

/// What utrace offers: the task is asked again when the call is over.
void delay_event(Task* current, PtraceEvent event) {
    current->ptrace.inject = delayed_event - static_cast<int>(event);
    utrace_control(current, current->ptrace.engine, UTRACE_REPORT);
}

void prepare_event(Task* current, int event) {
    const int code = K_SIGTRAP | event << 8;
    const SigInfo info = ptrace_notice(current, K_SIGTRAP, code);
    ptrace_prepare_stop(current, PtraceStop::event, code, CLD_TRAPPED_, &info);
}

/// The end of a task is reported where it stops in any case, and so is a call that is to come.
bool stops_where_it_happens(const Task* current, PtraceEvent event) {
    if (event == PTRACE_EVENT_EXIT || event == PTRACE_EVENT_SECCOMP) return true;
    return decided(current, PtraceEventStop::inside_the_call);
}

}  // namespace

bool ptrace_has_delayed_event(const Task* current) {
    return current->ptrace.inject < delayed_event;
}

void ptrace_prepare_delayed_event(Task* current) {
    prepare_event(current, delayed_event - current->ptrace.inject);
}

void ptrace_stop_here(Task* current) { utrace_stop_now(current, current->ptrace.engine); }

void ptrace_event_stop(Task* current, PtraceEvent event, std::uint64_t message) {
    current->ptrace.message = message;
    if (!stops_where_it_happens(current, event)) return delay_event(current, event);
    prepare_event(current, event);
    ptrace_stop_here(current);
}

void ptrace_syscall_stop(Task* current, PtraceStop stop, bool here) {
    constexpr int good = 0x80;
    const bool marked = (current->ptrace.options & PTRACE_O_TRACESYSGOOD) != 0;
    const int code = marked ? K_SIGTRAP | good : K_SIGTRAP;
    const SigInfo info = ptrace_notice(current, K_SIGTRAP, code);
    if (decided(current, PtraceRequests::of_today)) {
        current->ptrace.message = stop == PtraceStop::syscall_entry ? 1 : 2;
    }
    ptrace_prepare_stop(current, stop, code, CLD_TRAPPED_, &info);
    if (here) ptrace_stop_here(current);
}

void ptrace_trap(Task* current) {
    Tracee& tracee = current->ptrace;
    int signr = static_cast<int>(current->jobctl & JOBCTL_STOP_SIGMASK);
    if (tracee.seized) {
        if (!in_group_stop(current)) signr = K_SIGTRAP;
        const int code = signr | PTRACE_EVENT_STOP << 8;
        const SigInfo info = ptrace_notice(current, signr, code);
        tracee.message = 0;
        write_down(current, PtraceStop::event_stop, code, CLD_STOPPED_, &info);
    } else {
        write_down(current, PtraceStop::group, signr, CLD_STOPPED_, nullptr);
    }
    if (must_join_group_stop(current)) {
        tracee.ends_group_stop = task_participate_group_stop(current);
    }
    current->sighand->siglock.unlock("ptrace_stop");
    ptrace_stop_here(current);
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// The stops that a tracer asks for by option, made where Linux makes them: inside the call that
// they are about. utrace's reports of clone and exec could stop a task only later, on its way to
// user mode, when the call is over.
#include "engines/ptrace/ptrace_engine.hpp"
#include "engines/ptrace/stop.hpp"
#include "kernel/fork.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/signal.hpp"
#include "kernel/step.hpp"

namespace utsim {

namespace {

bool wants(const Task* task, PtraceEvent event) {
    return (task->ptrace.options & ptrace_option(event)) != 0;
}

/// What its tracer calls that task.
std::uint64_t told(const Task* current, int pid) {
    return static_cast<std::uint64_t>(pid_vnr(current->parent, pid));
}

}  // namespace

int ptrace_clone_event(std::uint64_t clone_flags) {
    if ((clone_flags & K_CLONE_UNTRACED) != 0) return 0;
    if ((clone_flags & K_CLONE_VFORK) != 0) return PTRACE_EVENT_VFORK;
    return (clone_flags & K_CSIGNAL) == K_SIGCHLD ? PTRACE_EVENT_FORK : PTRACE_EVENT_CLONE;
}

void ptrace_clone_done(Task* current, std::uint64_t clone_flags, int pid) {
    const int event = ptrace_clone_event(clone_flags);
    if (event == 0 || !wants(current, static_cast<PtraceEvent>(event))) return;
    ptrace_event_stop(current, static_cast<PtraceEvent>(event), told(current, pid));
}

void ptrace_vfork_done(Task* current, int pid) {
    if (!wants(current, PTRACE_EVENT_VFORK_DONE)) return;
    ptrace_event_stop(current, PTRACE_EVENT_VFORK_DONE, told(current, pid));
}

void ptrace_exec(Task* current, int old_pid) {
    if (wants(current, PTRACE_EVENT_EXEC)) {
        const bool tells = decided(current, PtraceExecMessage::old_tid);
        ptrace_event_stop(current, PTRACE_EVENT_EXEC, tells ? told(current, old_pid) : 0);
    } else if (!current->ptrace.seized || decided(current, PtraceExecTrap::always)) {
        SigInfo info;
        info.si_signo = K_SIGTRAP;
        info.si_code = K_SI_USER;
        info.si_pid = pid_vnr(current, current->tgid);
        send_signal_to(current, K_SIGTRAP, &info, false);
    }
}

void ptrace_exit(Task* current, long code) {
    if (!wants(current, PTRACE_EVENT_EXIT)) return;
    ptrace_event_stop(current, PTRACE_EVENT_EXIT, static_cast<std::uint64_t>(code));
}

bool ptrace_seccomp(Task* current, std::uint16_t data) {
    if (!wants(current, PTRACE_EVENT_SECCOMP)) return false;
    ptrace_event_stop(current, PTRACE_EVENT_SECCOMP, data);
    return true;
}

void ptrace_syscall_exit(Task* current) {
    const PtraceResume resume = current->ptrace.resume;
    // The event comes first, on the way to user mode; there is no coming back here for the rest.
    if (ptrace_has_delayed_event(current)) return;
    if (resume == PtraceResume::syscall) {
        ptrace_syscall_stop(current, PtraceStop::syscall_exit, true);
    } else if (resume == PtraceResume::step || resume == PtraceResume::block_step) {
        // utrace makes no trap for who steps over a call by its means alone.
        send_sigtrap(current, K_TRAP_BRKPT);
    }
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// The callbacks. A signal and the entry of a call stop as utrace means it, by an answer; a signal
// that the tracer then lets the task take needs another report, in which it is put in place.
#include "engines/ptrace/ptrace_engine.hpp"

#include "engines/ptrace/attach.hpp"
#include "engines/ptrace/request.hpp"
#include "engines/ptrace/resume.hpp"
#include "engines/ptrace/stop.hpp"
#include "kernel/signal.hpp"

namespace utsim {

namespace {

SigInfo info_of(const SignalReport& report) {
    return {report.si_signo,   report.si_errno,     report.si_code,       report.sender_pid,
            report.sender_uid, report.child_status, report.fault_address, report.queued_value};
}

void put_info(SignalReport& report, const SigInfo& info) {
    report.si_signo = info.si_signo;
    report.si_errno = info.si_errno;
    report.si_code = info.si_code;
    report.sender_pid = info.si_pid;
    report.sender_uid = info.si_uid;
    report.child_status = info.si_status;
    report.fault_address = info.si_addr;
    report.queued_value = info.si_value;
}

class PtraceEngine final : public EngineOps {
public:
    const char* name() const override { return "ptrace"; }

    std::uint32_t provides() const override {
        constexpr auto bit = [](CallbackKind kind) { return 1u << static_cast<unsigned>(kind); };
        return bit(CallbackKind::quiesce) | bit(CallbackKind::signal) | bit(CallbackKind::clone) |
               bit(CallbackKind::syscall_entry) | bit(CallbackKind::syscall_exit) |
               bit(CallbackKind::release);
    }

    std::uint32_t report_quiesce(std::uint32_t, Engine& engine, std::uint64_t event) override {
        if (!is_ours(engine)) return UTRACE_DETACH;
        Task* task = engine_task(engine);
        if (event == 0 && ptrace_has_delayed_event(task)) {
            ptrace_prepare_delayed_event(task);
            return UTRACE_STOP;
        }
        return ptrace_resume_action(task);
    }

    std::uint32_t report_signal(std::uint32_t action, Engine& engine, SignalReport& info) override {
        if (!is_ours(engine)) return utrace_signal_action(action) | UTRACE_DETACH;
        Task* task = engine_task(engine);
        if (info.orig_ka != nullptr) return stop_for_signal(task, info);
        if (task->ptrace.injects) return take_injected(task, info);
        if (ptrace_has_delayed_event(task)) {
            ptrace_prepare_delayed_event(task);
            return UTRACE_SIGNAL_IGN | UTRACE_STOP;
        }
        const bool handler = utrace_signal_action(action) == UTRACE_SIGNAL_HANDLER;
        const bool entered = handler || task->ptrace.inject == ptrace_entered_handler;
        task->ptrace.inject = 0;
        if (entered && ptrace_steps(task->ptrace.resume)) return stop_at_handler(task);
        return utrace_signal_action(action) | ptrace_resume_action(task);
    }

    std::uint32_t report_clone(std::uint32_t, Engine& engine, std::uint64_t clone_flags,
                               Task& child) override {
        if (!is_ours(engine)) return UTRACE_DETACH;
        ptrace_attach_child(engine_task(engine), clone_flags, &child);
        return ptrace_resume_action(engine_task(engine));
    }

    std::uint32_t report_syscall_entry(std::uint32_t action, Engine& engine, Task& task) override {
        const std::uint32_t others = utrace_syscall_action(action);
        if (!is_ours(engine)) return others | UTRACE_DETACH;
        Tracee& tracee = task.ptrace;
        const bool again = (action & UTRACE_SYSCALL_RESUMED) != 0;
        const bool emulates =
            tracee.resume == PtraceResume::sysemu || tracee.resume == PtraceResume::sysemu_step;
        if (!again) tracee.emulates = emulates;
        const std::uint32_t fate = tracee.emulates ? UTRACE_SYSCALL_ABORT : others;
        if (again || (!emulates && tracee.resume != PtraceResume::syscall)) {
            return fate | ptrace_resume_action(&task);
        }
        ptrace_syscall_stop(&task, PtraceStop::syscall_entry, false);
        return fate | UTRACE_STOP;
    }

    std::uint32_t report_syscall_exit(std::uint32_t, Engine& engine, Task& task) override {
        if (!is_ours(engine)) return UTRACE_DETACH;
        // This pass has used up the report that an event has asked for.
        if (ptrace_has_delayed_event(&task)) return UTRACE_REPORT;
        // The stop, or the trap of a step, is made by the hook behind this pass.
        return ptrace_resume_action(&task);
    }

private:
    /// A tracer can be gone, or another one there, while an old report is still being made.
    static bool is_ours(const Engine& engine) {
        return engine_task(engine)->ptrace.engine == &engine;
    }

    static std::uint32_t stop_for_signal(Task* task, const SignalReport& report) {
        const SigInfo info = info_of(report);
        // From now on only SIGCONT calls off what a stop signal may become.
        task->jobctl |= JOBCTL_STOP_DEQUEUED;
        ptrace_prepare_stop(task, PtraceStop::signal, info.si_signo, CLD_TRAPPED_, &info);
        return UTRACE_SIGNAL_IGN | UTRACE_STOP;
    }

    static std::uint32_t stop_at_handler(Task* task) {
        const SigInfo info = ptrace_notice(task, K_SIGTRAP, K_SIGTRAP);
        ptrace_prepare_stop(task, PtraceStop::handler, K_SIGTRAP, CLD_TRAPPED_, &info);
        return UTRACE_SIGNAL_IGN | UTRACE_STOP;
    }

    /// Nobody else is asked what becomes of it: the mask and the action are what they are now.
    static std::uint32_t take_injected(Task* task, SignalReport& report) {
        SigInfo info;
        const int signal = ptrace_take_injected(task, &info);
        if (in_set(task->blocked, signal)) {
            send_signal_to(task, signal, &info, false);
            return UTRACE_SIGNAL_IGN | static_cast<ResumeAction>(ptrace_resume_action(task));
        }
        put_info(report, info);
        report.return_ka = task_disposition(*task, signal);
        // utrace's own mark that a handler was set up is lost if the task has TIF_NOTIFY_RESUME set
        // for some other reason, which a step leaves behind.
        if (report.return_ka.handler > K_SIG_IGN) task->ptrace.inject = ptrace_entered_handler;
        return UTRACE_SIGNAL_DELIVER | static_cast<ResumeAction>(ptrace_resume_action(task));
    }
};

constinit PtraceEngine engine_ops;  // has no state

bool injects(const Task* current) { return current->ptrace.injects; }

}  // namespace

EngineOps& ptrace_ops() { return engine_ops; }

bool ptrace_steps(PtraceResume resume) {
    return resume == PtraceResume::step || resume == PtraceResume::block_step ||
           resume == PtraceResume::sysemu_step;
}

std::uint64_t ptrace_events(PtraceResume resume) {
    std::uint64_t events =
        UTRACE_EVENT(EVENT_QUIESCE) | UTRACE_EVENT_SIGNAL_ALL | UTRACE_EVENT(EVENT_CLONE);
    switch (resume) {
        case PtraceResume::cont:
            break;
        case PtraceResume::syscall:
            events |= UTRACE_EVENT_SYSCALL;
            break;
        case PtraceResume::step:
        case PtraceResume::block_step:
            events |= UTRACE_EVENT(EVENT_SYSCALL_EXIT);
            break;
        case PtraceResume::sysemu:
        case PtraceResume::sysemu_step:
            events |= UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
            break;
    }
    return events;
}

std::uint32_t ptrace_resume_action(const Task* task) {
    const PtraceResume resume = task->ptrace.resume;
    if (resume == PtraceResume::block_step) return UTRACE_BLOCKSTEP;
    return ptrace_steps(resume) ? UTRACE_SINGLESTEP : UTRACE_RESUME;
}

const PtraceHooks& ptrace_hooks() {
    static constexpr PtraceHooks hooks = {
        &ptrace_call,       &ptrace_trap,   &injects,       &ptrace_clone_done,
        &ptrace_vfork_done, &ptrace_exec,   &ptrace_exit,   &ptrace_syscall_exit,
        &ptrace_seccomp,    &ptrace_let_go, &ptrace_forget,
    };
    return hooks;
}

}  // namespace utsim

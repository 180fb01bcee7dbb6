// SPDX-License-Identifier: MIT
// The system call: which task is meant, whether it is the caller's and stopped, and only then what
// is asked of it. Programs see this order by the errors that they get.
#include "engines/ptrace/request.hpp"

#include <utsim/engine.hpp>
#include <utsim/errno.hpp>

#include "engines/ptrace/attach.hpp"
#include "engines/ptrace/resume.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

bool is_tracee_of(const Task* task, const Task* tracer) {
    return ptraced(task) && task->parent == tracer;
}

/// Off its CPU and in a stop of its tracer's; it is so until the request is over, or it is killed.
bool is_at_rest(Task* task) {
    if (stopped_for_tracer(task)) {
        // The first request makes it TRACED, which is what utrace's STOP does.
        task->ptrace.stop = PtraceStop::group;
        task->ptrace.told = true;
        task->ptrace.has_info = false;
        utrace_control(task, task->ptrace.engine, UTRACE_STOP);
    }
    if (!ptrace_stopped(task)) return false;
    return wait_task_inactive(task, TASK_TRACED) != 0 && ptrace_stopped(task);
}

/// Requests that this kernel has; others are unknown to it, which is said last.
bool exists(const PtraceCall& call) {
    switch (call.request) {
        case PTRACE_SEIZE:
        case PTRACE_INTERRUPT:
        case PTRACE_LISTEN:
            return decided(call.task, PtraceSeize::present);
        case PTRACE_PEEKSIGINFO:
        case PTRACE_GETSIGMASK:
        case PTRACE_SETSIGMASK:
        case PTRACE_GET_SYSCALL_INFO:
            return decided(call.task, PtraceRequests::of_today);
        case PTRACE_GETREGSET:
        case PTRACE_SETREGSET:
            return decided(call.task, PtraceRegset::present);
        default:
            return true;
    }
}

std::int64_t set_options(Task* task, std::uint64_t data) {
    constexpr std::uint64_t known_in_2009 = 0x7f;
    const bool today = decided(task, PtraceRequests::of_today);
    const std::uint64_t known = today ? std::uint64_t{PTRACE_O_MASK} : known_in_2009;
    if ((data & ~known) != 0) return -K_EINVAL;
    task->ptrace.options = static_cast<std::uint32_t>(data);
    return 0;
}

std::int64_t get_message(const PtraceCall& call) {
    return copy_to_user(call.current, call.data, &call.task->ptrace.message, 8);
}

std::int64_t let_run(const PtraceCall& call, bool* known) {
    switch (call.request) {
        case PTRACE_CONT:
            return ptrace_resume(call.task, PtraceResume::cont, call.data);
        case PTRACE_SYSCALL:
            return ptrace_resume(call.task, PtraceResume::syscall, call.data);
        case PTRACE_SINGLESTEP:
            return ptrace_resume(call.task, PtraceResume::step, call.data);
        case PTRACE_SINGLEBLOCK:
            return ptrace_resume(call.task, PtraceResume::block_step, call.data);
        case PTRACE_SYSEMU:
            return ptrace_resume(call.task, PtraceResume::sysemu, call.data);
        case PTRACE_SYSEMU_SINGLESTEP:
            return ptrace_resume(call.task, PtraceResume::sysemu_step, call.data);
        case PTRACE_DETACH:
            return ptrace_detach(call.task, call.data);
        case PTRACE_LISTEN:
            return ptrace_listen(call.task);
        default:
            *known = false;
            return 0;
    }
}

std::int64_t about_state(const PtraceCall& call) {
    switch (call.request) {
        case PTRACE_PEEKUSER:
        case PTRACE_POKEUSER:
            return ptrace_user_area(call);
        case PTRACE_GETREGS:
        case PTRACE_SETREGS:
            return ptrace_registers(call);
        case PTRACE_GETFPREGS:
        case PTRACE_SETFPREGS:
            return ptrace_fp_registers(call);
        case PTRACE_GETREGSET:
        case PTRACE_SETREGSET:
            return ptrace_register_set(call);
        case PTRACE_ARCH_PRCTL:
            return ptrace_arch_prctl(call);
        case PTRACE_GET_THREAD_AREA:
        case PTRACE_SET_THREAD_AREA:
            return ptrace_thread_area(call);
        default:
            return -K_EIO;
    }
}

std::int64_t on_stopped_task(const PtraceCall& call) {
    if (!exists(call)) return -K_EIO;
    bool known = true;
    const std::int64_t result = let_run(call, &known);
    if (known) return result;
    switch (call.request) {
        case PTRACE_PEEKTEXT:
        case PTRACE_PEEKDATA:
        case PTRACE_POKETEXT:
        case PTRACE_POKEDATA:
            return ptrace_memory(call);
        case PTRACE_SETOPTIONS:
        case PTRACE_OLDSETOPTIONS:
            return set_options(call.task, call.data);
        case PTRACE_GETEVENTMSG:
            return get_message(call);
        case PTRACE_GETSIGINFO:
        case PTRACE_SETSIGINFO:
            return ptrace_siginfo(call);
        case PTRACE_PEEKSIGINFO:
            return ptrace_peek_siginfo(call);
        case PTRACE_GETSIGMASK:
        case PTRACE_SETSIGMASK:
            return ptrace_sigmask(call);
        case PTRACE_GET_SYSCALL_INFO:
            return ptrace_syscall_info(call);
        default:
            return about_state(call);
    }
}

std::int64_t on_task(const PtraceCall& call) {
    const bool known = exists(call);
    const bool seize = known && call.request == PTRACE_SEIZE;
    if (seize || call.request == PTRACE_ATTACH) {
        return ptrace_attach(call.current, call.task, seize, call.addr, call.data);
    }
    if (!is_tracee_of(call.task, call.current)) return -K_ESRCH;
    // These two do not ask whether it is stopped.
    if (call.request == PTRACE_KILL) return ptrace_kill(call.task);
    if (known && call.request == PTRACE_INTERRUPT) return ptrace_interrupt(call.task);
    if (!is_at_rest(call.task)) return -K_ESRCH;
    return on_stopped_task(call);
}

}  // namespace

std::int64_t ptrace_call(Task* current) {
    const cpu::Registers& regs = current->regs;
    PtraceCall call{current, nullptr, static_cast<std::int64_t>(regs.gpr[7]), regs.gpr[2],
                    regs.gpr[10]};
    if (call.request == PTRACE_TRACEME) return ptrace_traceme(current);
    const auto pid = static_cast<int>(regs.gpr[6]);
    call.task = find_task_by_vpid(current, pid);
    if (call.task == nullptr) return -K_ESRCH;
    get_task_struct(call.task);
    const std::int64_t result = on_task(call);
    put_task_struct(call.task);
    return result;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// The calls of abstract programs: the same kernel paths as the real ones, with what real code would
// have in memory in the operation instead. Numbers go through the registers, as everywhere.
#include "kernel/boot.hpp"
#include "kernel/exec.hpp"
#include "kernel/exit.hpp"
#include "kernel/fork.hpp"
#include "kernel/kernel.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/program.hpp"
#include "kernel/signal.hpp"
#include "kernel/signal_frame.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace utsim {

namespace {

bool take_completion(Task* current) {
    const bool taken = current->completed;
    current->completed = false;
    return taken;
}

/// Sleeps until `complete_blocking_call`; interruptible ones may end with -ERESTARTSYS.
std::int64_t scripted_sleep(Task* current, const ProgramOp& op, long state) {
    for (;;) {
        set_task_state(current, state);
        if (take_completion(current)) break;
        if (state == TASK_INTERRUPTIBLE && signal_pending(current)) {
            set_task_state(current, TASK_RUNNING);
            return -K_ERESTARTSYS;
        }
        schedule(current, "scripted_call");
    }
    set_task_state(current, TASK_RUNNING);
    return op.ret;
}

std::int64_t pause_operation(Task* current) {
    set_task_state(current, TASK_INTERRUPTIBLE);
    schedule(current, "sys_pause");
    set_task_state(current, TASK_RUNNING);
    return -K_ERESTARTNOHAND;
}

std::int64_t clone_operation(Task* current, const ProgramOp& op) {
    CloneArguments arguments;
    arguments.flags = current->regs.rdi();
    arguments.program = op.child;
    return do_fork(current, arguments);
}

std::int64_t sigaction_operation(Task* current, const ProgramOp& op) {
    do_sigaction(current, op.signal, op.action);
    return 0;
}

std::int64_t sigprocmask_operation(Task* current, const ProgramOp& op) {
    SigSet blocked = current->blocked;
    const SigSet set = op.set & ~sig_kernel_only;
    if (op.how == 0) blocked |= set;
    if (op.how == 1) blocked &= ~set;
    if (op.how == 2) blocked = set;
    set_current_blocked(current, blocked, "sigprocmask");
    return 0;
}

/// The task that a kill or tkill names; null when it was never born.
const Task* signalled_task(const Task* current, const ProgramOp& op) {
    const Kernel& kernel = kernel_of(current);
    if (op.child == nullptr && op.target == TaskId::none_value) return current;
    const std::uint32_t id = op.child != nullptr ? op.child->made.value : op.target;
    return id < kernel.by_id.size ? kernel.by_id[id] : nullptr;
}

/// A pid that no task ever has, for one that was never born.
constexpr int pid_of_nobody = std::numeric_limits<int>::max();

std::uint64_t pid_argument(const Task* current, const ProgramOp& op) {
    const Task* target = signalled_task(current, op);
    if (target == nullptr) return pid_of_nobody;
    const int pid = op.kind == OpKind::kill ? target->tgid : target->pid;
    const int seen = pid_vnr(current, pid);
    return static_cast<std::uint64_t>(seen != 0 ? seen : pid_of_nobody);
}

}  // namespace

void load_arguments(Task* current, const ProgramOp& op) {
    cpu::Registers& regs = current->regs;
    const std::uint64_t memory = regs.rip;
    std::uint64_t arguments[6] = {};
    std::copy_n(op.arg, std::size(arguments), arguments);
    switch (op.kind) {
        case OpKind::read:
            if (op.ret > 0) arguments[2] = static_cast<std::uint64_t>(op.ret);
            arguments[1] = memory;
            break;
        case OpKind::usleep:
            arguments[0] = memory;
            break;
        case OpKind::exec:
            arguments[0] = arguments[1] = arguments[2] = memory;
            break;
        case OpKind::sigaction:
            arguments[0] = static_cast<std::uint64_t>(op.signal);
            arguments[1] = memory;
            arguments[3] = sizeof(SigSet);
            break;
        case OpKind::sigprocmask:
            arguments[0] = static_cast<std::uint64_t>(op.how);
            arguments[1] = memory;
            arguments[3] = sizeof(SigSet);
            break;
        case OpKind::exit:
        case OpKind::exit_group:
            arguments[0] = static_cast<std::uint64_t>(op.ret);
            break;
        case OpKind::kill:
        case OpKind::tkill:
            arguments[0] = pid_argument(current, op);
            arguments[1] = static_cast<std::uint64_t>(op.signal);
            break;
        default:
            break;
    }
    regs.rax() = static_cast<std::uint64_t>(op.nr);
    regs.rdi() = arguments[0];
    regs.rsi() = arguments[1];
    regs.rdx() = arguments[2];
    regs.r10() = arguments[3];
    regs.r8() = arguments[4];
    regs.r9() = arguments[5];
}

std::int64_t run_operation(Task* current, const ProgramOp& op) {
    if (op.scripted) return op.ret;
    switch (op.kind) {
        case OpKind::pause:
            return pause_operation(current);
        case OpKind::read:
            return scripted_sleep(current, op, TASK_INTERRUPTIBLE);
        case OpKind::usleep:
            return scripted_sleep(current, op, TASK_UNINTERRUPTIBLE);
        case OpKind::clone:
            return clone_operation(current, op);
        case OpKind::exec:
            return do_execve(current, op.child);
        case OpKind::sigaction:
            return sigaction_operation(current, op);
        case OpKind::sigprocmask:
            return sigprocmask_operation(current, op);
        case OpKind::sigreturn:
            return sigreturn(current);
        case OpKind::exit:
        case OpKind::exit_group:
        case OpKind::kill:
        case OpKind::tkill:
            return run_numbered_call(current, op.nr);
        default:
            break;
    }
    current->op = nullptr;  // an ordinary call by number
    return run_system_call(current, op.nr);
}

void complete_blocking_call(Task* task) {
    task->completed = true;
    wake_up_state(task, TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE);
}

}  // namespace utsim

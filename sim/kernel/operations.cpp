// SPDX-License-Identifier: MIT
// The calls of abstract programs: the same kernel paths as the real ones, with their arguments in
// the operation instead of guest memory.
#include "kernel/boot.hpp"
#include "kernel/exec.hpp"
#include "kernel/exit.hpp"
#include "kernel/fork.hpp"
#include "kernel/kernel.hpp"
#include "kernel/program.hpp"
#include "kernel/signal.hpp"
#include "kernel/signal_frame.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

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
    arguments.flags = op.arg[0];
    arguments.program = op.child;
    return do_fork(current, arguments);
}

std::int64_t sigaction_operation(Task* current, const ProgramOp& op) {
    Sighand* sighand = current->sighand;
    sighand->siglock.lock("do_sigaction");
    sighand->action[op.signal - 1] = op.action;
    sighand->siglock.unlock("do_sigaction");
    return 0;
}

std::int64_t sigprocmask_operation(Task* current, const ProgramOp& op) {
    SigSet blocked = current->blocked;
    const SigSet set = op.set & ~sig_kernel_only;
    if (op.how == 0) blocked |= set;
    if (op.how == 1) blocked &= ~set;
    if (op.how == 2) blocked = set;
    current->sighand->siglock.lock("sigprocmask");
    current->blocked = blocked;
    recalc_sigpending(current);
    current->sighand->siglock.unlock("sigprocmask");
    return 0;
}

std::int64_t kill_operation(Task* current, const ProgramOp& op) {
    Kernel& kernel = kernel_of(current);
    Task* target = current;
    if (op.target != TaskId::none_value && op.target < kernel.task_count) {
        target = kernel.by_id[op.target];
    }
    SigInfo info;
    info.si_signo = op.signal;
    info.si_code = op.kind == OpKind::kill ? K_SI_USER : K_SI_TKILL;
    info.si_pid = current->tgid;
    return send_signal_to(target, op.signal, &info, op.kind == OpKind::kill);
}

long exit_code(const ProgramOp& op) { return static_cast<long>((op.ret & 0xff) << 8); }

}  // namespace

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
            do_exit(current, exit_code(op));
        case OpKind::exit_group:
            do_group_exit(current, exit_code(op));
        case OpKind::kill:
        case OpKind::tkill:
            return kill_operation(current, op);
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

// SPDX-License-Identifier: MIT
// exec. The hard part is de_thread: everybody else in the group must be gone before the program
// changes, and a thread that is not the leader takes over the leader's identity.
#include "kernel/exec.hpp"

#include "kernel/exit.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/program.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr const char* in_de_thread = "de_thread";

void sleep_until_woken(Task* current) {
    set_task_state(current, TASK_UNINTERRUPTIBLE);
    schedule(current, in_de_thread);
}

/// The surviving thread becomes the leader: the old one's pid, parent and place are now its own.
void take_over_leadership(Task* current) {
    Kernel& kernel = kernel_of(current);
    Task* leader = current->group_leader;
    SignalStruct* signal = current->signal;
    signal->notify_count = -1;
    while (leader->exit_state == EXIT_ALIVE) sleep_until_woken(current);
    kernel.tasklist_lock.write_lock(in_de_thread);
    set_task_state(current, TASK_RUNNING);
    current->pid = leader->pid;
    current->exit_signal = K_SIGCHLD;
    current->real_parent = leader->real_parent;
    if (!ptraced(current)) current->parent = current->real_parent;
    tell_parent(current);
    list_move_tail(&current->sibling, &current->real_parent->children);
    // The group's ring keeps its members; only who leads changes.
    Task* thread = current;
    do {
        thread->group_leader = current;
        thread = list_entry<&Task::thread_group>(thread->thread_group.next);
    } while (thread != current);
    leader->exit_signal = -1;
    leader->hashed = false;
    set_exit_state(leader, EXIT_DEAD);
    kernel.tasklist_lock.write_unlock(in_de_thread);
    release_task(leader);
}

/// 0, or -EAGAIN when another exec or exit of the group is first.
int de_thread(Task* current) {
    SignalStruct* signal = current->signal;
    if (thread_group_empty(current)) return 0;
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock(in_de_thread);
    if (signal_group_exit(signal)) {
        siglock.unlock(in_de_thread);
        return -K_EAGAIN;
    }
    signal->group_exit_task = current;
    zap_other_threads(current);
    // A leader that is not us stays as a zombie until we take over from it.
    const int leader_stays = thread_group_leader(current) ? 0 : 1;
    signal->notify_count = static_cast<int>(signal->threads) - 1 - leader_stays;
    while (signal->notify_count > 0) {
        set_task_state(current, TASK_UNINTERRUPTIBLE);
        siglock.unlock(in_de_thread);
        schedule(current, in_de_thread);
        siglock.lock(in_de_thread);
    }
    set_task_state(current, TASK_RUNNING);
    siglock.unlock(in_de_thread);
    if (!thread_group_leader(current)) take_over_leadership(current);
    signal->group_exit_task = nullptr;
    signal->notify_count = 0;
    return 0;
}

/// Handlers do not survive: their code is gone. What is ignored stays ignored.
void flush_signal_handlers(Task* current) {
    for (KSigaction& action : current->sighand->action) {
        if (action.handler != K_SIG_IGN) action.handler = K_SIG_DFL;
        action.flags = 0;
        action.restorer = 0;
        action.mask = 0;
    }
}

/// start_thread(): TF goes with the flags, but TIF_SINGLESTEP and TIF_FORCED_TF stay (spec 5.12).
void start_thread(Task* current, std::uint64_t ip) {
    cpu::Registers fresh;
    fresh.rip = ip;
    fresh.rflags = cpu::flag::fixed | cpu::flag::interrupt;
    current->regs = fresh;
    current->debug.dr7 = current->ptrace_dr7 = current->virtual_dr6 = 0;
    for (std::uint64_t& address : current->debug.dr) address = 0;
    current->debug.repeats_at = 0;
    current->frame = nullptr;
    current->alt_stack.low = current->alt_stack.size = 0;
}

}  // namespace

std::int64_t do_execve_image(Task* current, const NewImage& image) {
    const int old_pid = current->pid;
    if (const int failed = de_thread(current); failed != 0) return failed;
    mm_release(current);
    leave_memory(current);
    current->mm = make_mm(world_of(current), image.space);
    current->program = nullptr;
    current->clear_child_tid = 0;
    flush_signal_handlers(current);
    start_thread(current, image.entry);
    current->regs.rsp() = image.stack;
    // What a tracer sees at the stop inside exec: the call has not returned yet.
    current->regs.rax() = static_cast<std::uint64_t>(-K_ENOSYS);
    if (image.committed != nullptr) image.committed(current, image.argument);
    if (current->process != nullptr) kernel_of(current).process_hooks->exec(current);
    world_of(current).emit(EventKind::exec, current->id.value);
    tracehook_report_exec(current, old_pid);
    return 0;
}

std::int64_t do_execve(Task* current, Program* program) {
    const int old_pid = current->pid;
    if (const int failed = de_thread(current); failed != 0) return failed;
    mm_release(current);
    flush_signal_handlers(current);
    if (program != nullptr) {
        current->program = program;
        start_thread(current, program->base);
    } else {
        start_thread(current, current->regs.rip);
    }
    world_of(current).emit(EventKind::exec, current->id.value);
    tracehook_report_exec(current, old_pid);
    return 0;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// do_exit: the report, the group's bookkeeping, the memory, the parent, the death report, and the
// last schedule (spec 5.10).
#include "kernel/exit.hpp"

#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

Task* next_thread(Task* task) { return list_entry<&Task::thread_group>(task->thread_group.next); }

/// spec 5.10 step 2: a dying thread leaves a group stop that waited for it.
void exit_signals(Task* current) {
    SignalStruct* signal = current->signal;
    if (thread_group_empty(current) || signal_group_exit(signal)) {
        current->flags |= PF_EXITING;
        return;
    }
    int group_stop = 0;
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("exit_signals");
    current->flags |= PF_EXITING;
    if (signal_pending(current)) {
        for (Task* thread = next_thread(current); thread != current; thread = next_thread(thread)) {
            if (!signal_pending(thread) && (thread->flags & PF_EXITING) == 0) {
                if (recalc_sigpending_tsk(thread)) signal_wake_up(thread, false);
            }
        }
        if (traps_in_group_stop(current)) {
            if (must_join_group_stop(current) && task_participate_group_stop(current)) {
                group_stop = tracehook_notify_jctl(current, CLD_STOPPED_, CLD_STOPPED_);
            }
        } else if (signal->group_stop_count != 0) {
            signal->group_stop_count = signal->group_stop_count - 1;
            if (signal->group_stop_count == 0) {
                set_stop_flags(signal, SIGNAL_STOP_STOPPED);
                group_stop = tracehook_notify_jctl(current, CLD_STOPPED_, CLD_STOPPED_);
            }
        }
    }
    siglock.unlock("exit_signals");
    if (group_stop != 0) do_notify_parent_cldstop(current, group_stop);
}

/// Another thread of the group, or init, becomes the parent of `current`'s children.
Task* find_new_reaper(Task* current) {
    for (Task* thread = next_thread(current); thread != current; thread = next_thread(thread)) {
        if ((thread->flags & PF_EXITING) == 0) return thread;
    }
    if (current == child_reaper(current)) return kernel_of(current).init;  // it has none left
    if (current->process != nullptr) return kernel_of(current).process_hooks->find_reaper(current);
    return child_reaper(current);
}

/// Who of a namespace's init is left takes orphans from now on; when nobody is, the namespace ends.
void leave_as_reaper(Task* current) {
    PidNamespace* ns = current->pid_ns;
    if (ns == nullptr || ns->reaper != current) return;
    for (Task* thread = next_thread(current); thread != current; thread = next_thread(thread)) {
        if ((thread->flags & PF_EXITING) != 0) continue;
        ns->reaper = thread;
        return;
    }
    zap_pid_ns_processes(current);
}

/// Every thread of `child` has a new parent; who is traced keeps its tracer.
void adopt(Task* child, Task* reaper) {
    Task* thread = child;
    do {
        thread->real_parent = reaper;
        if (!ptraced(thread)) thread->parent = reaper;
        tell_parent(thread);
        thread = next_thread(thread);
    } while (thread != child);
}

/// Children of the dying task get a new parent; zombies nobody will wait for are released.
void forget_original_parent(Task* current) {
    Kernel& kernel = kernel_of(current);
    exit_ptrace(current);
    leave_as_reaper(current);
    // Few children ever die here; the list of them is built by relinking, without allocation.
    ListHead dead;
    list_init(&dead);
    kernel.tasklist_lock.write_lock("forget_original_parent");
    Task* reaper = find_new_reaper(current);
    for (Task* child : list_entries_safe<&Task::sibling>(&current->children)) {
        adopt(child, reaper);
        if (reaper->signal == current->signal) {
            list_move_tail(&child->sibling, &reaper->children);
            continue;
        }
        if (child->exit_signal != -1) child->exit_signal = K_SIGCHLD;
        const bool lone_zombie = child->exit_state == EXIT_ZOMBIE && thread_group_empty(child);
        if (lone_zombie && !ptraced(child) && do_notify_parent(child, child->exit_signal) == -1) {
            set_exit_state(child, EXIT_DEAD);
            list_move_tail(&child->sibling, &dead);
        } else {
            list_move_tail(&child->sibling, &reaper->children);
        }
        if (child->process != nullptr) {
            kernel.process_hooks->kill_orphaned_pgrp(child, current);
        }
    }
    kernel.tasklist_lock.write_unlock("forget_original_parent");
    while (!list_empty(&dead)) {
        Task* child = list_first_entry<&Task::sibling>(&dead);
        list_del_init(&child->sibling);
        release_task(child);
    }
}

void exit_notify(Task* current, bool group_dead) {
    forget_original_parent(current);
    Kernel& kernel = kernel_of(current);
    kernel.tasklist_lock.write_lock("exit_notify");
    if (group_dead && current->process != nullptr) {
        kernel.process_hooks->kill_orphaned_pgrp(current->group_leader, nullptr);
    }
    int signal = tracehook_notify_death(current);
    if (signal >= 0) signal = do_notify_parent(current, signal);
    set_exit_state(current, signal == DEATH_REAP ? EXIT_DEAD : EXIT_ZOMBIE);
    // A thread that executes a new program waits for the old leader to become a zombie.
    Task* execing = current->signal->group_exit_task;
    if (thread_group_leader(current) && execing != nullptr && current->signal->notify_count < 0) {
        wake_up_state(execing, TASK_UNINTERRUPTIBLE);
    }
    kernel.tasklist_lock.write_unlock("exit_notify");
    // W-D1
    tracehook_report_death(current, signal, group_dead);
    if (signal == DEATH_REAP) release_task(current);
}

}  // namespace

namespace {

/// CLONE_CHILD_CLEARTID: whoever shares the memory sees that the thread is gone, and whoever waits
/// for that at the word is woken.
void clear_child_tid(Task* current) {
    if (current->clear_child_tid == 0 || current->mm == nullptr || current->mm->users < 2) return;
    const int gone = 0;
    copy_to_user(current, current->clear_child_tid, &gone, sizeof gone);
    if (current->process != nullptr) {
        kernel_of(current).process_hooks->wake_futex(current, current->clear_child_tid);
    }
    current->clear_child_tid = 0;
}

}  // namespace

void mm_release(Task* current) {
    clear_child_tid(current);
    VforkDone* vfork = current->vfork_done;
    if (vfork == nullptr) return;
    current->vfork_done = nullptr;
    vfork->done = true;
    wake_up_state(vfork->waiter, TASK_UNINTERRUPTIBLE);
}

namespace {

/// With its last thread a process begins to end, and signals come too late for it, SIGKILL too.
void begin_end_of_group(Task* current, long code) {
    if (!decided(current, SignalDying::dropped)) return;
    SignalStruct* signal = current->signal;
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("synchronize_group_exit");
    if (--signal->quick_threads == 0 && !signal_group_exit(signal)) {
        signal->flags = SIGNAL_GROUP_EXIT;
        signal->group_exit_code = static_cast<int>(code);
        signal->group_stop_count = 0;
    }
    siglock.unlock("synchronize_group_exit");
}

}  // namespace

void do_exit(Task* current, long code) {
    World& world = world_of(current);
    begin_end_of_group(current, code);
    tracehook_report_exit(current, &code);
    exit_signals(current);
    SignalStruct* signal = current->signal;
    const bool group_dead = --signal->live == 0;
    current->exit_code = static_cast<int>(code);
    world.emit(EventKind::exit, current->id.value, code, group_dead);
    if (current->process != nullptr) kernel_of(current).process_hooks->exit(current);
    mm_release(current);
    leave_memory(current);
    exit_notify(current, group_dead);
    set_task_state(current, TASK_DEAD);
    world.point(PointKind::schedule, "do_exit", about(current->id));
    for (;;) world.block(BlockReason::dead, "do_exit");
}

void do_group_exit(Task* current, long code) {
    SignalStruct* signal = current->signal;
    if ((code & 0x80) != 0) {  // the core dump bit comes later
        world_of(current).bug("do_group_exit", "BUG_ON(exit_code & 0x80)");
    }
    if ((signal->flags & SIGNAL_GROUP_EXIT) != 0) {
        code = signal->group_exit_code;
    } else if (!thread_group_empty(current)) {
        SpinLock& siglock = current->sighand->siglock;
        siglock.lock("do_group_exit");
        if (signal_group_exit(signal)) {
            code = signal->group_exit_code;
        } else {
            signal->group_exit_code = static_cast<int>(code);
            signal->flags = SIGNAL_GROUP_EXIT;
            zap_other_threads(current);
        }
        siglock.unlock("do_group_exit");
    }
    do_exit(current, code);
}

void do_coredump(Task* current, int signal) {
    SignalStruct* group = current->signal;
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("do_coredump");
    if (!signal_group_exit(group)) {
        group->group_exit_code = signal;
        group->flags = SIGNAL_GROUP_EXIT;
        zap_other_threads(current);
    }
    siglock.unlock("do_coredump");
    world_of(current).emit(EventKind::core_dump, current->id.value, signal);
}

}  // namespace utsim

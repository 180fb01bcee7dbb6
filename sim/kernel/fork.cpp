// SPDX-License-Identifier: MIT
// A child is made in two halves: copy_process builds and links it, do_fork reports it, starts it
// and waits for it if it is a vfork (spec 5.9).
#include "kernel/fork.hpp"

#include <cstring>

#include "kernel/birth.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/program.hpp"
#include "kernel/signal.hpp"
#include "kernel/step.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr const char* in_copy_process = "copy_process";

/// Contradictions that Linux refuses.
bool flags_are_valid(const Task* current, std::uint64_t flags) {
    if ((flags & K_CLONE_THREAD) != 0 && (flags & K_CLONE_SIGHAND) == 0) return false;
    if ((flags & K_CLONE_SIGHAND) != 0 && (flags & K_CLONE_VM) == 0) return false;
    const bool elsewhere =
        (flags & K_CLONE_NEWPID) != 0 || current->pid_ns_for_children != current->pid_ns;
    if ((flags & K_CLONE_THREAD) != 0 && elsewhere) return false;
    const bool of_init = (current->signal->flags & SIGNAL_UNKILLABLE) != 0;
    return (flags & K_CLONE_PARENT) == 0 || !of_init;
}

/// A thread's storage lies where programs have memory.
bool tls_is_valid(const CloneArguments& arguments) {
    return (arguments.flags & K_CLONE_SETTLS) == 0 || arguments.tls < cpu::user_end;
}

void copy_registers(const Task* current, Task* child, const CloneArguments& arguments) {
    child->regs = current->regs;
    child->regs.rax() = 0;
    child->orig_ax = current->orig_ax;
    if (arguments.stack != 0) child->regs.rsp() = arguments.stack;
    if ((arguments.flags & K_CLONE_SETTLS) != 0) child->regs.fs_base = arguments.tls;
    child->trap = current->trap;
    // A thread that shared its creator's handler stack would overwrite it.
    constexpr std::uint64_t shares = K_CLONE_VM | K_CLONE_VFORK;
    if ((arguments.flags & shares) == K_CLONE_VM) {
        child->alt_stack = {0, 0, K_SS_DISABLE};
    } else {
        child->alt_stack = current->alt_stack;
    }
    child->environment = current->environment;
    child->debug = {};
    child->frame = current->frame;
    if (arguments.program != nullptr) {
        child->program = arguments.program;
        child->regs.rip = arguments.program->base;
        child->frame = nullptr;
    } else {
        child->program = current->program;
    }
}

/// 0 or -ENOMEM.
int copy_mm(Task* current, Task* child, std::uint64_t flags) {
    if (current->mm == nullptr) return 0;
    if ((flags & K_CLONE_VM) != 0 || current->mm->space == nullptr) {
        child->mm = current->mm;
        ++child->mm->users;
        return 0;
    }
    child->mm = copy_memory(world_of(current), current->mm);
    return child->mm != nullptr ? 0 : -K_ENOMEM;
}

/// 0, or a negated errno.
int copy_process_state(Task* current, Task* child, std::uint64_t flags) {
    if (current->process == nullptr) return 0;
    return kernel_of(current).process_hooks->copy(current, child, flags);
}

void abandon_process_state(Task* child) {
    if (child->process != nullptr) kernel_of(child).process_hooks->abandon(child);
}

void copy_signals(Task* current, Task* child, std::uint64_t flags) {
    World& world = world_of(current);
    child->blocked = current->blocked.load();
    list_init(&child->pending.list);
    if ((flags & K_CLONE_SIGHAND) != 0) {
        child->sighand = current->sighand.load();
        ++child->sighand->users;
    } else {
        Sighand* sighand = make_sighand(world, child->id);
        std::memcpy(sighand->action, current->sighand->action, sizeof sighand->action);
        child->sighand = sighand;
    }
    if ((flags & K_CLONE_THREAD) != 0) {
        child->signal = current->signal;
    } else {
        child->signal = make_signal_struct(world);
        child->signal->orphaned_pgrp = current->signal->orphaned_pgrp;
        child->signal->pgrp = current->signal->pgrp;
    }
}

/// Puts the child where others find it. tasklist_lock write-held.
void link_child(Task* current, Task* child, std::uint64_t flags) {
    Kernel& kernel = kernel_of(current);
    const bool same_parent = (flags & (K_CLONE_PARENT | K_CLONE_THREAD)) != 0;
    child->real_parent = same_parent ? current->real_parent : current;
    child->parent = child->real_parent;
    list_add_tail(&child->tasks, &kernel.tasks);
    if ((flags & K_CLONE_THREAD) != 0) {
        child->exit_signal = -1;
        child->group_leader = current->group_leader;
        child->tgid = current->tgid;
        ++current->signal->live;
        ++current->signal->quick_threads;
        ++current->signal->threads;
        list_add_tail(&child->thread_group, &current->group_leader->thread_group);
    } else {
        child->exit_signal = static_cast<int>(flags & K_CSIGNAL);
        list_add_tail(&child->sibling, &child->real_parent->children);
    }
    child->hashed = true;
}

/// The tids that a thread library asks to be written.
void write_tids(Task* current, Task* child, const CloneArguments& arguments) {
    if ((arguments.flags & K_CLONE_PARENT_SETTID) != 0) {
        const int tid = pid_vnr(current, child->pid);
        copy_to_user(current, arguments.parent_tid, &tid, sizeof tid);
    }
    if ((arguments.flags & K_CLONE_CHILD_SETTID) != 0) {
        const int tid = pid_vnr(child, child->pid);
        copy_to_user(child, arguments.child_tid, &tid, sizeof tid);
    }
    if ((arguments.flags & K_CLONE_CHILD_CLEARTID) != 0) {
        child->clear_child_tid = arguments.child_tid;
    }
}

std::string_view child_name(const CloneArguments& arguments) {
    return arguments.program != nullptr ? std::string_view(arguments.program->child_name)
                                        : std::string_view();
}

/// fork.utrace: a copy of the parent's task_struct points to the parent's struct utrace, too, until
/// somebody clears it.
void begin_utrace(const Task* current, Task* child) {
    if (decided(current, ForkUtrace::cleared)) return tracehook_init_task(child);
    child->utrace_flags = current->utrace_flags;
    child->utrace = current->utrace;
}

/// The namespace that the child would be born in has lost its init.
bool namespace_ends(const Task* current) {
    const PidNamespace* ns = current->pid_ns_for_children;
    return ns != nullptr && ns->dying;
}

/// What is refused before anything is made: 0, or a negated errno.
std::int64_t refuse_clone(const Task* current, std::uint64_t flags) {
    if (!flags_are_valid(current, flags)) return -K_EINVAL;
    std::int64_t refused = 0;
    if (current->process != nullptr) {
        refused = kernel_of(current).process_hooks->refuse_clone(current, flags);
    }
    if (refused == 0) refused = refuse_pid_ns(current, flags);
    return refused == 0 && namespace_ends(current) ? -K_ENOMEM : refused;
}

/// What keeps a child from being born after all: 0, or a negated errno. tasklist_lock and the
/// parent's siglock held.
std::int64_t last_obstacle(Task* current) {
    recalc_sigpending(current);
    if (signal_pending(current)) return -K_ERESTARTNOINTR;
    return namespace_ends(current) ? -K_ENOMEM : 0;
}

/// The child, or null with `error` set.
Task* copy_process(Task* current, const CloneArguments& arguments, std::int64_t* error) {
    Kernel& kernel = kernel_of(current);
    World& world = *kernel.world;
    const std::uint64_t flags = arguments.flags;
    *error = refuse_clone(current, flags);
    if (*error == 0 && !tls_is_valid(arguments)) *error = -K_EPERM;
    if (*error != 0) return nullptr;
    Task* child = allocate_task(kernel, child_name(arguments), current, task_fiber);
    if (child == nullptr) {
        *error = -K_EAGAIN;
        return nullptr;
    }
    child->thread_flags = current->thread_flags.load();
    begin_utrace(current, child);
    child->flags = PF_STARTING;
    child->newborn = true;
    copy_signals(current, child, flags);
    int failed = copy_process_state(current, child, flags);
    if (failed == 0) failed = copy_mm(current, child, flags);
    if (failed != 0) {
        abandon_process_state(child);
        tracehook_free_task(child);
        abandon_task(kernel, child);
        *error = failed;
        return nullptr;
    }
    copy_registers(current, child, arguments);
    child->pid = child->tgid = kernel.next_pid++;
    if (decided(child, ForkStepping::cleared)) user_disable_single_step(child);
    clear_tsk_thread_flag(child, TIF_SYSCALL_TRACE);
    clear_tsk_thread_flag(child, TIF_SYSCALL_EMU);

    kernel.tasklist_lock.write_lock(in_copy_process);
    current->sighand->siglock.lock(in_copy_process);
    *error = last_obstacle(current);
    if (*error != 0) {
        current->sighand->siglock.unlock(in_copy_process);
        kernel.tasklist_lock.write_unlock(in_copy_process);
        leave_memory(child);
        abandon_process_state(child);
        tracehook_free_task(child);
        abandon_task(kernel, child);
        return nullptr;
    }
    join_pid_ns(child, pid_ns_of_children(current, flags));
    link_child(current, child, flags);
    tracehook_finish_clone(current, child);
    current->sighand->siglock.unlock(in_copy_process);
    kernel.tasklist_lock.write_unlock(in_copy_process);
    child->born = true;
    world.emit_text(EventKind::new_task, world.names().task(child->id), child->id.value,
                    current->id.value, child->pid, flags,
                    (child->regs.rflags & cpu::flag::tf) != 0);
    write_tids(current, child, arguments);
    return child;
}

/// Uninterruptible; not broken by SIGKILL (spec 5.9 step 8).
void wait_for_vfork_done(Task* current, const VforkDone& vfork) {
    while (!vfork.done) {
        set_task_state(current, TASK_UNINTERRUPTIBLE);
        if (vfork.done) break;
        schedule(current, "wait_for_completion");
    }
    set_task_state(current, TASK_RUNNING);
}

}  // namespace

std::int64_t do_fork(Task* current, const CloneArguments& arguments) {
    World& world = world_of(current);
    const std::uint64_t flags = arguments.flags;
    std::int64_t error = 0;
    Task* child = copy_process(current, arguments, &error);
    if (child == nullptr) return error;
    const int pid = child->pid;
    const int seen = pid_vnr(current, pid);
    if (arguments.program != nullptr) arguments.program->made = child->id;
    VforkDone vfork;
    if ((flags & K_CLONE_VFORK) != 0) {
        vfork.waiter = current;
        child->vfork_done = &vfork;
    }
    tracehook_report_clone(current, flags, child);
    child->flags = child->flags & ~static_cast<std::uint32_t>(PF_STARTING);
    if ((flags & K_CLONE_STOPPED) != 0) {
        child->pending.signal |= sigmask(K_SIGSTOP);
        set_tsk_thread_flag(child, TIF_SIGPENDING);
        set_task_state(child, TASK_STOPPED);
    }
    start_task(child);
    world.point(PointKind::wake_new_task, "wake_up_new_task", about(child->id));
    tracehook_report_clone_complete(current, flags, pid);
    if ((flags & K_CLONE_VFORK) != 0) {
        wait_for_vfork_done(current, vfork);
        tracehook_report_vfork_done(current, pid);
    }
    return seen;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Generating a signal (spec 5.7): what it cancels, whether it counts at all, where it is queued,
// and whom it wakes.
#include "kernel/kernel.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

std::uint64_t handler_of(const Task* task, int signal) {
    return task->sighand->action[signal - 1].handler;
}

void remove_from_queue(World& world, SigPending& pending, SigSet set) {
    pending.signal &= ~set;
    Kernel& kernel = *world.kernel;
    for (SigQueue* record : list_entries_safe<&SigQueue::entry>(&pending.list)) {
        if (!in_set(set, record->info.si_signo)) continue;
        list_del_init(&record->entry);
        kernel.sigqueues.give_back(record);
    }
}

/// Calls `visit` for every thread of the group, `task` first.
template <typename Visit>
void for_each_thread(Task* task, Visit&& visit) {
    Task* thread = task;
    do {
        Task* next = list_entry<&Task::thread_group>(thread->thread_group.next);
        visit(thread);
        thread = next;
    } while (thread != task);
}

/// SIGCONT lifts a group stop when it is generated, not when it is delivered.
void continue_group(Task* task) {
    SignalStruct* signal = task->signal;
    remove_from_queue(world_of(task), signal->shared_pending, sig_kernel_stop);
    for_each_thread(task, [](Task* thread) {
        remove_from_queue(world_of(thread), thread->pending, sig_kernel_stop);
        task_clear_jobctl_pending(thread, JOBCTL_STOP_PENDING);
        if (ptraced(thread) && thread->ptrace.seized) return ptrace_trap_notify(thread);
        long state = TASK_STOPPED_BIT;
        if (handler_of(thread, K_SIGCONT) > K_SIG_IGN && !in_set(thread->blocked, K_SIGCONT)) {
            set_tsk_thread_flag(thread, TIF_SIGPENDING);
            state |= TASK_INTERRUPTIBLE;
        }
        wake_up_state(thread, state);
    });
    std::uint32_t why = 0;
    if ((signal->flags & SIGNAL_STOP_STOPPED) != 0) {
        why = SIGNAL_CLD_CONTINUED;
    } else if (signal->group_stop_count != 0) {
        why = SIGNAL_CLD_STOPPED;
    }
    if (why != 0) {
        set_stop_flags(signal, why | SIGNAL_STOP_CONTINUED);
        signal->group_stop_count = 0;
        signal->group_exit_code = 0;
    } else {
        signal->flags &= ~static_cast<std::uint32_t>(SIGNAL_STOP_DEQUEUED);
    }
}

/// SIGKILL straight into a thread's private set, as group exits do it.
void kill_thread(Task* thread) {
    task_clear_jobctl_pending(thread, JOBCTL_PENDING_MASK);
    thread->pending.signal |= sigmask(K_SIGKILL);
    world_of(thread).emit(EventKind::signal_generated, thread->id.value, K_SIGKILL, 0, K_SI_KERNEL,
                          1);
    signal_wake_up(thread, true);
}

/// Who sends it is not in the target's namespace: nobody there can name it.
bool from_ancestor_ns(const Task* task) {
    World& world = world_of(task);
    if (task->pid_ns == nullptr || !world.on_fiber()) return false;
    const Task* sender = current_task(world);
    return sender == nullptr || pid_vnr(task, sender->pid) == 0;
}

/// `force`: the kernel, or somebody outside, is stronger than an init.
bool sig_ignored(const Task* task, int signal, bool force) {
    if (in_set(task->blocked | task->real_blocked, signal)) return false;
    const std::uint64_t handler = handler_of(task, signal);
    const bool unkillable = (task->signal->flags & SIGNAL_UNKILLABLE) != 0 &&
                            !(force && in_set(sig_kernel_only, signal));
    const bool ignored =
        handler == K_SIG_IGN ||
        (handler == K_SIG_DFL && (in_set(sig_kernel_ignore, signal) || unkillable));
    if (ignored && signal == K_SIGKILL) return true;
    return ignored && !tracehook_consider_ignored_signal(task, signal);
}

/// False: the signal has no effect and is not queued. In a process whose group exit has begun
/// nothing stops or goes on any more, so stop signals and SIGCONT leave each other in the queues.
bool prepare_signal(int signal, Task* task, bool force) {
    if ((task->signal->flags & SIGNAL_GROUP_EXIT) != 0) {
        return decided(task, SignalDying::queued) && !sig_ignored(task, signal, force);
    }
    if (in_set(sig_kernel_stop, signal)) {
        remove_from_queue(world_of(task), task->signal->shared_pending, sigmask(K_SIGCONT));
        for_each_thread(task, [](Task* thread) {
            remove_from_queue(world_of(thread), thread->pending, sigmask(K_SIGCONT));
        });
    } else if (signal == K_SIGCONT) {
        continue_group(task);
    }
    return !sig_ignored(task, signal, force);
}

/// Whether the task is on its CPU now; every task has a virtual one of its own.
bool task_curr(const Task* task) {
    const Actor* actor = actor_of(task);
    if (actor == nullptr) return false;
    return actor->state == ActorState::ready || actor->reason == BlockReason::user_idle ||
           actor->reason == BlockReason::spinning || actor->reason == BlockReason::held;
}

bool wants_signal(int signal, const Task* task) {
    if (in_set(task->blocked, signal)) return false;
    if ((task->flags & PF_EXITING) != 0) return false;
    if (signal == K_SIGKILL) return true;
    if (task_is_stopped_or_traced(task)) return false;
    return task_curr(task) || !signal_pending(task);
}

/// The thread that is to take the signal, or null: it is left pending for whoever comes.
Task* choose_thread(int signal, Task* task, bool group) {
    if (wants_signal(signal, task)) return task;
    if (!group || thread_group_empty(task)) return nullptr;
    Task* first = task->signal->curr_target != nullptr ? task->signal->curr_target : task;
    Task* thread = first;
    while (!wants_signal(signal, thread)) {
        thread = list_entry<&Task::thread_group>(thread->thread_group.next);
        if (thread == first) return nullptr;
    }
    task->signal->curr_target = thread;
    return thread;
}

bool sig_fatal(const Task* task, int signal) {
    return !in_set(sig_kernel_ignore | sig_kernel_stop, signal) &&
           handler_of(task, signal) == K_SIG_DFL;
}

/// A signal that will kill without anybody's say kills the whole group at once.
bool kills_at_once(int signal, const Task* task, const Task* thread) {
    // A SIGKILL that got this far to the init of a namespace was not ignored.
    const bool spared = (task->signal->flags & SIGNAL_UNKILLABLE) != 0 &&
                        (signal != K_SIGKILL || task->pid_ns == nullptr);
    return sig_fatal(task, signal) && !spared && (task->signal->flags & SIGNAL_GROUP_EXIT) == 0 &&
           !in_set(thread->real_blocked, signal) && !in_set(sig_kernel_coredump, signal) &&
           (signal == K_SIGKILL || !tracehook_consider_fatal_signal(thread, signal));
}

void complete_signal(int signal, Task* task, bool group) {
    Task* thread = choose_thread(signal, task, group);
    if (thread == nullptr) return;
    if (kills_at_once(signal, task, thread)) {
        task->signal->flags = SIGNAL_GROUP_EXIT;
        task->signal->group_exit_code = signal;
        task->signal->group_stop_count = 0;
        for_each_thread(task, kill_thread);
        return;
    }
    signal_wake_up(thread, signal == K_SIGKILL);
}

/// `si_pid` says who sent it. In signals of timers and faults its place is something else's, and
/// what the kernel says of a child is for the parent, whoever has caused it.
bool has_sender(const SigInfo& info) {
    return info.si_code == K_SI_USER || info.si_code == K_SI_TKILL || info.si_code == K_SI_QUEUE;
}

/// siglock held.
int send_signal_locked(Task* task, int signal, const SigInfo* info, bool group) {
    World& world = world_of(task);
    const bool from_outside = from_ancestor_ns(task);
    const bool of_kernel = info != nullptr && info->si_code == K_SI_KERNEL;
    const bool force = from_outside || (of_kernel && task->pid_ns != nullptr);
    const bool counts = prepare_signal(signal, task, force);
    SigPending& pending = group ? task->signal->shared_pending : task->pending;
    const bool legacy_pending = signal < K_SIGRTMIN && in_set(pending.signal, signal);
    world.emit(EventKind::signal_generated, task->id.value, signal, group,
               info != nullptr ? info->si_code : K_SI_USER, counts && !legacy_pending);
    if (!counts || legacy_pending) return 0;
    SigQueue* record = sigqueue_alloc(task);
    if (record != nullptr) {
        record->info = info != nullptr ? *info : SigInfo{};
        record->info.si_signo = signal;
        if (from_outside && has_sender(record->info)) record->info.si_pid = 0;
        list_add_tail(&record->entry, &pending.list);
    } else if (signal >= K_SIGRTMIN) {
        return -K_EAGAIN;
    }
    pending.signal |= sigmask(signal);
    complete_signal(signal, task, group);
    return 0;
}

}  // namespace

Sighand* lock_task_sighand(Task* task, const char* function) {
    for (;;) {
        Sighand* sighand = task->sighand;
        if (sighand == nullptr) return nullptr;
        sighand->siglock.lock(function);
        if (sighand == task->sighand) return sighand;
        sighand->siglock.unlock(function);
    }
}

int send_signal_to(Task* target, int signal, const SigInfo* info, bool group) {
    if (signal < 0 || signal > signal_count) return -K_EINVAL;
    Sighand* sighand = lock_task_sighand(target, "send_signal");
    if (sighand == nullptr) return -K_ESRCH;
    const int result = signal == 0 ? 0 : send_signal_locked(target, signal, info, group);
    sighand->siglock.unlock("send_signal");
    return result;
}

void force_sig_info(Task* target, const SigInfo& info) {
    UTSIM_CHECK(info.si_signo >= 1 && info.si_signo <= signal_count,
                "a forced signal of no number");
    Sighand* sighand = lock_task_sighand(target, "force_sig_info");
    if (sighand == nullptr) return;
    KSigaction& action = sighand->action[info.si_signo - 1];
    const bool blocked = in_set(target->blocked, info.si_signo);
    if (blocked || action.handler == K_SIG_IGN) {
        action.handler = K_SIG_DFL;
        if (blocked) {
            target->blocked &= ~sigmask(info.si_signo);
            if (recalc_sigpending_tsk(target)) signal_wake_up(target, false);
        }
    }
    if (action.handler == K_SIG_DFL) {
        target->signal->flags &= ~static_cast<std::uint32_t>(SIGNAL_UNKILLABLE);
    }
    send_signal_locked(target, info.si_signo, &info, false);
    sighand->siglock.unlock("force_sig_info");
}

KSigaction do_sigaction(Task* current, int signal, const KSigaction& action) {
    World& world = world_of(current);
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock("do_sigaction");
    KSigaction& entry = current->sighand->action[signal - 1];
    const KSigaction old = entry;
    entry = action;
    const bool by_default = action.handler == K_SIG_DFL && in_set(sig_kernel_ignore, signal);
    if (action.handler == K_SIG_IGN || by_default) {
        remove_from_queue(world, current->signal->shared_pending, sigmask(signal));
        for_each_thread(current, [&world, signal](Task* thread) {
            remove_from_queue(world, thread->pending, sigmask(signal));
        });
    }
    siglock.unlock("do_sigaction");
    return old;
}

void signal_wake_up(Task* task, bool resume) {
    set_tsk_thread_flag(task, TIF_SIGPENDING);
    const long mask = resume ? TASK_INTERRUPTIBLE | TASK_WAKEKILL : TASK_INTERRUPTIBLE;
    if (!wake_up_state(task, mask)) kick_process(task);
}

void zap_other_threads(Task* current) {
    current->signal->group_stop_count = 0;
    for_each_thread(current, [current](Task* thread) {
        if (thread == current || thread->exit_state != EXIT_ALIVE) return;
        kill_thread(thread);
    });
}

}  // namespace utsim

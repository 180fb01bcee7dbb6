// SPDX-License-Identifier: MIT
// What a death means for others: the parent's signal, wait4's wake-up, and the release of the task
// (spec 5.10 step 4, 5.11).
#include "kernel/boot.hpp"
#include "kernel/exit.hpp"
#include "kernel/kernel.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

int wait_code(int exit_code) {
    if ((exit_code & 0x7f) == 0) return CLD_EXITED_;
    return (exit_code & 0x80) != 0 ? CLD_DUMPED_ : CLD_KILLED_;
}

/// Where `task` hangs on is cut: pid, group, sibling list, signal queue. tasklist_lock write-held.
void exit_signal_struct(Task* task) {
    World& world = world_of(task);
    Sighand* sighand = task->sighand;
    sighand->siglock.lock("__exit_signal");
    SignalStruct* signal = task->signal;
    --signal->threads;
    if (signal->group_exit_task != nullptr && signal->notify_count > 0) {
        signal->notify_count = signal->notify_count - 1;
        if (signal->notify_count == 0) {
            wake_up_state(signal->group_exit_task, TASK_UNINTERRUPTIBLE);
        }
    }
    if (signal->curr_target == task) {
        signal->curr_target = list_entry<&Task::thread_group>(task->thread_group.next);
        if (signal->curr_target == task) signal->curr_target = nullptr;
    }
    task->hashed = false;
    list_del_init(&task->sibling);
    list_del_init(&task->tasks);
    if (!thread_group_leader(task)) list_del_init(&task->thread_group);
    flush_sigqueue(world, task->pending);
    task->sighand = nullptr;
    --sighand->users;
    sighand->siglock.unlock("__exit_signal");
    if (signal->threads == 0) flush_sigqueue(world, signal->shared_pending);
}

void delayed_put_task_struct(void* task) { put_task_struct(static_cast<Task*>(task)); }

}  // namespace

void wake_up_parent(Task* parent) {
    Task* thread = parent;
    do {
        if (thread->waiting_for_child) wake_up_state(thread, TASK_INTERRUPTIBLE);
        thread = list_entry<&Task::thread_group>(thread->thread_group.next);
    } while (thread != parent);
}

int do_notify_parent(Task* task, int signal) {
    World& world = world_of(task);
    Task* parent = task->parent;
    SigInfo info;
    info.si_signo = signal;
    info.si_pid = pid_vnr(parent, task->pid);
    info.si_code = wait_code(task->exit_code);
    info.si_status = info.si_code == CLD_EXITED_ ? task->exit_code >> 8 : task->exit_code & 0x7f;
    Sighand* sighand = lock_task_sighand(parent, "do_notify_parent");
    int result = signal;
    const KSigaction* action = sighand != nullptr ? &sighand->action[K_SIGCHLD - 1] : nullptr;
    const bool ignores =
        task->signal->parent_ignores_sigchld || (action != nullptr && action->handler == K_SIG_IGN);
    const bool no_wait = action != nullptr && (action->flags & K_SA_NOCLDWAIT) != 0;
    if (signal == K_SIGCHLD && (ignores || no_wait) && !ptraced(task)) {
        task->exit_signal = -1;
        result = -1;
        if (ignores) signal = -1;
    }
    world.emit(EventKind::notify_parent, task->id.value, result, task->exit_code);
    if (sighand != nullptr) sighand->siglock.unlock("do_notify_parent");
    if (signal > 0) send_signal_to(parent, signal, &info, true);
    wake_up_parent(parent);
    return result;
}

namespace {

int cldstop_status(const Task* task, int why) {
    if (why == CLD_CONTINUED_) return K_SIGCONT;
    if (why == CLD_TRAPPED_) return task->exit_code & 0x7f;
    return task->signal->group_exit_code & 0x7f;
}

/// `task` has stopped or goes on; `who` is what its parent, or its tracer, knows it by.
/// tasklist_lock read-held.
void notify_cldstop(Task* task, const Task* who, Task* parent, int why) {
    SigInfo info;
    info.si_signo = K_SIGCHLD;
    info.si_pid = pid_vnr(parent, who->pid);
    info.si_code = why;
    info.si_status = cldstop_status(task, why);
    world_of(task).emit(EventKind::notify_cldstop, task->id.value, why);
    Sighand* sighand = parent->sighand;
    const bool wanted = sighand != nullptr && sighand->action[K_SIGCHLD - 1].handler != K_SIG_IGN &&
                        (sighand->action[K_SIGCHLD - 1].flags & K_SA_NOCLDSTOP) == 0;
    if (wanted) send_signal_to(parent, K_SIGCHLD, &info, true);
    wake_up_parent(parent);
}

}  // namespace

void do_notify_parent_cldstop(Task* task, int why) {
    RwLock& tasklist_lock = kernel_of(task).tasklist_lock;
    tasklist_lock.read_lock("do_notify_parent_cldstop");
    Task* leader = task->group_leader;
    notify_cldstop(task, leader, leader->real_parent, why);
    tasklist_lock.read_unlock("do_notify_parent_cldstop");
}

void notify_tracer_cldstop(Task* task, int why) {
    RwLock& tasklist_lock = kernel_of(task).tasklist_lock;
    tasklist_lock.read_lock("do_notify_parent_cldstop");
    if (ptraced(task)) notify_cldstop(task, task, task->parent, why);
    tasklist_lock.read_unlock("do_notify_parent_cldstop");
}

void release_task(Task* task) {
    Kernel& kernel = kernel_of(task);
    World& world = world_of(task);
    for (;;) {
        ptrace_release_task(task);
        tracehook_prepare_release_task(task);
        kernel.tasklist_lock.write_lock("release_task");
        exit_signal_struct(task);
        leave_pid_ns(task);
        world.emit(EventKind::released, task->id.value);
        // The last other thread of a group whose leader died first: now the leader can go.
        Task* leader = task->group_leader;
        bool zap_leader = false;
        if (leader != task && thread_group_empty(leader) && leader->exit_state == EXIT_ZOMBIE) {
            zap_leader = do_notify_parent(leader, leader->exit_signal) == -1;
            if (zap_leader) set_exit_state(leader, EXIT_DEAD);
        }
        kernel.tasklist_lock.write_unlock("release_task");
        world.call_rcu(delayed_put_task_struct, task);
        if (!zap_leader) return;
        task = leader;
    }
}

bool claim_zombie(Task* task) {
    // A leader whose threads still live is not to be had yet (delay_group_leader).
    const bool delayed = thread_group_leader(task) && !thread_group_empty(task);
    const bool ours = task->exit_state == EXIT_ZOMBIE && !delayed && thread_group_leader(task);
    if (ours) set_exit_state(task, EXIT_DEAD);  // an atomic exchange: only one waiter gets it
    return ours;
}

bool reap_zombie(Task*, Task* task) {
    RwLock& tasklist_lock = kernel_of(task).tasklist_lock;
    tasklist_lock.read_lock("wait_task_zombie");
    const bool ours = claim_zombie(task);
    tasklist_lock.read_unlock("wait_task_zombie");
    if (ours) release_task(task);
    return ours;
}

void get_task_struct(Task* task) { task->usage.get("get_task_struct"); }

void put_task_struct(Task* task) {
    if (!task->usage.put("put_task_struct")) return;
    tracehook_free_task(task);
    // The object stays readable: traces name dead tasks. Only its utrace memory is poisoned.
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Sleeping and waking. A task's `state` is only a word; what makes it sleep is that its fiber waits
// inside schedule() until somebody has set the word back to RUNNING.
#include "kernel/wake.hpp"

#include "kernel/kernel.hpp"
#include "kernel/signal.hpp"

namespace utsim {

namespace {

constexpr unsigned long inactive_mark = 1ul << 63;

/// A task with nothing to execute waits in user mode; work for the kernel is the tick that ends it.
void rouse_from_user(Task* task) {
    Actor* actor = actor_of(task);
    if (actor == nullptr) return;
    if (actor->reason == BlockReason::user_idle && actor->state == ActorState::blocked) {
        world_of(task).make_ready(*actor);
    }
}

/// Bits of another task's thread flags are changed atomically; that is a place to interleave.
void flag_point(const Task* task, const char* function) {
    World& world = world_of(task);
    if (world.on_fiber() && current_task(world) != task) {
        world.point(PointKind::flag, function, about(task->id));
    }
}

/// spec 1.2: a pending signal turns the sleep into a no-op.
bool signal_forbids_sleep(const Task* task, long state) {
    if (!signal_pending(task)) return false;
    if ((state & TASK_INTERRUPTIBLE) != 0) return true;
    return (state & TASK_WAKEKILL) != 0 && fatal_signal_pending_nocheck(task);
}

void tell_state_changed(const Task* task) {
    Kernel& kernel = kernel_of(task);
    if (kernel.state_changed != nullptr) kernel.state_changed(kernel);
}

/// What a context switch away and back does to BTF (spec 6.1); the idle task never wants it.
void switch_block_step(Task* current, bool running) {
    if (test_tsk_thread_flag(current, TIF_BLOCKSTEP)) current->debug.btf = running;
}

}  // namespace

void set_task_state(Task* task, long state) {
    if (task->state.peek() == state) {
        task->state = state;
        return;
    }
    task->state = state;
    world_of(task).emit(EventKind::task_state, task->id.value, state, task->exit_state.peek());
    tell_state_changed(task);
}

void set_exit_state(Task* task, int exit_state) {
    task->exit_state = exit_state;
    world_of(task).emit(EventKind::task_state, task->id.value, task->state.peek(), exit_state);
    tell_state_changed(task);
}

bool test_tsk_thread_flag(const Task* task, ThreadFlag flag) {
    return (task->thread_flags & tif(flag)) != 0;
}

void set_tsk_thread_flag(Task* task, ThreadFlag flag) {
    flag_point(task, "set_tsk_thread_flag");
    task->thread_flags |= tif(flag);
    rouse_from_user(task);
}

void clear_tsk_thread_flag(Task* task, ThreadFlag flag) {
    flag_point(task, "clear_tsk_thread_flag");
    task->thread_flags &= ~tif(flag);
}

bool test_and_set_tsk_thread_flag(Task* task, ThreadFlag flag) {
    flag_point(task, "test_and_set_tsk_thread_flag");
    const bool was = (task->thread_flags.peek() & tif(flag)) != 0;
    task->thread_flags |= tif(flag);
    rouse_from_user(task);
    return was;
}

bool test_and_clear_tsk_thread_flag(Task* task, ThreadFlag flag) {
    flag_point(task, "test_and_clear_tsk_thread_flag");
    const bool was = (task->thread_flags.peek() & tif(flag)) != 0;
    task->thread_flags &= ~tif(flag);
    return was;
}

void schedule(Task* current, const char* function) {
    World& world = world_of(current);
    world.might_sleep(function);
    world.point(PointKind::schedule, function, about(current->id));
    const long state = current->state;
    if (state == TASK_RUNNING) return;
    if (signal_forbids_sleep(current, state)) {
        set_task_state(current, TASK_RUNNING);
        // It has not slept, but schedule() may have let others run all the same.
        world.point(PointKind::schedule, function, about(current->id));
        return;
    }
    ++current->nvcsw;
    switch_block_step(current, false);
    current->off_cpu = true;
    while (current->state.peek() != TASK_RUNNING) {
        world.block(BlockReason::schedule, function, PointKind::schedule, about(current->id));
    }
    current->off_cpu = false;
    switch_block_step(current, true);
}

void schedule_timeout(Task* current, std::uint64_t ticks, const char* function) {
    World& world = world_of(current);
    world.might_sleep(function);
    const long state = current->state;
    if (state != TASK_RUNNING && !signal_forbids_sleep(current, state)) {
        ++current->nvcsw;
        switch_block_step(current, false);
        current->off_cpu = true;
        world.sleep(ticks, BlockReason::timeout, function);
        current->off_cpu = false;
        switch_block_step(current, true);
    }
    set_task_state(current, TASK_RUNNING);
}

bool wake_up_state(Task* task, long mask) {
    if ((task->state & mask) == 0) return false;
    set_task_state(task, TASK_RUNNING);
    Actor* actor = actor_of(task);
    if (actor != nullptr &&
        (actor->reason == BlockReason::schedule || actor->reason == BlockReason::polling ||
         actor->reason == BlockReason::timeout)) {
        world_of(task).make_ready(*actor);
    }
    return true;
}

void kick_process(Task* task) { rouse_from_user(task); }

void set_notify_resume(Task* task) {
    if (!test_and_set_tsk_thread_flag(task, TIF_NOTIFY_RESUME)) kick_process(task);
}

bool signal_pending(const Task* task) { return test_tsk_thread_flag(task, TIF_SIGPENDING); }

bool fatal_signal_pending_nocheck(const Task* task) {
    return in_set(task->pending.signal, K_SIGKILL);
}

bool fatal_signal_pending(const Task* task) {
    return signal_pending(task) && fatal_signal_pending_nocheck(task);
}

std::uint64_t examined_switches(const Task& task) {
    return kernel_of(&task).examines ? task.nvcsw : 0;
}

unsigned long wait_task_inactive(Task* task, long match_state) {
    kernel_of(task).examines = true;
    World& world = world_of(task);
    Task* current = current_task(world);
    for (;;) {
        world.point(PointKind::sleep, "wait_task_inactive", about(task->id));
        // State 0 is not compared: then any way off the CPU will do.
        if (match_state != TASK_RUNNING && task->state != match_state) return 0;
        const Actor* actor = actor_of(task);
        const bool gone = actor == nullptr || actor->state == ActorState::finished ||
                          actor->reason == BlockReason::dead;
        if (gone || task->off_cpu) return task->nvcsw | inactive_mark;
        world_of(current).might_sleep("wait_task_inactive");
        schedule_timeout_polling(current, 1, "wait_task_inactive");
    }
}

void schedule_timeout_polling(Task* current, std::uint64_t ticks, const char* function) {
    World& world = world_of(current);
    // wait_task_inactive sleeps uninterruptibly, but its sleep is one tick either way.
    current->state.init(TASK_INTERRUPTIBLE);
    if (signal_pending(current)) {
        current->state.init(TASK_RUNNING);
        world.point(PointKind::sleep, function, about(current->id));
        return;
    }
    world.sleep(ticks, BlockReason::polling, function);
    current->state.init(TASK_RUNNING);
}

}  // namespace utsim

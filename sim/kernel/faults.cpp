// SPDX-License-Identifier: MIT
// The host makes faults between two steps, so locks do nothing here: that nobody is inside what
// they guard is looked at before.
#include "kernel/faults.hpp"

#include "kernel/kernel.hpp"
#include "kernel/signal.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr long sleep_states = TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE;

bool exists(const Task* task) {
    return task->born && !task->usage.freed() && task != kernel_of(task).init &&
           task->exit_state.peek() == EXIT_ALIVE;
}

bool sleeps(const Task* task) {
    if (!exists(task) || (task->state.peek() & sleep_states) == 0) return false;
    const Actor* actor = actor_of(task);
    if (actor == nullptr) return false;
    if (actor->state != ActorState::blocked && actor->state != ActorState::sleeping) return false;
    return actor->reason == BlockReason::schedule || actor->reason == BlockReason::timeout ||
           actor->reason == BlockReason::polling;
}

/// Not who looks again and again, or waits until nobody else can run.
bool waits_for_clock(const World& world, const Actor& actor) {
    return actor.state == ActorState::sleeping && actor.reason == BlockReason::timeout &&
           actor.wake_at > world.now();
}

/// Time passes between what others can see of each other: not inside a program's own
/// instructions, and not where nobody can run, as it does so by itself there.
bool time_can_pass(const World& world) {
    if (world.last_ran().valid()) {
        const Actor& last = world.actor(world.last_ran());
        if (last.state == ActorState::ready && last.point.kind == PointKind::user) return false;
    }
    for (std::uint32_t i = 0; i < world.actor_count(); ++i) {
        if (world.actor(ActorId{i}).state == ActorState::ready) return true;
    }
    return false;
}

std::uint32_t sleepers(const World& world) {
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < world.actor_count(); ++i) {
        count += waits_for_clock(world, world.actor(ActorId{i}));
    }
    return count;
}

void pass_time_of(World& world, std::uint32_t place) {
    for (std::uint32_t i = 0; i < world.actor_count(); ++i) {
        const Actor& actor = world.actor(ActorId{i});
        if (!waits_for_clock(world, actor)) continue;
        if (place-- == 0) return world.skip_to(actor.wake_at);
    }
}

bool takes_signals(const Task* task) {
    if (!exists(task) || (task->flags.peek() & (PF_KTHREAD | PF_EXITING)) != 0) return false;
    const Sighand* sighand = task->sighand.peek();
    return sighand != nullptr && !sighand->siglock.held();
}

/// Whether it stands for its process: none of the tasks before it does.
bool is_first_of_its_process(const Kernel& kernel, std::uint32_t index) {
    for (std::uint32_t i = 0; i < index; ++i) {
        const Task* task = kernel.by_id[i];
        if (takes_signals(task) && task->tgid == kernel.by_id[index]->tgid) return false;
    }
    return true;
}

bool can_suffer(const Kernel& kernel, std::uint32_t index, ChoiceKind kind) {
    const Task* task = kernel.by_id[index];
    if (kind == ChoiceKind::spurious_wake) return sleeps(task);
    if (!takes_signals(task)) return false;
    return kind == ChoiceKind::signal || is_first_of_its_process(kernel, index);
}

}  // namespace

std::uint32_t KernelFaults::places(World& world, ChoiceKind kind) {
    if (kind == ChoiceKind::time_passes) return time_can_pass(world) ? sleepers(world) : 0;
    const Kernel& kernel = *world.kernel;
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < kernel.by_id.size; ++i) count += can_suffer(kernel, i, kind);
    return count;
}

void KernelFaults::happen(World& world, ChoiceKind kind, std::uint32_t place) {
    if (kind == ChoiceKind::time_passes) return pass_time_of(world, place);
    const Kernel& kernel = *world.kernel;
    std::uint32_t i = 0;
    for (; !can_suffer(kernel, i, kind) || place != 0; ++i) place -= can_suffer(kernel, i, kind);
    Task* task = kernel.by_id[i];
    if (kind == ChoiceKind::spurious_wake) {
        wake_up_state(task, sleep_states);
        return;
    }
    const bool kill = kind == ChoiceKind::kill;
    send_signal_to(task, kill ? K_SIGKILL : signal_, nullptr, kill);
}

}  // namespace utsim

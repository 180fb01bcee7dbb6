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
    const Kernel& kernel = *world.kernel;
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < kernel.by_id.size; ++i) count += can_suffer(kernel, i, kind);
    return count;
}

void KernelFaults::happen(World& world, ChoiceKind kind, std::uint32_t place) {
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

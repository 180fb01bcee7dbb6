// SPDX-License-Identifier: MIT
/// What can happen to tasks from outside the scenario: a sleep that ends without a reason, a signal
/// from somebody who is not simulated, SIGKILL, a clock that goes on while somebody could run.
#pragma once

#include "sched/fault.hpp"

namespace utsim {

struct Task;

/// Spurious wake-ups come to whoever sleeps in TASK_INTERRUPTIBLE or TASK_UNINTERRUPTIBLE, signals
/// to each task of a program that is not dying, SIGKILL to each of their processes; in the order in
/// which the tasks were made. A signal needs siglock, so none comes while somebody has that. Time
/// passes until one of those is due who sleep until a moment, unless everybody sleeps anyway.
class KernelFaults final : public FaultSource {
public:
    explicit KernelFaults(int signal) : signal_(signal) {}
    std::uint32_t places(World& world, ChoiceKind kind) override;
    void happen(World& world, ChoiceKind kind, std::uint32_t place) override;

private:
    int signal_;
};

}  // namespace utsim

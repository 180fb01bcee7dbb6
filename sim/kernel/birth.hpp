// SPDX-License-Identifier: MIT
/// Making task objects: what fork and the set-up of a scenario have in common.
#pragma once

#include <string_view>

#include "kernel/kernel.hpp"

namespace utsim {

Sighand* make_sighand(World& world, TaskId owner);
SignalStruct* make_signal_struct(World& world);

/// A task object with its fiber (not ready), its own group and a TaskId; null when a limit is
/// reached. An empty name becomes `PARENT.N`. It exists for others once it is `born`.
Task* allocate_task(Kernel& kernel, std::string_view name, Task* parent, void (*fiber)(void*));
/// A failed fork: the object, its id and its fiber go to a later one.
void abandon_task(Kernel& kernel, Task* task);
/// The fiber may run.
void start_task(Task* task);

}  // namespace utsim

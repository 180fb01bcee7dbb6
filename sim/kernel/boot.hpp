// SPDX-License-Identifier: MIT
/// Setting up a modelled machine: the kernel, init, tasks with programs, controllers.
#pragma once

#include <string_view>

#include "kernel/kernel.hpp"
#include "kernel/program.hpp"

namespace utsim {

/// Makes the kernel of `world`, with init (pid 1). Once per World (again after a reset).
Kernel* boot_kernel(World& world, const MachineOptions& machine = {},
                    cpu::PagePool* pages = nullptr);

struct TaskSpec {
    std::string_view name;
    int pid = 0;                 ///< 0: the next free one
    Program* program = nullptr;  ///< abstract program, or null: `mm` and `regs` say what runs
    cpu::AddressSpace* space = nullptr;
    cpu::Registers regs;
    Task* parent = nullptr;   ///< null: init
    std::uint32_t flags = 0;  ///< PF_*
    SigSet blocked = 0;
    bool parent_ignores_sigchld = false;
    bool orphaned_pgrp = false;
};

/// A thread group of one task with a fiber that runs its program in user mode.
Task* create_task(Kernel& kernel, const TaskSpec& spec);
/// Sets a disposition before the run starts.
void set_disposition(Task* task, int signal, const KSigaction& action);

/// A kernel thread that runs `body(argument)`: controllers and parents. It can be signalled. One
/// without a body never runs, and so it is no actor and has no letter in schedules.
Task* create_kthread(Kernel& kernel, std::string_view name, void (*body)(void*), void* argument,
                     int pid = 0);

/// What `waitid` of the parent does when it collects `task`: ZOMBIE to DEAD and release.
/// False when it is not a zombie that can be collected (a leader with live threads is not).
bool reap_zombie(Task* current, Task* task);

/// Completes a scripted blocking call (`read`, `usleep`), or lets the next one return at once.
void complete_blocking_call(Task* task);

}  // namespace utsim

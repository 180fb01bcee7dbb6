// SPDX-License-Identifier: MIT
/// A task's memory: who shares it, and when the last user gives it back.
#pragma once

#include "cpu/address_space.hpp"
#include "kernel/task.hpp"

namespace utsim {

/// A memory descriptor with one user.
Mm* make_mm(World& world, cpu::AddressSpace* space);
/// The task stops using its memory; the last one to do so frees it.
void leave_memory(Task* task);
/// fork without CLONE_VM: a copy-on-write copy, or null when the page limit forbids it.
Mm* copy_memory(World& world, Mm* mm);

/// copy_from_user and copy_to_user: 0, or -EFAULT with nothing changed.
int copy_from_user(const Task* task, void* to, std::uint64_t from, std::size_t n);
int copy_to_user(Task* task, std::uint64_t to, const void* from, std::size_t n);

}  // namespace utsim

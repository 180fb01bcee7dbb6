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
/// The task's memory with a user more, who gives it back with `mmput`; null when it has none.
Mm* get_task_mm(Task* task);
void mmput(Mm* mm);
/// fork without CLONE_VM: a copy-on-write copy, or null when the page limit forbids it.
Mm* copy_memory(World& world, Mm* mm);

/// The first `n` bytes of code at the task's ip, for a look at its next instruction; how many there
/// are. On oneself this is copy_from_user; on another task access_process_vm, which takes mmap_sem
/// and may sleep (spec 6.3). A page that is away is read in first, which sleeps.
std::size_t read_next_instruction(Task* task, void* out, std::size_t n);

/// Reads the page of `address` in for `task`, which takes time. mmap_sem is held for reading.
void read_page_in(const Task* task, Mm* mm, std::uint64_t address);
/// Simulated memory pressure: every page of the task must be read in again before it is used.
void send_pages_away(Task* task);

/// copy_from_user and copy_to_user: 0, or -EFAULT with nothing changed. The current task's pages
/// that are away are read in first, which sleeps.
int copy_from_user(const Task* task, void* to, std::uint64_t from, std::size_t n);
int copy_to_user(Task* task, std::uint64_t to, const void* from, std::size_t n);

}  // namespace utsim

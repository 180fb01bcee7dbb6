// SPDX-License-Identifier: MIT
// Sharing and copying of guest memory, and the accessors that engines and system calls use.
#include "kernel/memory.hpp"

#include <utsim/engine.hpp>

#include "kernel/kernel.hpp"

namespace utsim {

Mm* make_mm(World& world, cpu::AddressSpace* space) {
    Mm* mm = world.arena().make<Mm>();
    mm->space = space;
    return mm;
}

void leave_memory(Task* task) {
    Mm* mm = task->mm;
    if (mm == nullptr) return;
    task->mm = nullptr;
    if (--mm->users == 0 && mm->space != nullptr) mm->space->release();
}

Mm* copy_memory(World& world, Mm* mm) {
    cpu::AddressSpace* space = mm->space->clone(world.arena());
    return space != nullptr ? make_mm(world, space) : nullptr;
}

int copy_from_user(const Task* task, void* to, std::uint64_t from, std::size_t n) {
    cpu::MemoryFault fault;
    if (task->mm == nullptr || task->mm->space == nullptr) return -K_EFAULT;
    return task->mm->space->read(from, to, n, fault) ? 0 : -K_EFAULT;
}

int copy_to_user(Task* task, std::uint64_t to, const void* from, std::size_t n) {
    cpu::MemoryFault fault;
    if (task->mm == nullptr || task->mm->space == nullptr) return -K_EFAULT;
    return task->mm->space->write(to, from, n, fault) ? 0 : -K_EFAULT;
}

std::uint64_t read_user_memory(const Task& task, std::uint64_t address, void* out,
                               std::uint64_t n) {
    if (task.mm == nullptr || task.mm->space == nullptr) return 0;
    return task.mm->space->read_force(address, out, n);
}

std::uint64_t write_user_memory(Task& task, std::uint64_t address, const void* in,
                                std::uint64_t n) {
    if (task.mm == nullptr || task.mm->space == nullptr) return 0;
    return task.mm->space->write_force(address, in, n);
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Sharing and copying of guest memory, and the accessors that engines and system calls use.
#include "kernel/memory.hpp"

#include <utsim/engine.hpp>

#include "kernel/kernel.hpp"

namespace utsim {

Mm* make_mm(World& world, cpu::AddressSpace* space) {
    Mm* mm = world.arena().make<Mm>();
    mm->space = space;
    mm->mmap_sem.init(LockClass::mmap_sem, TaskId{});
    return mm;
}

void leave_memory(Task* task) {
    Mm* mm = task->mm;
    if (mm == nullptr) return;
    task->mm = nullptr;
    mmput(mm);
}

Mm* get_task_mm(Task* task) {
    if (task->mm != nullptr) ++task->mm->users;
    return task->mm;
}

void mmput(Mm* mm) {
    if (--mm->users == 0 && mm->space != nullptr) mm->space->release();
}

Mm* copy_memory(World& world, Mm* mm) {
    cpu::AddressSpace* space = mm->space->clone(world.arena());
    return space != nullptr ? make_mm(world, space) : nullptr;
}

namespace {

/// What the next instruction can span.
constexpr std::uint64_t page_bytes = 4096;
/// Virtual time that it takes until a page has been read in.
constexpr std::uint64_t page_in_ticks = 4;

bool has_pages(const Task* task) { return task->mm != nullptr && task->mm->space != nullptr; }

/// Makes [address, address + n) present as far as it is mapped. The number of pages read in.
int fault_in(const Task* task, Mm* mm, std::uint64_t address, std::size_t n) {
    int pages = 0;
    for (std::uint64_t at = address; at < address + n; at = (at | (page_bytes - 1)) + 1) {
        if (!mm->space->is_away(at)) continue;
        read_page_in(task, mm, at);
        ++pages;
    }
    return pages;
}

}  // namespace

std::size_t read_next_instruction(Task* task, void* out, std::size_t n) {
    World& world = world_of(task);
    const bool own = world.on_fiber() && current_task(world) == task;
    const char* function = own ? "copy_from_user" : "access_process_vm";
    world.might_sleep(function);
    Mm* mm = get_task_mm(task);  // whose it is may be killed, and dead, before this is through
    if (mm == nullptr || mm->space == nullptr) {
        if (mm != nullptr) mmput(mm);
        world.emit(EventKind::read_instruction, task->id.value, own, 0);
        return 0;
    }
    const std::uint64_t ip = task->regs.rip;
    // copy_from_user takes mmap_sem only in the page fault that it may cause.
    const bool locks = !own || mm->space->is_away(ip) || mm->space->is_away(ip + n - 1);
    if (locks) mm->mmap_sem.down_read(function);
    const int pages = fault_in(task, mm, ip, n);
    const std::size_t got = mm->space->read_force(ip, out, n);
    if (locks) mm->mmap_sem.up_read(function);
    mmput(mm);
    world.emit(EventKind::read_instruction, task->id.value, own, pages);
    return got;
}

int access_process_vm(Task& task, std::uint64_t address, void* buffer, int n, bool write) {
    constexpr const char* function = "access_process_vm";
    World& world = world_of(&task);
    Mm* mm = n > 0 ? get_task_mm(&task) : nullptr;  // may die before this is through
    if (mm == nullptr) return 0;
    std::size_t done = 0;
    if (mm->space != nullptr) {
        const auto size = static_cast<std::size_t>(n);
        const bool sleeps = world.on_fiber();  // else the run has not begun
        if (sleeps) {
            world.might_sleep(function);
            mm->mmap_sem.down_read(function);
            fault_in(&task, mm, address, size);
        }
        done = write ? mm->space->write_force(address, buffer, size)
                     : mm->space->read_force(address, buffer, size);
        if (sleeps) mm->mmap_sem.up_read(function);
    }
    mmput(mm);
    return static_cast<int>(done);
}

void read_page_in(const Task* task, Mm* mm, std::uint64_t address) {
    World& world = world_of(task);
    world.sleep(page_in_ticks, BlockReason::timeout, "read_page_in");
    mm->space->read_in(address);  // nothing, if it was unmapped meanwhile
    world.emit(EventKind::page_in, task->id.value, address);
}

void send_pages_away(Task* task) {
    if (has_pages(task)) task->mm->space->send_away(0, ~std::uint64_t{0});
}

namespace {

/// The page fault of a copy to or from `task`: what is away comes back. False: it is the copy's
/// end.
bool repair(const Task* task, const cpu::MemoryFault& fault) {
    if (fault.kind != cpu::FaultKind::away) return false;
    World& world = world_of(task);
    if (!world.on_fiber() || current_task(world) != task) return false;
    Mm* mm = task->mm;
    mm->mmap_sem.down_read("do_page_fault");
    if (mm->space->is_away(fault.address)) read_page_in(task, mm, fault.address);
    mm->mmap_sem.up_read("do_page_fault");
    return true;
}

}  // namespace

int copy_from_user(const Task* task, void* to, std::uint64_t from, std::size_t n) {
    cpu::MemoryFault fault;
    if (task->mm == nullptr || task->mm->space == nullptr) return -K_EFAULT;
    while (!task->mm->space->read(from, to, n, fault)) {
        if (!repair(task, fault)) return -K_EFAULT;
    }
    return 0;
}

int copy_to_user(Task* task, std::uint64_t to, const void* from, std::size_t n) {
    cpu::MemoryFault fault;
    if (task->mm == nullptr || task->mm->space == nullptr) return -K_EFAULT;
    while (!task->mm->space->write(to, from, n, fault)) {
        if (!repair(task, fault)) return -K_EFAULT;
    }
    return 0;
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

// SPDX-License-Identifier: MIT
// Counting. What a thread has used is the difference of its counters since it was born; what ended
// is added up in its process, and what was collected in the parent.
#include "process/usage.hpp"

#include <algorithm>

#include "kernel/memory.hpp"
#include "process/calls.hpp"
#include "process/time.hpp"

namespace utsim {

namespace {

void add(Usage& sum, const Usage& more) {
    sum.user += more.user;
    sum.system += more.system;
    sum.most_pages = std::max(sum.most_pages, more.most_pages);
}

/// `struct rusage`. What is not counted here is 0.
std::int64_t give_usage(Task* current, const Usage& usage, std::uint64_t address) {
    std::int64_t out[18] = {};
    out[0] = static_cast<std::int64_t>(usage.user / nanoseconds_a_second);
    out[1] = static_cast<std::int64_t>(usage.user % nanoseconds_a_second / 1000);
    out[2] = static_cast<std::int64_t>(usage.system / nanoseconds_a_second);
    out[3] = static_cast<std::int64_t>(usage.system % nanoseconds_a_second / 1000);
    out[4] = static_cast<std::int64_t>(usage.most_pages * cpu::page_size / 1024);  // ru_maxrss
    out[6 + 2] = static_cast<std::int64_t>(usage.most_pages);                      // ru_minflt
    return copy_to_user(current, address, out, sizeof out);
}

}  // namespace

void count_call(Task* current) { ++process_of(current).calls; }

Usage usage_of_thread(const Task* task) {
    const Process& process = process_of(task);
    Usage usage;
    usage.user = (task->environment.retired - process.retired_before) * World::instruction_time;
    usage.system = process.calls * World::tick_time;
    const Mm* mm = task->mm;
    if (mm != nullptr && mm->space != nullptr) usage.most_pages = mm->space->resident();
    return usage;
}

void keep_usage(Task* current) {
    Process& process = process_of(current);
    add(process.group->gone, usage_of_thread(current));
    process.retired_before = current->environment.retired;
    process.calls = 0;
}

Usage usage_of_process(const Task* task) {
    Usage sum = process_of(task).group->gone;
    const Task* thread = task;
    do {
        if (thread->process != nullptr) add(sum, usage_of_thread(thread));
        thread = list_entry<&Task::thread_group>(thread->thread_group.next);
    } while (thread != task);
    return sum;
}

void add_usage_of_child(Task* parent, const Task* child) {
    if (parent->process == nullptr || child->process == nullptr) return;
    Usage& sum = process_of(parent).group->of_children;
    add(sum, usage_of_process(child));
    add(sum, process_of(child).group->of_children);
}

std::int64_t write_usage(Task* current, const Task* child, std::uint64_t address) {
    Usage usage;
    if (child->process != nullptr) {
        usage = usage_of_process(child);
        add(usage, process_of(child).group->of_children);
    }
    return give_usage(current, usage, address);
}

std::int64_t sys_getrusage(Task* current) {
    enum Whom : std::int32_t { self = 0, children = -1, thread = 1 };
    const std::uint64_t address = current->regs.rsi();
    switch (int_of(current->regs.rdi())) {
        case self:
            return give_usage(current, usage_of_process(current), address);
        case children:
            return give_usage(current, process_of(current).group->of_children, address);
        case thread:
            return give_usage(current, usage_of_thread(current), address);
        default:
            return -K_EINVAL;
    }
}

std::int64_t sys_times(Task* current) {
    constexpr std::uint64_t tick = nanoseconds_a_second / 100;
    const auto ticks = [](std::uint64_t time) { return static_cast<std::int64_t>(time / tick); };
    World& world = world_of(current);
    const Usage own = usage_of_process(current);
    const Usage& children = process_of(current).group->of_children;
    const std::int64_t times[4] = {ticks(own.user), ticks(own.system), ticks(children.user),
                                   ticks(children.system)};
    const std::uint64_t address = current->regs.rdi();
    if (address != 0 && copy_to_user(current, address, times, sizeof times) != 0) return -K_EFAULT;
    world.hold_time(true);
    return ticks(world.nanoseconds());
}

}  // namespace utsim

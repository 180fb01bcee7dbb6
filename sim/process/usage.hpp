// SPDX-License-Identifier: MIT
/// What processes have used up, for getrusage, wait4 and times. It is virtual like all time: user
/// time are instructions, system time are calls.
#pragma once

#include "process/process.hpp"

namespace utsim {

/// One more call of the task's.
void count_call(Task* current);
/// A thread ends: what it has used stays with its process.
void keep_usage(Task* current);
/// Of one thread, and of its whole process without the children.
Usage usage_of_thread(const Task* task);
Usage usage_of_process(const Task* task);

/// See ProcessHooks::collected, ::write_usage.
void add_usage_of_child(Task* parent, const Task* child);
std::int64_t write_usage(Task* current, const Task* child, std::uint64_t address);

}  // namespace utsim

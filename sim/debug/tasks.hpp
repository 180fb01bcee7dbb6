// SPDX-License-Identifier: MIT
/// The tasks of a World as a debugger sees them: threads of processes that have not ended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/kernel.hpp"
#include "kernel/task.hpp"

namespace utsim::debug {

/// Whether `task` runs a program and has not ended. Kernel threads and init do not.
bool is_shown(const Task* task);
/// All of them, in the order of their making.
std::vector<Task*> shown_tasks(World& world);
/// Null for an id that names nobody.
Task* task_by_id(World& world, TaskId id);

/// Whether `task` stands before an instruction of its program.
bool stands_in_user_mode(World& world, const Task* task);
/// The name of the program, or of the task.
std::string name_of(World& world, const Task* task);
/// What the task does and what utrace does with it, in a few words.
std::string condition_of(World& world, const Task* task);

/// The guest's bytes as a debugger reads them: how many there were.
std::size_t read_guest(const Task* task, std::uint64_t address, void* out, std::size_t n);
std::size_t write_guest(Task* task, std::uint64_t address, std::string_view bytes);

}  // namespace utsim::debug

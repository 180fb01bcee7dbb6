// SPDX-License-Identifier: MIT
/// The table of system calls that processes have besides those of the kernel room.
#pragma once

#include <cstdint>

namespace utsim {

struct Task;

/// Runs call `nr` if the table has it; see `ProcessHooks::run_call`. Every call takes a millisecond
/// of virtual time, whether it is here or in the kernel.
bool run_process_call(Task* current, std::int64_t nr, std::int64_t* result);

/// Whether the table has it: for a test that asks which calls no program makes.
bool is_process_call(std::int64_t nr);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// futex(2): sleeping at a word of memory, and the list of locks that a dying thread leaves.
#pragma once

#include "process/process.hpp"

namespace utsim {

std::int64_t sys_futex(Task* current);
/// Wakes whoever waits at a word of `task`'s memory.
void wake_futex_word(Task* task, std::uint64_t address);
/// A thread ends: locks that it held are marked as left (FUTEX_OWNER_DIED), and one waiter each is
/// woken.
void exit_robust_list(Task* current);

}  // namespace utsim

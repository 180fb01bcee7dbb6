// SPDX-License-Identifier: MIT
/// exec (spec 5.12): the other threads die, the survivor becomes the leader and starts anew.
#pragma once

#include <utsim/errno.hpp>

#include "kernel/task.hpp"

namespace utsim {

/// Real code that is ready to start.
struct NewImage {
    cpu::AddressSpace* space = nullptr;
    std::uint64_t entry = 0;
    std::uint64_t stack = 0;
    /// Called when nothing can fail any more, with `argument`.
    void (*committed)(Task* current, void* argument) = nullptr;
    void* argument = nullptr;
};
/// `space` becomes the task's memory. 0, or -EAGAIN with nothing changed but the threads; then it
/// is still the caller's.
std::int64_t do_execve_image(Task* current, const NewImage& image);

/// Abstract programs: `program` replaces the one that runs, or null: the same goes on behind the
/// call. 0, or a negated errno with nothing changed but the threads.
std::int64_t do_execve(Task* current, Program* program);

}  // namespace utsim

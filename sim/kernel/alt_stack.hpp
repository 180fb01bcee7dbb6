// SPDX-License-Identifier: MIT
/// The stack that handlers with SA_ONSTACK run on, and sigaltstack, which names it.
#pragma once

#include "kernel/task.hpp"

namespace utsim {

/// `stack_t`.
struct UserStack {
    std::uint64_t sp;
    std::uint32_t flags;
    std::uint32_t pad;
    std::uint64_t size;
};

/// Whether `sp` is in the area, also when the area counts as left (SS_AUTODISARM).
bool in_alt_stack(const AltStack& stack, std::uint64_t sp);
/// SS_DISABLE: there is none; SS_ONSTACK: `sp` is on it; 0: it is free.
std::uint32_t alt_stack_state(const AltStack& stack, std::uint64_t sp);
/// Sets the task's stack as its caller, whose stack pointer is `sp`, wants it. 0 or an errno.
int set_alt_stack(Task* current, const UserStack& wanted, std::uint64_t sp);

}  // namespace utsim

// SPDX-License-Identifier: MIT
// A stack is a range and nothing else: that a handler runs on it is seen by its stack pointer
// alone.
#include "kernel/alt_stack.hpp"

#include <utsim/errno.hpp>

#include "kernel/memory.hpp"
#include "kernel/syscalls.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t smallest_stack = 2048;  // MINSIGSTKSZ

}  // namespace

bool in_alt_stack(const AltStack& stack, std::uint64_t sp) {
    return sp > stack.low && sp - stack.low <= stack.size;
}

std::uint32_t alt_stack_state(const AltStack& stack, std::uint64_t sp) {
    if (stack.size == 0) return K_SS_DISABLE;
    const bool on = (stack.flags & K_SS_AUTODISARM) == 0 && in_alt_stack(stack, sp);
    return on ? K_SS_ONSTACK : 0;
}

int set_alt_stack(Task* current, const UserStack& wanted, std::uint64_t sp) {
    if (alt_stack_state(current->alt_stack, sp) == K_SS_ONSTACK) return -K_EPERM;
    const std::uint32_t mode = wanted.flags & ~K_SS_AUTODISARM;
    if (mode != 0 && mode != K_SS_ONSTACK && mode != K_SS_DISABLE) return -K_EINVAL;
    if (mode == K_SS_DISABLE) {
        current->alt_stack = {0, 0, wanted.flags};
        return 0;
    }
    if (wanted.size < smallest_stack) return -K_ENOMEM;
    current->alt_stack = {wanted.sp, wanted.size, wanted.flags};
    return 0;
}

std::int64_t sys_sigaltstack(Task* current) {
    const std::uint64_t new_address = current->regs.rdi();
    const std::uint64_t old_address = current->regs.rsi();
    const std::uint64_t sp = current->regs.rsp();
    const AltStack& stack = current->alt_stack;
    const std::uint32_t state = alt_stack_state(stack, sp) | (stack.flags & K_SS_AUTODISARM);
    const UserStack old{stack.low, state, 0, stack.size};
    if (new_address != 0) {
        UserStack wanted{};
        if (copy_from_user(current, &wanted, new_address, sizeof wanted) != 0) return -K_EFAULT;
        if (const int error = set_alt_stack(current, wanted, sp); error != 0) return error;
    }
    return old_address != 0 ? copy_to_user(current, old_address, &old, sizeof old) : 0;
}

}  // namespace utsim

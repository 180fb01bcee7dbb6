// SPDX-License-Identifier: MIT
/// What the handlers of x87 instructions share: exceptions that are due, memory operands of any
/// length, and the pointers to the last instruction.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/core.hpp"
#include "cpu/x87_unit.hpp"

namespace utsim::cpu {

/// Before a waiting instruction. True: return Status::fault.
inline bool x87_is_due(Core& c) {
    if (x87_pending(c.r.fpu) == 0) [[likely]]
        return false;
    c.float_exceptions = static_cast<std::uint8_t>(x87_pending(c.r.fpu));
    c.raise(vector::x87_error);
    return true;
}

/// Like Core::load and Core::store for `n` bytes; `alignment` is what RFLAGS.AC asks for.
bool load_bytes(Core& c, const Instruction& i, void* out, std::size_t n, std::size_t alignment);
bool store_bytes(Core& c, const Instruction& i, const void* in, std::size_t n,
                 std::size_t alignment);
/// Whether store_bytes would succeed.
bool may_store_bytes(Core& c, const Instruction& i, std::size_t n, std::size_t alignment);

/// Behind an instruction that leaves `next`: if an exception is pending now, it is this one's, and
/// the pointers are set.
void retire_x87(Core& c, const Instruction& i, FpuState& next);

}  // namespace utsim::cpu

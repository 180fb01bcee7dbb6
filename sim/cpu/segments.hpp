// SPDX-License-Identifier: MIT
/// Segment registers as far as a 64-bit user program can see them, and loading RFLAGS.
#pragma once

#include <cstdint>
#include <type_traits>

#include "cpu/core.hpp"

namespace utsim::cpu {

/// es cs ss ds fs gs: the order of the encoding.
namespace segment_number {
inline constexpr std::uint8_t es = 0, cs = 1, ss = 2, ds = 3, fs = 4, gs = 5;
}

/// What the descriptor table holds for user mode.
struct Descriptor {
    std::uint16_t selector;  ///< with privilege level 0
    bool readable, writable;
    std::uint32_t rights;  ///< as LAR tells them
    bool limit_is_processor = false;
};

/// Null for the null selector, and where a program has no access.
const Descriptor* find_descriptor(std::uint16_t selector);

/// A selector behind an offset, in memory. The offset has the operand's size, but never 64 bits:
/// REX.W changes nothing, as on AMD.
struct FarPointer {
    std::uint64_t offset = 0;
    std::uint16_t selector = 0;
};
template <typename T>
bool load_far_pointer(Core& c, const Instruction& i, FarPointer& out) {
    using Offset = std::conditional_t<sizeof(T) == 8, std::uint32_t, T>;
    const std::uint64_t address = c.address(i);
    Offset offset{};
    if (!c.load(address, offset, Core::segment(i)) ||
        !c.load(address + sizeof(Offset), out.selector, Core::segment(i))) {
        return false;
    }
    out.offset = offset;
    return true;
}

std::uint16_t& segment_register(Registers& r, std::uint8_t number);

/// What MOV to a segment register and POP do: #GP for a selector that Linux gives no program,
/// Status::shadow for SS. Loading FS or GS also loads its base, which is 0 for all of them.
Status load_segment(Core& c, std::uint8_t number, std::uint16_t selector);

/// Whether a far return or IRET may use these; otherwise the exception is set.
bool may_return_to(Core& c, std::uint64_t rip, std::uint16_t code_selector);

/// The same for a far jump or call, which may name any privilege level.
bool may_go_to(Core& c, std::uint16_t code_selector);

/// Loads the bits of `mask` that user mode may change, as POPF does.
void load_user_flags(Core& c, std::uint64_t value, std::uint64_t mask);

}  // namespace utsim::cpu

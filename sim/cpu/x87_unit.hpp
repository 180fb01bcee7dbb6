// SPDX-License-Identifier: MIT
/// The host's x87 unit, lent to a guest for one instruction.
#pragma once

#include <cstdint>

#include "cpu/fpu_state.hpp"

namespace utsim::cpu {

/// The bits of FSW that are sticky exceptions, and what FCW can mask.
namespace x87_flag {
inline constexpr std::uint16_t invalid = 1;
inline constexpr std::uint16_t denormal = 2;
inline constexpr std::uint16_t zero_divide = 4;
inline constexpr std::uint16_t overflow = 8;
inline constexpr std::uint16_t underflow = 16;
inline constexpr std::uint16_t inexact = 32;
inline constexpr std::uint16_t exceptions = 63;
inline constexpr std::uint16_t stack_fault = 64;
inline constexpr std::uint16_t summary = 128;
inline constexpr std::uint16_t c0 = 1 << 8;
inline constexpr std::uint16_t c1 = 1 << 9;
inline constexpr std::uint16_t c2 = 1 << 10;
inline constexpr std::uint16_t c3 = 1 << 14;
inline constexpr std::uint16_t busy = 1 << 15;
}  // namespace x87_flag

/// The exceptions that are flagged and not masked: the next waiting instruction is #MF.
constexpr std::uint16_t x87_pending(const FpuState& f) {
    return static_cast<std::uint16_t>(f.fsw & ~f.fcw & x87_flag::exceptions);
}

/// What FXRSTOR makes of FCW and FSW whatever was given: reserved bits have one value, ES and B say
/// whether an exception is pending, and the pointers to the last instruction are kept only then.
void settle_x87(FpuState& f);

/// What FXRSTOR makes of 416 bytes from memory. False, with nothing done, if MXCSR has bits set
/// that do not exist: #GP.
bool accept_fpu_image(FpuState& image);

/// A copy of a guest's x87 registers that the host's unit can load. The guest's must have no
/// exception pending, so that the host never meets one.
class X87Unit {
public:
    explicit X87Unit(const FpuState& f);

    /// The instruction of opcode D8 + `escape` (0 to 7) with this ModRM, a register form.
    void run(unsigned escape, std::uint8_t modrm);
    /// The one with this ModRM.reg that has its operand in memory, which is `operand` instead.
    void run_at(unsigned escape, unsigned digit, void* operand);

    /// Registers, FCW, FSW and tags as the instruction left them.
    void copy_to(FpuState& f) const;

    /// ZF, PF and CF in their places in RFLAGS: before (FCMOVcc) and after (FCOMI).
    std::uint8_t flags = 0;

private:
    static constexpr unsigned header_and_registers = 160;

    alignas(64) std::uint8_t image_[512];
};

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
/// One decoded instruction: a handler that is special to its operands, and the operands.
#pragma once

#include <cstdint>

namespace utsim::cpu {

struct Core;
struct Instruction;

/// What became of one instruction (or one iteration), as its handler tells the run loop.
enum class Status : std::uint8_t {
    retired,       ///< go on behind it
    branch,        ///< a taken control transfer; RIP is the target
    repeat,        ///< one iteration of a REP instruction; RIP stays
    code_changed,  ///< as retired, but decoded instructions may be stale
    flags_loaded,  ///< retired, and TF or AC may have changed
    flags_branch,  ///< the same for IRET, which also transfers control
    shadow,        ///< retired, and no debug trap may follow (MOV SS, POP SS)
    clock,         ///< the loop calls `read_clock`, because it knows the time
    syscall,       ///< go to the kernel; RIP is behind the instruction
    trap,          ///< an exception reported with RIP behind the instruction
    fault,         ///< an exception; nothing happened
    look_up,       ///< no instruction: find the one at RIP
};

using Handler = Status (*)(Core&, const Instruction&);

/// Numbers of the 64-bit words at the start of `Registers` that an address can be made of.
namespace word {
inline constexpr std::uint8_t rip = 16;
inline constexpr std::uint8_t fs_base = 18;
inline constexpr std::uint8_t gs_base = 19;
inline constexpr std::uint8_t zero = 20;
}  // namespace word

/// An 8-bit register is numbered like its 64-bit one; AH, CH, DH, BH have this bit on top.
inline constexpr std::uint8_t high_byte = 16;

/// Bits of `Instruction::flags`.
namespace instruction_flag {
/// Addresses are computed in 32 bits (prefix 67).
inline constexpr std::uint8_t address32 = 1;
/// The operand is addressed through RSP or RBP: a bad address is #SS, not #GP.
inline constexpr std::uint8_t stack = 2;
inline constexpr std::uint8_t repeat = 4;      ///< F3
inline constexpr std::uint8_t repeat_not = 8;  ///< F2
inline constexpr std::uint8_t ends_run = 16;   ///< what follows is not reached from here
}  // namespace instruction_flag

struct Instruction {
    Handler execute = nullptr;
    /// Sign extended; for a branch the displacement; for #UD the address of the reason's text.
    std::uint64_t immediate = 0;
    /// Sign extended, or an absolute address; counts from the next instruction when the base is
    /// RIP.
    std::uint64_t displacement = 0;
    std::uint8_t length = 0;
    std::uint8_t destination = 0;  ///< the written register, or the only one
    std::uint8_t source = 0;
    std::uint8_t base = word::zero;
    std::uint8_t index = word::zero;
    std::uint8_t scale = 0;  ///< shift count
    std::uint8_t segment = word::zero;
    std::uint8_t flags = 0;

    bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

static_assert(sizeof(Instruction) == 32);

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
// SYSCALL, software interrupts, what user mode may not do, CPUID, the clock, and the flag
// instructions CLC STC CMC CLD STD.
//
// CPUID tells the truth about this core: what is not implemented is not advertised, so a C library
// that asks first never meets a #UD.
#include "cpu/features.hpp"
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rax = 0;
constexpr std::uint8_t rcx = 1;
constexpr std::uint8_t rdx = 2;
constexpr std::uint8_t rbx = 3;
constexpr std::uint8_t r11 = 11;

Status syscall(Core& c, const Instruction&) {
    c.r.gpr[rcx] = c.r.rip;
    c.r.gpr[r11] = c.rflags();
    return Status::syscall;
}

Status trap(Core& c, std::uint8_t vector) {
    c.raise(vector);
    return Status::trap;
}

Status int3(Core& c, const Instruction&) { return trap(c, vector::breakpoint); }
Status int1(Core& c, const Instruction&) { return trap(c, vector::debug); }

/// Linux lets programs use the gates of INT 3 and INT 4 only (and 0x80, if it runs 32-bit programs,
/// which the modelled kernel does not).
Status int_n(Core& c, const Instruction& i) {
    const std::uint8_t number = static_cast<std::uint8_t>(i.immediate);
    if (number == vector::breakpoint || number == vector::overflow) return trap(c, number);
    // An error code that points into the interrupt table: index, then the bit that says so.
    return c.raise(vector::general_protection, number * 8u + 2,
                   number == 0x80 ? "INT 0x80: no 32-bit system calls here" : nullptr);
}

Status privileged(Core& c, const Instruction&) { return c.protect("privileged instruction"); }

struct CpuidLeaf {
    std::uint32_t leaf, eax, ebx, ecx, edx;
};

constexpr std::uint32_t bit(unsigned number) { return 1u << number; }

constexpr std::uint32_t letters(const char* text) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) {
        value |= std::uint32_t{static_cast<std::uint8_t>(text[i])} << (8 * i);
    }
    return value;
}

constexpr std::uint32_t features_1_ecx = bit(13) | bit(22) | bit(23);  // CX16 MOVBE POPCNT
// SSE3 SSSE3 SSE4.1 SSE4.2: what the execute_sse files do.
constexpr std::uint32_t vector_1_ecx = bit(0) | bit(9) | bit(19) | bit(20);
constexpr std::uint32_t clflush_line = 8u << 8;  // in eight bytes
/// FSGSBASE BMI1 BMI2 ADX; in ECX RDPID.
constexpr std::uint32_t integer_7_ebx = bit(0) | bit(3) | bit(8) | bit(19);
constexpr std::uint32_t features_ext_ecx = bit(0) | bit(5);  // LAHF LZCNT
constexpr std::uint32_t features_ext_edx =
    bit(4) | bit(8) | bit(11) | bit(15) | bit(20) | bit(27) | bit(29);  // + SYSCALL NX RDTSCP LM

/// An unknown leaf reads as zeroes.
constexpr CpuidLeaf leaves[] = {
    {0x00000000, 7, letters("utsi"), letters("-64 "), letters("m x8")},
    {0x00000001, 0x00000f00, clflush_line, features_1_ecx | vector_1_ecx, cpuid_1_edx},
    {0x00000007, 0, integer_7_ebx, bit(22), 0},
    {0x80000000, 0x80000008, 0, 0, 0},
    {0x80000001, 0, 0, features_ext_ecx, features_ext_edx | bit(23)},
    {0x80000002, letters("utsi"), letters("m us"), letters("er-m"), letters("ode ")},
    {0x80000003, letters("x86-"), letters("64 c"), letters("ore\0"), 0},
    {0x80000008, 0x3030, 0, 0, 0},
};

Status cpuid(Core& c, const Instruction&) {
    CpuidLeaf found{};
    for (const CpuidLeaf& leaf : leaves) {
        const bool other_part = leaf.leaf == 7 && c.reg<std::uint32_t>(rcx) != 0;
        if (leaf.leaf == c.reg<std::uint32_t>(rax) && !other_part) found = leaf;
    }
    c.set_reg(rax, found.eax);
    c.set_reg(rbx, found.ebx);
    c.set_reg(rcx, found.ecx);
    c.set_reg(rdx, found.edx);
    return Status::retired;
}

Status rdtsc(Core& c, const Instruction&) {
    c.wants_aux = false;
    return Status::clock;
}
Status rdtscp(Core& c, const Instruction&) {
    c.wants_aux = true;
    return Status::clock;
}

Status clc(Core& c, const Instruction&) {
    c.flags.set_cf(false);
    return Status::retired;
}
Status stc(Core& c, const Instruction&) {
    c.flags.set_cf(true);
    return Status::retired;
}
Status cmc(Core& c, const Instruction&) {
    c.flags.set_cf(!c.flags.cf());
    return Status::retired;
}
Status cld(Core& c, const Instruction&) {
    c.r.rflags &= ~flag::df;
    return Status::retired;
}
Status std_(Core& c, const Instruction&) {
    c.r.rflags |= flag::df;
    return Status::retired;
}

const char* reason_of(const Instruction& i) {
    return reinterpret_cast<const char*>(static_cast<std::uintptr_t>(i.immediate));
}

}  // namespace

namespace execute {

constinit const HandlerSet syscall = implied(cpu::syscall);
constinit const HandlerSet int3 = implied(cpu::int3);
constinit const HandlerSet int1 = implied(cpu::int1);
constinit const HandlerSet int_n = implied(cpu::int_n);
constinit const HandlerSet privileged = whatever_operands(cpu::privileged);
constinit const HandlerSet cpuid = implied(cpu::cpuid);
constinit const HandlerSet rdtsc = implied(cpu::rdtsc);
constinit const HandlerSet rdtscp = whatever_operands(cpu::rdtscp);
constinit const HandlerSet clc = implied(cpu::clc);
constinit const HandlerSet stc = implied(cpu::stc);
constinit const HandlerSet cmc = implied(cpu::cmc);
constinit const HandlerSet cld = implied(cpu::cld);
constinit const HandlerSet std = implied(std_);

Status undefined(Core& c, const Instruction& i) {
    return c.raise(vector::invalid_opcode, 0, reason_of(i));
}

Status unimplemented(Core& c, const Instruction& i) {
    c.unimplemented = true;
    return c.raise(vector::invalid_opcode, 0, reason_of(i));
}

Status too_long(Core& c, const Instruction&) {
    return c.protect("instruction longer than 15 bytes");
}

Status look_up(Core&, const Instruction&) { return Status::look_up; }

void read_clock(Core& c) {
    const Environment& e = c.environment;
    const std::uint64_t now = e.tsc_start + e.retired * e.tsc_per_instruction;
    c.set_reg(rax, static_cast<std::uint32_t>(now));
    c.set_reg(rdx, static_cast<std::uint32_t>(now >> 32));
    if (c.wants_aux) c.set_reg(rcx, e.tsc_aux);
}

}  // namespace execute
}  // namespace utsim::cpu

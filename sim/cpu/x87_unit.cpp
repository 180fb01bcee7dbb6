// SPDX-License-Identifier: MIT
// An instruction is executed by a stub: the escape byte, ModRM, a return. There is one for each
// register form and one for each memory form with the operand at (%rcx); all are four bytes apart,
// so that a number finds them. Around the stub stands what lends and takes back the unit. It is
// assembly as a whole, because nothing that a compiler makes may come between.
//
// FXRSTOR loads MXCSR and the XMM registers as well: MXCSR is made the host's own first, and XMM
// registers are the caller's to save for any function. FNINIT leaves the unit as a compiler wants
// to find it.
#include "cpu/x87_unit.hpp"

#include <cstring>

#if defined(__x86_64__)

// The assembler would see no point in two copies, and a compiler that inlines must not make them.
asm(R"(
    .pushsection .text
    .p2align 4
utsim_x87_stubs:
    .set utsim_escape, 0xd8
    .rept 8
    .set utsim_modrm, 0xc0
    .rept 64
    .byte utsim_escape, utsim_modrm, 0xc3, 0x90
    .set utsim_modrm, utsim_modrm + 1
    .endr
    .set utsim_escape, utsim_escape + 1
    .endr
    .set utsim_escape, 0xd8
    .rept 8
    .set utsim_modrm, 0x01
    .rept 8
    .byte utsim_escape, utsim_modrm, 0xc3, 0x90
    .set utsim_modrm, utsim_modrm + 8
    .endr
    .set utsim_escape, utsim_escape + 1
    .endr

    .p2align 4
    .globl utsim_x87_run
    .hidden utsim_x87_run
    .type utsim_x87_run, @function
utsim_x87_run:  # image, number of the stub, flags, operand
    leaq utsim_x87_stubs(%rip), %r8
    leaq (%r8,%rsi,4), %r8
    stmxcsr 24(%rdi)
    fxrstor (%rdi)
    movb %dl, %ah
    sahf
    call *%r8
    lahf
    fxsave (%rdi)
    fninit
    movzbl %ah, %eax
    ret
    .size utsim_x87_run, . - utsim_x87_run
    .popsection
)");

extern "C" std::uint32_t utsim_x87_run(void* image, std::uint64_t stub, std::uint32_t flags,
                                       void* operand);

#endif

namespace utsim::cpu {
namespace {

[[maybe_unused]] constexpr unsigned register_forms = 64;
[[maybe_unused]] constexpr unsigned memory_forms = 8;

/// What the pointers hold of an address: 57 bits.
std::uint64_t canonical(std::uint64_t address) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(address << 7) >> 7);
}

}  // namespace

void settle_x87(FpuState& f) {
    f.fcw = static_cast<std::uint16_t>((f.fcw & 0x1f3f) | 0x40);
    f.unused = 0;
    f.fsw &= static_cast<std::uint16_t>(~(x87_flag::summary | x87_flag::busy));
    if (x87_pending(f) != 0) {
        f.fsw |= x87_flag::summary | x87_flag::busy;
        f.fop &= 0x7ff;
        f.fip = canonical(f.fip);
        f.fdp = canonical(f.fdp);
    } else {
        f.fop = 0;
        f.fip = f.fdp = 0;
    }
    for (X87Register& r : f.st) std::memset(r.unused, 0, sizeof r.unused);
}

X87Unit::X87Unit(const FpuState& f) {
    std::memcpy(image_, &f, header_and_registers);
    std::memset(image_ + header_and_registers, 0, sizeof image_ - header_and_registers);
}

void X87Unit::copy_to(FpuState& f) const {
    const std::uint32_t mxcsr = f.mxcsr, mask = f.mxcsr_mask;
    std::memcpy(static_cast<void*>(&f), image_, header_and_registers);
    f.mxcsr = mxcsr, f.mxcsr_mask = mask;
    f.fop = 0;
    f.fip = f.fdp = 0;
    settle_x87(f);
}

void X87Unit::run([[maybe_unused]] unsigned escape, [[maybe_unused]] std::uint8_t modrm) {
#if defined(__x86_64__)
    const unsigned number = escape * register_forms + (modrm & 63u);
    flags = static_cast<std::uint8_t>(utsim_x87_run(image_, number, flags, nullptr));
#endif
}

void X87Unit::run_at([[maybe_unused]] unsigned escape, [[maybe_unused]] unsigned digit,
                     [[maybe_unused]] void* operand) {
#if defined(__x86_64__)
    const unsigned number = 8 * register_forms + escape * memory_forms + digit;
    flags = static_cast<std::uint8_t>(utsim_x87_run(image_, number, flags, operand));
#endif
}

}  // namespace utsim::cpu

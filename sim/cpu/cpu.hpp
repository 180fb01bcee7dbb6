// SPDX-License-Identifier: MIT
/// The x86-64 core: registers in, one instruction (or many), registers and a reason out.
///
/// Everything here is plain data that the caller owns, so a task's CPU state is copied by value and
/// the core keeps nothing between calls. It knows user mode only: what would enter a kernel
/// (SYSCALL, an exception, a due debug trap) ends the step and is described in a `StepResult`.
#pragma once

#include <cstdint>

#include "cpu/fpu_state.hpp"
#include "cpu/page_fault.hpp"

namespace utsim::cpu {

class AddressSpace;

/// Bits of RFLAGS.
namespace flag {
inline constexpr std::uint64_t cf = 1u << 0;
inline constexpr std::uint64_t fixed = 1u << 1;
inline constexpr std::uint64_t pf = 1u << 2;
inline constexpr std::uint64_t af = 1u << 4;
inline constexpr std::uint64_t zf = 1u << 6;
inline constexpr std::uint64_t sf = 1u << 7;
inline constexpr std::uint64_t tf = 1u << 8;
inline constexpr std::uint64_t interrupt = 1u << 9;
inline constexpr std::uint64_t df = 1u << 10;
inline constexpr std::uint64_t of = 1u << 11;
inline constexpr std::uint64_t iopl = 3u << 12;
inline constexpr std::uint64_t nt = 1u << 14;
inline constexpr std::uint64_t rf = 1u << 16;
inline constexpr std::uint64_t ac = 1u << 18;
inline constexpr std::uint64_t id = 1u << 21;
/// The six arithmetic flags.
inline constexpr std::uint64_t arithmetic = cf | pf | af | zf | sf | of;
/// What POPF can change in user mode.
inline constexpr std::uint64_t user = arithmetic | tf | df | nt | ac | id;
}  // namespace flag

/// Exception vectors.
namespace vector {
inline constexpr std::uint8_t divide_error = 0;
inline constexpr std::uint8_t debug = 1;
inline constexpr std::uint8_t breakpoint = 3;
inline constexpr std::uint8_t overflow = 4;
inline constexpr std::uint8_t invalid_opcode = 6;
inline constexpr std::uint8_t stack_fault = 12;
inline constexpr std::uint8_t general_protection = 13;
inline constexpr std::uint8_t page_fault = 14;
inline constexpr std::uint8_t x87_error = 16;
inline constexpr std::uint8_t alignment_check = 17;
inline constexpr std::uint8_t simd_error = 19;
}  // namespace vector

/// User selectors of 64-bit Linux.
inline constexpr std::uint16_t user_code_selector = 0x33;
inline constexpr std::uint16_t user_data_selector = 0x2b;

/// The user-visible register state of one task.
struct Registers {
    /// rax rcx rdx rbx rsp rbp rsi rdi r8..r15: the order of the encoding.
    std::uint64_t gpr[16] = {};
    std::uint64_t rip = 0;
    std::uint64_t rflags = flag::fixed | flag::interrupt;
    std::uint64_t fs_base = 0;
    std::uint64_t gs_base = 0;
    /// Always zero: what an absent base or index register reads as.
    std::uint64_t zero = 0;
    std::uint16_t cs = user_code_selector;
    std::uint16_t ss = user_data_selector;
    std::uint16_t ds = 0;
    std::uint16_t es = 0;
    std::uint16_t fs = 0;
    std::uint16_t gs = 0;
    std::uint16_t unused[2] = {};
    FpuState fpu;

    std::uint64_t& rax() { return gpr[0]; }
    std::uint64_t& rcx() { return gpr[1]; }
    std::uint64_t& rdx() { return gpr[2]; }
    std::uint64_t& rbx() { return gpr[3]; }
    std::uint64_t& rsp() { return gpr[4]; }
    std::uint64_t& rbp() { return gpr[5]; }
    std::uint64_t& rsi() { return gpr[6]; }
    std::uint64_t& rdi() { return gpr[7]; }
    std::uint64_t& r8() { return gpr[8]; }
    std::uint64_t& r9() { return gpr[9]; }
    std::uint64_t& r10() { return gpr[10]; }
    std::uint64_t& r11() { return gpr[11]; }
    std::uint64_t rax() const { return gpr[0]; }
    std::uint64_t rcx() const { return gpr[1]; }
    std::uint64_t rdx() const { return gpr[2]; }
    std::uint64_t rsp() const { return gpr[4]; }
    std::uint64_t rsi() const { return gpr[6]; }
    std::uint64_t rdi() const { return gpr[7]; }

    bool operator==(const Registers&) const = default;
};

template <typename V>
void describe(V& v, Registers& r) {
    v.field("gpr", r.gpr);
    v.field("rip", r.rip);
    v.field("rflags", r.rflags);
    v.field("fs_base", r.fs_base);
    v.field("gs_base", r.gs_base);
    v.field("zero", r.zero);
    v.field("cs", r.cs);
    v.field("ss", r.ss);
    v.field("ds", r.ds);
    v.field("es", r.es);
    v.field("fs", r.fs);
    v.field("gs", r.gs);
    v.field("unused", r.unused);
    v.field("fpu", r.fpu);
}

/// DR6.BS: the trap after an instruction that began with TF set.
inline constexpr std::uint64_t dr6_single_step = 1u << 14;
/// DR6.B0 to B3: the breakpoints that were hit.
inline constexpr std::uint64_t dr6_breakpoints = 15;
/// DR7.L0, G0 to L3, G3: what enables a breakpoint; either of the two does.
inline constexpr std::uint64_t dr7_enables = 0xff;

/// The debug state that belongs to a task: what the debug registers, DEBUGCTL and the interrupt
/// shadow hold.
struct DebugState {
    /// DR6; BS and B0 to B3 are set when such a trap falls due. The kernel clears it.
    std::uint64_t dr6 = 0;
    /// DR0 to DR3: where the breakpoints are. What counts of them and of DR7: cpu/breakpoint.hpp.
    std::uint64_t dr[4] = {};
    std::uint64_t dr7 = 0;
    /// Where a REP instruction stands between two iterations while breakpoints are enabled, else 0:
    /// one on it is for its beginning.
    std::uint64_t repeats_at = 0;
    /// DEBUGCTL.BTF: with TF, trap only after a taken control transfer. Cleared by any #DB.
    bool btf = false;
    /// The last instruction was MOV SS or POP SS: nothing may come between it and the next one.
    bool mov_ss_shadow = false;
    /// Data breakpoints that MOV SS or POP SS has hit: they trap after the next instruction.
    std::uint8_t held_hits = 0;
    std::uint8_t unused[5] = {};

    bool has_breakpoints() const { return (dr7 & dr7_enables) != 0; }

    bool operator==(const DebugState&) const = default;
};

template <typename V>
void describe(V& v, DebugState& d) {
    v.field("dr6", d.dr6);
    v.field("dr", d.dr);
    v.field("dr7", d.dr7);
    v.field("repeats_at", d.repeats_at);
    v.field("btf", d.btf);
    v.field("mov_ss_shadow", d.mov_ss_shadow);
    v.field("held_hits", d.held_hits);
    v.field("unused", d.unused);
}

/// What the instructions that look outside the registers see; deterministic by construction.
struct Environment {
    /// Instructions retired so far; `step` and `run` advance it. RDTSC is computed from it.
    std::uint64_t retired = 0;
    std::uint64_t tsc_start = 0;
    std::uint64_t tsc_per_instruction = 1;
    /// What RDTSCP puts into ECX.
    std::uint32_t tsc_aux = 0;
    std::uint32_t unused = 0;

    bool operator==(const Environment&) const = default;
};

template <typename V>
void describe(V& v, Environment& e) {
    v.field("retired", e.retired);
    v.field("tsc_start", e.tsc_start);
    v.field("tsc_per_instruction", e.tsc_per_instruction);
    v.field("tsc_aux", e.tsc_aux);
    v.field("unused", e.unused);
}

enum class Outcome : std::uint8_t {
    /// The instruction completed (or one iteration of a REP string instruction did).
    retired,
    /// SYSCALL: RCX and R11 are set, RIP is behind it. RFLAGS is left as R11 holds it, because that
    /// is what a kernel saves for the task; the kernel side itself runs with TF, IF and DF masked.
    syscall,
    /// A fault: registers are as before the instruction, but for RFLAGS.RF, which the saved image
    /// of a fault has set. Or a trap (INT3, INT1): RIP is behind the instruction.
    exception,
};

struct StepResult {
    Outcome outcome = Outcome::retired;
    /// With Outcome::exception: the vector.
    std::uint8_t vector = 0;
    /// A #DB is due: after Outcome::retired by the rules for TF, BTF and data breakpoints. After
    /// the others only what MOV SS held back: hardware reports that inside the kernel.
    bool debug_trap = false;
    /// The instruction loaded RFLAGS (POPF, IRET), so that TF may have changed.
    bool flags_loaded = false;
    /// The instruction transferred control, also when to the address behind it.
    bool taken_branch = false;
    /// The exception is a trap: the instruction completed.
    bool trap = false;
    /// A REP instruction has iterations left and RIP is still on it.
    bool repeating = false;
    /// #UD because this core does not implement the instruction, not because it is undefined.
    bool unimplemented = false;
    /// For #PF: why, and whether the kernel model can repair it (`away`, `out_of_memory`).
    FaultKind fault_kind = FaultKind::unmapped;
    /// The breakpoints that this #DB is for, by their bits in DR6.
    std::uint8_t breakpoints = 0;
    /// The trap that is due is (also) one of TF: DR6.BS.
    bool single_step = false;
    std::uint32_t error_code = 0;
    /// Where the instruction is that caused the exception, or loaded the flags.
    std::uint64_t address = 0;
    /// CR2, for #PF.
    std::uint64_t fault_address = 0;
    /// With #MF and #XM: the exceptions that are unmasked and there, by their bits in MXCSR.
    std::uint8_t float_exceptions = 0;
    /// Why, as static text, where there is more to say than the vector does; else null.
    const char* reason = nullptr;
};

/// Executes exactly one instruction. A REP string instruction counts every iteration as one.
StepResult step(Registers& registers, DebugState& debug, AddressSpace& memory,
                Environment& environment);

struct RunResult {
    /// How many instructions retired (a SYSCALL counts; one that faulted does not).
    std::uint64_t retired = 0;
    StepResult last;
};

/// Executes up to `max_instructions` and stops early at anything but a plain retirement: at a
/// SYSCALL, an exception, a due debug trap, or behind POPF and IRET. The same as that many calls of
/// `step`, only faster.
RunResult run(Registers& registers, DebugState& debug, AddressSpace& memory,
              Environment& environment, std::uint64_t max_instructions);

/// What an observer hears of an instruction, or an iteration, that has retired.
struct Observed {
    std::uint64_t rip = 0;
    /// Its fifteen bytes, good during the call; null where whoever wants them has to fetch them.
    const std::uint8_t* bytes = nullptr;
    std::uint8_t length = 0;
    bool taken_branch = false;
};

/// Somebody who hears of each instruction while it runs. General registers and RIP are then as
/// after the instruction; RFLAGS and the environment are not up to date before the run has ended.
struct Observer {
    /// False ends the run here. It must not touch the memory of the guest.
    bool (*after)(void* context, const Observed& instruction);
    void* context;
};

/// `run`, with `observer` told of each instruction that retires, a SYSCALL too. Exceptions are for
/// the caller to tell, from the result, and so are the traps among them.
RunResult run_observed(Registers& registers, DebugState& debug, AddressSpace& memory,
                       Environment& environment, std::uint64_t max_instructions,
                       const Observer& observer);

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
// The table of arch/x86's trap handlers as a user program meets it. Addresses: the instruction for
// what is wrong with the instruction, CR2 for a page fault, none where Linux does not know one.
#include "cpu/fault_signal.hpp"

namespace utsim::cpu {
namespace {

constexpr int sigill = 4, sigtrap = 5, sigbus = 7, sigfpe = 8, sigsegv = 11;
constexpr int si_kernel = 0x80;
constexpr int ill_illopn = 2;
constexpr int trap_brkpt = 1;
constexpr int trap_trace = 2;
constexpr int trap_hwbkpt = 4;
constexpr int fpe_intdiv = 1;
constexpr int fpe_fltdiv = 3, fpe_fltovf = 4, fpe_fltund = 5, fpe_fltres = 6, fpe_fltinv = 7;
constexpr int segv_maperr = 1;
constexpr int segv_accerr = 2;
constexpr int bus_adraln = 1;

LinuxSignal for_page_fault(const StepResult& result) {
    switch (result.fault_kind) {
        case FaultKind::unmapped:
            return {sigsegv, segv_maperr, result.fault_address};
        case FaultKind::protection:
            return {sigsegv, segv_accerr, result.fault_address};
        default:
            return {};  // the kernel repairs it, or kills the task
    }
}

/// Of several at once the first of these; a denormal operand is reported as underflow.
int float_code(std::uint8_t exceptions) {
    constexpr std::uint8_t invalid = 1, denormal = 2, zero_divide = 4, overflow = 8, underflow = 16;
    if ((exceptions & invalid) != 0) return fpe_fltinv;
    if ((exceptions & zero_divide) != 0) return fpe_fltdiv;
    if ((exceptions & overflow) != 0) return fpe_fltovf;
    if ((exceptions & (underflow | denormal)) != 0) return fpe_fltund;
    return fpe_fltres;
}

LinuxSignal for_exception(const StepResult& result, std::uint64_t rip) {
    switch (result.vector) {
        case vector::divide_error:
            return {sigfpe, fpe_intdiv, rip};
        case vector::debug:
            return {sigtrap, result.breakpoints != 0 ? trap_hwbkpt : trap_brkpt, rip};
        case vector::breakpoint:
            return {sigtrap, si_kernel, 0};
        case vector::overflow:
            return {sigsegv, si_kernel, 0};
        case vector::invalid_opcode:
            return {sigill, ill_illopn, rip};
        case vector::stack_fault:
            return {sigbus, si_kernel, 0};
        case vector::general_protection:
            return {sigsegv, si_kernel, 0};
        case vector::page_fault:
            return for_page_fault(result);
        case vector::alignment_check:
            return {sigbus, bus_adraln, 0};
        case vector::x87_error:
        case vector::simd_error:
            return {sigfpe, float_code(result.float_exceptions), rip};
        default:
            return {};
    }
}

}  // namespace

LinuxSignal linux_signal_for(const StepResult& result, std::uint64_t rip) {
    if (result.outcome == Outcome::exception) return for_exception(result, rip);
    if (result.debug_trap) return {sigtrap, result.single_step ? trap_trace : trap_hwbkpt, rip};
    return {};
}

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
/// What the manuals of the two makers leave open, what our processor does there, and which real
/// ones are known to do the same: the one table behind docs/cpu.md and behind the masks with which
/// the model is compared with a host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace utsim::cpu::testing {

/// The families that the table has a column for, and all the rest.
enum class Family : std::uint8_t { amd_25, amd_26, intel, unknown };
inline constexpr const char* family_names[] = {"amd-25", "amd-26", "intel", "unknown"};
inline constexpr std::size_t known_families = 3;

/// What is known of one family. Only what was measured is compared.
enum class Known : std::uint8_t {
    measured,    ///< agrees, seen in millions of instructions
    reported,    ///< no difference in one run of 100,000 instructions elsewhere
    documented,  ///< agrees by its maker's manual
    differs,
    varies,  ///< one and the same family was seen to do both
    unknown,
};

/// How a host can be compared with our processor.
enum class Testing : std::uint8_t {
    compared,      ///< where the family agrees
    probed,        ///< depends on the kernel; compared if a probe says that this one is like ours
    masked,        ///< depends on kernel or hypervisor: never compared
    not_executed,  ///< not even executed on a host that is not known to agree
    not_reached,   ///< no test on a host gets there
};

enum class Open : std::uint8_t {
    logic_af,
    shift_af,
    shift_of,
    shift_cf,
    shift_zero,
    rotate_of,
    double_af,
    double_of,
    double_wide,
    multiply_flags,
    divide_flags,
    scan_flags,
    scan_zero,
    count_flags,
    bit_test_flags,
    bswap_16,
    cmpxchg_upper,
    movsxd_16,
    two_faults,
    enter_fault,
    fault_prefix,
    iret_stack,
    canonical_width,
    selector,
    null_base,
    repeat_rf,
    repeat_zero,
    io_zero,
    near_branch_16,
    prefix_group,
    repeat_elsewhere,
    hint_nop,
    reserved_opcode,
    sysenter,
    sysexit,
    int_gates,
    int1,
    split_lock,
    rdpmc,
    cpuid,
    tsc,
    mov_ss_twice,
    block_step,
    reciprocal,
    mxcsr_bits,
    mmx_transition,
    masked_store,
    x87_digits,
    x87_undefined,
    x87_conditions,
    x87_pointers,
    x87_store,
    x87_alias,
    fxsave,
    x87_state_fault,
    bmi_flags,
    bases,
    far_pointer,
    descriptor_tables,
    processor_number,
    lock_operand,
};

struct OpenRow {
    Open id;
    const char* name;
    const char* instructions;
    const char* left_open;
    const char* ours;
    std::array<Known, known_families> known;
    Testing testing = Testing::compared;
    const char* note = "";
};

namespace known {
using enum Known;
inline constexpr std::array<Known, 3> on_26 = {reported, measured, unknown};
inline constexpr std::array<Known, 3> not_25 = {differs, measured, unknown};
inline constexpr std::array<Known, 3> by_manuals = {documented, measured, documented};
inline constexpr std::array<Known, 3> only_26 = {unknown, measured, unknown};
inline constexpr std::array<Known, 3> not_intel = {reported, measured, differs};
inline constexpr std::array<Known, 3> nowhere = {unknown, unknown, unknown};
}  // namespace known

// clang-format off
inline constexpr OpenRow open_rows[] = {
    {Open::logic_af, "logic-af", "AND OR XOR TEST", "AF", "AF = 0", known::on_26},
    {Open::shift_af, "shift-af", "SHL SHR SAR, count not 0", "AF", "AF = 1", known::on_26},
    {Open::shift_of, "shift-of", "SHL SHR SAR, count above 1", "OF",
     "as for a count of one, taken from the result: SHL top bit xor CF, SHR the two top bits "
     "differ, SAR 0",
     known::on_26},
    {Open::shift_cf, "shift-cf", "SHL SHR of 8 or 16 bits, count not below the width", "CF",
     "the bit that a wider register would have shifted out: 0 above the width", known::on_26},
    {Open::shift_zero, "shift-zero", "shifts, rotates, SHLD, SHRD, masked count 0",
     "whether memory is written, and the upper half of a 32-bit register",
     "memory is written (and must be writable), the upper half is cleared", known::on_26},
    {Open::rotate_of, "rotate-of", "ROL ROR RCL RCR, count above 1", "OF",
     "as for a count of one, taken from the result", known::on_26},
    {Open::double_af, "double-shift-af", "SHLD SHRD, count not 0", "AF", "AF = 1", known::on_26},
    {Open::double_of, "double-shift-of", "SHLD SHRD, count above 1", "OF",
     "SHLD top bit xor CF, SHRD the two top bits differ", known::on_26},
    {Open::double_wide, "double-shift-wide", "SHLD SHRD of 16 bits, count above 16",
     "the result and all six flags",
     "the source moves in again (a rotation of it), CF = 0, the others as for a smaller count",
     known::on_26},
    {Open::multiply_flags, "multiply-flags", "MUL IMUL", "SF ZF AF PF", "unchanged", known::on_26},
    {Open::divide_flags, "divide-flags", "DIV IDIV", "all six flags",
     "CF OF unchanged, AF = 1, SF ZF PF = 0", known::on_26},
    {Open::scan_flags, "scan-flags", "BSF BSR", "CF OF SF AF PF",
     "CF OF SF AF = 0, PF of the result; with a source of zero PF = 1", known::not_25},
    {Open::scan_zero, "scan-zero", "BSF BSR of zero", "the destination",
     "unchanged, its upper half too", known::by_manuals, Testing::compared,
     "Intel: by the manual some older ones clear the upper half; AMD's manual says unchanged"},
    {Open::count_flags, "zero-count-flags", "TZCNT LZCNT", "OF SF AF PF",
     "SF AF PF = 0, OF unchanged", known::on_26},
    {Open::bit_test_flags, "bit-test-flags", "BT BTS BTR BTC", "OF SF AF PF, for AMD ZF as well",
     "unchanged", known::on_26},
    {Open::bswap_16, "bswap-16", "BSWAP of 16 bits", "the result", "0", known::on_26},
    {Open::cmpxchg_upper, "cmpxchg-upper", "CMPXCHG of 32 bits, CMPXCHG8B",
     "the upper half of a register whose lower half is not changed", "unchanged", known::on_26},
    {Open::movsxd_16, "movsxd-16", "MOVSXD to 16 bits from memory", "whether 2 or 4 bytes are read",
     "4", known::only_26},
    {Open::two_faults, "two-faults",
     "CMPS MOVS, PUSH and POP of memory, CALL, RETF, IRET, ENTER, an access across pages, a "
     "misaligned one with AC set",
     "which of several exceptions is reported",
     "accesses in the order of the manual's text (the first operand's first, IRET as measured); of "
     "one access a bad address, alignment, then pages from below",
     {Known::differs, Known::measured, Known::unknown}, Testing::compared,
     "amd-25: CMPS reports the other operand"},
    {Open::enter_fault, "enter-fault", "ENTER with nesting, when it faults",
     "what was already written below RSP", "all before the access that failed", known::on_26},
    {Open::fault_prefix, "fault-prefix", "a prefix 26 2E 36 3E on a bad address",
     "#GP or #SS", "the prefix does not count: #SS through RSP and RBP", known::on_26},
    {Open::iret_stack, "iret-stack", "IRET to an RSP that is not canonical",
     "#GP, or an exception when it is used", "it is loaded as it is", known::only_26},
    {Open::canonical_width, "canonical-width", "addresses between 48 and 57 bits",
     "#GP, or a page fault with five-level paging", "48 bits are an address: #GP",
     {Known::varies, Known::varies, Known::varies}, Testing::probed, "the kernel decides it"},
    {Open::selector, "selector",
     "MOV and POP to segment registers, LSS LFS LGS, RETF, far CALL and JMP,"
     " IRET, VERR VERW LAR LSL",
     "which selectors exist",
     "0x28 and 0x2b, 0x30 and 0x33, 0x78 and 0x7b with any RPL for data, 0x33 for code, 0x2b for "
     "the stack, null but for the stack; all others #GP",
     {Known::varies, Known::varies, Known::varies}, Testing::probed, "the kernel decides it: "
     "one that runs 32-bit programs has 0x23 too"},
    {Open::null_base, "null-base", "null selectors in FS, GS, DS, ES",
     "the base of FS and GS, and what RPL is left after the kernel was entered",
     "the base becomes 0, the selector stays as loaded", known::nowhere, Testing::masked},
    {Open::repeat_rf, "repeat-rf", "the single-step trap between iterations of REP",
     "RF in the saved flags", "0", known::not_intel, Testing::compared,
     "Intel: 1 by the manual"},
    {Open::repeat_zero, "repeat-zero", "REP with prefix 67 and ECX = 0",
     "the upper halves of RCX, RSI and RDI", "unchanged", known::on_26},
    {Open::io_zero, "io-zero", "REP INS, REP OUTS with a count of zero", "whether permission is "
    "checked",
     "it is: #GP", known::only_26},
    {Open::near_branch_16, "near-branch-prefix", "near branches with prefix 66, F2 or F3",
     "whether the prefix counts", "it does not",
     {Known::differs, Known::differs, Known::documented}, Testing::not_executed,
     "AMD cuts the target to 16 bits"},
    {Open::prefix_group, "prefix-group", "F2 and F3 together, or FS and GS with another segment",
     "which one counts", "the last of F2 and F3, the last of FS and GS", known::on_26},
    {Open::repeat_elsewhere, "repeat-elsewhere", "F2 and F3 where the manuals give them no meaning",
     "everything", "ignored", known::on_26},
    {Open::hint_nop, "hint-nop", "0F 0D, 0F 19 to 0F 1E", "whether they do anything", "nothing",
     known::on_26},
    {Open::reserved_opcode, "reserved-opcode", "opcodes that are in no manual", "everything", "#UD",
     known::on_26, Testing::not_executed},
    {Open::sysenter, "sysenter", "SYSENTER", "exists in 64-bit mode or not", "#UD",
     {Known::reported, Known::measured, Known::differs}, Testing::not_executed},
    {Open::sysexit, "sysexit", "SYSEXIT", "#UD or #GP", "#UD",
     {Known::differs, Known::varies, Known::differs}, Testing::masked,
     "amd-25 and Intel: #GP; amd-26: #UD under one hypervisor, #GP under another"},
    {Open::int_gates, "int-gates", "INT 15h to 1Fh, INT 80h", "which gates a program may use",
     "3 and 4; all others #GP", known::nowhere, Testing::not_executed,
     "kernel and hypervisor decide it"},
    {Open::int1, "int1", "INT1", "how it is reported", "a trap, RIP behind it", known::nowhere,
     Testing::not_executed, "some hypervisors never return from it"},
    {Open::split_lock, "split-lock", "LOCK and XCHG across 64 bytes", "#AC, or a delay", "nothing",
     known::nowhere, Testing::not_executed, "the kernel decides it"},
    {Open::rdpmc, "rdpmc", "RDPMC", "whether it is allowed", "#GP", known::nowhere,
     Testing::not_executed, "the kernel decides it"},
    {Open::cpuid, "cpuid", "CPUID", "everything", "what is implemented, maker `utsim-64 x86`",
     known::nowhere, Testing::not_executed},
    {Open::tsc, "tsc", "RDTSC RDTSCP", "the clock", "counts instructions", known::nowhere,
     Testing::not_executed},
    {Open::mov_ss_twice, "mov-ss-twice", "MOV SS or POP SS twice in a row",
     "whether the second inhibits the trap as well", "it does",
     {Known::unknown, Known::measured, Known::unknown}, Testing::not_reached},
    {Open::block_step, "block-step", "BTF set by a debugger", "what counts as a branch, under a "
    "hypervisor whether it works",
     "every taken transfer, also to the next instruction; BTF ends with any #DB", known::nowhere,
     Testing::not_reached, "KVM suppresses it"},
    {Open::reciprocal, "reciprocal", "RCPPS RCPSS RSQRTPS RSQRTSS",
     "the result, but for an error below 1.5/4096",
     "the exact result rounded to 12 bits behind the point; zero if it is too small",
     {Known::differs, Known::differs, Known::differs}},
    {Open::mxcsr_bits, "mxcsr-bits", "LDMXCSR with bit 17", "whether the bit exists",
     "it does not: #GP", {Known::differs, Known::differs, Known::documented}},
    {Open::mmx_transition, "mmx-transition",
     "CVTPI2PS from memory; MASKMOVQ and conversions to MMX that end in an exception",
     "whether the x87 registers become those of MMX", "not for the first, yes for the others",
     known::only_26},
    {Open::masked_store, "masked-store", "MASKMOVQ MASKMOVDQU",
     "exceptions of bytes that are not written",
     "all of the memory must be writable, and aligned to eight bytes with AC set", known::only_26},
    {Open::x87_digits, "x87-digits", "F2XM1 FYL2X FYL2XP1 FPTAN FPATAN FSIN FCOS FSINCOS",
     "the last digit, and C1 and the exceptions that depend on it",
     "computed with 113 bits and rounded once, FSIN and kin with a pi of 66 bits; PE unless 0",
     known::nowhere, Testing::masked},
    {Open::x87_undefined, "x87-domain", "F2XM1 beyond 1, FYL2XP1 beyond 1 - sqrt(1/2)",
     "the result", "the operand for F2XM1 and for FYL2XP1 from -1 down, else the logarithm",
     known::only_26},
    {Open::x87_conditions, "x87-conditions", "x87, those that do not set them", "C0 C2 C3",
     "unchanged", known::only_26},
    {Open::x87_pointers, "x87-pointers", "x87", "FIP FDP FOP, and their selectors",
     "those of the instruction whose unmasked exception is pending, else 0; selectors 0",
     known::only_26},
    {Open::x87_store, "x87-store", "x87 stores with an unmasked exception",
     "whether memory is checked although nothing is stored", "it is", known::only_26},
    {Open::x87_alias, "x87-alias",
     "D9 D8+i, DC D0+i, DC D8+i, DD C8+i, DE D0+i, DF C0+i to DF D8+i, DB E0, DB E1, DB E4",
     "whether they are the instructions that they were on the 8087", "they are", known::only_26,
     Testing::not_executed},
    {Open::fxsave, "fxsave", "FXSAVE FXRSTOR", "MXCSR_MASK, bit 17 of MXCSR (AMD), #AC or #GP "
     "of a wrong alignment", "ffff, reserved, #AC only if it is no multiple of 8",
     known::nowhere, Testing::masked},
    {Open::x87_state_fault, "x87-state-fault",
     "FLDENV FNSTENV FNSAVE FRSTOR across pages, FXSAVE FXRSTOR", "which fault is reported",
     "that of the first byte, of the last, then from below; FXSAVE and FXRSTOR of the last first",
     known::nowhere, Testing::masked},
    {Open::bmi_flags, "bmi-flags", "ANDN BLSI BLSMSK BLSR BZHI BEXTR",
     "AF PF, for BEXTR SF too",
     "PF of the result, AF = 0, for BEXTR SF = 0 and AF = 1",
     known::only_26},
    {Open::bases, "bases", "RDFSBASE RDGSBASE WRFSBASE WRGSBASE", "whether they are allowed",
     "they are", known::nowhere, Testing::not_executed, "the kernel decides it"},
    {Open::far_pointer, "far-pointer", "far CALL and JMP, LSS LFS LGS with REX.W",
     "whether the offset in memory has 64 bits", "32",
     {Known::documented, Known::measured, Known::differs}},
    {Open::descriptor_tables, "descriptor-tables", "SLDT STR SMSW SGDT SIDT",
     "#GP, or what they show (UMIP)",
     "0, 40, CR0 80050033, bases fffffffffffe0000 and ffffffffffff0000 with limit 0, which is what "
     "Linux shows where UMIP is on",
     known::nowhere, Testing::masked, "kernel and hypervisor decide it"},
    {Open::processor_number, "processor-number", "RDPID, LSL of 0x78",
     "on which processor the task runs", "always the same one", known::nowhere,
     Testing::not_executed},
    {Open::lock_operand, "lock-operand", "VERR VERW with LOCK",
     "#UD, or first a page fault of the operand", "#UD",
     {Known::unknown, Known::differs, Known::unknown}},
};
// clang-format on

inline constexpr std::size_t open_count = std::size(open_rows);

consteval bool in_order() {
    for (std::size_t n = 0; n < open_count; ++n) {
        if (static_cast<std::size_t>(open_rows[n].id) != n) return false;
    }
    return true;
}
static_assert(in_order(), "rows are looked up by number");

inline const OpenRow& row_of(Open id) { return open_rows[static_cast<std::size_t>(id)]; }

/// The table of docs/cpu.md.
inline std::string open_table() {
    constexpr const char* words[] = {"agrees",  "reported", "by manual",
                                     "differs", "varies",   "unknown"};
    constexpr const char* tests[] = {"compared", "probed", "masked", "not executed", "not reached"};
    std::string out =
        "| Row | Instructions | Left open | Ours | amd-25 | amd-26 | intel | In tests |\n"
        "|---|---|---|---|---|---|---|---|\n";
    for (const OpenRow& row : open_rows) {
        out += std::string("| `") + row.name + "` | " + row.instructions + " | " + row.left_open +
               " | " + row.ours;
        if (row.note[0] != 0) out += std::string(" (") + row.note + ")";
        for (const Known k : row.known) out += std::string(" | ") + words[static_cast<int>(k)];
        out += std::string(" | ") + tests[static_cast<int>(row.testing)] + " |\n";
    }
    return out;
}

}  // namespace utsim::cpu::testing

// SPDX-License-Identifier: MIT
/// The names by which the opcode table refers to the handlers of the execute_*.cpp files.
#pragma once

#include <array>

#include "cpu/core.hpp"

namespace utsim::cpu {

/// One set for each condition code.
using ConditionSets = std::array<HandlerSet, 16>;

/// The two handler sets of an operation on MMX and on XMM registers.
struct VectorSets {
    HandlerSet mmx, xmm;
};

/// Those of an operation on packed and scalar numbers of single and double precision.
struct FloatSets {
    HandlerSet ps, pd, ss, sd;
};

namespace execute {

// execute_arithmetic.cpp
extern const HandlerSet add, adc, sub, sbb, cmp, and_, or_, xor_, test, inc, dec, neg, not_;
// execute_shift.cpp
extern const HandlerSet rol, ror, rcl, rcr, shl, shr, sar;
extern const HandlerSet shld_immediate, shld_cl, shrd_immediate, shrd_cl;
// execute_multiply.cpp
extern const HandlerSet mul, imul_one, imul_two, imul_three, div, idiv;
// execute_move.cpp
extern const HandlerSet mov, movzx_byte, movzx_word, movsx_byte, movsx_word, movsxd;
extern const HandlerSet lea, xchg, bswap, movbe, cbw, cwd, xlat, nop;
extern const ConditionSets cmovcc, setcc;
// execute_bit.cpp
extern const HandlerSet bt, bts, btr, btc, bsf, bsr, tzcnt, lzcnt, popcnt;
// execute_atomic.cpp
extern const HandlerSet cmpxchg, xadd, cmpxchg8b, cmpxchg16b;
// execute_stack.cpp
extern const HandlerSet push, pop, push_segment, pop_segment, pushf, popf, enter, leave, lahf, sahf;
// execute_branch.cpp
extern const HandlerSet jmp, jmp_indirect, call, call_indirect, ret;
extern const HandlerSet jmp_far, call_far, ret_far, iret;
extern const HandlerSet loop, loope, loopne, jrcxz;
extern const ConditionSets jcc;
// execute_string.cpp
extern const HandlerSet movs, stos, lods, cmps, scas;
// execute_segment.cpp
extern const HandlerSet mov_from_segment, mov_to_segment;
// execute_descriptor.cpp
extern const HandlerSet sldt, str, smsw, sgdt, sidt, verr, verw, lar, lsl, rdpid, lss, lfs, lgs;
// execute_x87.cpp
extern const HandlerSet x87_register, x87_compare, x87_transcendental;
extern const HandlerSet x87_load_2, x87_load_4, x87_load_8, x87_load_10;
extern const HandlerSet x87_store_2, x87_store_4, x87_store_8, x87_store_10;
// execute_x87_control.cpp
extern const HandlerSet x87_wait, x87_nothing, x87_initialise, x87_clear_exceptions;
extern const HandlerSet x87_load_control, x87_store_control, x87_store_status, x87_status_to_ax;
extern const HandlerSet x87_load_environment, x87_store_environment, x87_restore, x87_save;
// execute_fxsave.cpp
extern const HandlerSet fxsave, fxrstor;
// execute_bmi.cpp
extern const HandlerSet andn, bzhi, bextr, pdep, pext, shlx, shrx, sarx, blsr, blsmsk, blsi;
extern const HandlerSet mulx, rorx, adcx, adox, crc32, crc32_byte;
extern const HandlerSet rdfsbase, rdgsbase, wrfsbase, wrgsbase;
// execute_system.cpp
extern const HandlerSet syscall, int3, int1, int_n, privileged, cpuid, rdtsc, rdtscp;
extern const HandlerSet clc, stc, cmc, cld, std;

/// For bytes that are no instruction. The immediate is the address of a reason's text, or zero.
Status undefined(Core& c, const Instruction& i);
/// The same for what a real processor has and this core has not.
Status unimplemented(Core& c, const Instruction& i);
/// For an instruction longer than 15 bytes.
Status too_long(Core& c, const Instruction& i);
/// Ends a run of decoded instructions; see cpu/code_page.hpp.
Status look_up(Core& c, const Instruction& i);

/// Does iterations of a REP instruction at once, up to `most`, as far as nobody can see that they
/// were; the last one of the instruction is left for its handler. How many were done.
std::uint64_t repeat_in_bulk(Core& c, const Instruction& i, std::uint64_t most);

/// What RDTSC and RDTSCP do, called by whoever knows that `retired` is up to date.
void read_clock(Core& c);

}  // namespace execute
}  // namespace utsim::cpu

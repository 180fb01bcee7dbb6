// SPDX-License-Identifier: MIT
// The escapes D8 to DF, and WAIT. Each escape is two tables by ModRM.reg, one for memory and one
// for registers, in which a few rows are one instruction for each ModRM. A missing one is #UD.
#include "cpu/opcode_table.hpp"

namespace utsim::cpu::opcode_table {
namespace {

namespace x = execute;
using namespace attribute;
constexpr Form esc = Form::x87;

constexpr Row at(std::uint8_t opcode, std::int8_t digit, const char* name, const HandlerSet& set) {
    return {opcode, opcode, esc, name, &set, memory_only, digit};
}
/// ST(i) for all i.
constexpr Row st(std::uint8_t opcode, std::int8_t digit, const char* name, const HandlerSet& set) {
    return {opcode, opcode, esc, name, &set, register_only, digit};
}
constexpr Row one(std::uint8_t opcode, std::uint8_t modrm, const char* name,
                  const HandlerSet& set) {
    return {opcode, opcode, esc, name, &set, register_only, any_digit, Prefix::any, modrm};
}

constexpr Row rows[] = {
    {0x9b, 0x9b, Form::none, "FWAIT", &x::x87_wait},

    at(0xd8, 0, "FADD", x::x87_load_4),
    at(0xd8, 1, "FMUL", x::x87_load_4),
    at(0xd8, 2, "FCOM", x::x87_load_4),
    at(0xd8, 3, "FCOMP", x::x87_load_4),
    at(0xd8, 4, "FSUB", x::x87_load_4),
    at(0xd8, 5, "FSUBR", x::x87_load_4),
    at(0xd8, 6, "FDIV", x::x87_load_4),
    at(0xd8, 7, "FDIVR", x::x87_load_4),
    st(0xd8, 0, "FADD", x::x87_register),
    st(0xd8, 1, "FMUL", x::x87_register),
    st(0xd8, 2, "FCOM", x::x87_register),
    st(0xd8, 3, "FCOMP", x::x87_register),
    st(0xd8, 4, "FSUB", x::x87_register),
    st(0xd8, 5, "FSUBR", x::x87_register),
    st(0xd8, 6, "FDIV", x::x87_register),
    st(0xd8, 7, "FDIVR", x::x87_register),

    at(0xd9, 0, "FLD", x::x87_load_4),
    at(0xd9, 2, "FST", x::x87_store_4),
    at(0xd9, 3, "FSTP", x::x87_store_4),
    at(0xd9, 4, "FLDENV", x::x87_load_environment),
    at(0xd9, 5, "FLDCW", x::x87_load_control),
    at(0xd9, 6, "FNSTENV", x::x87_store_environment),
    at(0xd9, 7, "FNSTCW", x::x87_store_control),
    st(0xd9, 0, "FLD", x::x87_register),
    st(0xd9, 1, "FXCH", x::x87_register),
    one(0xd9, 0xd0, "FNOP", x::x87_wait),
    st(0xd9, 3, "FSTP", x::x87_register),  // reserved, and the same as DD /3
    one(0xd9, 0xe0, "FCHS", x::x87_register),
    one(0xd9, 0xe1, "FABS", x::x87_register),
    one(0xd9, 0xe4, "FTST", x::x87_register),
    one(0xd9, 0xe5, "FXAM", x::x87_register),
    one(0xd9, 0xe8, "FLD1", x::x87_register),
    one(0xd9, 0xe9, "FLDL2T", x::x87_register),
    one(0xd9, 0xea, "FLDL2E", x::x87_register),
    one(0xd9, 0xeb, "FLDPI", x::x87_register),
    one(0xd9, 0xec, "FLDLG2", x::x87_register),
    one(0xd9, 0xed, "FLDLN2", x::x87_register),
    one(0xd9, 0xee, "FLDZ", x::x87_register),
    one(0xd9, 0xf0, "F2XM1", x::x87_transcendental),
    one(0xd9, 0xf1, "FYL2X", x::x87_transcendental),
    one(0xd9, 0xf2, "FPTAN", x::x87_transcendental),
    one(0xd9, 0xf3, "FPATAN", x::x87_transcendental),
    one(0xd9, 0xf4, "FXTRACT", x::x87_register),
    one(0xd9, 0xf5, "FPREM1", x::x87_register),
    one(0xd9, 0xf6, "FDECSTP", x::x87_register),
    one(0xd9, 0xf7, "FINCSTP", x::x87_register),
    one(0xd9, 0xf8, "FPREM", x::x87_register),
    one(0xd9, 0xf9, "FYL2XP1", x::x87_transcendental),
    one(0xd9, 0xfa, "FSQRT", x::x87_register),
    one(0xd9, 0xfb, "FSINCOS", x::x87_transcendental),
    one(0xd9, 0xfc, "FRNDINT", x::x87_register),
    one(0xd9, 0xfd, "FSCALE", x::x87_register),
    one(0xd9, 0xfe, "FSIN", x::x87_transcendental),
    one(0xd9, 0xff, "FCOS", x::x87_transcendental),

    at(0xda, 0, "FIADD", x::x87_load_4),
    at(0xda, 1, "FIMUL", x::x87_load_4),
    at(0xda, 2, "FICOM", x::x87_load_4),
    at(0xda, 3, "FICOMP", x::x87_load_4),
    at(0xda, 4, "FISUB", x::x87_load_4),
    at(0xda, 5, "FISUBR", x::x87_load_4),
    at(0xda, 6, "FIDIV", x::x87_load_4),
    at(0xda, 7, "FIDIVR", x::x87_load_4),
    st(0xda, 0, "FCMOVB", x::x87_register),
    st(0xda, 1, "FCMOVE", x::x87_register),
    st(0xda, 2, "FCMOVBE", x::x87_register),
    st(0xda, 3, "FCMOVU", x::x87_register),
    one(0xda, 0xe9, "FUCOMPP", x::x87_register),

    at(0xdb, 0, "FILD", x::x87_load_4),
    at(0xdb, 1, "FISTTP", x::x87_store_4),
    at(0xdb, 2, "FIST", x::x87_store_4),
    at(0xdb, 3, "FISTP", x::x87_store_4),
    at(0xdb, 5, "FLD", x::x87_load_10),
    at(0xdb, 7, "FSTP", x::x87_store_10),
    st(0xdb, 0, "FCMOVNB", x::x87_register),
    st(0xdb, 1, "FCMOVNE", x::x87_register),
    st(0xdb, 2, "FCMOVNBE", x::x87_register),
    st(0xdb, 3, "FCMOVNU", x::x87_register),
    one(0xdb, 0xe0, "FENI", x::x87_nothing),
    one(0xdb, 0xe1, "FDISI", x::x87_nothing),
    one(0xdb, 0xe2, "FNCLEX", x::x87_clear_exceptions),
    one(0xdb, 0xe3, "FNINIT", x::x87_initialise),
    one(0xdb, 0xe4, "FSETPM", x::x87_nothing),
    st(0xdb, 5, "FUCOMI", x::x87_compare),
    st(0xdb, 6, "FCOMI", x::x87_compare),

    at(0xdc, 0, "FADD", x::x87_load_8),
    at(0xdc, 1, "FMUL", x::x87_load_8),
    at(0xdc, 2, "FCOM", x::x87_load_8),
    at(0xdc, 3, "FCOMP", x::x87_load_8),
    at(0xdc, 4, "FSUB", x::x87_load_8),
    at(0xdc, 5, "FSUBR", x::x87_load_8),
    at(0xdc, 6, "FDIV", x::x87_load_8),
    at(0xdc, 7, "FDIVR", x::x87_load_8),
    st(0xdc, 0, "FADD", x::x87_register),
    st(0xdc, 1, "FMUL", x::x87_register),
    st(0xdc, 2, "FCOM", x::x87_register),   // reserved, as D8 /2
    st(0xdc, 3, "FCOMP", x::x87_register),  // reserved, as D8 /3
    st(0xdc, 4, "FSUBR", x::x87_register),
    st(0xdc, 5, "FSUB", x::x87_register),
    st(0xdc, 6, "FDIVR", x::x87_register),
    st(0xdc, 7, "FDIV", x::x87_register),

    at(0xdd, 0, "FLD", x::x87_load_8),
    at(0xdd, 1, "FISTTP", x::x87_store_8),
    at(0xdd, 2, "FST", x::x87_store_8),
    at(0xdd, 3, "FSTP", x::x87_store_8),
    at(0xdd, 4, "FRSTOR", x::x87_restore),
    at(0xdd, 6, "FNSAVE", x::x87_save),
    at(0xdd, 7, "FNSTSW", x::x87_store_status),
    st(0xdd, 0, "FFREE", x::x87_register),
    st(0xdd, 1, "FXCH", x::x87_register),  // reserved, as D9 /1
    st(0xdd, 2, "FST", x::x87_register),
    st(0xdd, 3, "FSTP", x::x87_register),
    st(0xdd, 4, "FUCOM", x::x87_register),
    st(0xdd, 5, "FUCOMP", x::x87_register),

    at(0xde, 0, "FIADD", x::x87_load_2),
    at(0xde, 1, "FIMUL", x::x87_load_2),
    at(0xde, 2, "FICOM", x::x87_load_2),
    at(0xde, 3, "FICOMP", x::x87_load_2),
    at(0xde, 4, "FISUB", x::x87_load_2),
    at(0xde, 5, "FISUBR", x::x87_load_2),
    at(0xde, 6, "FIDIV", x::x87_load_2),
    at(0xde, 7, "FIDIVR", x::x87_load_2),
    st(0xde, 0, "FADDP", x::x87_register),
    st(0xde, 1, "FMULP", x::x87_register),
    st(0xde, 2, "FCOMP", x::x87_register),  // reserved, as D8 /3
    one(0xde, 0xd9, "FCOMPP", x::x87_register),
    st(0xde, 4, "FSUBRP", x::x87_register),
    st(0xde, 5, "FSUBP", x::x87_register),
    st(0xde, 6, "FDIVRP", x::x87_register),
    st(0xde, 7, "FDIVP", x::x87_register),

    at(0xdf, 0, "FILD", x::x87_load_2),
    at(0xdf, 1, "FISTTP", x::x87_store_2),
    at(0xdf, 2, "FIST", x::x87_store_2),
    at(0xdf, 3, "FISTP", x::x87_store_2),
    at(0xdf, 4, "FBLD", x::x87_load_10),
    at(0xdf, 5, "FILD", x::x87_load_8),
    at(0xdf, 6, "FBSTP", x::x87_store_10),
    at(0xdf, 7, "FISTP", x::x87_store_8),
    st(0xdf, 0, "FFREEP", x::x87_register),
    st(0xdf, 1, "FXCH", x::x87_register),  // reserved, as D9 /1
    st(0xdf, 2, "FSTP", x::x87_register),  // reserved, as DD /3
    st(0xdf, 3, "FSTP", x::x87_register),  // reserved, as DD /3
    one(0xdf, 0xe0, "FNSTSW", x::x87_status_to_ax),
    st(0xdf, 5, "FUCOMIP", x::x87_compare),
    st(0xdf, 6, "FCOMIP", x::x87_compare),
};

}  // namespace

std::span<const Row> x87() { return rows; }

}  // namespace utsim::cpu::opcode_table

// SPDX-License-Identifier: MIT
// The maps 0F 38 and 0F 3A behind a VEX prefix: BMI1 and BMI2. All else there is AVX.
#include "cpu/opcode_table.hpp"

namespace utsim::cpu::opcode_table {
namespace {

namespace x = execute;
using enum Form;
using namespace attribute;

constexpr Row vex(std::uint8_t opcode, const char* name, const HandlerSet& set, Prefix prefix,
                  std::int8_t digit = any_digit) {
    return {opcode, opcode, Gv_Ev, name, &set, no_66 | third_register, digit, prefix};
}

constexpr Row rows_38[] = {
    vex(0xf2, "ANDN", x::andn, Prefix::none),        vex(0xf3, "BLSR", x::blsr, Prefix::none, 1),
    vex(0xf3, "BLSMSK", x::blsmsk, Prefix::none, 2), vex(0xf3, "BLSI", x::blsi, Prefix::none, 3),
    vex(0xf5, "BZHI", x::bzhi, Prefix::none),        vex(0xf5, "PEXT", x::pext, Prefix::xF3),
    vex(0xf5, "PDEP", x::pdep, Prefix::xF2),         vex(0xf6, "MULX", x::mulx, Prefix::xF2),
    vex(0xf7, "BEXTR", x::bextr, Prefix::none),      vex(0xf7, "SHLX", x::shlx, Prefix::x66),
    vex(0xf7, "SARX", x::sarx, Prefix::xF3),         vex(0xf7, "SHRX", x::shrx, Prefix::xF2),
};

constexpr Row rows_3a[] = {
    {0xf0, 0xf0, Gv_Ev_Ib, "RORX", &x::rorx, no_66, any_digit, Prefix::xF2},
};

}  // namespace

std::span<const Row> vex_38() { return rows_38; }
std::span<const Row> vex_3a() { return rows_3a; }

}  // namespace utsim::cpu::opcode_table

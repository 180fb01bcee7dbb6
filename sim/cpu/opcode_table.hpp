// SPDX-License-Identifier: MIT
/// The instruction set as a table: opcode, operand form, mnemonic, handlers, attributes.
///
/// One row drives decoding and dispatch, and names the mnemonic. Operand forms are spelt as in the
/// opcode maps of the manuals: E is a register or memory operand named by ModRM, G the register
/// in ModRM.reg, M memory only, Z the register in the opcode, I an immediate, J a relative target,
/// O an absolute address, S a segment register; b w v z say how wide. V and W are XMM registers
/// (W also memory), P and Q MMX registers (Q also memory); behind them w d q is how much of memory
/// is read or written, if not all of the register's width. With such an operand E and G have 32 or,
/// with REX.W, 64 bits: prefix 66 is part of the opcode.
#pragma once

#include <cstdint>
#include <span>

#include "cpu/core.hpp"
#include "cpu/handler_sets.hpp"

namespace utsim::cpu {

// clang-format off
enum class Form : std::uint8_t {
    none,    ///< operands implied, operand size 16, 32 or 64
    none_b,  ///< operands implied, bytes
    Ib, Iz, Iw, Iw_Ib,
    Jb, Jz,
    Eb, Ev, Eb_Gb, Ev_Gv, Gb_Eb, Gv_Ev,
    Gv_Eb, Gv_Ew, Gv_Ed,
    Gv_M, M,
    Eb_Ib, Ev_Iz, Ev_Ib,
    Eb_1, Ev_1, Eb_CL, Ev_CL,
    Gv_Ev_Iz, Gv_Ev_Ib, Ev_Gv_Ib, Ev_Gv_CL,
    AL_Ib, rAX_Iz,
    AL_Ob, rAX_Ov, Ob_AL, Ov_rAX,
    Zv, Zb_Ib, Zv_Iv, Zv_rAX,
    Ev_Sw, Sw_Ew,
    seg,            ///< a segment register that the opcode implies; see `Row::digit`
    V_W, V_Wq, V_Wd, V_Ww, W_V, Wq_V, Wd_V,
    V_W_Ib, V_Wq_Ib, V_Wd_Ib, W_Ib,
    V_E, E_V, V_E_Ib, V_Ew_Ib, V_Eb_Ib, E_V_Ib, Ed_V_Ib, Ew_V_Ib, Eb_V_Ib,
    G_W, G_Wq, G_Wd, G_W_Ib,
    P_Q, P_Qd, Q_P, P_Q_Ib, Q_Ib, P_E, E_P, P_Ew_Ib, G_Q, G_Q_Ib,
    V_Q, P_W, P_Wq,
    x87,            ///< ModRM, with the opcode's low bits, is the operation as well
    undefined,      ///< #UD on every processor
    unimplemented,  ///< #UD because this core has none; the name is the reason's text
};
// clang-format on

/// Which of 66, F2 and F3 a row asks for; `no_repeat`: neither F2 nor F3.
enum class Prefix : std::uint8_t { any, none, no_repeat, x66, xF2, xF3 };

namespace attribute {
inline constexpr std::uint16_t lock =
    1;  ///< LOCK is allowed, in forms with ModRM with a memory operand
inline constexpr std::uint16_t default64 = 2;      ///< 64 bits, or 16 with prefix 66
inline constexpr std::uint16_t force64 = 4;        ///< always 64 bits
inline constexpr std::uint16_t repeats = 8;        ///< REP means something
inline constexpr std::uint16_t ends = 16;          ///< control does not reach what follows
inline constexpr std::uint16_t by_condition = 32;  ///< `set` is the first of sixteen
inline constexpr std::uint16_t register_only = 64;
inline constexpr std::uint16_t memory_only = 128;
inline constexpr std::uint16_t rex_w = 256;          ///< only with REX.W
inline constexpr std::uint16_t without_rex_b = 512;  ///< only without REX.B
/// 66 is part of the opcode: 32 bits or, with REX.W, 64.
inline constexpr std::uint16_t no_66 = 1024;
/// VEX.vvvv names a register, which becomes the immediate.
inline constexpr std::uint16_t third_register = 2048;
inline constexpr std::uint16_t without_rex_r = 4096;  ///< only without REX.R
}  // namespace attribute

inline constexpr std::int8_t any_digit = -1;

struct Row {
    std::uint8_t first;  ///< opcodes first..last
    std::uint8_t last;
    Form form;
    const char* name;
    const HandlerSet* set = nullptr;
    std::uint16_t attributes = 0;
    /// What ModRM.reg must be; for Form::seg the segment register's number.
    std::int8_t digit = any_digit;
    Prefix prefix = Prefix::any;
    /// What ModRM as a whole must be, or -1.
    std::int16_t modrm = -1;
};

enum class Map : std::uint8_t { one_byte, two_byte, three_byte_38, three_byte_3a, vex_38, vex_3a };

/// The rows that may match `opcode`, in the order in which they are tried.
std::span<const Row> rows_for(Map map, std::uint8_t opcode);

namespace opcode_table {
// What the maps are made of; each part is sorted by first opcode. Of several rows for an opcode,
// those of the part named first in opcode_table.cpp are tried first.
std::span<const Row> one_byte();  // opcode_table_one_byte.cpp
std::span<const Row> two_byte();  // opcode_table_two_byte.cpp
std::span<const Row> three_byte_38();
std::span<const Row> three_byte_3a();
std::span<const Row> sse();  // opcode_table_sse.cpp, behind 0F
std::span<const Row> sse_38();
std::span<const Row> sse_3a();
std::span<const Row> vex_38();  // opcode_table_vex.cpp
std::span<const Row> vex_3a();
std::span<const Row> x87();  // opcode_table_x87.cpp
}  // namespace opcode_table

}  // namespace utsim::cpu

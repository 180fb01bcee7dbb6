// SPDX-License-Identifier: MIT
/// What each operand form of the opcode table means to the decoder.
#pragma once

#include <cstdint>

#include "cpu/opcode_table.hpp"

namespace utsim::cpu {

/// Which encoding field becomes which field of `Instruction`.
enum class Roles : std::uint8_t {
    none,
    E_G,          ///< destination in ModRM.rm, source in ModRM.reg
    G_E,          ///< the other way round
    E,            ///< ModRM.rm alone
    E_S,          ///< ModRM.rm, and a segment register to read
    S_E,          ///< a segment register to load, and ModRM.rm
    Z,            ///< the register in the opcode
    Z_rAX,        ///< that, and the accumulator
    accumulator,  ///< the accumulator
    implied_segment,
    x87,  ///< ModRM as part of the opcode
};

enum class Immediate : std::uint8_t { none, Ib, Iz, Iv, Iw, Iw_Ib, one, O, Jz };

/// Which registers a field of ModRM names.
enum class Bank : std::uint8_t { general, mmx, xmm };

struct FormInfo {
    Form form;
    Roles roles;
    Immediate immediate;
    Shape in_register;  ///< without ModRM: always this one
    Shape in_memory;
    bool byte_size = false;      ///< operand size 8
    bool byte_rm = false;        ///< ModRM.rm names a byte register although the size is larger
    Bank field = Bank::general;  ///< of ModRM.reg
    Bank rm = Bank::general;     ///< of ModRM.rm
    /// Of vector forms: how much of memory is read or written; 0: as wide as a general register.
    std::uint8_t memory_bytes = 0;

    /// Whether REX.W alone decides the operand size.
    constexpr bool has_vector() const { return field != Bank::general || rm != Bank::general; }

    constexpr bool has_modrm() const {
        return roles == Roles::E_G || roles == Roles::G_E || roles == Roles::E ||
               roles == Roles::E_S || roles == Roles::S_E || roles == Roles::x87;
    }
};

const FormInfo& form_info(Form form);

}  // namespace utsim::cpu

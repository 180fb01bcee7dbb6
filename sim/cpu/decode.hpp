// SPDX-License-Identifier: MIT
/// From instruction bytes to an `Instruction`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/instruction.hpp"
#include "cpu/opcode_table.hpp"

namespace utsim::cpu {

inline constexpr std::size_t longest_instruction = 15;

enum class Decodability : std::uint8_t {
    implemented,
    undefined,      ///< #UD on every processor: the handler raises it
    unimplemented,  ///< #UD on this core, with a reason
    too_long,       ///< more than 15 bytes: the handler raises #GP
    incomplete,     ///< the bytes given end inside the instruction
};

struct Decoded {
    Decodability decodability = Decodability::incomplete;
    /// Can be executed unless incomplete; `length` is meaningful only when implemented.
    Instruction instruction;
    /// The row that matched, or null.
    const Row* row = nullptr;
};

/// Decodes the instruction at the start of `bytes`; of more than 15 it reads only those.
Decoded decode(const std::uint8_t* bytes, std::size_t size);

}  // namespace utsim::cpu

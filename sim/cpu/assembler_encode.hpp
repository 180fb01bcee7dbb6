// SPDX-License-Identifier: MIT
/// One statement to bytes, given the addresses of all labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "cpu/assembler_symbols.hpp"
#include "cpu/assembler_syntax.hpp"

namespace utsim::cpu::assembler {

struct Encoded {
    std::vector<std::uint8_t> bytes;
    std::optional<Problem> problem;
};

/// Encodes `statement` at `address`. A result shorter than `least` is lengthened: branches take
/// their long form, other instructions are followed by NOPs; so sizes only grow from round to
/// round and the rounds end.
Encoded encode(const Statement& statement, std::uint64_t address, const SymbolTable& symbols,
               std::size_t least);

/// Whether the bytes depend on where the statement or a label is.
bool depends_on_place(const Statement& statement);

/// A branch that may be short or long.
bool is_flexible_branch(const Statement& statement);

}  // namespace utsim::cpu::assembler

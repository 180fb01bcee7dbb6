// SPDX-License-Identifier: MIT
/// Data statements to bytes, given the addresses of all labels.
#pragma once

#include <cstdint>

#include "cpu/assembler_encode.hpp"

namespace utsim::cpu::assembler {

/// The items of `.byte`, `.quad`, `.ascii` and the like.
Encoded encode_data(const Statement& statement, std::uint64_t address, const SymbolTable& symbols);

/// The gap that `.space` or `.align` makes at `address`.
Encoded encode_space(const Statement& statement, std::uint64_t address, const SymbolTable& symbols);

}  // namespace utsim::cpu::assembler

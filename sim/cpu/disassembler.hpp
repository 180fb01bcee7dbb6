// SPDX-License-Identifier: MIT
/// Bytes to assembly text, for traces and messages; the text can be assembled again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace utsim::cpu {

struct Disassembly {
    std::string text;        ///< `jnz again`; for bytes that are no instruction `db 0x06`
    std::size_t length = 0;  ///< bytes used; 0 only when there were none
    bool valid = false;      ///< it is an instruction
};

/// The name of an address, or an empty text to have it printed as a number.
using NameAddress = std::function<std::string(std::uint64_t)>;

/// The instruction at the start of `bytes`, which lie at `address`.
Disassembly disassemble(std::span<const std::uint8_t> bytes, std::uint64_t address,
                        const NameAddress& name = {});

}  // namespace utsim::cpu

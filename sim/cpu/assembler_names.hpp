// SPDX-License-Identifier: MIT
/// The words of assembly text: mnemonics with their aliases, registers, prefixes, sizes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <Zydis/Zydis.h>

namespace utsim::cpu::assembler {

/// Names are taken in lower case.
std::optional<ZydisMnemonic> find_mnemonic(std::string_view name);
std::optional<ZydisRegister> find_register(std::string_view name);
/// `byte`, `dword`, ...: bytes of the operand.
std::optional<unsigned> find_size(std::string_view name);
/// `lock`, `rep`, ...: ZYDIS_ATTRIB_HAS_*.
std::optional<ZydisInstructionAttributes> find_prefix(std::string_view name);
/// The attribute that overrides the segment, for a segment register.
std::optional<ZydisInstructionAttributes> segment_prefix(ZydisRegister segment);

/// Bits of a register operand, as Zydis counts them in 64-bit mode.
unsigned register_bits(ZydisRegister reg);

/// How far an instruction with one address operand can jump.
enum class Reach : std::uint8_t { not_a_branch, short_only, near_only, either };
Reach reach_of(ZydisMnemonic mnemonic);

/// Shifts and rotates: their CL says nothing about the size of what is shifted.
bool counts_with_cl(ZydisMnemonic mnemonic);
/// PUSH, POP and indirect CALL and JMP mean 64 bits when nothing else is said.
bool defaults_to_64_bits(ZydisMnemonic mnemonic);

/// `did you mean 'dec'?`, or an empty text.
std::string suggest_mnemonic(std::string_view typed);

/// Edit distance that counts a swap of neighbours once. Only exact below `enough`.
unsigned distance(std::string_view a, std::string_view b, unsigned enough);

std::string lower(std::string_view text);

}  // namespace utsim::cpu::assembler

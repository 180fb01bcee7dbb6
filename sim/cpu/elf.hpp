// SPDX-License-Identifier: MIT
/// Reading ELF files that were linked for x86-64 without a dynamic loader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <utsim/result.hpp>

#include "cpu/image.hpp"

namespace utsim::cpu {

/// Where a static PIE is loaded: what Linux uses for programs without address randomisation.
inline constexpr std::uint64_t static_pie_base = 0x555555554000;

/// Limits of a file, each with its own message.
inline constexpr std::uint64_t elf_file_limit = std::uint64_t{64} << 20;
inline constexpr std::uint64_t elf_memory_limit = std::uint64_t{256} << 20;
inline constexpr std::uint64_t elf_segment_limit = 32;
/// Symbols beyond these are not remembered; they only give addresses a name.
inline constexpr std::size_t elf_symbol_limit = 100000;

/// Checks and reads a static executable (ET_EXEC, or ET_DYN without PT_INTERP). No field of the
/// file is trusted: everything wrong with the headers is reported, with codes `E-ELF-...`. `name`
/// is what messages call the file.
Result<Image> read_elf(std::span<const std::byte> file, const std::string& name);

}  // namespace utsim::cpu

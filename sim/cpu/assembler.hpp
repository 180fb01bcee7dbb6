// SPDX-License-Identifier: MIT
/// Assembly text to bytes: the Intel syntax that scenarios and `utsim asm` are written in.
///
/// One statement a line, labels end with `:`, comments start with `;` or `#`:
///
///     count equ 3
///     start:  mov ecx, count
///     again:  dec dword ptr [counter]     ; a bare label in brackets is rip-relative
///             jnz again
///             lea rsi, [rel text]
///             syscall
///     text:   db "done", 10, 0
///     counter: dd 5
///
/// Zydis encodes the instructions, so all of x86-64 is there; the mnemonic aliases that people
/// write (`je`, `ja`, `cmovge`, `repz`, ...) are known too. Data: `db`, `dw`, `dd`, `dq`,
/// `resb N`, `align N`. Labels that start with `.` belong to the last label before them. Branches
/// take the short form where it reaches, and the same text always gives the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

namespace utsim::cpu {

/// What an assembly text became.
struct Assembly {
    struct Label {
        std::string name;  ///< local ones in full: `loop.next`
        std::uint64_t address;
        std::size_t line;
    };
    /// One statement that has bytes.
    struct Line {
        std::size_t line;  ///< 1-based, in the text
        std::uint64_t address;
        std::size_t size;
        bool is_code;  ///< an instruction, not data
    };

    std::uint64_t base = 0;
    std::vector<std::uint8_t> bytes;
    std::vector<Label> labels;  ///< in text order, which is address order
    std::vector<Line> lines;    ///< likewise

    /// Null when there is none of that name.
    const Label* find_label(std::string_view name) const;
    /// The statement whose bytes include `address`, or null.
    const Line* line_at(std::uint64_t address) const;
    /// `again+2`, or an empty text outside of the bytes or before the first label.
    std::string name_of(std::uint64_t address) const;
};

struct AssemblyOptions {
    std::uint64_t base = 0x401000;  ///< where the bytes will be loaded
    std::string file;               ///< what `Error::file` says
};

/// Limits, with their own messages.
inline constexpr std::size_t assembly_text_limit = std::size_t{1} << 20;
inline constexpr std::size_t assembly_bytes_limit = std::size_t{1} << 20;
inline constexpr std::size_t assembly_line_limit = std::size_t{1} << 16;
inline constexpr std::size_t assembly_name_limit = 255;
inline constexpr std::size_t assembly_error_limit = 50;
/// How many statements are encoded, counting each as often as it is, before a text is refused in
/// which too many sizes depend on each other.
inline constexpr std::size_t assembly_work_limit = 4'000'000;

/// Assembles `text`, or says everything that is wrong with it: `Error`s with line, column and
/// length relative to `text` and codes `E-ASM-...`.
Result<Assembly> assemble(std::string_view text, const AssemblyOptions& options = {});

}  // namespace utsim::cpu

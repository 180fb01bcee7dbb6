// SPDX-License-Identifier: MIT
/// What became of an assembly text, as one string to compare.
#pragma once

#include <cstdint>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "cpu/assembler.hpp"

namespace utsim::cpu::testing {

inline std::string hex(const std::vector<std::uint8_t>& bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", byte);
        text += digits;
    }
    return text;
}

/// The bytes in hexadecimal, or the errors as `LINE:COLUMN+LENGTH CODE MESSAGE (HINT)` lines.
inline std::string outcome(const std::string& text, std::uint64_t base = 0x401000) {
    const Result<Assembly> result = assemble(text, {base, "test"});
    if (result.ok()) return hex(result->bytes);
    std::ostringstream out;
    for (const Error& error : result.errors()) {
        out << error.line << ":" << error.column << "+" << error.length << " " << error.code << " "
            << error.message;
        if (!error.hint.empty()) out << " (" << error.hint << ")";
        out << "\n";
    }
    return out.str();
}

}  // namespace utsim::cpu::testing

// SPDX-License-Identifier: MIT
/// One line of a trace as keys and plain values, with the column of each.
///
/// Lines are flat objects, except that the header holds one object more; its members get keys such
/// as `limits.max_steps`. Anything else is a mistake with a position, never a surprise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace utsim {

struct LineMember {
    enum class Kind : std::uint8_t { string, integer, boolean, null };
    std::string key;
    Kind kind = Kind::null;
    std::string text;             ///< of a string
    bool negative = false;        ///< of an integer
    bool truth = false;           ///< of a boolean
    std::uint64_t magnitude = 0;  ///< of an integer
    std::size_t key_column = 0;   ///< 1-based, in bytes
    std::size_t column = 0;       ///< of the value
    std::size_t length = 0;
};

struct LineMistake {
    std::string message;
    std::size_t column = 0;
    std::size_t length = 1;
};

/// Reads `line` into `members`; false with `mistake` when it is not such an object.
bool read_json_line(std::string_view line, std::vector<LineMember>& members, LineMistake& mistake);

}  // namespace utsim

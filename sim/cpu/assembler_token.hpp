// SPDX-License-Identifier: MIT
/// Words, numbers and strings of one line of assembly text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cpu/assembler_syntax.hpp"

namespace utsim::cpu::assembler {

struct Token {
    enum class Kind : std::uint8_t { end, word, number, text, sign, wrong };

    Kind kind = Kind::end;
    Span span;
    std::string text;  ///< the word, the sign, or the bytes of a string
    std::uint64_t number = 0;
    std::string message;  ///< what is wrong
    std::string hint;

    bool is(char sign_char) const {
        return kind == Kind::sign && text.size() == 1 && text[0] == sign_char;
    }
};

/// The token at or behind byte `position` of `line`; moves `position` behind it. Comments count as
/// the end of the line.
Token next_token(std::string_view line, std::size_t& position);

}  // namespace utsim::cpu::assembler

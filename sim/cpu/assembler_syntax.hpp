// SPDX-License-Identifier: MIT
/// Assembly text as statements: what the parser hands to the encoder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <Zydis/Zydis.h>

namespace utsim::cpu::assembler {

/// A place in the line: 1-based column, in bytes.
struct Span {
    std::size_t column = 1;
    std::size_t length = 1;
};

/// Something wrong with a line.
struct Problem {
    const char* code = nullptr;
    std::string message;
    std::string hint;
    Span span;
    std::string undefined = {};  ///< the name that is not defined, to look for one like it
};

/// An expression in postfix order.
struct Expression {
    enum class Kind : std::uint8_t { number, symbol, here, negate, add, subtract, multiply };
    struct Item {
        Kind kind;
        std::int64_t number = 0;
        std::string symbol;
        Span span;
    };
    std::vector<Item> items;
    Span span;

    bool empty() const { return items.empty(); }
};

struct Operand {
    enum class Kind : std::uint8_t { reg, memory, expression };
    enum class Addressing : std::uint8_t { automatic, relative, absolute };
    enum class Distance : std::uint8_t { automatic, short_, near_ };

    Kind kind = Kind::expression;
    Span span;
    ZydisRegister reg = ZYDIS_REGISTER_NONE;
    Expression expression;  ///< the value, or the displacement; may be empty in memory

    // Memory.
    unsigned size = 0;  ///< bytes; 0 when not said
    ZydisRegister segment = ZYDIS_REGISTER_NONE;
    ZydisRegister base = ZYDIS_REGISTER_NONE;
    ZydisRegister index = ZYDIS_REGISTER_NONE;
    unsigned scale = 0;
    Addressing addressing = Addressing::automatic;

    Distance distance = Distance::automatic;
};

struct DataItem {
    std::string text;  ///< when the item is a string
    bool is_text = false;
    Expression expression;
};

struct Statement {
    enum class Kind : std::uint8_t { nothing, instruction, data, reserve, align, constant };

    Kind kind = Kind::nothing;
    std::size_t line = 0;
    Span span;  ///< the mnemonic or directive

    std::string mnemonic_text;
    ZydisMnemonic mnemonic = ZYDIS_MNEMONIC_INVALID;
    ZydisInstructionAttributes prefixes = 0;
    Span prefix_span;
    bool far = false;
    std::vector<Operand> operands;

    unsigned item_size = 0;
    std::vector<DataItem> items;
    Expression amount;  ///< of `resb` and `align`, value of a constant
    std::string name;   ///< of a constant
};

struct LabelAt {
    std::string name;
    Span span;
};

/// One line: labels, then at most one statement.
struct ParsedLine {
    std::vector<LabelAt> labels;
    Statement statement;
    std::optional<Problem> problem;  ///< the first; the rest of the line was not looked at
};

/// `scope` is the last label that was not local; local labels and uses get it as a prefix.
ParsedLine parse_line(std::string_view text, std::string& scope);

}  // namespace utsim::cpu::assembler

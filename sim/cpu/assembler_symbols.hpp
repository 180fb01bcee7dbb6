// SPDX-License-Identifier: MIT
/// Labels and constants of an assembly text, and the value of expressions over them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/assembler_syntax.hpp"

namespace utsim::cpu::assembler {

struct Value {
    std::int64_t number = 0;
    /// It moves with the text: a label, or a label plus a number; not the distance of two labels.
    bool is_address = false;
};

class SymbolTable {
public:
    struct Symbol {
        std::size_t line = 0;
        std::size_t statement = 0;             ///< a label stands before this statement
        std::uint64_t address = 0;             ///< of the label, or of `$` in a constant
        const Expression* constant = nullptr;  ///< null for a label

        // Of a constant, as of the last call of `resolve`.
        std::optional<Value> value = {};
        Problem problem = {};  ///< why there is no value
        bool moves = false;    ///< a label has a part in it
        bool resolved = false;
        /// On the way from one constant down to what it is made of: not met yet, on the way, done.
        enum class Met : std::uint8_t { not_yet, on_the_way, done } met = Met::not_yet;
        std::size_t place = 0;  ///< how far on the way
        bool circular = false;  ///< made of itself
    };

    /// False when the name is taken.
    bool define(const std::string& name, const Symbol& symbol);
    const Symbol* find(std::string_view name) const;

    /// `did you mean 'again'?`, or an empty text.
    std::string suggest(std::string_view typed) const;

    /// Calls `move(Symbol&)` for each, to give labels their addresses.
    template <typename Move>
    void for_each(Move&& move) {
        for (auto& [name, symbol] : symbols_) move(symbol);
    }

    /// Computes every constant once, from the addresses that labels have now. To be called when all
    /// is defined, and again whenever labels have moved.
    void resolve();

    /// The value with `here` for `$`; or nothing, with the reason in `problem`.
    std::optional<Value> evaluate(const Expression& expression, std::uint64_t here,
                                  Problem& problem) const;
    /// No label has a part in it. True also when a name is not defined.
    bool is_constant(const Expression& expression) const;

private:
    std::optional<Value> value_of(const Expression::Item& item, Problem& problem) const;
    void put_in_order();
    void put_in_order(Symbol& constant);
    Symbol* constant_of(const Expression::Item& item);

    std::map<std::string, Symbol, std::less<>> symbols_;
    /// Constants, each behind those that it is made of; but for a circle, which has no value.
    std::vector<Symbol*> order_;
};

}  // namespace utsim::cpu::assembler

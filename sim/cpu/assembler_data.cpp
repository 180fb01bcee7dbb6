// SPDX-License-Identifier: MIT
// Statements that are not instructions: numbers and text as bytes, gaps, alignment.
#include "cpu/assembler_data.hpp"

#include <string>
#include <utility>

#include "cpu/assembler.hpp"

namespace utsim::cpu::assembler {

namespace {

bool fits(std::int64_t number, unsigned size) {
    if (size == 8) return true;
    const std::int64_t limit = std::int64_t{1} << (8 * size);
    return number >= -(limit / 2) && number < limit;
}

}  // namespace

Encoded encode_data(const Statement& statement, std::uint64_t address, const SymbolTable& symbols) {
    Encoded result;
    const auto append = [&](std::uint64_t number) {
        for (unsigned i = 0; i < statement.item_size; ++i) {
            result.bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
        }
    };
    for (const DataItem& item : statement.items) {
        if (item.is_text) {
            result.bytes.insert(result.bytes.end(), item.text.begin(), item.text.end());
            while (result.bytes.size() % statement.item_size != 0) result.bytes.push_back(0);
            continue;
        }
        Problem problem;
        const std::optional<Value> value = symbols.evaluate(item.expression, address, problem);
        if (value && !fits(value->number, statement.item_size)) {
            problem = {"E-ASM-011",
                       "the number does not fit into " + std::to_string(statement.item_size) +
                           (statement.item_size == 1 ? " byte" : " bytes"),
                       "", item.expression.span};
        }
        if (!value || problem.code != nullptr) {
            result.problem = std::move(problem);
            return result;
        }
        append(static_cast<std::uint64_t>(value->number));
    }
    return result;
}

Encoded encode_space(const Statement& statement, std::uint64_t address,
                     const SymbolTable& symbols) {
    Encoded result;
    Problem problem;
    const std::optional<Value> value = symbols.evaluate(statement.amount, address, problem);
    if (!value) {
        result.problem = std::move(problem);
        return result;
    }
    if (!symbols.is_constant(statement.amount)) {
        result.problem =
            Problem{"E-ASM-011", "the amount must be a number, not depend on where labels are", "",
                    statement.amount.span};
        return result;
    }
    const auto amount = static_cast<std::uint64_t>(value->number);
    const bool align = statement.kind == Statement::Kind::align;
    const bool good = align ? amount != 0 && amount <= 4096 && (amount & (amount - 1)) == 0
                            : amount <= assembly_bytes_limit;
    if (!good) {
        result.problem =
            Problem{"E-ASM-011",
                    align ? "an alignment is a power of two up to 4096" : "this is too much space",
                    "", statement.amount.span};
        return result;
    }
    result.bytes.resize(align ? (amount - address % amount) % amount : amount);
    // A gap may be run through.
    if (align) ZydisEncoderNopFill(result.bytes.data(), result.bytes.size());
    return result;
}

}  // namespace utsim::cpu::assembler

// SPDX-License-Identifier: MIT
// Expressions are evaluated again in every round of the assembler, because labels move until all
// branches have their final size. Arithmetic wraps around at 64 bits.
#include "cpu/assembler_symbols.hpp"

#include <vector>

#include "cpu/assembler_names.hpp"

namespace utsim::cpu::assembler {

namespace {

/// Constants that may be defined by each other.
constexpr int constant_depth_limit = 30;

std::int64_t wrap(std::uint64_t number) { return static_cast<std::int64_t>(number); }

Value combine(Expression::Kind kind, const Value& a, const Value& b) {
    const auto x = static_cast<std::uint64_t>(a.number);
    const auto y = static_cast<std::uint64_t>(b.number);
    switch (kind) {
        case Expression::Kind::add:
            return {wrap(x + y), a.is_address != b.is_address};
        case Expression::Kind::subtract:
            return {wrap(x - y), a.is_address && !b.is_address};
        default:
            return {wrap(x * y), false};
    }
}

}  // namespace

bool SymbolTable::define(const std::string& name, const Symbol& symbol) {
    return symbols_.emplace(name, symbol).second;
}

const SymbolTable::Symbol* SymbolTable::find(std::string_view name) const {
    const auto found = symbols_.find(name);
    return found == symbols_.end() ? nullptr : &found->second;
}

std::optional<Value> SymbolTable::evaluate(const Expression& expression, std::uint64_t here,
                                           Problem& problem) const {
    return evaluate(expression, here, problem, 0);
}

std::optional<Value> SymbolTable::evaluate(const Expression& expression, std::uint64_t here,
                                           Problem& problem, int depth) const {
    std::vector<Value> stack;
    for (const Expression::Item& item : expression.items) {
        switch (item.kind) {
            case Expression::Kind::number:
                stack.push_back({item.number, false});
                break;
            case Expression::Kind::here:
                stack.push_back({wrap(here), true});
                break;
            case Expression::Kind::symbol: {
                const std::optional<Value> value = value_of(item, problem, depth);
                if (!value) return std::nullopt;
                stack.push_back(*value);
                break;
            }
            case Expression::Kind::negate:
                stack.back() = combine(Expression::Kind::subtract, {}, stack.back());
                break;
            default: {
                const Value right = stack.back();
                stack.pop_back();
                stack.back() = combine(item.kind, stack.back(), right);
                break;
            }
        }
    }
    return stack.empty() ? Value{} : stack.back();
}

std::optional<Value> SymbolTable::value_of(const Expression::Item& item, Problem& problem,
                                           int depth) const {
    const Symbol* symbol = find(item.symbol);
    if (symbol == nullptr) {
        problem = {"E-ASM-005", "'" + item.symbol + "' is not defined", "", item.span, item.symbol};
        return std::nullopt;
    }
    if (symbol->constant == nullptr) return Value{wrap(symbol->address), true};
    if (depth == constant_depth_limit) {
        problem = {"E-ASM-006", "'" + item.symbol + "' is defined by itself", "", item.span, ""};
        return std::nullopt;
    }
    std::optional<Value> value = evaluate(*symbol->constant, symbol->address, problem, depth + 1);
    // The constant's own line reports its place; here, only the use can be shown.
    if (!value) problem.span = item.span;
    return value;
}

std::string SymbolTable::suggest(std::string_view typed) const {
    unsigned best = typed.size() <= 4 ? 2 : 3;
    std::string_view nearest;
    for (const auto& [name, symbol] : symbols_) {
        const unsigned d = distance(typed, name, best);
        if (d >= best) continue;
        best = d;
        nearest = name;
    }
    return nearest.empty() ? "" : "did you mean '" + std::string(nearest) + "'?";
}

bool SymbolTable::is_constant(const Expression& expression, int depth) const {
    if (depth == constant_depth_limit) return true;
    for (const Expression::Item& item : expression.items) {
        if (item.kind == Expression::Kind::here) return false;
        if (item.kind != Expression::Kind::symbol) continue;
        const Symbol* symbol = find(item.symbol);
        if (symbol == nullptr) continue;
        if (symbol->constant == nullptr || !is_constant(*symbol->constant, depth + 1)) return false;
    }
    return true;
}

}  // namespace utsim::cpu::assembler

// SPDX-License-Identifier: MIT
// Expressions are evaluated again in every round of the assembler, because labels move until all
// branches have their final size. A constant is computed once a round, whoever uses it how often,
// behind those that it is made of. Arithmetic wraps around at 64 bits.
#include "cpu/assembler_symbols.hpp"

#include <algorithm>

#include "cpu/assembler_names.hpp"

namespace utsim::cpu::assembler {

namespace {

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
                const std::optional<Value> value = value_of(item, problem);
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

std::optional<Value> SymbolTable::value_of(const Expression::Item& item, Problem& problem) const {
    const Symbol* symbol = find(item.symbol);
    if (symbol == nullptr) {
        problem = {"E-ASM-005", "'" + item.symbol + "' is not defined", "", item.span, item.symbol};
        return std::nullopt;
    }
    if (symbol->constant == nullptr) return Value{wrap(symbol->address), true};
    if (!symbol->resolved || symbol->circular) {
        problem = {"E-ASM-006", "'" + item.symbol + "' is defined by itself", "", item.span, ""};
        return std::nullopt;
    }
    if (!symbol->value) {
        problem = symbol->problem;
        // The constant's own line reports its place; here, only the use can be shown.
        problem.span = item.span;
    }
    return symbol->value;
}

void SymbolTable::resolve() {
    if (order_.empty()) put_in_order();
    for (Symbol* constant : order_) constant->resolved = false;
    for (Symbol* constant : order_) {
        constant->value = evaluate(*constant->constant, constant->address, constant->problem);
        constant->moves = !is_constant(*constant->constant);
        constant->resolved = true;
    }
}

void SymbolTable::put_in_order() {
    for (auto& [name, symbol] : symbols_) {
        const bool new_here = symbol.met == Symbol::Met::not_yet;
        if (symbol.constant != nullptr && new_here) put_in_order(symbol);
    }
}

SymbolTable::Symbol* SymbolTable::constant_of(const Expression::Item& item) {
    if (item.kind != Expression::Kind::symbol) return nullptr;
    const auto found = symbols_.find(item.symbol);
    const bool constant = found != symbols_.end() && found->second.constant != nullptr;
    return constant ? &found->second : nullptr;
}

/// Goes down to what the constant is made of; without recursion, because chains can be long.
void SymbolTable::put_in_order(Symbol& constant) {
    struct Visit {
        Symbol* symbol;
        std::size_t next;    ///< the item to look at
        std::size_t lowest;  ///< the first place that it, or what it is made of, leads back to
    };
    std::vector<Visit> path;
    const auto enter = [&path](Symbol* symbol) {
        symbol->met = Symbol::Met::on_the_way;
        symbol->place = path.size();
        path.push_back({symbol, 0, ~std::size_t{0}});
    };
    enter(&constant);
    while (!path.empty()) {
        Visit& here = path.back();
        const std::vector<Expression::Item>& items = here.symbol->constant->items;
        if (here.next == items.size()) {
            here.symbol->met = Symbol::Met::done;
            here.symbol->circular = here.lowest <= here.symbol->place;
            order_.push_back(here.symbol);
            const std::size_t lowest = here.lowest;
            path.pop_back();
            if (!path.empty()) path.back().lowest = std::min(path.back().lowest, lowest);
            continue;
        }
        Symbol* const below = constant_of(items[here.next++]);
        if (below == nullptr) continue;
        if (below->met == Symbol::Met::on_the_way) {
            here.lowest = std::min(here.lowest, below->place);
        } else if (below->met == Symbol::Met::not_yet) {
            enter(below);
        }
    }
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

bool SymbolTable::is_constant(const Expression& expression) const {
    for (const Expression::Item& item : expression.items) {
        if (item.kind == Expression::Kind::here) return false;
        if (item.kind != Expression::Kind::symbol) continue;
        const Symbol* symbol = find(item.symbol);
        if (symbol == nullptr) continue;
        if (symbol->constant == nullptr || (symbol->resolved && symbol->moves)) return false;
    }
    return true;
}

}  // namespace utsim::cpu::assembler

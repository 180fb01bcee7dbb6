// SPDX-License-Identifier: MIT
// A semantics is data, so a difference can be traced to its cause by experiment: change one choice
// and look whether the difference is there. A choice that another one makes impossible is tried
// together with the other.
#include "explore/attribute.hpp"

#include <algorithm>

#include "semantics/decision_table.hpp"
#include "semantics/parse.hpp"
#include "semantics/quirks.hpp"

namespace utsim {

namespace {

bool has_kind(const Comparison& comparison, const std::string& kind) {
    return std::any_of(comparison.divergences.begin(), comparison.divergences.end(),
                       [&](const Divergence& divergence) { return divergence.kind() == kind; });
}

bool possible(const Semantics& semantics) { return contradiction_in(semantics).empty(); }

class Attribution {
public:
    Attribution(Duel& duel, const Scenario& scenario, const Order& order, const Semantics& a,
                const Semantics& b, const Comparison& difference)
        : duel_(duel),
          scenario_(scenario),
          order_(order),
          a_(a),
          b_(b),
          difference_(difference),
          rows_(differing_decisions(a, b)) {}

    std::vector<Cause> find() {
        change_in_a();
        const std::string wanted = difference_.divergences.front().kind();
        if (!explains(wanted)) change_back_in_b(wanted);
        if (!explains(wanted)) shrink_set(wanted);
        return std::move(causes_);
    }

private:
    bool explains(const std::string& kind) const {
        return std::any_of(causes_.begin(), causes_.end(),
                           [&](const Cause& cause) { return cause.kind == kind; });
    }

    void note(const DecisionSet& rows, const std::string& kind, bool at_b) {
        causes_.push_back({rows, kind, at_b, has_kind(difference_, kind)});
    }

    /// A alone can be tried out with each choice on one run of A.
    void change_in_a() {
        duel_.lead(scenario_, a_, order_);
        for (const std::size_t row : rows_) {
            const Semantics changed = with_choices(a_, b_, {row});
            if (!possible(changed) || duel_.same(changed)) continue;
            const Comparison comparison = duel_.compared();
            const std::string wanted = difference_.divergences.front().kind();
            note({row},
                 has_kind(comparison, wanted) ? wanted : comparison.divergences.front().kind(),
                 false);
        }
    }

    void change_back_in_b(const std::string& wanted) {
        for (const std::size_t row : rows_) {
            const Semantics changed = with_choices(b_, a_, {row});
            if (!possible(changed)) continue;
            duel_.lead(scenario_, changed, order_);
            if (duel_.same(b_)) continue;
            if (has_kind(duel_.compared(), wanted)) note({row}, wanted, true);
        }
    }

    /// Leaves out of the whole set whatever can be left out.
    void shrink_set(const std::string& wanted) {
        DecisionSet rows = rows_;
        duel_.lead(scenario_, a_, order_);
        for (std::size_t i = 0; i < rows.size();) {
            DecisionSet fewer = rows;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            const Semantics changed = with_choices(a_, b_, fewer);
            if (!fewer.empty() && possible(changed) && !duel_.same(changed) &&
                has_kind(duel_.compared(), wanted)) {
                rows = std::move(fewer);
            } else {
                ++i;
            }
        }
        note(rows, wanted, false);
    }

    Duel& duel_;
    const Scenario& scenario_;
    const Order& order_;
    const Semantics& a_;
    const Semantics& b_;
    const Comparison& difference_;
    DecisionSet rows_;
    std::vector<Cause> causes_;
};

}  // namespace

DecisionSet differing_decisions(const Semantics& a, const Semantics& b) {
    DecisionSet rows;
    for (std::size_t i = 0; i < decision_count; ++i) {
        if (a.choice[i] != b.choice[i]) rows.push_back(i);
    }
    for (std::size_t i = 0; i < quirk_count; ++i) {
        if (a.has(static_cast<Quirk>(i)) != b.has(static_cast<Quirk>(i))) {
            rows.push_back(decision_count + i);
        }
    }
    return rows;
}

Semantics with_choices(Semantics base, const Semantics& other, const DecisionSet& rows) {
    for (const std::size_t row : rows) {
        if (row < decision_count) {
            base.choice[row] = other.choice[row];
        } else {
            const std::uint64_t bit = std::uint64_t{1} << (row - decision_count);
            base.quirks = (base.quirks & ~bit) | (other.quirks & bit);
        }
    }
    return base;
}

std::string_view decision_name(std::size_t row) {
    if (row < decision_count) return decision_table()[row].name;
    return quirk_table()[row - decision_count].id;
}

std::string decision_names(const DecisionSet& rows) {
    std::string out;
    for (const std::size_t row : rows) {
        if (!out.empty()) out += '+';
        out += decision_name(row);
    }
    return out;
}

RunEnd Duel::lead(const Scenario& scenario, const Semantics& a, const Order& order) {
    scenario_ = &scenario;
    a_.load(scenario, a);
    const RunEnd end = a_.run(order);
    if (order.kind != Order::Kind::serial) track_ = a_.track();
    order_ = order;
    return end;
}

bool Duel::same(const Semantics& b) {
    b_.load(*scenario_, b);
    // Serial runs, and walks by events, are comparable as they are.
    const bool by_itself =
        order_.kind == Order::Kind::serial || order_.kind == Order::Kind::event_walk;
    b_end_ = by_itself ? b_.run(order_) : b_.follow(track_);
    return look_alike(a_.seen(), a_.names(), b_.seen(), b_.names());
}

std::vector<Cause> attribute(Duel& duel, const Scenario& scenario, const Order& order,
                             const Semantics& a, const Semantics& b, const Comparison& difference) {
    return Attribution(duel, scenario, order, a, b, difference).find();
}

bool shows(Duel& duel, const Scenario& scenario, const Order& order, const Semantics& a,
           const Semantics& b, const Cause& cause) {
    const auto differ = [&](const Semantics& x, const Semantics& y) {
        const RunEnd end = duel.lead(scenario, x, order);
        return end != RunEnd::limit && !duel.same(y) && has_kind(duel.compared(), cause.kind);
    };
    if (cause.direct && !differ(a, b)) return false;
    if (cause.at_b) return differ(with_choices(b, a, cause.rows), b);
    return differ(a, with_choices(a, b, cause.rows));
}

}  // namespace utsim

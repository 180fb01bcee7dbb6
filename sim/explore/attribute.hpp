// SPDX-License-Identifier: MIT
/// Which decisions a difference between two semantics comes from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "explore/compare.hpp"
#include "explore/stage.hpp"
#include "semantics/semantics.hpp"

namespace utsim {

/// Rows of the decision table, ascending; behind its end, those of the table of quirks.
using DecisionSet = std::vector<std::size_t>;

/// Where `a` and `b` decided differently.
DecisionSet differing_decisions(const Semantics& a, const Semantics& b);
/// `base` with the choices that `other` made at `rows`.
Semantics with_choices(Semantics base, const Semantics& other, const DecisionSet& rows);
/// `step.arm`; the id of a quirk.
std::string_view decision_name(std::size_t row);
/// `step.arm+request.store`.
std::string decision_names(const DecisionSet& rows);

/// Two stages on which a scenario is run under two semantics in one order.
class Duel {
public:
    explicit Duel(Granularity granularity = Granularity::lock) : a_(granularity), b_(granularity) {}

    void set_max_steps(std::uint64_t steps) {
        a_.set_max_steps(steps);
        b_.set_max_steps(steps);
    }
    /// Runs `a` in `order`; it can then be compared with any number of others.
    RunEnd lead(const Scenario& scenario, const Semantics& a, const Order& order);
    /// Runs `b` along the last lead. True when nobody sees a difference.
    bool same(const Semantics& b);
    /// In detail, after `same`.
    Comparison compared() const { return compare(a_.seen(), a_.names(), b_.seen(), b_.names()); }

    RunEnd b_end() const { return b_end_; }

    Stage& a() { return a_; }
    Stage& b() { return b_; }
    const Stage& a() const { return a_; }
    const Stage& b() const { return b_; }

private:
    Stage a_;
    Stage b_;
    const Scenario* scenario_ = nullptr;
    Order order_;
    Track track_;
    RunEnd b_end_ = RunEnd::quiet;
};

/// A difference and what it comes from.
struct Cause {
    DecisionSet rows;
    std::string kind;  ///< of the divergence
    bool at_b =
        false;  ///< seen between B without these choices and B; else between A and A with them
    bool direct = false;  ///< a divergence of the same kind is there between A and B themselves
};

/// Why `a` and `b` differ on `scenario` in `order`; they do differ. Choices are changed one by one,
/// first in A, then back in B; if no single one is enough, a set from which none can be spared.
std::vector<Cause> attribute(Duel& duel, const Scenario& scenario, const Order& order,
                             const Semantics& a, const Semantics& b, const Comparison& difference);

/// Whether `cause` still shows on `scenario` in `order`.
bool shows(Duel& duel, const Scenario& scenario, const Order& order, const Semantics& a,
           const Semantics& b, const Cause& cause);

}  // namespace utsim

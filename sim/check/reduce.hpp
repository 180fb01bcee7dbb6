// SPDX-License-Identifier: MIT
/// Makes a failing scenario and its schedule small together.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "check/court.hpp"
#include "semantics/parse.hpp"

namespace utsim {

/// A scenario that shows a finding, and the order in which it does.
struct Exhibit {
    std::string text;
    Order order;
    std::string message;
};

struct ReduceOptions {
    NamedSemantics semantics;
    /// The clause must not be broken under this one, if there is any.
    const NamedSemantics* kept_by = nullptr;
    bool lawful = true;
    std::uint64_t max_steps = 4000;
    /// Where actors are interrupted in the failing run, and the word for it; what may happen beside
    /// the scenario.
    Granularity granularity = Granularity::lock;
    std::string granularity_word = "lock";
    FaultPlan faults;
    /// False ends it; what was reached until then counts.
    std::function<bool()> go_on = [] { return true; };
};

/// How a run of `scenario` is made for that, under this semantics.
ScenarioRunOptions reducing_run(const ReduceOptions& options, const NamedSemantics& semantics);

struct Reduced {
    std::string text;
    Schedule schedule;  ///< empty: nobody is preempted
    std::uint64_t runs = 0;
};

/// The first thing is fewer preemptions, then fewer parts, then smaller numbers, down to where
/// nothing can go. What comes out breaks the clause of `key` in the same function.
Reduced reduce(const Exhibit& exhibit, const FindingKey& key, const ReduceOptions& options);

/// Whether `clause` is broken in `scenario` under the semantics of `court` in any of a few orders;
/// `like` is one that broke it under another one.
bool breaks_in_some_order(Court& court, const Scenario& scenario, std::string_view clause,
                          const Order& like);
/// The same, but each state is looked at that is within two preemptions, up to a few thousand, as
/// long as `options.go_on` says so.
bool breaks_in_some_state(const NamedSemantics& semantics, const Scenario& scenario,
                          const std::string& clause, const ReduceOptions& options);

}  // namespace utsim

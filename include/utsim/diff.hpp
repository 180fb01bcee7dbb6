// SPDX-License-Identifier: MIT
/// What changes for whom: the same inputs under two semantics.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <utsim/result.hpp>
#include <utsim/scenario.hpp>

namespace utsim {

/// How far a comparison has come.
struct DiffProgress {
    std::uint64_t scenarios = 0;
    std::uint64_t schedules = 0;
    std::uint64_t differences = 0;  ///< kinds so far
    bool shrinking = false;
};

struct DiffOptions {
    std::string granularity;                 ///< empty: the scenario's
    std::string schedule;                    ///< empty: the scenario's
    std::uint64_t seed = 1;                  ///< of generated scenarios and random walks
    std::uint64_t runs = 1000;               ///< random walks of a search
    unsigned threads = 2;                    ///< changes how long it takes and nothing else
    std::optional<std::uint64_t> budget_ms;  ///< wall-clock time, which can only end a search
    std::uint64_t max_steps = 0;
    std::function<void(const DiffProgress&)> progress;
    const std::atomic<bool>* stop = nullptr;
};

/// The first difference that one observer sees.
struct DiffDivergence {
    std::string observer;             ///< `engine`, `program`, `controller` or `machine`
    std::string name;                 ///< which one
    std::string kind;                 ///< in words without names; equal for equal differences
    std::vector<std::string> before;  ///< what it saw last on both sides
    std::vector<std::string> a;       ///< how it goes on in A
    std::vector<std::string> b;
    bool meets = false;  ///< whether the two sides are alike again further on
    std::string meets_at;
};

struct DiffClause {
    std::string clause;
    std::string in_a;  ///< `held`, `violated` or `vacuous`
    std::string in_b;
    std::string message;
};

struct DiffCost {
    std::string name;
    std::uint64_t a = 0;  ///< how often
    std::uint64_t b = 0;
    std::uint64_t units = 0;  ///< of one
};

/// Differences of one kind with one cause.
struct DiffClass {
    std::vector<std::string> decisions;  ///< the decision points that it comes from
    std::string kind;
    bool direct = false;  ///< A and B themselves show it; else only those below
    std::string shows_a;  ///< the two semantics that show it and decide alike in all else
    std::string shows_b;
    std::uint64_t count = 0;  ///< how often it was met
    std::string scenario;     ///< the text of a file that shows it
    std::string schedule;     ///< what it needs; empty: none
};

/// One scenario under two semantics in one order.
struct DiffRun {
    std::string scenario;
    std::string schedule;
    /// From this step on the two no longer do the same in the same step; events are aligned.
    std::optional<std::uint64_t> comparable_until;
    std::vector<DiffDivergence> divergences;
    std::vector<DiffClause> clauses;
    std::vector<DiffCost> costs;
    std::uint64_t cost_a = 0;
    std::uint64_t cost_b = 0;
    std::string end_a;
    std::string end_b;
    std::vector<std::string> causes;  ///< sets of decision points, each alone enough
};

/// What became of a decision point that A and B decided differently.
struct DiffDecision {
    std::string name;
    std::string value_a;
    std::string value_b;
    std::uint64_t found = 0;  ///< differences that it alone makes
    std::uint64_t with_others = 0;
};

struct DiffReport {
    std::string a;
    std::string b;
    std::uint64_t scenarios = 0;
    std::uint64_t schedules = 0;
    std::uint64_t events = 0;  ///< compared, of A
    bool interrupted = false;
    bool out_of_time = false;        ///< the budget ended the search
    std::vector<DiffRun> runs;       ///< one for each file
    std::vector<DiffClass> classes;  ///< of a search, or of generated scenarios
    std::vector<DiffDecision> decisions;
    bool differs() const;
};

/// Runs `scenario` under both.
Result<DiffReport> diff(const Scenario& scenario, const std::string& a, const std::string& b,
                        const DiffOptions& options = {});
/// Searches schedules of `scenario` for differences.
Result<DiffReport> diff_explore(const Scenario& scenario, const std::string& a,
                                const std::string& b, const DiffOptions& options = {});
/// Searches `count` generated scenarios, each in a few orders; what is found is made small.
Result<DiffReport> diff_generated(std::uint64_t count, const std::string& a, const std::string& b,
                                  const DiffOptions& options = {});

}  // namespace utsim

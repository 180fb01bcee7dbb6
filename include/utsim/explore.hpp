// SPDX-License-Identifier: MIT
/// Searching the orderings of one scenario for a violation.
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

enum class ExploreStrategy : std::uint8_t {
    exhaustive,  ///< every schedule within the preemption bound
    random,      ///< seeded random walks
};

/// How far a search has come.
struct ExploreProgress {
    std::uint64_t schedules = 0;  ///< runs so far
    std::uint64_t steps = 0;
    std::uint64_t deepest = 0;  ///< steps of the longest run
    std::uint64_t findings = 0;
    bool minimizing = false;
};

struct ExploreOptions {
    ExploreStrategy strategy = ExploreStrategy::exhaustive;
    std::uint32_t preemptions = 2;           ///< bound of the exhaustive strategy
    std::string granularity;                 ///< empty: the scenario's
    std::string semantics;                   ///< empty: the scenario's
    std::string contract = "all";            ///< clauses to judge by: `all`, `none`, or ids
    std::uint64_t seed = 1;                  ///< of the random strategy
    std::uint64_t runs = 10'000;             ///< of the random strategy
    std::optional<std::uint64_t> budget_ms;  ///< wall-clock time, which can only end a search
    std::uint64_t max_steps = 0;             ///< of one run; 0: the scenario's
    /// Called now and then, on the thread that searches.
    std::function<void(const ExploreProgress&)> progress;
    /// Set by somebody else, a signal handler for example, to end the search.
    const std::atomic<bool>* stop = nullptr;
};

/// One violation and the shortest way to it that was found.
struct ExploreFinding {
    std::string kind;  ///< `expect`, or an invariant's name such as `I1`
    std::string message;
    std::string schedule;           ///< minimised: fewest switches
    std::uint64_t steps = 0;        ///< of the run under `schedule`
    std::string original_schedule;  ///< as the search met it
    std::string fingerprint;        ///< of the run under `schedule`
    std::string pointer;            ///< of the expectation in the scenario, if it is one
    std::size_t line = 0;
    std::size_t column = 0;
};

enum class ExploreVerdict : std::uint8_t {
    held,      ///< nothing found
    violated,  ///< there are findings
    stopped,   ///< nothing found before the search was stopped or ran out of time
};

struct ExploreReport {
    ExploreVerdict verdict = ExploreVerdict::held;
    bool exhaustive = false;      ///< every schedule within the bound was run
    bool interrupted = false;     ///< `stop` ended the search
    std::uint64_t schedules = 0;  ///< how many were run
    std::uint64_t steps = 0;      ///< in all of them
    std::uint64_t deepest = 0;    ///< of the longest
    std::vector<ExploreFinding> findings;
};

/// Searches. Options that do not fit the scenario are errors.
Result<ExploreReport> explore(const Scenario& scenario, const ExploreOptions& options = {});

}  // namespace utsim

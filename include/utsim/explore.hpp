// SPDX-License-Identifier: MIT
/// Searching the orders of one scenario for everything that can go wrong in it.
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
    automatic,   ///< `states`, and samples of all three kinds where that does not come to an end
    states,      ///< every state, each once; in rounds of more and more preemptions
    exhaustive,  ///< every schedule within the preemption bound, none left out
    pos,         ///< samples: steps with random priorities, drawn anew where they race
    pct,         ///< samples: actors with random priorities that change at a few places
    random,      ///< samples: random walks
};

/// How far a search has come.
struct ExploreProgress {
    std::uint64_t schedules = 0;  ///< runs so far
    std::uint64_t steps = 0;
    std::uint64_t deepest = 0;                 ///< steps of the longest run
    std::uint64_t states = 0;                  ///< of this round, where states are told apart
    std::uint64_t states_expected = 0;         ///< in all of it, as a guess; 0: none yet
    std::optional<std::uint32_t> preemptions;  ///< bound of this round; nothing: none
    std::uint64_t memory = 0;                  ///< bytes
    std::uint64_t findings = 0;
    bool minimizing = false;
};

struct ExploreOptions {
    ExploreStrategy strategy = ExploreStrategy::automatic;
    /// At most so many preemptions. Nothing: `exhaustive` takes 2, `states` has no bound.
    std::optional<std::uint32_t> preemptions;
    /// Instructions that a task runs before another may take the processor from it. With more than
    /// 1 there are fewer orders, and a verdict is about those. What is found needs no quantum.
    std::uint64_t quantum = 1;
    std::string granularity;       ///< empty: the scenario's
    std::string semantics;         ///< empty: the scenario's
    std::string contract = "all";  ///< clauses to judge by: `all`, `none`, or ids
    /// What may happen beside the scenario, as `alloc,spurious-wake,signal:SIGUSR1,kill`.
    std::string faults;
    std::uint32_t at_most = 1;               ///< faults in one run
    std::uint64_t seed = 1;                  ///< of the first sample; the others follow
    std::uint64_t runs = 10'000;             ///< samples
    std::optional<std::uint64_t> budget_ms;  ///< wall-clock time, which can only end a search
    std::uint64_t max_steps = 0;             ///< of one run; 0: the scenario's
    std::uint64_t max_states = 1'000'000;    ///< of a round of `automatic`, before it samples
    std::uint64_t memory = std::uint64_t{2} << 30;  ///< bytes that snapshots and states may take
    bool first = false;                             ///< end with the first finding
    /// `states` also checks how it tells states apart; see `ExploreReport::Audit`.
    bool audit = false;
    /// Threads. What is found and said is the same with any number of them.
    unsigned jobs = 1;
    /// Called now and then, on one of the threads that search, never on two at once.
    std::function<void(const ExploreProgress&)> progress;
    /// Set by somebody else, a signal handler for example, to end the search.
    const std::atomic<bool>* stop = nullptr;
};

/// One violation and the shortest way to it that was found.
struct ExploreFinding {
    std::string kind;  ///< `expect`, or an invariant's name such as `I1`
    std::string message;
    std::string function;           ///< of a clause: where it was broken (explore/trial.hpp)
    std::string schedule;           ///< minimised: fewest switches
    std::uint64_t steps = 0;        ///< of the run under `schedule`
    std::string original_schedule;  ///< as the search met it
    std::string fingerprint;        ///< of the run under `schedule`
    std::string pointer;            ///< of the expectation in the scenario, if it is one
    std::size_t line = 0;
    std::size_t column = 0;
    std::uint64_t times = 0;  ///< how often the search met it
};

/// A clause that the scenario says some orders may break (`may_break`), and that some did.
struct ExploreAllowed {
    std::string clause;
    std::uint64_t times = 0;
};

/// What runs of PCT are worth: one that looks for defects of `depth` finds any such one with a
/// probability of at least 1 / `bound`.
struct ExplorePct {
    std::uint64_t runs = 0;
    std::uint32_t depth = 0;
    std::uint64_t runs_of_depth = 0;
    std::uint64_t bound = 0;
    std::uint32_t actors = 0;
    std::uint64_t choices = 0;  ///< of a run, as it was expected
    std::uint64_t longer = 0;   ///< runs that had more; the bound does not count for their ends
};

enum class ExploreVerdict : std::uint8_t {
    held,      ///< nothing found
    violated,  ///< there are findings
    stopped,   ///< nothing found before the search was stopped or ran out of time
};

/// Why a search did not come to its end.
enum class ExploreGap : std::uint8_t {
    none,         ///< it did
    sample,       ///< it was sampled
    budget,       ///< `ExploreOptions::budget_ms`
    memory,       ///< `ExploreOptions::memory`
    states,       ///< `ExploreOptions::max_states`
    first,        ///< `ExploreOptions::first`
    interrupted,  ///< `ExploreOptions::stop`
    cut,          ///< runs that a limit of the scenario ended, such as `max_steps`
};

struct ExploreReport {
    ExploreVerdict verdict = ExploreVerdict::held;
    /// Everything within `complete_within` was searched, and that is all that was asked for.
    bool exhaustive = false;
    ExploreGap gap = ExploreGap::none;
    /// The last round that came to its end: within so many preemptions nothing else is to be found.
    std::optional<std::uint32_t> complete_within;
    /// That round had left out nothing: what it says is true of all orders.
    bool all_orders = false;
    /// `automatic`: where states with all that monitors remember were too many, each state of the
    /// World was come to once all the same. What was found so is true; other ways to the same state
    /// may break other clauses.
    bool world_complete = false;
    bool interrupted = false;     ///< `stop` ended the search
    std::uint64_t schedules = 0;  ///< how many were run to their end
    std::uint64_t samples = 0;    ///< of these, sampled ones
    std::uint64_t different = 0;  ///< of the samples: how many were not alike
    ExplorePct pct;               ///< of the samples that are PCT's
    std::uint64_t steps = 0;      ///< in all of them
    std::uint64_t deepest = 0;    ///< of the longest
    std::uint64_t states = 0;     ///< of the largest round
    /// Of a round that did not come to its end: how many states it may have in all. A guess, rather
    /// too small than too large; 0: none, or every round came to its end.
    std::uint64_t states_expected = 0;
    std::uint64_t transitions = 0;  ///< in that round
    std::uint64_t cut = 0;          ///< runs that a limit ended before the scenario did
    std::uint64_t memory = 0;       ///< bytes of snapshots and states at most
    /// Each distinct one once, by clause and function, in the order they were met.
    std::vector<ExploreFinding> findings;
    /// More than a hundred different ones are not kept; how often others were met.
    std::uint64_t not_kept = 0;
    std::vector<ExploreAllowed> allowed;
    /// With `ExploreOptions::audit`, of the largest round.
    struct Audit {
        std::uint64_t compared = 0;  ///< visits of a state that were compared word by word
        std::uint64_t mistaken = 0;  ///< of these, those in which two states were taken for one
        /// States that a key tells apart which leaves out what the stacks hold but for return
        /// addresses: there are at least so many different ones.
        std::uint64_t least_states = 0;
    };
    std::optional<Audit> audit;
};

/// Searches. Options that do not fit the scenario are errors.
Result<ExploreReport> explore(const Scenario& scenario, const ExploreOptions& options = {});

}  // namespace utsim

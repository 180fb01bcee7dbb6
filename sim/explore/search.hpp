// SPDX-License-Identifier: MIT
/// The strategies: ways through the orders of one scenario, and the minimizer.
///
/// Each tells its client what it finds and asks it whether to go on; none of them ends because
/// something was found.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "explore/trial.hpp"

namespace utsim {

/// A failing run, as the search met it.
struct SearchHit {
    Failure failure;
    Schedule schedule;
};

/// How a search ended.
enum class SearchEnd : std::uint8_t {
    complete,       ///< nothing is left within the bound
    stopped,        ///< `go_on` said no
    out_of_memory,  ///< `SearchLimits::memory` did not suffice
};

struct SearchLimits {
    std::uint64_t memory = std::uint64_t{2} << 30;  ///< bytes of snapshots and of the set of states
    std::uint64_t depth = 1'000'000;                ///< choices on one path that are kept at once
    /// Fields that do not count where states are told apart: for tests of what comes of that.
    std::vector<std::string> left_out;
    /// Also compares a sample of the states word by word, and counts them by a coarser key.
    bool audit = false;
};

/// What a search has done so far.
struct SearchCounts {
    std::uint64_t schedules = 0;    ///< different schedules that were run to their end
    std::uint64_t states = 0;       ///< different states that were met, where they are told apart
    std::uint64_t transitions = 0;  ///< ways from one of them to the next
    std::uint64_t estimate = 0;     ///< of all the states there are; 0: nobody guessed
    std::uint64_t cut = 0;          ///< runs that a limit ended before the scenario did
    std::uint64_t memory = 0;       ///< bytes that were in use at most
    std::uint64_t audited = 0;      ///< visits of a state that were compared word by word
    std::uint64_t mistaken = 0;     ///< of these, those that took two states for one
    std::uint64_t coarse = 0;       ///< states that a coarser key tells apart
};

/// What is to be known for the bound of PCT (explore/pct.hpp).
struct PctRuns {
    std::array<std::uint64_t, 7> of_depth{};  ///< runs, by the depth they looked for
    std::uint32_t actors = 0;                 ///< the most that a run had
    std::uint64_t choices = 0;                ///< of a run, as it was expected
    std::uint64_t longer = 0;                 ///< runs that had more
};

struct SearchResult {
    SearchEnd end = SearchEnd::complete;
    SearchCounts counts;
    /// Some choice was left out, because it would have been one preemption too many.
    bool bounded = false;
    // of samples
    std::vector<std::uint64_t> digests;  ///< of the runs that were not alike (sched/run_digest.hpp)
    PctRuns pct;
};

/// Whoever started the search.
class SearchClient {
public:
    virtual ~SearchClient() = default;
    /// The run that has come so far fails. Called once per run and failure.
    virtual void found(const Failure& failure) = 0;
    /// Whether what comes behind such a failure is still of interest. If not, a search through
    /// states goes back where it comes up.
    virtual bool leads_on(const Failure& failure) {
        (void)failure;
        return true;
    }
    /// A run has come to its end, and was judged.
    virtual void ended(RunEnd end) { (void)end; }
    /// Asked after every run and every state; false ends the search.
    virtual bool go_on(const SearchCounts& counts) = 0;
};

/// Every schedule with exactly `preemptions` preemptions; depth first over snapshots of the World.
/// A switch away from an actor that could go on is a preemption; who goes on when one blocks or
/// ends is free.
SearchResult search_bound(Trial& trial, std::uint32_t preemptions, const SearchLimits& limits,
                          SearchClient& client);

/// No limit on preemptions.
inline constexpr std::uint32_t unbounded = ~std::uint32_t{0};
inline constexpr std::uint32_t most_preemptions = 250;

/// Every state that can be reached with at most `preemptions` preemptions (up to
/// `most_preemptions`, or `unbounded`), each once: what follows from a state is the same however it
/// was reached.
SearchResult search_states(Trial& trial, std::uint32_t preemptions, const SearchLimits& limits,
                           SearchClient& client);

enum class Sampler : std::uint8_t {
    pos,     ///< explore/pos.hpp
    pct,     ///< explore/pct.hpp
    random,  ///< walks: everybody who can run has the same chance at every step
    mixed,   ///< half of the runs with `pos`, a quarter with each of the others
};

/// `runs` runs with the seeds `seed`, `seed` + 1 and so on. A run follows from its seed alone.
SearchResult search_sampled(Trial& trial, Sampler sampler, std::uint64_t seed, std::uint64_t runs,
                            SearchClient& client);

/// A schedule that fails as `hit` does with as few switches as could be found.
Schedule minimize(Trial& trial, const SearchHit& hit, const std::function<bool()>& go_on);

/// Number of switches in a schedule.
std::size_t switches(const Schedule& schedule);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// The two first strategies: everything within a preemption bound, and seeded random walks.
#pragma once

#include <functional>
#include <optional>

#include "explore/trial.hpp"

namespace utsim {

/// A failing run, as the search met it.
struct SearchHit {
    Failure failure;
    Schedule schedule;
};

/// How a search ended when it found nothing.
enum class SearchEnd : std::uint8_t {
    complete,  ///< nothing is left within the bound
    stopped,   ///< `go_on` said no
};

struct SearchResult {
    std::optional<SearchHit> hit;
    SearchEnd end = SearchEnd::complete;
    std::uint64_t schedules = 0;  ///< different schedules that were run to their end
};

/// Asked after every run; false ends the search.
using GoOn = std::function<bool(const SearchResult&)>;

/// Every schedule with exactly `preemptions` preemptions, or, with 0, with none; depth first over
/// snapshots of the World. A switch away from an actor that could go on is a preemption; who goes
/// on when one blocks or ends is free.
SearchResult search_bound(Trial& trial, std::uint32_t preemptions, const GoOn& go_on);

/// `runs` random walks from seeds that follow from `seed`.
SearchResult search_random(Trial& trial, std::uint64_t seed, std::uint64_t runs, const GoOn& go_on);

/// A schedule that fails as `hit` does with as few switches as could be found.
Schedule minimize(Trial& trial, const SearchHit& hit, const std::function<bool()>& go_on);

/// Number of switches in a schedule.
std::size_t switches(const Schedule& schedule);

}  // namespace utsim

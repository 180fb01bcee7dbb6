// SPDX-License-Identifier: MIT
// Random walks: each run has a seed of its own, so that one run can be repeated without the others.
#include "explore/search.hpp"
#include "sched/choosers.hpp"

namespace utsim {

SearchResult search_random(Trial& trial, std::uint64_t seed, std::uint64_t runs,
                           const GoOn& go_on) {
    SearchResult result;
    for (std::uint64_t i = 0; i < runs; ++i) {
        RandomWalk chooser(seed + i);
        trial.restart();
        const RunEnd end = trial.go(chooser);
        const Schedule schedule = trial.schedule();
        const std::optional<Failure> failure = trial.judge(end);
        ++result.schedules;
        if (failure.has_value()) {
            result.hit = SearchHit{*failure, schedule};
            return result;
        }
        if (!go_on(result)) {
            result.end = SearchEnd::stopped;
            return result;
        }
    }
    return result;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Random walks: each run has a seed of its own, so that one run can be repeated without the others.
#include "explore/search.hpp"
#include "sched/choosers.hpp"

namespace utsim {

SearchResult search_random(Trial& trial, std::uint64_t seed, std::uint64_t runs,
                           SearchClient& client) {
    SearchResult result;
    for (std::uint64_t i = 0; i < runs; ++i) {
        RandomWalk chooser(seed + i);
        trial.restart();
        const RunEnd end = trial.go(chooser);
        ++result.counts.schedules;
        result.counts.cut += trial.cut_short(end);
        for (const Failure& failure : trial.judge(end)) client.found(failure);
        client.ended(end);
        if (!client.go_on(result.counts)) {
            result.end = SearchEnd::stopped;
            return result;
        }
    }
    return result;
}

}  // namespace utsim

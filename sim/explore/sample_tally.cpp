// SPDX-License-Identifier: MIT
// Sums and a set: in which order the parts come makes no difference.
#include "explore/sample_tally.hpp"

#include <algorithm>
#include <numeric>

#include "explore/pct.hpp"

namespace utsim {

void SampleTally::add(const SearchResult& part) {
    samples_ += part.counts.schedules;
    for (const std::uint64_t digest : part.digests) different_.visit({digest, digest}, 0);
    for (std::size_t i = 0; i < pct_.of_depth.size(); ++i) {
        pct_.of_depth[i] += part.pct.of_depth[i];
    }
    pct_.actors = std::max(pct_.actors, part.pct.actors);
    pct_.choices = std::max(pct_.choices, part.pct.choices);
    pct_.longer += part.pct.longer;
}

void SampleTally::tell(ExploreReport& report) const {
    constexpr std::uint32_t usual_depth = 3;
    report.samples = samples_;
    report.different = different_.size();
    ExplorePct& pct = report.pct;
    pct.runs = std::accumulate(pct_.of_depth.begin(), pct_.of_depth.end(), std::uint64_t{0});
    pct.depth = usual_depth;
    pct.runs_of_depth = pct_.of_depth[usual_depth];
    pct.actors = pct_.actors;
    pct.choices = pct_.choices;
    pct.bound = pct_bound(pct_.actors, pct_.choices, usual_depth);
    pct.longer = pct_.longer;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// What samples come to that were drawn in several parts, one after the other or beside each other.
#pragma once

#include <cstdint>

#include <utsim/explore.hpp>

#include "explore/search.hpp"
#include "explore/visited_states.hpp"

namespace utsim {

class SampleTally {
public:
    void add(const SearchResult& part);
    /// Puts it into `report`: samples, how many were different, the bound of PCT.
    void tell(ExploreReport& report) const;

private:
    std::uint64_t samples_ = 0;
    VisitedStates different_;
    PctRuns pct_;
};

}  // namespace utsim

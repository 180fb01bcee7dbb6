// SPDX-License-Identifier: MIT
/// How many states a search that goes on has before it: a guess, for people.
#pragma once

#include <cstdint>
#include <functional>

#include "explore/trial.hpp"
#include "explore/visited_states.hpp"
#include "sched/state_key.hpp"

namespace utsim {

/// Random walks within `bound` preemptions: of the different states that they come to, the share
/// that `visited` knows is taken for the share of all. Walks come to some states more easily than
/// to others, and so does a search, so the guess is too small rather than too large; only states
/// that one walk alone came to are asked, to make less of that.
///
/// `expected_choices`: of one run. The run stands somewhere else afterwards. With the same set the
/// same number comes out, unless `go_on`, asked between walks, has ended them. 0: the walks came to
/// no state that is known.
std::uint64_t estimate_states(Trial& trial, const VisitedStates& visited, StateKeys& keys,
                              std::uint32_t bound, std::size_t expected_choices,
                              const std::function<bool()>& go_on);

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Searching the orders of a Simulation, with the engines that were added to it. What the options
// leave open is as the Simulation was made.
#include <utsim/explore.hpp>

#include "explore/explore_with.hpp"
#include "scenario/simulation.hpp"

namespace utsim {

Result<ExploreReport> Simulation::explore(const ExploreOptions& options) {
    const Parts& p = *parts_;
    ExploreOptions chosen = options;
    if (chosen.semantics.empty()) chosen.semantics = p.options.semantics;
    if (chosen.granularity.empty()) chosen.granularity = p.options.granularity;
    if (chosen.quantum <= 1) chosen.quantum = p.options.quantum;
    if (chosen.max_steps == 0) chosen.max_steps = p.options.max_steps;
    if (chosen.stop == nullptr) chosen.stop = p.options.stop;
    return explore_with(p.scenario, chosen, p.added);
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// `explore` with engines that the scenario does not have.
#pragma once

#include <vector>

#include <utsim/explore.hpp>

#include "scenario/build.hpp"

namespace utsim {

Result<ExploreReport> explore_with(const Scenario& scenario, const ExploreOptions& options,
                                   const std::vector<AddedEngine>& added);

}  // namespace utsim

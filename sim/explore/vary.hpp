// SPDX-License-Identifier: MIT
/// Small random changes of a scenario.
#pragma once

#include <cstdint>

#include "explore/draft.hpp"

namespace utsim {

/// Changes one to four things in `scenario`, perhaps with parts of `other`. Whether the result can
/// be loaded, and is lawful, is for somebody else to see to.
void vary_scenario(Draft& scenario, const Draft& other, std::uint64_t seed);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// The part `monitors` of a state: clauses that wait for something, and for what.
#pragma once

#include "view/state.hpp"

namespace utsim::view {

StateItem monitors(World& world, const Contract& contract);

}  // namespace utsim::view

// SPDX-License-Identifier: MIT
/// The generator of scenarios as RapidCheck sees it, for properties.
#pragma once

#include <string>

#include <rapidcheck.h>

namespace utsim {

/// The text of a scenario file. It does not shrink: what a text is shrunk by is what it shows, and
/// `shrink_scenario` does that.
rc::Gen<std::string> scenario_gen();

}  // namespace utsim

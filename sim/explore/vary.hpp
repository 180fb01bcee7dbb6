// SPDX-License-Identifier: MIT
/// Small random changes of a scenario.
#pragma once

#include <cstdint>

#include <nlohmann/json.hpp>

namespace utsim {

/// Changes one to four things in `scenario`, perhaps with parts of `other`. Whether the result can
/// be loaded, and is lawful, is for somebody else to see to.
void vary_scenario(nlohmann::ordered_json& scenario, const nlohmann::ordered_json& other,
                   std::uint64_t seed);

}  // namespace utsim

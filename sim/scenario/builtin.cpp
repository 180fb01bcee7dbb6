// SPDX-License-Identifier: MIT
// Finding the scenarios that are part of the program. The table itself is made from scenarios/ when
// the program is built (cmake/Scenarios.cmake).
#include <utsim/scenario.hpp>

namespace utsim {

const BuiltinScenario* find_builtin_scenario(std::string_view name) {
    for (const BuiltinScenario& scenario : builtin_scenarios()) {
        if (scenario.name == name) return &scenario;
    }
    for (const BuiltinScenario& scenario : builtin_scenarios()) {
        if (scenario.name.substr(scenario.name.rfind('/') + 1) == name) return &scenario;
    }
    return nullptr;
}

}  // namespace utsim

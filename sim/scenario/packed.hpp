// SPDX-License-Identifier: MIT
/// A scenario whose files come with it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>
#include <utsim/scenario.hpp>

#include "scenario/scenario.hpp"

namespace utsim {

/// As `load_scenario_text`, but processes find `tree`, which holds their programs as well, and the
/// host is not looked at. `files` is what the scenario was known to need.
Result<Scenario> load_packed_scenario(std::string_view text, const std::string& file,
                                      std::shared_ptr<FileTree> tree,
                                      std::vector<NeededFile> files);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// A smaller scenario that still shows something.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/scenario.hpp>

namespace utsim {

/// Leaves out of a scenario's text whatever can be left out: elements of lists, members of objects,
/// numbers down to 1. What the loader refuses is passed over. `keeps` is asked about the others; at
/// most `attempts` times. The member of the file called `fixed` stays as it is.
std::string shrink_scenario(const std::string& text,
                            const std::function<bool(const Scenario&)>& keeps, int attempts,
                            std::string_view fixed = {});

/// The text of a scenario file as a person would lay it out: what fits into a line is on a line.
/// `title` and `notes` are put in front, semantics and schedule at the end; empty ones are not.
std::string lay_out_scenario(const std::string& text, const std::string& title,
                             const std::vector<std::string>& notes, const std::string& semantics,
                             const std::string& schedule);

}  // namespace utsim

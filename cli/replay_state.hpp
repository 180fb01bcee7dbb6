// SPDX-License-Identifier: MIT
/// `utsim replay --state`: what the World holds after a step, or what changed between two.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <utsim/scenario.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "trace/line_source.hpp"

namespace utsim::cli {

struct StateRequest {
    std::vector<std::uint64_t> after;  ///< one step, or two to be compared
    std::string part;                  ///< empty: all
};

/// What --state asks for; nothing when it is not there. Mistakes are added to `mistakes`.
std::optional<StateRequest> state_request(const Arguments& arguments, std::vector<Error>& mistakes);

/// Runs `scenario` up to there and prints it.
int show_state(const Arguments& arguments, Console& console, const Scenario& scenario,
               const StateRequest& request);
/// Runs a trace again, to its end, and compares every line.
int show_state_of_trace(const Arguments& arguments, Console& console, LineSource& lines,
                        const std::string& file, const StateRequest& request);

}  // namespace utsim::cli

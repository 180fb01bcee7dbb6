// SPDX-License-Identifier: MIT
/// The scenario that a command line with a program stands for.
#pragma once

#include <string>
#include <vector>

#include "cli/json_output.hpp"

namespace utsim::cli {

class Arguments;

/// As on a machine with one processor: nobody who turns in a loop keeps the others waiting.
inline constexpr const char* exec_schedule = "fair=10000";

/// Standard input, unless a person sits there.
std::string all_of_input();
/// `words` are the program and its arguments. Options are those of `utsim exec`.
Json exec_scenario(const Arguments& arguments, const std::vector<std::string>& words,
                   const std::string& input);

/// The command that runs it again under a schedule. What standard input gave has to be given again.
std::string exec_command(const Arguments& arguments, const std::vector<std::string>& words,
                         const std::string& schedule);

}  // namespace utsim::cli

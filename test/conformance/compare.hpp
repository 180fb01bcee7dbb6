// SPDX-License-Identifier: MIT
/// Whether a log agrees with a recorded one.
#pragma once

#include <string>
#include <vector>

#include "json_lines.hpp"

namespace utsim::conformance {

enum class Level {
    core,  ///< what an engine or a program can notice
    step,  ///< also stepping switches, TF and BTF, masks and references, task states
};

/// Empty when they agree; otherwise the first difference in words.
std::string first_difference(const Json& expected, const Json& actual, Level level);

}  // namespace utsim::conformance

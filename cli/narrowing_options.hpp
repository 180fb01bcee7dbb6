// SPDX-License-Identifier: MIT
/// --only, --task, --engine, --from, --until, --at, --around and --quiet-instructions.
#pragma once

#include <vector>

#include <utsim/result.hpp>

#include "cli/arguments.hpp"
#include "trace/narrowing.hpp"

namespace utsim::cli {

/// What they leave of a run. Mistakes are added to `mistakes`.
Narrowing narrowing_of(const Arguments& arguments, std::vector<Error>& mistakes);

}  // namespace utsim::cli

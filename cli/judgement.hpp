// SPDX-License-Identifier: MIT
/// What the basic invariants say about a run that was recorded.
#pragma once

#include <vector>

#include <utsim/trace.hpp>

#include "contract/violation.hpp"

namespace utsim::cli {

/// In the order in which they were broken. The monitors read events only, so they can be asked
/// afterwards as well as during the run.
std::vector<Violation> broken_invariants(const RecordedRun& run);

}  // namespace utsim::cli

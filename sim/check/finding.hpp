// SPDX-License-Identifier: MIT
/// What there is to say about a finding that was made small.
#pragma once

#include <utsim/check.hpp>

#include "check/reduce.hpp"

namespace utsim {

/// Runs it once more and tells: what is broken, in which functions, in which versions, who did
/// what. `scenario` of the result expects what the run breaks, so it holds as a file.
CheckFinding describe_finding(const Reduced& reduced, const FindingKey& key,
                              const ReduceOptions& options);

}  // namespace utsim

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

/// Whether nobody is preempted and nothing happens beside the scenario.
bool is_serial(const Schedule& schedule);

/// The text of a scenario that says `word`, where it does not go without saying.
std::string with_granularity(const std::string& text, const std::string& word);

}  // namespace utsim

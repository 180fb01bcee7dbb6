// SPDX-License-Identifier: MIT
/// Scenarios out of nothing: the n-th one of a seed, as the text of a file.
#pragma once

#include <cstdint>
#include <string>

namespace utsim {

/// Small scenarios with everything in them that versions of utrace disagree about: requests on
/// running and stopped tasks, steps by several engines, signals, system calls, births and deaths,
/// callbacks that wait or call the API themselves. Every one can be loaded.
///
/// The same `seed` and `index` give the same text everywhere.
std::string generate_scenario(std::uint64_t seed, std::uint64_t index);

}  // namespace utsim

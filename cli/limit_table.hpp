// SPDX-License-Identifier: MIT
/// Every limit with its name: what it bounds, what happens there, what raises it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <utsim/simulation.hpp>

namespace utsim::cli {

struct LimitInfo {
    std::string_view name;
    std::string_view of;  ///< what is counted
    std::uint64_t value = 0;
    std::uint64_t most = 0;  ///< what it can be raised to; 0: it is fixed
    std::string_view at_it;  ///< what happens there
    std::string_view raised_by;
};

std::span<const LimitInfo> limits();

/// As a table in Markdown, for docs/limits.md and `utsim help --limits`.
std::string limits_text();

/// What would let a run go on that a limit has ended; empty when none has.
std::string what_raises(const RunReport& report);

}  // namespace utsim::cli

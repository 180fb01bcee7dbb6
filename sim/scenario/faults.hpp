// SPDX-License-Identifier: MIT
/// Which faults may happen in a run, as somebody writes it: `alloc,spurious-wake,signal:SIGUSR1`.
#pragma once

#include <string_view>

#include <utsim/result.hpp>

#include "sched/fault.hpp"

namespace utsim {

/// `alloc`, `spurious-wake`, `kill` and `signal:NAME` with commas between them; empty: none.
Result<FaultPlan> parse_faults(std::string_view text, std::uint32_t at_most);

}  // namespace utsim

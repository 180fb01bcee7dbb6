// SPDX-License-Identifier: MIT
/// Why a tracee stopped, and who may let it go on.
#pragma once

#include <optional>
#include <string_view>

#include <utsim/explain.hpp>

namespace utsim {

/// Of a note that tells of a stop (`T stops for its tracer S: SIGTRAP, PTRACE_EVENT_FORK`); nothing
/// when it tells of something else.
std::optional<ExplainedReason> reason_of_stop(std::string_view note);

}  // namespace utsim

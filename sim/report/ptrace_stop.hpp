// SPDX-License-Identifier: MIT
/// Why a tracee stopped, and who may let it go on.
#pragma once

#include <utsim/explain.hpp>

#include "event/event.hpp"

namespace utsim {

/// Of a `ptrace_stop`.
ExplainedReason reason_of_stop(const Event& event, const NameTable& names);

}  // namespace utsim

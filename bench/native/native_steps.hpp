// SPDX-License-Identifier: MIT
/// What a debugger on this machine pays for a step.
#pragma once

#include <cstdint>
#include <vector>

namespace bench {

/// Runs `code`, which never ends, in a child for `n` instructions, each with PTRACE_SINGLESTEP.
void native_steps(const std::vector<std::uint8_t>& code, std::uint64_t n);

}  // namespace bench

// SPDX-License-Identifier: MIT
/// What a debugger on this machine pays for a step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// Runs `code`, which never ends, in a child for `n` instructions, each with PTRACE_SINGLESTEP.
void native_steps(const std::vector<std::uint8_t>& code, std::uint64_t n);

/// The same for the program `path`, from its first instruction on.
void native_steps(const std::string& path, std::uint64_t n);

/// Runs a program to its end, without its output. False when it cannot be run.
bool native_run(const std::vector<std::string>& command);

}  // namespace bench

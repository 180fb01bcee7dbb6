// SPDX-License-Identifier: MIT
/// The words of ptrace(2).
#pragma once

#include <cstddef>
#include <cstdint>

namespace utsim {

/// `PTRACE_CONT` for 7; null for a number that is no request.
const char* ptrace_request_name(std::uint64_t request);

/// Writes a stop as wait tells it, from its code (the status without its low byte), and returns how
/// long that is: `SIGTRAP|0x80`, `SIGTRAP, PTRACE_EVENT_EXEC`. Allocates nothing.
int write_ptrace_stop(char* out, std::size_t size, int code);

}  // namespace utsim

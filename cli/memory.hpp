// SPDX-License-Identifier: MIT
/// How much memory the program may take (`--max-memory`), and its last words when it gets no more.
#pragma once

#include <cstdint>

namespace utsim::cli {

/// Of what is allocated, in MiB, unless the command line says otherwise.
inline constexpr std::uint64_t default_memory_limit = 1024;

/// Running out of memory or stack from here on is told on standard error, or, when `json`, as an
/// object on standard output.
void watch_memory();
void set_memory_limit(std::uint64_t mebibytes);
void tell_memory_as_json(bool json);

/// Bytes that can still be allocated before the limit is reached.
std::uint64_t memory_left();
/// Called once with `argument` when memory has run out, before the program ends; null: nothing is.
/// There is a little memory for it: what is over the limit, or what the system still gives. It is
/// not called by a signal handler.
void at_out_of_memory(void (*function)(void*), void* argument);

/// Bytes that are allocated now.
std::uint64_t memory_in_use();

}  // namespace utsim::cli

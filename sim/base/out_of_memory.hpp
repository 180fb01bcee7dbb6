// SPDX-License-Identifier: MIT
/// The end when the system gives no more memory: neither the user's mistake nor ours.
#pragma once

#include <cstdint>

namespace utsim {

/// Says what there is no memory for and exits with status 7.
[[noreturn]] void out_of_memory(const char* what);

/// Called by `out_of_memory` instead of saying it; returns if it leaves the end to it.
void set_out_of_memory_handler(void (*handler)(const char* what));

/// Says that memory which does not come from `operator new` has come into use, or is given back
/// (then `bytes` is negative).
void count_mapped_memory(std::int64_t bytes);
/// Called with each count; null: nobody counts. It may end the program.
void set_mapped_memory_counter(void (*counter)(std::int64_t bytes));

}  // namespace utsim

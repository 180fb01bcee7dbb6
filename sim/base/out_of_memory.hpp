// SPDX-License-Identifier: MIT
/// The end when the system gives no more memory: neither the user's mistake nor ours.
#pragma once

namespace utsim {

/// Says what there is no memory for and exits with status 7.
[[noreturn]] void out_of_memory(const char* what);

/// Called by `out_of_memory` instead of saying it; returns if it leaves the end to it.
void set_out_of_memory_handler(void (*handler)(const char* what));

}  // namespace utsim

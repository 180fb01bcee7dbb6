// SPDX-License-Identifier: MIT
/// Ctrl-C as a request that a command can look at.
#pragma once

#include <atomic>

namespace utsim::cli {

/// From here on the first Ctrl-C sets the flag, and a second one ends the program. A command that
/// does not look at the flag within half a second is ended too.
void catch_interrupts();

/// For whoever runs long.
const std::atomic<bool>& interrupt_flag();

/// Whether Ctrl-C was pressed. Who asks has time to tell what was found so far.
bool interrupted();

}  // namespace utsim::cli

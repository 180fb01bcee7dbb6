// SPDX-License-Identifier: MIT
/// Ctrl-C as a request that a long command can look at.
#pragma once

#include <atomic>

namespace utsim::cli {

/// While one exists, the first Ctrl-C sets the flag and a second one ends the program.
class InterruptHandler {
public:
    InterruptHandler();
    ~InterruptHandler();
    InterruptHandler(const InterruptHandler&) = delete;
    InterruptHandler& operator=(const InterruptHandler&) = delete;

    const std::atomic<bool>& flag() const;
};

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
/// Which signal Linux makes of an exception, with the fields of its siginfo.
#pragma once

#include <cstdint>

#include "cpu/cpu.hpp"

namespace utsim::cpu {

struct LinuxSignal {
    int signo = 0;
    int code = 0;               ///< si_code
    std::uint64_t address = 0;  ///< si_addr

    bool operator==(const LinuxSignal&) const = default;
};

/// For a result whose outcome is `exception`, or `retired` with a due debug trap; `rip` is the one
/// after the step. Otherwise, and for a result that makes no signal, `signo` is 0.
LinuxSignal linux_signal_for(const StepResult& result, std::uint64_t rip);

}  // namespace utsim::cpu

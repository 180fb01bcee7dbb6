// SPDX-License-Identifier: MIT
/// What wait4 and waitid have in common.
#pragma once

#include "kernel/task.hpp"

namespace utsim {

enum WaitOption : std::uint32_t {
    K_WNOHANG = 1,
    K_WUNTRACED = 2,  // and WSTOPPED
    K_WEXITED = 4,
    K_WCONTINUED = 8,
    K_WNOWAIT = 0x01000000,
    K_WNOTHREAD = 0x20000000,
    K_WALL = 0x40000000,
    K_WCLONE = 0x80000000,
};

enum class WaitFor : std::uint8_t { anybody, pid, group };

struct Wait {
    Task* current = nullptr;
    WaitFor whom = WaitFor::anybody;
    int id = 0;
    std::uint32_t options = 0;
};

/// What somebody had to tell.
struct Found {
    int pid = 0;                 ///< of `task` at that moment (exec can change it); 0: nothing
    int code = 0;                ///< CLD_*
    int status = 0;              ///< as si_status has it
    int wait_status = 0;         ///< as wait4 has it
    const Task* task = nullptr;  ///< whose news it is
    Task* zombie = nullptr;      ///< has been claimed
    bool goes_back = false;      ///< to its parent, who may collect it now
};

/// Sleeps until there is news, if `wait` allows it. 0 or a negated errno.
std::int64_t do_wait(const Wait& wait, Found* found);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// Stopping a task for engines, and letting it go again (spec 4.14 to 4.17).
#pragma once

#include <cstdint>

#include "utrace/utrace_struct.hpp"

namespace utsim {

/// Stops the current task for as long as some engine wants it; `resume_action` is what the others
/// have asked for meanwhile. May return without having stopped.
void utrace_stop(Task* current, Utrace* utrace, std::uint32_t resume_action);

/// Stops the current task for `engine`, outside any pass: what a tracer needs that wants to see a
/// task where it is, inside a system call, and not on its way to user mode. The documented API has
/// nothing like it.
void utrace_stop_now(Task* current, Engine* engine);

/// After a stop: whether SIGKILL ended it.
bool killed_in_its_stop(const Task* current, const Utrace* utrace);

/// Stops `target` if that can be done at once, or asks for a report soon. Lock held; the target is
/// not traced. True: it is traced now.
bool utrace_do_stop(Task* target, Utrace* utrace);

/// Lets a traced target go, into the group stop if there is one. Lock held.
void utrace_wakeup(Task* target);

/// Stores a request and sets the flag that makes the task see it. Lock held; on oneself.
void store_own_request(Task* current, Utrace* utrace, std::uint32_t action);

}  // namespace utsim

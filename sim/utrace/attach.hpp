// SPDX-License-Identifier: MIT
/// The parts of attaching that have a name in the specification (spec 2.1.1 to 2.1.3).
#pragma once

#include <cstdint>

#include "utrace/utrace_struct.hpp"

namespace utsim {

/// The first live engine that matches, `attached` before `attaching`. Lock held.
Engine* find_matching_engine(Utrace* utrace, int flags, EngineOps* ops, std::uint64_t data);
/// Gives `target` its struct utrace unless somebody else just did. False without memory.
bool utrace_task_alloc(Task* target);
/// Puts a new engine on `attaching`. 0 or a negated errno.
int utrace_add_engine(Task* target, Utrace* utrace, Engine* engine, int flags, EngineOps* ops,
                      std::uint64_t data);

}  // namespace utsim

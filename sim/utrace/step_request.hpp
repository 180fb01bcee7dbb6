// SPDX-License-Identifier: MIT
/// Steps that utrace_control asks for: who arms them, and when (decisions step.*, flags.*).
#pragma once

#include <cstdint>

#include "utrace/utrace_struct.hpp"

namespace utsim {

/// Arms what `action`, a step, asks for on `task`, as far as the machine can. May sleep.
void arm_step(Task* task, std::uint32_t action, const char* function);

/// step.arm=flags: the task has woken up and arms what was flagged while it was stopped.
void arm_flagged_step(Task* current, Utrace* utrace);
/// step.arm=flags: notes a step. Lock held. True: another engine had noted the other kind.
bool flag_step(Utrace* utrace, std::uint32_t action);
/// step.arm=flags: RESUME or DETACH by some engine. Lock held.
void drop_step_flags(Utrace* utrace);

}  // namespace utsim

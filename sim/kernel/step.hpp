// SPDX-License-Identifier: MIT
/// The x86 stepping model: who sets TF, FORCED_TF and BTF, and when (spec section 6).
#pragma once

#include "kernel/task.hpp"

namespace utsim {

bool arch_has_single_step(const Task* task);
bool arch_has_block_step(const Task* task);

/// spec 6.5. May read the task's instruction, and so may sleep.
void user_enable_single_step(Task* child);
void user_enable_block_step(Task* child);
/// Does not sleep, reads no user memory.
void user_disable_single_step(Task* child);
/// spec 6.3: whether the instruction at the task's ip rewrites TF.
bool is_setting_trap_flag(Task* child);

/// A SIGTRAP of the given si_code at the task's ip.
void send_sigtrap(Task* current, int si_code);
/// Whether a step trap becomes a SIGTRAP at all on this machine (spec 6.12).
bool step_trap_is_a_signal(const Task* current);

/// #DB in user mode (spec 6.8): makes the SIGTRAP.
void do_debug(Task* current);

}  // namespace utsim

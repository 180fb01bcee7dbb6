// SPDX-License-Identifier: MIT
/// Entering a signal handler and coming back (spec 5.4 handle_signal, 6.7).
#pragma once

#include "kernel/task.hpp"

namespace utsim {

/// Sets up the handler of `signr`. False: no frame could be built, and SIGSEGV is forced instead.
bool handle_signal(Task* current, int signr, const SigInfo& info, const KSigaction& ka);
/// rt_sigreturn: registers and mask from the frame; the value for the result register.
std::int64_t sigreturn(Task* current);

}  // namespace utsim

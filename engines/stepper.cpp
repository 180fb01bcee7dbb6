// SPDX-License-Identifier: MIT
// A step is over when its SIGTRAP is reported; that signal is the stepper's own and goes no
// further. Whatever else is reported meanwhile is answered with the wish to go on stepping.
#include "engines/stepper.hpp"

#include "kernel/signal_types.hpp"

namespace utsim {

std::uint32_t Stepper::wanted() const {
    if (state_->done) return config_.then == UTRACE_DETACH ? UTRACE_DETACH : UTRACE_RESUME;
    return config_.block ? UTRACE_BLOCKSTEP : UTRACE_SINGLESTEP;
}

void Stepper::take_trap(std::uint64_t position) {
    if (state_->steps < StepperState::positions_kept) state_->position[state_->steps] = position;
    ++state_->steps;
    const bool enough = config_.count != 0 && state_->steps >= config_.count;
    const bool arrived = config_.has_until && position == config_.until;
    state_->done = enough || arrived;
}

std::uint32_t Stepper::report_quiesce(std::uint32_t, Engine&, std::uint64_t event) {
    called();
    if (event != 0) return wanted();
    if (state_->started && !state_->done) ++state_->interrupted;
    state_->started = true;
    return wanted();
}

std::uint32_t Stepper::report_signal(std::uint32_t action, Engine& engine, SignalReport& info) {
    called();
    const std::uint32_t part = utrace_signal_action(action);
    if (part == UTRACE_SIGNAL_REPORT || part == UTRACE_SIGNAL_HANDLER) {
        if (state_->started && !state_->done) ++state_->interrupted;
        state_->started = true;
        return UTRACE_SIGNAL_IGN | wanted();
    }
    const bool trap = info.si_signo == K_SIGTRAP && info.si_code == K_TRAP_TRACE;
    if (!trap || state_->done) return part | wanted();
    take_trap(user_register(*engine_task(engine), Register::rip));
    return UTRACE_SIGNAL_IGN | (state_->done ? config_.then : wanted());
}

std::uint32_t Stepper::report_syscall_entry(std::uint32_t action, Engine&, Task&) {
    called();
    return utrace_syscall_action(action) | wanted();
}

std::uint32_t Stepper::report_syscall_exit(std::uint32_t action, Engine&, Task&) {
    called();
    return utrace_syscall_action(action) | wanted();
}

}  // namespace utsim

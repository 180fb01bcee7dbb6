// SPDX-License-Identifier: MIT
// A step is over when its SIGTRAP is reported; that signal is the stepper's own and goes no
// further. Whatever else is reported meanwhile is answered with the wish to go on stepping.
#include "engines/stepper.hpp"

#include <cstring>

#include "kernel/signal_types.hpp"

namespace utsim {

std::uint32_t Stepper::wanted() const {
    if (state_->done) return config_.then == UTRACE_DETACH ? UTRACE_DETACH : UTRACE_RESUME;
    return config_.block ? UTRACE_BLOCKSTEP : UTRACE_SINGLESTEP;
}

std::uint32_t Stepper::arm(const Task& task) {
    state_->armed_at = user_register(task, Register::rip);
    return wanted();
}

/// A step over a system call can end at its exit, with another code. INT1 of the program has that
/// code too; then nothing of a call is about: the step began elsewhere, and no number is left.
bool Stepper::ends_a_step(const SignalReport& info, const Task& task) const {
    if (info.si_signo != K_SIGTRAP) return false;
    if (info.si_code == K_TRAP_TRACE) return true;
    if (info.si_code != K_TRAP_BRKPT) return false;
    constexpr std::uint8_t syscall_instruction[] = {0x0f, 0x05};
    constexpr std::uint8_t int1_instruction = 0xf1;
    std::uint8_t code[2] = {};
    const bool known = read_user_memory(task, state_->armed_at, code, 2) == 2;
    const bool over_call = known && std::memcmp(code, syscall_instruction, 2) == 0;
    if (over_call || static_cast<std::int64_t>(user_register(task, Register::orig_rax)) >= 0) {
        return true;
    }
    const std::uint64_t before = user_register(task, Register::rip) - 1;
    return read_user_memory(task, before, code, 1) != 1 || code[0] != int1_instruction;
}

void Stepper::take_trap(std::uint64_t position) {
    if (state_->steps < StepperState::positions_kept) state_->position[state_->steps] = position;
    ++state_->steps;
    const bool enough = config_.count != 0 && state_->steps >= config_.count;
    const bool arrived = config_.has_until && position == config_.until;
    state_->done = enough || arrived;
}

std::uint32_t Stepper::report_quiesce(std::uint32_t, Engine& engine, std::uint64_t event) {
    called();
    if (event != 0) return wanted();
    if (state_->started && !state_->done) ++state_->interrupted;
    state_->started = true;
    return arm(*engine_task(engine));
}

std::uint32_t Stepper::report_signal(std::uint32_t action, Engine& engine, SignalReport& info) {
    called();
    const Task& task = *engine_task(engine);
    const std::uint32_t part = utrace_signal_action(action);
    if (part == UTRACE_SIGNAL_REPORT || part == UTRACE_SIGNAL_HANDLER) {
        if (state_->started && !state_->done) ++state_->interrupted;
        state_->started = true;
        return UTRACE_SIGNAL_IGN | arm(task);
    }
    if (state_->done || !ends_a_step(info, task)) return part | arm(task);
    take_trap(user_register(task, Register::rip));
    return UTRACE_SIGNAL_IGN | (state_->done ? config_.then : arm(task));
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

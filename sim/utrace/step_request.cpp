// SPDX-License-Identifier: MIT
// Arming a step, and the two flags of the October 2009 proposal. There, utrace_control only notes
// under the lock that a step is wanted; the stopped task arms it itself after it wakes up, where it
// may sleep. What the mail leaves open is a decision each: flags.armed, flags.winner,
// flags.on-resume, flags.on-detach, flags.second-engine.
#include "utrace/step_request.hpp"

#include "kernel/step.hpp"
#include "kernel/task.hpp"
#include "semantics/quirks.hpp"

namespace utsim {

namespace {

/// `set_singlestep` and `set_blockstep`, as bits of `Utrace::step_flag`.
constexpr std::uint32_t none = 0;
constexpr std::uint32_t single = 1;
constexpr std::uint32_t block = 2;

std::uint32_t flag_of(std::uint32_t action) { return action == UTRACE_BLOCKSTEP ? block : single; }

/// Both flags can be set, unless the latest one clears the other.
std::uint32_t winner(const Utrace* utrace, std::uint32_t flags) {
    if (flags != (single | block)) return flags;
    return decided(utrace, FlagsWinner::block) ? block : single;
}

}  // namespace

void arm_step(Task* task, std::uint32_t action, const char* function) {
    World& world = world_of(task);
    if (action == UTRACE_BLOCKSTEP) {
        if (arch_has_block_step(task)) return user_enable_block_step(task);
        world.warn(function, "BLOCKSTEP on a machine without block step: SINGLESTEP");
    }
    if (arch_has_single_step(task)) return user_enable_single_step(task);
    if (quirk(task, Quirk::b53_step_without_machine)) {
        world.bug("user_enable_single_step", "BUG: the machine cannot step");
    }
    world.warn(function, "SINGLESTEP on a machine without single step");
}

void arm_flagged_step(Task* current, Utrace* utrace) {
    if (!decided(current, StepArm::flags) || utrace->step_flag == none) return;
    utrace->lock.lock("utrace_stop");
    const std::uint32_t flag = winner(utrace, utrace->step_flag);
    utrace->step_flag = none;
    utrace->lock.unlock("utrace_stop");
    if (flag == none) return;
    arm_step(current, flag == block ? UTRACE_BLOCKSTEP : UTRACE_SINGLESTEP, "utrace_stop");
}

bool flag_step(Utrace* utrace, std::uint32_t action) {
    const std::uint32_t before = utrace->step_flag;
    const std::uint32_t flag = flag_of(action);
    utrace->step_flag = decided(utrace, FlagsWinner::latest) ? flag : before | flag;
    return (before & ~flag) != none;
}

void drop_step_flags(Utrace* utrace) {
    if (utrace->step_flag != none) utrace->step_flag = none;
}

}  // namespace utsim

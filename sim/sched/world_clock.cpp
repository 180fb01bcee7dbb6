// SPDX-License-Identifier: MIT
// Virtual time. It moves when nobody can run, to the next wake-up that could change anything, and,
// where a clock runs, with each instruction.
#include <algorithm>

#include "sched/world.hpp"

namespace utsim {

/// A poller that has looked often enough since anything happened.
bool World::fruitless(const Actor& actor) const {
    return actor.reason == BlockReason::polling && actor.idle_since == state_->last_progress &&
           actor.idle_polls >= options_.limits.max_idle_rounds;
}

/// Moves the clock to the next wake-up. False when there is none that could change anything.
bool World::wake_sleepers() {
    State& s = *state_;
    if (s.sleeping_count == 0) return false;
    std::uint64_t earliest = never;
    for (const Actor* actor : s.actors) {
        const Actor& a = *actor;
        // Its lock is held by a sleeper, and it keeps the CPU on which that would be woken.
        if (a.state == ActorState::blocked && a.reason == BlockReason::spinning) return false;
        if (a.state == ActorState::sleeping && !fruitless(a)) {
            earliest = std::min(earliest, a.wake_at);
        }
    }
    if (earliest == never) return false;
    if (earliest > s.now) {
        s.now = earliest;
        s.into_tick = 0;
    }
    if (wake_due()) s.last_progress = s.step;
    return true;
}

/// Makes those ready whose sleep is over. True if one of them did more than look again.
bool World::wake_due() {
    State& s = *state_;
    bool more_than_polls = false;
    s.next_wake = never;
    for (Actor* actor : s.actors) {
        Actor& a = *actor;
        if (a.state != ActorState::sleeping) continue;
        if (a.wake_at > s.now) {
            s.next_wake = std::min(s.next_wake, a.wake_at);
            continue;
        }
        more_than_polls |= a.reason != BlockReason::polling;
        a.clock_woke = true;
        --s.sleeping_count;
        set_ready(a);
    }
    if (!s.clock_runs) s.next_wake = never;
    return more_than_polls;
}

void World::pass_time(std::uint64_t nanoseconds) {
    State& s = *state_;
    if (!s.clock_runs) return;
    s.into_tick += nanoseconds;
    if (s.into_tick < tick_time) return;
    s.now += s.into_tick / tick_time;
    s.into_tick %= tick_time;
    if (s.now < s.next_wake) return;
    next_control_ = 0;
    take_control();
}

/// How many instructions there are until somebody's sleep is over, if time passes with them.
std::uint64_t World::instructions_until_wake() const {
    const State& s = *state_;
    if (!s.clock_runs || s.next_wake == never) return never;
    if (s.next_wake <= s.now) return 1;
    const std::uint64_t ticks = s.next_wake - s.now;
    if (ticks > never / tick_time) return never;
    return (ticks * tick_time - s.into_tick + instruction_time - 1) / instruction_time;
}

}  // namespace utsim

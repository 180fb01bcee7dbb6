// SPDX-License-Identifier: MIT
// The two simplest ways to decide.
#include "sched/choosers.hpp"

#include <algorithm>

#include "sched/fault.hpp"
#include "sched/world.hpp"

namespace utsim {

ActorId Serial::next(const World&, std::span<const ActorId> ready, ActorId current) {
    return current.valid() ? current : ready.front();
}

ActorId Turns::next(const World& world, std::span<const ActorId> ready, ActorId current) {
    const ScheduleRun& last = world.schedule_log().last();
    if (!last.actor.valid()) return ready.front();
    if (current.valid() && world.step() - last.step < steps_) return current;
    const auto after = std::upper_bound(ready.begin(), ready.end(), last.actor);
    return after == ready.end() ? ready.front() : *after;
}

std::uint64_t Turns::sure_until(const World& world, ActorId chosen) const {
    const ScheduleRun& last = world.schedule_log().last();
    return (last.actor == chosen ? last.step : world.step()) + steps_;
}

ActorId RandomWalk::next(const World&, std::span<const ActorId> ready, ActorId) {
    return ready[random_.below(static_cast<std::uint32_t>(ready.size()))];
}

std::uint32_t RandomAnswers::choose(Random& random, ChoiceKind kind, std::uint32_t count) {
    constexpr std::uint32_t allocations_per_failure = 32;
    constexpr std::uint32_t most_often = 4;  // steps for a fault, and twice as many, seven times
    constexpr std::uint32_t doublings = 8;
    if (kind == ChoiceKind::allocation_fails) {
        return random.below(allocations_per_failure) == 0 ? 1 : 0;
    }
    if (!is_between_steps(kind)) return random.below(count);
    if (steps_per_fault_ == 0) steps_per_fault_ = most_often << random.below(doublings);
    return random.below(steps_per_fault_) == 0 ? 1 + random.below(count - 1) : 0;
}

}  // namespace utsim

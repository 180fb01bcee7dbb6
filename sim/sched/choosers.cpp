// SPDX-License-Identifier: MIT
// The two simplest ways to decide.
#include "sched/choosers.hpp"

namespace utsim {

ActorId Serial::next(const World&, std::span<const ActorId> ready, ActorId current) {
    return current.valid() ? current : ready.front();
}

ActorId RandomWalk::next(const World&, std::span<const ActorId> ready, ActorId) {
    return ready[random_.below(static_cast<std::uint32_t>(ready.size()))];
}

std::uint32_t RandomWalk::choose(const World&, ChoiceKind kind, std::uint32_t count) {
    constexpr std::uint32_t allocations_per_failure = 32;
    if (kind == ChoiceKind::allocation_fails) {
        return random_.below(allocations_per_failure) == 0 ? 1 : 0;
    }
    return random_.below(count);
}

}  // namespace utsim

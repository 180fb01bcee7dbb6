// SPDX-License-Identifier: MIT
/// Notices who only turns in a polling loop: for samplers that prefer somebody, and would let a
/// loop run for ever while what it waits for does not get its turn.
#pragma once

#include <cstdint>
#include <vector>

#include "sched/actor.hpp"

namespace utsim {

class PollWatch {
public:
    void restart() { looks_.clear(); }

    /// Whether `actor`, which is about to go on, has come back to where it has just looked without
    /// success. True once for each time that it does.
    ///
    /// The first look is not held against it: that is a step like any other.
    bool polls_again(const Actor& actor) {
        if (actor.point.kind != PointKind::sleep) return false;
        if (actor.id.value >= looks_.size()) looks_.resize(actor.id.value + 1);
        Look& last = looks_[actor.id.value];
        if (last.function != nullptr && last.steps == actor.steps) return false;
        const bool again = last.function == actor.point.function &&
                           actor.steps - last.steps <= most_steps_of_a_round;
        last = {actor.point.function, actor.steps};
        return again;
    }

private:
    struct Look {
        const char* function = nullptr;
        std::uint64_t steps = 0;  ///< that the actor had run
    };
    static constexpr std::uint64_t most_steps_of_a_round = 32;

    std::vector<Look> looks_;  ///< by actor
};

}  // namespace utsim

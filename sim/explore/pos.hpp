// SPDX-License-Identifier: MIT
/// Partial order sampling: not actors but steps have priorities, drawn when a step is next in its
/// actor, and the highest runs. After it, the steps of others that race with it get new ones, so
/// that each order of two racing steps has its chance every time.
///
/// What a step is about to touch is known from the point at which its actor stands. Two pending
/// steps race if
///  - both are about the same lock, shared cell, task or engine: taking a lock, reading or writing
///    a cell (granularity `access`), an API call or a barrier about a task, the beginning or the
///    body of a callback of an engine. Two reads count too, as points do not tell them from
///    writes. The step behind a release does not: the lock has been let go before that point;
///  - or one changes thread flags of the task that the other runs as.
/// A step that has been there for long and races with nobody keeps its priority.
///
/// Who polls again is put below all others that can run.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "explore/poll_watch.hpp"
#include "sched/chooser.hpp"
#include "sched/choosers.hpp"

namespace utsim {

class PosChooser final : public Chooser {
public:
    void start(std::uint64_t seed);

    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    std::uint32_t choose(const World&, ChoiceKind kind, std::uint32_t count) override {
        return answers_.choose(random_, kind, count);
    }

private:
    /// The step that an actor does next.
    struct Pending {
        std::uint64_t number = 0;  ///< of the actor's steps, from 1; 0: none was seen yet
        std::uint64_t priority = 0;
    };

    void draw_new_ones(const World& world, std::span<const ActorId> ready);

    Random random_{0};
    RandomAnswers answers_;
    PollWatch polls_;
    std::vector<Pending> pending_;  ///< by actor
};

/// Whether the next steps of two actors race, as above.
bool next_steps_race(const Actor& a, const Actor& b);

}  // namespace utsim

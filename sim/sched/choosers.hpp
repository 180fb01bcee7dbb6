// SPDX-License-Identifier: MIT
/// The stock choosers that need nothing but the World: `Serial`, `Turns` and `RandomWalk`.
#pragma once

#include "base/random.hpp"
#include "sched/chooser.hpp"

namespace utsim {

/// Lets an actor run as long as it can, then takes the lowest one that is ready.
class Serial : public Chooser {
public:
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    bool never_preempts() const override { return true; }
};

/// Lets everybody who can run do so in turns, so that nobody who runs for ever keeps others
/// waiting. Whose turn it is follows from what the World has done, so it may be used again after a
/// restore.
class Turns : public Chooser {
public:
    explicit Turns(std::uint64_t steps) : steps_(steps) {}
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    bool wants_every_step() const override { return false; }

private:
    std::uint64_t steps_;  ///< of one turn
};

/// Takes any ready actor, each with the same chance, at every step that has a choice.
class RandomWalk : public Chooser {
public:
    explicit RandomWalk(std::uint64_t seed) : random_(seed) {}
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    /// Allocations fail once in 32; other choices are uniform.
    std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count) override;

private:
    Random random_;
};

}  // namespace utsim

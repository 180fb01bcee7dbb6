// SPDX-License-Identifier: MIT
/// The stock choosers that need nothing but the World: `Serial` and `RandomWalk`.
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

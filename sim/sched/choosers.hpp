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
    std::uint64_t sure_until(const World&, ActorId) const override { return ~std::uint64_t{0}; }
};

/// Lets everybody who can run do so in turns, so that nobody who runs for ever keeps others
/// waiting. Whose turn it is follows from what the World has done, so it may be used again after a
/// restore.
class Turns : public Chooser {
public:
    explicit Turns(std::uint64_t steps) : steps_(steps) {}
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    std::uint64_t sure_until(const World& world, ActorId chosen) const override;

private:
    std::uint64_t steps_;  ///< of one turn
};

/// Answers for choices that are not about who runs, from a seed: an allocation fails once in 32,
/// and so on. How often faults come between steps is drawn for each seed, so that some runs have
/// theirs early and some late.
class RandomAnswers {
public:
    std::uint32_t choose(Random& random, ChoiceKind kind, std::uint32_t count);

private:
    std::uint32_t steps_per_fault_ = 0;  ///< 0: not drawn yet
};

/// Takes any ready actor, each with the same chance, at every step that has a choice.
class RandomWalk : public Chooser {
public:
    explicit RandomWalk(std::uint64_t seed) : random_(seed) {}
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    std::uint32_t choose(const World&, ChoiceKind kind, std::uint32_t count) override {
        return answers_.choose(random_, kind, count);
    }

private:
    Random random_;
    RandomAnswers answers_;
};

}  // namespace utsim

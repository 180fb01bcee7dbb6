// SPDX-License-Identifier: MIT
/// Probabilistic concurrency testing: every actor has a priority, drawn when it is first seen, and
/// whoever has the highest runs. At d - 1 places, drawn from the k choices of a run, whoever would
/// run falls behind all others. An order that a defect of depth d needs (d events in one order)
/// comes about in one run with a probability of at least 1 / (n k^(d-1)), with n actors.
///
/// Two exceptions keep runs from turning in place: who polls again falls behind everybody, and so
/// does who went on for longer than a whole run was expected to take. No run with one of them is
/// needed for the bound, which is about orders without.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "explore/poll_watch.hpp"
#include "sched/chooser.hpp"
#include "sched/choosers.hpp"

namespace utsim {

class PctChooser final : public Chooser {
public:
    static constexpr std::uint32_t least_depth = 2;
    static constexpr std::uint32_t most_depth = 6;

    /// A new run. Its depth and its places among `choices` choices follow from `seed`.
    void start(std::uint64_t seed, std::uint64_t choices);

    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    std::uint32_t choose(const World&, ChoiceKind kind, std::uint32_t count) override {
        return answers_.choose(random_, kind, count);
    }

    std::uint32_t depth() const { return depth_; }
    /// How often it was asked in this run.
    std::uint64_t choices() const { return asked_; }

private:
    /// Drawn ones are positive, those of changes lie below, those of pollers below 0.
    using Priority = std::int64_t;

    Priority& priority_of(ActorId id);
    ActorId highest(std::span<const ActorId> ready);

    Random random_{0};
    RandomAnswers answers_;
    PollWatch polls_;
    std::vector<Priority> priorities_;  ///< by actor; 0: not seen yet
    std::array<std::uint64_t, most_depth - 1> changes_{};
    std::uint32_t depth_ = least_depth;
    std::uint64_t expected_ = 0;
    std::uint64_t asked_ = 0;
    std::uint64_t in_a_row_ = 0;
    Priority lowest_ = 0;
    ActorId last_;
};

/// How often a run of PCT can be needed: its bound is one in so many. The largest number when it is
/// more than that.
std::uint64_t pct_bound(std::uint32_t actors, std::uint64_t choices, std::uint32_t depth);

}  // namespace utsim

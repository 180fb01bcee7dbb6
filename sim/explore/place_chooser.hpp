// SPDX-License-Identifier: MIT
/// Draws orders of real programs: switches only where it matters who goes on, so that few runs are
/// wasted on the thousands of instructions between two calls.
///
/// A run goes by priorities, as probabilistic concurrency testing does (explore/pct.hpp), with its
/// changes at places of one sort; or it walks, and at each place of that sort lets anybody go on.
/// Which, and at which places, follows from the seed and from how long the runs before it were.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "explore/place.hpp"
#include "explore/poll_watch.hpp"
#include "sched/chooser.hpp"
#include "sched/choosers.hpp"

namespace utsim {

/// Which places count in a run.
enum class PlaceSort : std::uint8_t { calls, memory, kernel, everywhere, count_ };

/// How many there are of each in a run.
struct PlaceCounts {
    std::array<std::uint64_t, static_cast<std::size_t>(PlaceSort::count_)> of{};

    /// What was met in one run is expected in the next.
    void expect(const PlaceCounts& met);
};

class PlaceChooser final : public Chooser {
public:
    /// A new run, of about as many places as `expected` says.
    void start(std::uint64_t seed, const PlaceCounts& expected);

    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    std::uint32_t choose(const World&, ChoiceKind kind, std::uint32_t count) override {
        return answers_.choose(random_, kind, count);
    }
    /// Those of this run, so far.
    const PlaceCounts& met() const { return met_; }

private:
    static constexpr std::uint32_t most_changes = 5;
    using Priority = std::int64_t;

    bool counts(Place place);
    Priority& priority_of(ActorId id);
    ActorId highest(std::span<const ActorId> ready);
    ActorId by_priority(std::span<const ActorId> ready, bool counts);
    ActorId walk(std::span<const ActorId> ready, ActorId current, bool counts);

    Random random_{0};
    RandomAnswers answers_;
    PollWatch polls_;
    Places places_;
    PlaceSort sort_ = PlaceSort::calls;
    bool walks_ = false;
    std::uint32_t seldom_ = 2;  ///< a walk switches at one of so many places
    std::vector<Priority> priorities_;
    std::array<std::uint64_t, most_changes> changes_{};
    std::uint32_t change_count_ = 1;
    PlaceCounts met_;
    std::uint64_t longest_ = 0;  ///< steps in a row before somebody has to give way
    std::uint64_t in_a_row_ = 0;
    Priority lowest_ = 0;
    ActorId last_;
};

}  // namespace utsim

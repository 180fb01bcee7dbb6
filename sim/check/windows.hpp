// SPDX-License-Identifier: MIT
/// What a check has been through: the windows of the state machine (spec 4.31) and who acted in
/// them, the ways between scheduling points, the clauses that were put to the test.
///
/// All of that is a set of numbered features. A scenario that adds one is worth to be varied.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sched/world.hpp"

namespace utsim {

/// Where somebody else may act in the middle of a function of utrace.
struct Window {
    std::string_view id;     ///< `W-S1`, of spec 4.31
    std::string_view where;  ///< in words
};
std::span<const Window> windows();

/// Features by number.
class FeatureSet {
public:
    static constexpr std::uint32_t size = 1u << 16;

    FeatureSet() : bits_(size / 64) {}
    bool has(std::uint32_t feature) const { return (bits_[feature / 64] >> feature % 64 & 1) != 0; }
    /// False when it was there already.
    bool add(std::uint32_t feature) {
        if (has(feature)) return false;
        bits_[feature / 64] |= std::uint64_t{1} << feature % 64;
        ++count_;
        return true;
    }
    void add(const FeatureSet& other) {
        count_ = 0;
        for (std::size_t i = 0; i < bits_.size(); ++i) {
            bits_[i] |= other.bits_[i];
            count_ += static_cast<std::uint64_t>(std::popcount(bits_[i]));
        }
    }
    std::uint64_t count() const { return count_; }

private:
    std::vector<std::uint64_t> bits_;
    std::uint64_t count_ = 0;
};

/// The first features are clauses, then windows that somebody else acted in; the others are ways
/// through the code and who met whom on them.
inline constexpr std::uint32_t first_window_feature = 512;
inline constexpr std::uint32_t first_way_feature = 1024;

/// Sees the points of runs and gathers the features of a scenario that are not known yet.
class WindowWatch final : public PointObserver {
public:
    /// `known` outlives this, and nobody changes it during a run.
    explicit WindowWatch(const FeatureSet& known) : known_(known) {}

    void begin_scenario() { fresh_.clear(); }
    void begin_run() { standing_.clear(); }
    void clause_exercised(std::size_t clause) { met(static_cast<std::uint32_t>(clause)); }
    bool at_point(World& world, Actor& actor) override;

    /// What this scenario has shown that is not among the known, in the order it was met.
    const std::vector<std::uint32_t>& fresh() const { return fresh_; }

private:
    /// Where an actor stands.
    struct Place {
        std::uint32_t name = 0;    ///< of kind, function and lock; 0: it is in no function
        std::uint32_t window = 0;  ///< 1 + its number, or 0
    };
    Place place_of(const Actor& actor) const;
    void met(std::uint32_t feature);

    const FeatureSet& known_;
    std::vector<std::uint32_t> fresh_;
    std::vector<Place> standing_;  ///< by actor
};

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Every actor is looked at where it stands when it is about to go on; whether that place counts
// decides whether anything is drawn there.
#include "explore/place_chooser.hpp"

#include <algorithm>

#include "sched/world.hpp"

namespace utsim {

namespace {

struct Way {
    bool walks;
    PlaceSort sort;
};

/// Taken in turns. Calls first: what processes do to each other is there.
constexpr Way ways[] = {
    {true, PlaceSort::calls},       {false, PlaceSort::calls},  {false, PlaceSort::memory},
    {true, PlaceSort::kernel},      {false, PlaceSort::kernel}, {true, PlaceSort::memory},
    {false, PlaceSort::everywhere},
};

constexpr std::size_t index_of(PlaceSort sort) { return static_cast<std::size_t>(sort); }

}  // namespace

void PlaceCounts::expect(const PlaceCounts& met) {
    std::uint64_t& steps = of[index_of(PlaceSort::everywhere)];
    const std::uint64_t shortest = steps != 0 ? std::min(steps, met.of.back()) : met.of.back();
    for (std::size_t i = 0; i < of.size(); ++i) of[i] = std::max(of[i], met.of[i]);
    // Where somebody spins until another one comes, a run is as long as nobody has to give way. If
    // that were what the next run expects, each would be longer than the one before.
    steps = shortest;
}

void PlaceChooser::start(std::uint64_t seed, const PlaceCounts& expected) {
    random_ = Random(seed);
    answers_ = {};
    polls_.restart();
    places_.restart();
    priorities_.clear();
    met_ = {};
    in_a_row_ = 0;
    lowest_ = 0;
    last_ = {};
    const Way& way = ways[seed % std::size(ways)];
    walks_ = way.walks;
    sort_ = way.sort;
    constexpr std::uint32_t most_seldom = 4;  // one in 2, 4, 8, 16
    seldom_ = 1u << (1 + random_.below(most_seldom));
    change_count_ = 1 + random_.below(most_changes);
    constexpr std::uint64_t least = 16;
    const std::uint64_t places = std::max(expected.of[index_of(sort_)], least);
    for (std::uint32_t i = 0; i < change_count_; ++i) changes_[i] = 1 + random_.next() % places;
    constexpr std::uint64_t least_row = 10'000;
    longest_ = std::max(expected.of[index_of(PlaceSort::everywhere)], least_row);
}

bool PlaceChooser::counts(Place place) {
    const bool is[] = {
        place == Place::call,
        place == Place::call || place == Place::memory,
        place == Place::call || place == Place::inside,
        true,
    };
    static_assert(std::size(is) == static_cast<std::size_t>(PlaceSort::count_));
    for (std::size_t i = 0; i < std::size(is); ++i) met_.of[i] += is[i] ? 1 : 0;
    return is[index_of(sort_)];
}

PlaceChooser::Priority& PlaceChooser::priority_of(ActorId id) {
    if (id.value >= priorities_.size()) priorities_.resize(id.value + 1);
    Priority& priority = priorities_[id.value];
    if (priority == 0) priority = static_cast<Priority>(random_.next() >> 2) + most_changes + 1;
    return priority;
}

ActorId PlaceChooser::highest(std::span<const ActorId> ready) {
    ActorId best = ready.front();
    for (const ActorId id : ready) {
        if (priority_of(id) > priority_of(best)) best = id;
    }
    return best;
}

ActorId PlaceChooser::by_priority(std::span<const ActorId> ready, bool counts) {
    ActorId best = highest(ready);
    if (!counts) return best;
    for (std::uint32_t i = 0; i < change_count_; ++i) {
        if (changes_[i] != met_.of[index_of(sort_)]) continue;
        priority_of(best) = i + 1;
        best = highest(ready);
    }
    return best;
}

ActorId PlaceChooser::walk(std::span<const ActorId> ready, ActorId current, bool counts) {
    const bool goes_on = std::find(ready.begin(), ready.end(), current) != ready.end();
    if (goes_on && (!counts || random_.below(seldom_) != 0)) return current;
    return ready[random_.below(static_cast<std::uint32_t>(ready.size()))];
}

ActorId PlaceChooser::next(const World& world, std::span<const ActorId> ready, ActorId current) {
    for (const ActorId id : ready) {
        if (polls_.polls_again(world.actor(id))) priority_of(id) = --lowest_;
    }
    const ActorId asked = walks_ && current.valid() ? current : highest(ready);
    const bool counted = counts(places_.of(world.actor(asked)));
    ActorId best = walks_ ? walk(ready, current, counted) : by_priority(ready, counted);
    in_a_row_ = best == last_ ? in_a_row_ + 1 : 0;
    if (in_a_row_ > longest_) {
        in_a_row_ = 0;
        priority_of(best) = --lowest_;
        best = highest(ready);
    }
    last_ = best;
    return best;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Priorities and the places at which they change. Only places with a choice count: where one actor
// alone can run, a change of its priority is as good at the next place with another.
#include "explore/pct.hpp"

#include "sched/world.hpp"

namespace utsim {

void PctChooser::start(std::uint64_t seed, std::uint64_t choices) {
    random_ = Random(seed);
    answers_ = {};
    polls_.restart();
    priorities_.clear();
    expected_ = choices;
    asked_ = 0;
    in_a_row_ = 0;
    lowest_ = 0;
    last_ = {};
    depth_ = least_depth + random_.below(most_depth - least_depth + 1);
    for (std::uint32_t i = 0; i + 1 < depth_; ++i) {
        changes_[i] = 1 + random_.next() % std::max<std::uint64_t>(choices, 1);
    }
}

PctChooser::Priority& PctChooser::priority_of(ActorId id) {
    if (id.value >= priorities_.size()) priorities_.resize(id.value + 1);
    Priority& priority = priorities_[id.value];
    if (priority == 0) priority = static_cast<Priority>(random_.next() >> 2) + most_depth;
    return priority;
}

ActorId PctChooser::highest(std::span<const ActorId> ready) {
    ActorId best = ready.front();
    for (const ActorId id : ready) {
        if (priority_of(id) > priority_of(best)) best = id;
    }
    return best;
}

ActorId PctChooser::next(const World& world, std::span<const ActorId> ready, ActorId) {
    ++asked_;
    for (const ActorId id : ready) {
        if (polls_.polls_again(world.actor(id))) priority_of(id) = --lowest_;
    }
    ActorId best = highest(ready);
    for (std::uint32_t i = 0; i + 1 < depth_; ++i) {
        if (changes_[i] != asked_) continue;
        // The places are drawn in no order, so neither are the priorities behind them.
        priority_of(best) = i + 1;
        best = highest(ready);
    }
    in_a_row_ = best == last_ ? in_a_row_ + 1 : 0;
    if (in_a_row_ > expected_) {
        priority_of(best) = --lowest_;
        in_a_row_ = 0;
        best = highest(ready);
    }
    last_ = best;
    return best;
}

std::uint64_t pct_bound(std::uint32_t actors, std::uint64_t choices, std::uint32_t depth) {
    constexpr std::uint64_t most = ~std::uint64_t{0};
    std::uint64_t bound = actors;
    for (std::uint32_t i = 1; i < depth; ++i) {
        if (choices != 0 && bound > most / choices) return most;
        bound *= choices;
    }
    return bound;
}

}  // namespace utsim

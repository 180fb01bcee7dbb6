// SPDX-License-Identifier: MIT
// Where the order is known, it is sure up to the next step at which somebody else gets the CPU:
// until then the World stays on the fiber, and tasks go through user mode in strides.
#include "debug/order.hpp"

#include <algorithm>

#include "sched/world.hpp"

namespace utsim::debug {

KeptOrder::KeptOrder(RunChooser beyond, std::uint64_t turn)
    : beyond_(std::move(beyond)),
      turn_(turn) {}

bool KeptOrder::wants_every_step() const {
    return forced_until_ != 0 || beyond_->wants_every_step();
}

bool KeptOrder::keeps_quanta(const World& world) const {
    return world.step() >= known_ && !is_forced(world.step()) && beyond_->keeps_quanta(world);
}

std::size_t KeptOrder::switch_from(std::uint64_t step) const {
    const auto found =
        std::lower_bound(switches_.begin(), switches_.end(), step,
                         [](const Switch& s, std::uint64_t at) { return s.step < at; });
    return static_cast<std::size_t>(found - switches_.begin());
}

std::uint64_t KeptOrder::stretch(std::uint64_t step) {
    if (step < known_) return known_;
    if (step < forced_until_) return forced_until_;
    forced_until_ = 0;
    return ~std::uint64_t{0};
}

bool KeptOrder::is_forced(std::uint64_t step) const {
    return step >= forced_from_ && step < forced_until_;
}

ActorId KeptOrder::next(const World& world, std::span<const ActorId> ready, ActorId current) {
    const std::uint64_t step = world.step();
    if (step < known_) {
        const std::size_t at = switch_from(step);
        if (at < switches_.size() && switches_[at].step == step) return switches_[at].actor;
        return current.valid() ? current : ready.front();
    }
    ActorId answer;
    if (is_forced(step)) {
        const bool can = std::find(ready.begin(), ready.end(), forced_) != ready.end();
        if (can) answer = forced_;
    } else if (ready.size() == 1 && !beyond_->wants_every_step()) {
        answer = ready.front();
    } else {
        answer = beyond_->next(world, ready, current);
    }
    const bool goes_on = current.valid() && answer == current;
    if (answer.valid() && !goes_on && ready.size() > 1) switches_.push_back({step, answer});
    return answer;
}

std::uint64_t KeptOrder::sure_until(const World& world, ActorId chosen) const {
    const std::uint64_t step = world.step();
    if (step < known_) {
        const std::size_t at = switch_from(step + 1);
        return at < switches_.size() ? std::min(switches_[at].step, known_) : known_;
    }
    return is_forced(step) ? forced_until_ : beyond_->sure_until(world, chosen);
}

std::uint32_t KeptOrder::choose(const World& world, ChoiceKind kind, std::uint32_t count) {
    std::vector<std::uint32_t>& kept = answers_[static_cast<std::size_t>(kind)];
    const std::uint32_t index = world.choices_made(kind);
    if (index < kept.size()) return kept[index];
    const std::uint32_t answer = beyond_->choose(world, kind, count);
    if (answer != pause) kept.push_back(answer);
    return answer;
}

void KeptOrder::cut(const World& world) {
    known_ = world.step();
    switches_.resize(switch_from(known_));
    for (std::size_t kind = 0; kind < answers_.size(); ++kind) {
        const std::uint32_t made = world.choices_made(static_cast<ChoiceKind>(kind));
        if (answers_[kind].size() > made) answers_[kind].resize(made);
    }
    forced_until_ = 0;
    if (turn_ != 0) {
        beyond_ = RunChooser(std::make_unique<Turns>(turn_));
    } else {
        beyond_ = RunChooser(std::make_unique<Serial>());
    }
}

void KeptOrder::force(ActorId actor, std::uint64_t from, std::uint64_t steps) {
    forced_ = actor;
    forced_from_ = from;
    forced_until_ = from + steps;
}

std::string KeptOrder::schedule(const World& world) const {
    Schedule schedule = schedule_so_far(world);
    schedule.turn = turn_;
    return format_schedule(schedule);
}

}  // namespace utsim::debug

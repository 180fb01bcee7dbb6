// SPDX-License-Identifier: MIT
// Priorities of steps. That a step is a new one is seen from the number of steps that its actor has
// run, so it does not matter that nobody asks where only one can run.
#include "explore/pos.hpp"

#include <algorithm>

#include "kernel/task.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

bool same_object(const PointObject& a, const PointObject& b) {
    return a.kind == b.kind && a.lock == b.lock && a.id == b.id;
}

bool touches_its_object(const Point& point) {
    return point.object.kind != PointObject::Kind::none && point.kind != PointKind::unlock;
}

/// Whether `point` changes thread flags of the task that `other` runs as.
bool changes_flags_of(const Point& point, const Actor& other) {
    if (point.kind != PointKind::flag || other.task == nullptr) return false;
    return static_cast<const Task*>(other.task)->id.value == point.object.id;
}

}  // namespace

bool next_steps_race(const Actor& a, const Actor& b) {
    if (touches_its_object(a.point) && touches_its_object(b.point) &&
        same_object(a.point.object, b.point.object)) {
        return true;
    }
    return changes_flags_of(a.point, b) || changes_flags_of(b.point, a);
}

void PosChooser::start(std::uint64_t seed) {
    random_ = Random(seed);
    answers_ = {};
    polls_.restart();
    pending_.clear();
}

void PosChooser::draw_new_ones(const World& world, std::span<const ActorId> ready) {
    if (ready.back().value >= pending_.size()) pending_.resize(ready.back().value + 1);
    std::uint64_t lowest = ~std::uint64_t{0};
    for (const ActorId id : ready) {
        Pending& pending = pending_[id.value];
        const std::uint64_t number = world.actor(id).steps + 1;
        if (pending.number != number) pending = {number, random_.next()};
        lowest = std::min(lowest, pending.priority);
    }
    for (const ActorId id : ready) {
        if (!polls_.polls_again(world.actor(id))) continue;
        lowest = lowest != 0 ? random_.next() % lowest : 0;
        pending_[id.value].priority = lowest;
    }
}

ActorId PosChooser::next(const World& world, std::span<const ActorId> ready, ActorId) {
    draw_new_ones(world, ready);
    ActorId best = ready.front();
    for (const ActorId id : ready) {
        if (pending_[id.value].priority > pending_[best.value].priority) best = id;
    }
    for (const ActorId id : ready) {
        if (id == best || !next_steps_race(world.actor(best), world.actor(id))) continue;
        pending_[id.value].priority = random_.next();
    }
    return best;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Time travel. A World is the used part of its arena plus, for each actor that may still run, the
// bytes between its saved stack pointer and its stack's end; both are copied out and back in place,
// so every pointer in them stays right. What lies outside follows through hooks and the sink.
#include <cstring>

#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

/// Where the stacks begin in an image whose objects end at `size`: words stay aligned.
std::size_t behind(std::size_t size) { return (size + 15) & ~std::size_t{15}; }

bool may_run(const Actor& actor) { return actor.state != ActorState::finished; }

FiberStack live_stack(const Actor& actor) { return {actor.stack_low, actor.stack_high}; }

}  // namespace

World::Snapshot World::snapshot() {
    Snapshot fresh;
    snapshot(fresh);
    return fresh;
}

void World::snapshot(Snapshot& into) {
    UTSIM_CHECK(!on_fiber(), "a snapshot needs all fibers suspended");
    State& s = *state_;
    const std::size_t objects = arena_.used() - Arena::first_mark;
    std::size_t size = behind(objects);
    for (std::uint32_t i = 0; i < s.actor_count; ++i) {
        const Actor& a = *s.actors[i];
        if (may_run(a)) size += fiber_image_size(a.context, live_stack(a));
    }
    if (size > into.capacity_) {
        into.capacity_ = size + size / 4;
        into.image_.reset(new std::byte[into.capacity_]);
    }
    std::byte* image = into.image_.get();
    std::memcpy(image, arena_.base() + Arena::first_mark, objects);
    image += behind(objects);
    for (std::uint32_t i = 0; i < s.actor_count; ++i) {
        const Actor& a = *s.actors[i];
        if (!may_run(a)) continue;
        save_fiber(image, a.context, live_stack(a));
        image += fiber_image_size(a.context, live_stack(a));
    }
    into.size_ = size;
    into.arena_used_ = arena_.used();
    into.step_ = s.step;
    into.world_ = this;
    into.world_reset_ = resets_;
    into.kernel_ = kernel;
    into.semantics_ = semantics;
    into.sink_ = sink_;
    into.sink_mark_ = sink_ != nullptr ? sink_->mark() : 0;
    into.runs_.assign(runs_.begin(), runs_.end());
    into.others_.assign(others_.begin(), others_.end());
    into.hooks_.clear();
    for (SnapshotHook* hook : hooks_) into.hooks_.push_back(hook->take());
}

void World::restore(const Snapshot& snapshot) {
    UTSIM_CHECK(!running_ && !on_fiber(), "a running world cannot jump back");
    UTSIM_CHECK(snapshot.taken() && snapshot.world_ == this && snapshot.world_reset_ == resets_,
                "a snapshot of another world, or of before its reset");
    UTSIM_CHECK(snapshot.hooks_.size() == hooks_.size(), "a hook was added after the snapshot");
    for (SnapshotHook* hook : hooks_) hook->before_restore();

    const std::size_t used = snapshot.arena_used_;
    if (arena_.used() > used) arena_.rewind(used);  // what is allocated next must be zero
    arena_.restore_used(used);
    const std::byte* image = snapshot.image_.get();
    std::memcpy(arena_.base() + Arena::first_mark, image, used - Arena::first_mark);
    image += behind(used - Arena::first_mark);
    for (std::uint32_t i = 0; i < state_->actor_count; ++i) {
        const Actor& a = *state_->actors[i];
        if (!may_run(a)) continue;
        restore_fiber(image, a.context, live_stack(a));
        image += fiber_image_size(a.context, live_stack(a));
    }
    kernel = snapshot.kernel_;
    semantics = snapshot.semantics_;
    runs_.assign(snapshot.runs_.begin(), snapshot.runs_.end());
    others_.assign(snapshot.others_.begin(), snapshot.others_.end());
    stop_requested_ = false;
    end_waits_ = false;
    end_detail_.clear();
    if (sink_ != nullptr && sink_ == snapshot.sink_) sink_->rewind(snapshot.sink_mark_);
    for (std::size_t i = 0; i < hooks_.size(); ++i) hooks_[i]->restore(snapshot.hooks_[i]);
}

void World::reset() {
    UTSIM_CHECK(!running_ && !on_fiber(), "a running world cannot start over");
    ++resets_;
    arena_.rewind(start_mark_);
    *state_ = State{};
    start_state();
    kernel = nullptr;
    runs_.clear();
    others_.clear();
    end_detail_.clear();
    end_waits_ = false;
    stop_requested_ = false;
    pause_at_ = never;
    for (SnapshotHook* hook : hooks_) hook->reset();
}

}  // namespace utsim

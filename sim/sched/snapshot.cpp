// SPDX-License-Identifier: MIT
// Time travel. A World is the used part of its arena plus, for each actor that may still run, the
// bytes between its saved stack pointer and its stack's end; both are copied out and back in place,
// so every pointer in them stays right. What is fixed in the arena never changes, and what lies
// outside follows through hooks and the sink.
#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

bool may_run(const Actor& actor) { return actor.state != ActorState::finished; }

FiberStack live_stack(const Actor& actor) { return {actor.stack_low, actor.stack_high}; }

}  // namespace

std::size_t World::Snapshot::size() const {
    std::size_t size = objects_.used;
    for (const Ref<StackImage>& stack : stacks_) size += stack ? stack->size() : 0;
    return size;
}

World::Snapshot World::snapshot() {
    Snapshot fresh;
    snapshot(fresh);
    return fresh;
}

void World::snapshot(Snapshot& into) {
    UTSIM_CHECK(!on_fiber(), "a snapshot needs all fibers suspended");
    objects_.take(arena_.base(), arena_.used(), into.objects_);
    save_stacks(into);
    into.step_ = state_->step;
    into.world_ = this;
    into.world_reset_ = resets_;
    into.kernel_ = kernel;
    into.semantics_ = semantics;
    into.sink_ = sink_;
    into.sink_mark_ = sink_ != nullptr ? sink_->mark() : 0;
    into.runs_ = runs_.moment();
    into.others_ = others_.moment();
    into.objects_log_ = arena_.objects().moment();
    into.hooks_.clear();
    for (SnapshotHook* hook : hooks_) into.hooks_.push_back(hook->take());
}

void World::save_stacks(Snapshot& into) {
    stacks_.resize(actor_count());
    for (std::uint32_t i = 0; i < actor_count(); ++i) {
        const Actor& a = *state_->actors[i];
        if (!may_run(a)) {
            stacks_[i] = {};
        } else if (!stacks_[i] || !stacks_[i]->is(a.context, live_stack(a))) {
            stacks_[i] = Ref(new StackImage(a.context, live_stack(a), *image_use_));
        }
    }
    into.stacks_.assign(stacks_.begin(), stacks_.end());
}

void World::restore(const Snapshot& snapshot) {
    UTSIM_CHECK(!running_ && !on_fiber(), "a running world cannot jump back");
    UTSIM_CHECK(snapshot.taken() && snapshot.world_ == this && snapshot.world_reset_ == resets_,
                "a snapshot of another world, or of before its reset");
    UTSIM_CHECK(snapshot.hooks_.size() == hooks_.size(), "a hook was added after the snapshot");
    for (SnapshotHook* hook : hooks_) hook->before_restore();

    const std::size_t used = snapshot.objects_.used;
    if (arena_.used() > used) arena_.rewind(used);  // what is allocated next must be zero
    arena_.restore_used(used);
    objects_.put_back(arena_.base(), snapshot.objects_);
    for (std::uint32_t i = 0; i < actor_count(); ++i) {
        const Actor& a = *state_->actors[i];
        if (may_run(a)) snapshot.stacks_[i]->put_back(a.context, live_stack(a));
    }
    stacks_.assign(snapshot.stacks_.begin(), snapshot.stacks_.end());
    kernel = snapshot.kernel_;
    semantics = snapshot.semantics_;
    runs_.go_to(snapshot.runs_);
    others_.go_to(snapshot.others_);
    arena_.objects().go_to(snapshot.objects_log_);
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
    arena_.objects().go_to(start_objects_);
    arena_.clear_fixed();
    *state_ = State{};
    start_state();
    kernel = nullptr;
    objects_.forget();
    stacks_.clear();
    runs_.clear();
    others_.clear();
    name_texts_.clear();
    end_detail_.clear();
    end_waits_ = false;
    stop_requested_ = false;
    pause_at_ = never;
    for (SnapshotHook* hook : hooks_) hook->reset();
}

}  // namespace utsim

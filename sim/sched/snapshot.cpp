// SPDX-License-Identifier: MIT
// Starting over: the arena forgets everything after its construction mark.
#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {
void World::reset() {
    UTSIM_CHECK(!running_ && !on_fiber(), "a running world cannot start over");
    arena_.rewind(start_mark_);
    *state_ = State{};
    start_state();
    kernel = nullptr;
    runs_.clear();
    others_.clear();
    texts_.clear();
    text_ids_.clear();
    end_detail_.clear();
    end_waits_ = false;
    stop_requested_ = false;
    pause_at_ = never;
    for (SnapshotHook* hook : hooks_) hook->reset();
}
}  // namespace utsim

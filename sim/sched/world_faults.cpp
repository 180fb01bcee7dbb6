// SPDX-License-Identifier: MIT
// Faults that come between two steps: when one is asked for, and time that passes as one.
#include <iterator>

#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

/// Whether a fault may still come between two steps.
bool World::faults_due() const {
    return fault_source_ != nullptr && faults_.between_steps() &&
           state_->faults < faults_.at_most && !state_->ended && !stop_requested_;
}

/// Begins the choice of the next fault that can come before this step. False: there is none left.
bool World::ask_for_fault() {
    State& s = *state_;
    if (!faults_due() || s.step >= options_.limits.max_steps) return false;
    while (s.next_fault < std::size(faults_between_steps)) {
        const ChoiceKind kind = faults_between_steps[s.next_fault++];
        if (!faults_.has(kind)) continue;
        const std::uint32_t places = fault_source_->places(*this, kind);
        if (places == 0) continue;
        s.choice_kind = kind;
        s.choice_count = places + 1;
        return true;
    }
    return false;
}

void World::skip_to(std::uint64_t tick) {
    State& s = *state_;
    UTSIM_CHECK(!on_fiber() && tick >= s.now, "time goes on between two steps, and forwards");
    s.now = tick;
    s.into_tick = 0;
    if (wake_due()) s.last_progress = s.step;
}

}  // namespace utsim

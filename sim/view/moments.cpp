// SPDX-License-Identifier: MIT
// The state after a step is the state before the next one, but for the last step, behind which
// there is none.
#include "view/moments.hpp"

#include "sched/world.hpp"

namespace utsim {

std::uint64_t Moments::next_visit(std::uint64_t) {
    return states_.size() < after_.size() ? after_[states_.size()] + 1 : ~std::uint64_t{0};
}

void Moments::visit(World& world) {
    states_.push_back(world_state(world, contract_));
    if (then_stop_ && states_.size() == after_.size()) world.request_stop("all was seen");
}

void Moments::at_end(World& world) {
    steps_ = world.step();
    if (states_.size() < after_.size() && after_[states_.size()] + 1 == steps_) {
        states_.push_back(world_state(world, contract_));
    }
}

}  // namespace utsim

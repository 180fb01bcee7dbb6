// SPDX-License-Identifier: MIT
// Linear probing in a table that is at most five eighths full; keys are hashes already.
#include "explore/visited_states.hpp"

#include <algorithm>
#include <utility>

namespace utsim {

bool VisitedStates::visit(std::span<const StateKey> keys, std::uint8_t cost) {
    const std::size_t before = used_;
    bool is_new = false;
    for (const StateKey& key : keys) is_new |= visit_one(key, cost);
    if (used_ != before) ++size_;
    return is_new;
}

bool VisitedStates::knows(std::span<const StateKey> keys) const {
    return std::all_of(keys.begin(), keys.end(),
                       [this](const StateKey& key) { return knows_one(key); });
}

bool VisitedStates::visit_one(const StateKey& key, std::uint8_t cost) {
    if (is_full()) rebuild(slots_.size() * 2);
    const std::uint64_t high = key.high & ~cost_bits;
    const std::uint64_t mark = std::uint64_t{cost} + 1;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = key.low & mask;; at = (at + 1) & mask) {
        Slot& slot = slots_[at];
        if ((slot.high & cost_bits) == 0) {
            slot = {key.low, high | mark};
            ++used_;
            return true;
        }
        if (slot.low != key.low || (slot.high & ~cost_bits) != high) continue;
        if ((slot.high & cost_bits) <= mark) return false;
        slot.high = high | mark;
        return true;
    }
}

bool VisitedStates::knows_one(const StateKey& key) const {
    const std::uint64_t high = key.high & ~cost_bits;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = key.low & mask;; at = (at + 1) & mask) {
        const Slot& slot = slots_[at];
        if ((slot.high & cost_bits) == 0) return false;
        if (slot.low == key.low && (slot.high & ~cost_bits) == high) return true;
    }
}

void VisitedStates::clear() {
    used_ = 0;
    size_ = 0;
    std::vector<Slot>().swap(slots_);
    rebuild(first_capacity);
}

void VisitedStates::rebuild(std::size_t capacity) {
    std::vector<Slot> old(capacity);
    std::swap(old, slots_);
    const std::size_t mask = capacity - 1;
    for (const Slot& slot : old) {
        if ((slot.high & cost_bits) == 0) continue;
        std::size_t at = slot.low & mask;
        while ((slots_[at].high & cost_bits) != 0) at = (at + 1) & mask;
        slots_[at] = slot;
    }
}

}  // namespace utsim

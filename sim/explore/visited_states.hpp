// SPDX-License-Identifier: MIT
/// The set of states that a search has been in: a table of 128-bit keys with open addressing. A
/// state has one key, or one for each part of what those who listen remember.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sched/state_key.hpp"

namespace utsim {

class VisitedStates {
public:
    VisitedStates() { rebuild(first_capacity); }

    /// Notes that a state was reached at some cost (preemptions). False when all of its keys had
    /// been met before and none at a higher one: whatever can be seen from here has been seen, or
    /// will be.
    bool visit(std::span<const StateKey> keys, std::uint8_t cost);
    bool visit(const StateKey& key, std::uint8_t cost) { return visit(std::span(&key, 1), cost); }
    /// Whether all of them were met, at whatever cost.
    bool knows(std::span<const StateKey> keys) const;
    void clear();

    /// How often there was a key that had not been met at all.
    std::size_t size() const { return size_; }
    std::size_t bytes() const { return slots_.size() * sizeof(Slot); }
    /// What it will take when it next has to grow, while both tables are there.
    std::size_t bytes_when_grown() const { return bytes() * 3; }
    bool is_full() const { return used_ >= slots_.size() / 8 * 5; }

private:
    /// The lowest byte of `high` gives way to 1 + the least cost; 0 is an empty slot. That leaves
    /// 120 bits.
    struct Slot {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
    };
    static constexpr std::size_t first_capacity = std::size_t{1} << 12;
    static constexpr std::uint64_t cost_bits = 0xff;

    void rebuild(std::size_t capacity);
    bool visit_one(const StateKey& key, std::uint8_t cost);
    bool knows_one(const StateKey& key) const;

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
    std::size_t size_ = 0;
};

}  // namespace utsim

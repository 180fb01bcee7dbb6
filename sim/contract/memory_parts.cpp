// SPDX-License-Identifier: MIT
// Clauses with the most facts come first, and each joins the part that grows least by it.
#include "contract/memory_parts.hpp"

#include <algorithm>
#include <bitset>
#include <numeric>

namespace utsim {

namespace {

using Facts = std::bitset<fact_count>;

/// By slot: what only some clauses go by, this one among them.
std::vector<Facts> facts_of_slots(const Dispatch& dispatch) {
    std::vector<Facts> out(dispatch.slots());
    for (std::size_t fact = 0; fact < fact_count; ++fact) {
        dispatch.each_reader(facts[fact], [&](std::size_t slot) { out[slot].set(fact); });
    }
    return out;
}

}  // namespace

MemoryParts::MemoryParts(const Dispatch& dispatch) : part_of_(dispatch.slots()) {
    const std::vector<Facts> known = facts_of_slots(dispatch);
    std::vector<std::size_t> slots(dispatch.slots());
    std::iota(slots.begin(), slots.end(), std::size_t{0});
    std::stable_sort(slots.begin(), slots.end(), [&](std::size_t a, std::size_t b) {
        return known[a].count() > known[b].count();
    });
    std::array<Facts, most> parts;
    std::array<std::size_t, most> clauses{};
    for (const std::size_t slot : slots) {
        const auto cost = [&](std::size_t part) {
            const std::size_t now = parts[part].count();
            const std::size_t then = (parts[part] | known[slot]).count();
            return std::pair(then * then - now * now, clauses[part]);
        };
        std::size_t best = 0;
        for (std::size_t part = 1; part < most; ++part) {
            if (cost(part) < cost(best)) best = part;
        }
        parts[best] |= known[slot];
        ++clauses[best];
        part_of_[slot] = static_cast<std::uint8_t>(best);
        count_ = std::max(count_, best + 1);
    }
    readers_.push_back(0);
    for (std::size_t part = 0; part < count_; ++part) readers_.push_back(Set(1u << part));
    for (std::size_t fact = 0; fact < fact_count; ++fact) {
        Set readers = 0;
        for (std::size_t part = 0; part < count_; ++part) {
            if (parts[part].test(fact)) readers |= Set(1u << part);
        }
        if (readers == 0) continue;
        const auto same = std::find(readers_.begin() + 1, readers_.end(), readers);
        piece_of_[fact] = static_cast<std::uint8_t>(same - readers_.begin());
        if (same == readers_.end()) readers_.push_back(readers);
    }
}

}  // namespace utsim

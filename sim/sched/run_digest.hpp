// SPDX-License-Identifier: MIT
/// Tells runs of one World apart by what the actors can have seen of each other.
///
/// Two runs are the same if each actor went through the same points, every other choice came to the
/// same, and each lock, shared cell and set of thread flags was come to by the same actors in the
/// same order. Who ran first where nothing is shared makes no difference.
#pragma once

#include <cstdint>
#include <vector>

#include <utsim/ids.hpp>

#include "sched/chooser.hpp"
#include "sched/point.hpp"

namespace utsim {

class RunDigest {
public:
    RunDigest() : slots_(first_slots) {}

    /// A new run begins.
    void restart() {
        ++run_;
        used_ = 0;
        for (std::uint64_t& view : views_) view = 0;
        choices_ = 0;
    }
    /// `actor` goes on from `point`.
    void passes(ActorId actor, const Point& point) {
        if (actor.value >= views_.size()) views_.resize(actor.value + 1);
        std::uint64_t& view = views_[actor.value];
        view = mix(view ^ (name_of(point.object) << 8 | static_cast<std::uint64_t>(point.kind)));
        const bool shared = point.kind == PointKind::flag || point.kind == PointKind::access;
        if (shared) takes(actor, point.object);
    }
    /// It is `actor`'s turn with a lock, a cell or flags.
    void takes(ActorId actor, PointObject object) {
        std::uint64_t& order = order_of(name_of(object) + 1);
        order = mix(order ^ (actor.value + 1));
    }
    void chooses(ChoiceKind kind, std::uint32_t answer) {
        choices_ = mix(choices_ ^ (static_cast<std::uint64_t>(kind) << 32 | answer));
    }
    /// Of the run so far.
    std::uint64_t value() const {
        std::uint64_t sum = choices_;
        for (std::size_t i = 0; i < views_.size(); ++i) sum += mix(views_[i] ^ mix(i));
        for (const Slot& slot : slots_) {
            if (slot.run == run_) sum += mix(slot.order ^ mix(slot.name));
        }
        return mix(sum);
    }

private:
    /// The order in which one object was come to.
    struct Slot {
        std::uint64_t name = 0;
        std::uint64_t order = 0;
        std::uint64_t run = 0;  ///< of an earlier run: the slot is free
    };
    static constexpr std::size_t first_slots = 64;

    static std::uint64_t mix(std::uint64_t x) {
        x += 0x9e3779b97f4a7c15ull;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
        return x ^ (x >> 31);
    }
    static std::uint64_t name_of(PointObject object) {
        return static_cast<std::uint64_t>(object.kind) << 40 |
               static_cast<std::uint64_t>(object.lock) << 32 | object.id;
    }
    std::uint64_t& order_of(std::uint64_t name) {
        if (used_ >= slots_.size() / 2) grow();
        Slot& slot = find(name);
        if (slot.run != run_) {
            slot = {name, 0, run_};
            ++used_;
        }
        return slot.order;
    }
    Slot& find(std::uint64_t name) {
        std::size_t at = mix(name);
        while (slots_[at % slots_.size()].run == run_ && slots_[at % slots_.size()].name != name) {
            ++at;
        }
        return slots_[at % slots_.size()];
    }
    void grow() {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        for (const Slot& slot : old) {
            if (slot.run == run_) find(slot.name) = slot;
        }
    }

    std::vector<std::uint64_t> views_;  ///< by actor
    std::vector<Slot> slots_;
    std::size_t used_ = 0;
    std::uint64_t run_ = 1;
    std::uint64_t choices_ = 0;
};

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// What tells two states of a World apart: 128 bits that are the same when nothing that happens
/// from here on can differ.
///
/// Into it goes what the structs say decides the future (base/object_type.hpp), the live part of
/// each stack, and what the sink remembers. Steps, statistics and addresses stay out: an object is
/// called by the order in which it is first met on the way from those that were there from the
/// start, so the order of allocation does not count.
///
/// A sink may ask for several, each with a memory of its own. Then there is a key for each asker:
/// once all of these keys have been met, in whatever runs, nothing new can come of the state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sched/world.hpp"
#include <utsim/sink_memory.hpp>

namespace utsim {

struct StateKey {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    bool operator==(const StateKey&) const = default;
};

class StateKeys {
public:
    /// The World as it stands before its first step: what it holds now is called by its place, and
    /// is part of every state.
    explicit StateKeys(World& world);

    /// Of the World as it is now, with all fibers suspended. `more` counts as well.
    StateKey key(std::uint64_t more = 0);
    /// Of the same moment as the last `key`: one for each who asks. One, the key itself, if the
    /// sink does not tell them apart.
    std::span<const StateKey> parts() const { return part_keys_; }
    /// And with nothing of it.
    StateKey world_key() const { return world_sum_; }
    /// What the key is made of, in words: two states are the same if these are.
    std::vector<std::uint64_t> words(std::uint64_t more = 0);

    /// Leaves the field called so ("Actor.waits_for") out, for tests that want to see what comes of
    /// it; "stacks" and "sink" are all stacks, and what the sink remembers. False when there is no
    /// such field.
    bool leave_out(std::string_view field);
    /// Takes of each stack the return addresses only. That tells fewer states apart than there are,
    /// so it says at least how many of those that the whole stack tells apart are different.
    void take_only_code() { only_code_ = true; }

private:
    /// A stretch of an object that is taken in one piece.
    struct Piece {
        std::uint32_t offset = 0;
        std::uint32_t size = 0;
        FieldForm form = FieldForm::number;
        std::uint64_t (*work_out)(const void* object) = nullptr;
    };
    struct Plan {
        const ObjectType* type = nullptr;
        std::vector<Piece> pieces;
        std::vector<Piece> derived;  ///< those of the pieces that have no bytes of their own
    };
    /// What is remembered of an object or a stack, so that it is only looked at again when its
    /// bytes have changed.
    struct Part {
        StateKey digest;
        std::vector<std::uint64_t> derived;  ///< what these came to
        bool dirty = false;                  ///< to be looked at
        bool moves = false;  ///< it holds pointers to objects that are called otherwise each time
    };
    /// A few objects that lie side by side: their bytes are compared together.
    struct Stretch {
        std::uint32_t first = 0;  ///< objects that lie in it, wholly or in part
        std::uint32_t last = 0;
    };
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    std::uint32_t plan_of(const ObjectType* type);
    void plan(Plan& plan, std::string_view left_out);
    void note_objects();
    void visit(std::uint32_t object);
    void take_object(std::uint32_t object);
    void take_item(const Plan& plan, const std::byte* item);
    void take_words(const std::byte* from, std::size_t size);
    void take_code(const std::byte* from, std::size_t size);
    bool take_stack(const Actor& actor);
    std::uint64_t told(std::uint64_t pointer);
    std::uint64_t told_object(std::uint64_t pointer, std::uint64_t offset);
    void find_dirty();
    void look_at(std::uint32_t object);
    bool derived_changed(std::uint32_t object);
    void add_first_objects();
    void add_stacks();
    void begin(std::uint64_t more);
    void ask_sink();
    StateKey add_sink();
    static StateKey digest_of(std::span<const std::uint64_t> words, std::uint64_t seed);
    StateKey digest_of_words(std::uint64_t seed) const;

    World& world_;
    std::byte* base_;
    std::size_t first_objects_;  ///< that were there from the start
    std::vector<Plan> plans_;
    std::vector<std::uint32_t> plan_of_object_;  ///< by place in the arena's log
    std::vector<ArenaObject> known_;             ///< the log as of the last call
    std::vector<std::uint32_t> object_at_;       ///< by granule of the arena: 1 + place in the log
    std::vector<std::uint32_t> number_;          ///< by place in the log: how it is called, or none
    std::vector<std::uint32_t> queue_;           ///< objects that have a number, in its order
    std::vector<Part> parts_;                    ///< of the first objects
    std::vector<Part> stacks_;                   ///< by actor
    std::vector<std::vector<std::byte>> stack_bytes_;
    std::vector<Stretch> stretches_;
    std::vector<std::byte> bytes_;             ///< of the first objects, as they were last seen
    std::vector<std::uint32_t> dirty_;         ///< first objects to be looked at
    std::vector<std::uint32_t> moving_;        ///< those that point to objects that are new
    std::vector<std::uint32_t> with_derived_;  ///< those with something to work out
    std::uint64_t told_below_ = 0;             ///< offsets in the arena that can be of an object
    StateKey first_sum_;                       ///< of the first objects
    StateKey sum_;
    StateKey world_sum_;
    std::vector<StateKey> part_keys_;
    bool met_new_ = false;  ///< a pointer to an object that was not there from the start
    SinkMemory memory_;
    bool takes_stacks_ = true;
    bool takes_sink_ = true;
    bool only_code_ = false;
    std::vector<std::uint64_t> words_;
};

}  // namespace utsim

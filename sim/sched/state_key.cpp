// SPDX-License-Identifier: MIT
// A walk over the objects of an arena, from those that were there from the start along every
// pointer in a struct or on a stack. On a stack nobody knows which words are pointers, so whatever
// looks like an address of the arena is taken for one: two states can then only be told apart where
// there is nothing to tell, never the other way round.
#include "sched/state_key.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "base/check.hpp"

namespace utsim {

// --- what numbers come to --------------------------------------------------------------------

std::uint64_t held_time(const WorldState& state) {
    return state.time_holders != 0 ? state.now + 1 : 0;
}

std::uint64_t choosing_actor(const WorldState& state) {
    return state.choice_count != 0 ? state.last_ran.value + 1 : 0;
}

std::uint64_t ticks_to_sleep(const Actor& actor) {
    if (actor.state != ActorState::sleeping) return 0;
    return actor.wake_at - World::of(&actor).now() + 1;
}

std::uint64_t fruitless_polls(const Actor& actor) {
    const World& world = World::of(&actor);
    if (actor.idle_since != world.last_progress()) return 0;
    return std::uint64_t{std::min(actor.idle_polls, world.limits().max_idle_rounds)} + 1;
}

/// A bit for each callback that waits for the section that `actor` is in. There are few of them;
/// those behind the 64th count as if they were one.
std::uint64_t held_callbacks(const Actor& actor) {
    if (actor.rcu_depth == 0) return 0;
    std::uint64_t bits = 0;
    std::uint64_t bit = 1;
    for (const RcuCallback* c = World::of(&actor).rcu_callbacks(); c != nullptr; c = c->next) {
        if (actor.rcu_section <= c->epoch) bits |= bit;
        if (bit << 1 != 0) bit <<= 1;
    }
    return bits;
}

// --- what is taken of each type --------------------------------------------------------------

namespace {

constexpr std::size_t word = sizeof(std::uint64_t);
constexpr std::size_t granule = Arena::least_align;
/// Makes of an object's number something that no plain word is likely to be.
constexpr std::uint64_t object_tag = 0x9d3b5f0a00000000;

std::uint64_t word_at(const std::byte* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, word);
    return value;
}

}  // namespace

std::vector<StateKeys::Piece> StateKeys::pieces_of(const ObjectType& type,
                                                   std::string_view left_out) {
    std::vector<Piece> pieces;
    for (const ObjectField& field : type.fields()) {
        if (field.aside || field.name == left_out) continue;
        const bool joins = !pieces.empty() && field.form == FieldForm::number &&
                           pieces.back().form == FieldForm::number &&
                           pieces.back().offset + pieces.back().size == field.offset;
        if (joins) {
            pieces.back().size += field.size;
        } else {
            pieces.push_back({field.offset, field.size, field.form, field.work_out});
        }
    }
    return pieces;
}

std::uint32_t StateKeys::plan_of(const ObjectType* type) {
    for (std::uint32_t i = 0; i < plans_.size(); ++i) {
        if (plans_[i].type == type) return i;
    }
    Plan plan{type, {}};
    if (type != nullptr && type->fields != nullptr) plan.pieces = pieces_of(*type, {});
    plans_.push_back(std::move(plan));
    return static_cast<std::uint32_t>(plans_.size() - 1);
}

bool StateKeys::leave_out(std::string_view field) {
    if (field == "stacks") return !(takes_stacks_ = false);
    if (field == "sink") return !(takes_sink_ = false);
    for (Plan& plan : plans_) {
        if (plan.type == nullptr || plan.type->fields == nullptr) continue;
        const std::string_view type = plan.type->name;
        if (field.substr(0, type.size()) != type || field.substr(type.size(), 1) != ".") continue;
        const std::string_view name = field.substr(type.size() + 1);
        const auto& fields = plan.type->fields();
        const auto called_so = [name](const ObjectField& f) { return f.name == name && !f.aside; };
        if (std::none_of(fields.begin(), fields.end(), called_so)) return false;
        plan.pieces = pieces_of(*plan.type, name);
        return true;
    }
    return false;
}

// --- the walk --------------------------------------------------------------------------------

StateKeys::StateKeys(World& world) : world_(world), base_(world.arena().base()), first_objects_(0) {
    note_objects();
    first_objects_ = known_.size();
    for (std::uint32_t i = 0; i < first_objects_; ++i) visit(i);
}

/// Follows what was allocated, or was forgotten in a jump, since the last call.
void StateKeys::note_objects() {
    const std::vector<ArenaObject>& now = world_.arena().objects().items();
    std::size_t same = first_objects_;
    UTSIM_CHECK(now.size() >= same, "the World was reset");
    const auto equal = [](const ArenaObject& a, const ArenaObject& b) {
        return a.offset == b.offset && a.size == b.size && a.type == b.type;
    };
    while (same < known_.size() && same < now.size() && equal(known_[same], now[same])) ++same;
    const auto mark = [this](const ArenaObject& object, std::uint32_t value) {
        const std::size_t first = object.offset / granule;
        const std::size_t last = (object.offset + object.size + granule - 1) / granule;
        if (object_at_.size() < last) object_at_.resize(last);
        std::fill(object_at_.begin() + static_cast<std::ptrdiff_t>(first),
                  object_at_.begin() + static_cast<std::ptrdiff_t>(last), value);
    };
    for (std::size_t i = same; i < known_.size(); ++i) mark(known_[i], 0);
    known_.resize(same);
    plan_of_object_.resize(same);
    for (std::size_t i = same; i < now.size(); ++i) {
        known_.push_back(now[i]);
        plan_of_object_.push_back(plan_of(now[i].type));
        mark(now[i], static_cast<std::uint32_t>(i + 1));
    }
    number_.resize(known_.size(), none);
}

void StateKeys::visit(std::uint32_t object) {
    if (number_[object] != none) return;
    number_[object] = static_cast<std::uint32_t>(queue_.size());
    queue_.push_back(object);
}

/// How a word that may be a pointer is put down.
std::uint64_t StateKeys::told(std::uint64_t pointer) {
    const std::uint64_t offset = pointer - reinterpret_cast<std::uintptr_t>(base_);
    if (offset >= world_.arena().used() || offset / granule >= object_at_.size()) return pointer;
    const std::uint32_t at = object_at_[offset / granule];
    if (at == 0) return pointer;
    visit(at - 1);
    return object_tag + (std::uint64_t{number_[at - 1]} << 32) + (offset - known_[at - 1].offset);
}

void StateKeys::take_words(const std::byte* from, std::size_t size) {
    for (; size >= word; size -= word, from += word) words_.push_back(told(word_at(from)));
    if (size == 0) return;
    std::uint64_t last = 0;
    std::memcpy(&last, from, size);
    words_.push_back(last);
}

void StateKeys::take_item(const Plan& plan, const std::byte* item) {
    for (const Piece& piece : plan.pieces) {
        const std::byte* at = item + piece.offset;
        if (piece.form == FieldForm::pointer) {
            words_.push_back(told(word_at(at)));
        } else if (piece.form == FieldForm::derived) {
            words_.push_back(piece.work_out(at));
        } else if (piece.size <= word) {
            std::uint64_t value = 0;
            std::memcpy(&value, at, piece.size);
            words_.push_back(value);
        } else {
            const std::size_t first = words_.size();
            words_.resize(first + (piece.size + word - 1) / word);
            std::memcpy(&words_[first], at, piece.size);
        }
    }
}

void StateKeys::take_object(std::uint32_t object) {
    const ArenaObject& place = known_[object];
    const Plan& plan = plans_[plan_of_object_[object]];
    const std::byte* at = base_ + place.offset;
    // Those from the start are the same ones in every state, and need not be told.
    if (object >= first_objects_) {
        words_.push_back(std::uint64_t{plan_of_object_[object]} << 32 | place.size);
    }
    if (plan.type == nullptr || plan.type->fields == nullptr) return take_words(at, place.size);
    for (std::size_t i = 0; i < place.size; i += plan.type->size) take_item(plan, at + i);
}

void StateKeys::take_stacks() {
    for (const Actor* actor : world_.state_->actors) {
        if (actor->state == ActorState::finished) continue;
        const FiberStack stack{actor->stack_low, actor->stack_high};
        const std::size_t size = live_stack_size(actor->context, stack);
        stack_.resize(size);
        copy_live_stack(stack_.data(), actor->context, stack);
        words_.push_back(size);
        take_words(stack_.data(), size);
    }
}

StateKey StateKeys::key(std::uint64_t more) {
    for (std::size_t i = first_objects_; i < queue_.size(); ++i) number_[queue_[i]] = none;
    queue_.resize(first_objects_);
    note_objects();
    words_.clear();
    words_.push_back(more);
    if (const EventSink* sink = world_.sink(); sink != nullptr && takes_sink_) {
        memory_.clear();
        memory_.moment(world_.step());
        sink->remembers(memory_);
        memory_.append_to(words_);
    }
    for (std::uint32_t i = 0; i < first_objects_; ++i) take_object(i);
    if (takes_stacks_) take_stacks();
    for (std::size_t i = first_objects_; i < queue_.size(); ++i) take_object(queue_[i]);
    const XXH128_hash_t hash = XXH3_128bits(words_.data(), words_.size() * word);
    return {hash.low64, hash.high64};
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// A walk over the objects of an arena, from those that were there from the start along every
// pointer in a struct or on a stack. On a stack nobody knows which words are pointers, so whatever
// looks like an address of the arena is taken for one: two states can then only be told apart where
// there is nothing to tell, never the other way round.
//
// The key is the sum of the digests of all parts. From one state to the next few parts change, so
// bytes are compared with those of the last state, and only what differs is digested again.
#include "sched/state_key.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "base/check.hpp"
#include "sched/fault.hpp"

// Where the program's code lies, as linkers tell it.
extern "C" {
extern const char __executable_start;
extern const char etext;
}

namespace utsim {

// --- what numbers come to --------------------------------------------------------------------

std::uint64_t held_time(const WorldState& state) {
    return state.time_holders != 0 ? state.now + 1 : 0;
}

std::uint64_t counted_part_of_tick(const WorldState& state) {
    return state.sleeping_count != 0 || state.time_holders != 0 ? state.into_tick : 0;
}

std::uint64_t quantum_left(const WorldState& state) {
    if (state.quantum_until <= state.step) return 0;
    return (state.quantum_until - state.step) * max_actors_of_any_world + state.last_ran.value + 1;
}

std::uint64_t choosing_actor(const WorldState& state) {
    if (state.choice_count == 0 || is_between_steps(state.choice_kind)) return 0;
    return state.last_ran.value + 1;
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
constexpr std::size_t stretch = 256;
constexpr std::size_t wide_stretch = 4 * stretch;
/// Makes of an object's number something that no plain word is likely to be.
constexpr std::uint64_t object_tag = 0x9d3b5f0a00000000;

std::uint64_t word_at(const std::byte* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, word);
    return value;
}

}  // namespace

void StateKeys::plan(Plan& plan, std::string_view left_out) {
    plan.pieces.clear();
    plan.derived.clear();
    if (plan.type == nullptr || plan.type->fields == nullptr) return;
    for (const ObjectField& field : plan.type->fields()) {
        if (field.aside || field.name == left_out) continue;
        const Piece piece{field.offset, field.size, field.form, field.work_out};
        Piece* last = plan.pieces.empty() ? nullptr : &plan.pieces.back();
        const bool joins = last != nullptr && field.form == FieldForm::number &&
                           last->form == FieldForm::number &&
                           last->offset + last->size == field.offset;
        if (joins) {
            last->size += field.size;
        } else {
            plan.pieces.push_back(piece);
        }
        if (field.form == FieldForm::derived) plan.derived.push_back(piece);
    }
}

std::uint32_t StateKeys::plan_of(const ObjectType* type) {
    for (std::uint32_t i = 0; i < plans_.size(); ++i) {
        if (plans_[i].type == type) return i;
    }
    plans_.push_back({type, {}, {}});
    plan(plans_.back(), {});
    return static_cast<std::uint32_t>(plans_.size() - 1);
}

bool StateKeys::leave_out(std::string_view field) {
    if (field == "stacks") return !(takes_stacks_ = false);
    if (field == "sink") return !(takes_sink_ = false);
    for (Plan& one : plans_) {
        if (one.type == nullptr || one.type->fields == nullptr) continue;
        const std::string_view type = one.type->name;
        if (field.substr(0, type.size()) != type || field.substr(type.size(), 1) != ".") continue;
        const std::string_view name = field.substr(type.size() + 1);
        const auto& fields = one.type->fields();
        const auto called_so = [name](const ObjectField& f) { return f.name == name && !f.aside; };
        if (std::none_of(fields.begin(), fields.end(), called_so)) return false;
        plan(one, name);
        for (std::uint32_t i = 0; i < first_objects_; ++i) look_at(i);
        return true;
    }
    return false;
}

// --- the walk --------------------------------------------------------------------------------

StateKeys::StateKeys(World& world) : world_(world), base_(world.arena().base()), first_objects_(0) {
    note_objects();
    first_objects_ = known_.size();
    for (std::uint32_t i = 0; i < first_objects_; ++i) visit(i);
    parts_.resize(first_objects_);
    if (first_objects_ == 0) return;
    // An empty object has a place as well, and may be the last one.
    std::size_t end = 0;
    for (const ArenaObject& object : known_) {
        end = std::max<std::size_t>(end, object.offset + std::max(object.size, 1u));
    }
    bytes_.assign(base_, base_ + end);
    stretches_.assign((end + stretch - 1) / stretch, Stretch{none, 0});
    for (std::uint32_t i = 0; i < first_objects_; ++i) {
        const std::size_t last = (known_[i].offset + std::max(known_[i].size, 1u) - 1) / stretch;
        for (std::size_t at = known_[i].offset / stretch; at <= last; ++at) {
            if (stretches_[at].first == none) stretches_[at].first = i;
            stretches_[at].last = i + 1;
        }
        if (!plans_[plan_of_object_[i]].derived.empty()) with_derived_.push_back(i);
        look_at(i);
    }
}

/// Follows what was allocated, or was forgotten in a jump, since the last call.
void StateKeys::note_objects() {
    const GrowingArray<ArenaObject>& now = world_.arena().objects().items();
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
    told_below_ = std::min(world_.arena().used(), object_at_.size() * granule);
}

void StateKeys::visit(std::uint32_t object) {
    if (number_[object] != none) return;
    number_[object] = static_cast<std::uint32_t>(queue_.size());
    queue_.push_back(object);
}

/// How a word that may be a pointer is put down.
inline std::uint64_t StateKeys::told(std::uint64_t pointer) {
    const std::uint64_t offset = pointer - reinterpret_cast<std::uintptr_t>(base_);
    return offset < told_below_ ? told_object(pointer, offset) : pointer;
}

std::uint64_t StateKeys::told_object(std::uint64_t pointer, std::uint64_t offset) {
    const std::uint32_t at = object_at_[offset / granule];
    if (at == 0) return pointer;
    visit(at - 1);
    met_new_ = met_new_ || at > first_objects_;
    return object_tag + (std::uint64_t{number_[at - 1]} << 32) + (offset - known_[at - 1].offset);
}

void StateKeys::take_words(const std::byte* from, std::size_t size) {
    for (; size >= word; size -= word, from += word) words_.push_back(told(word_at(from)));
    if (size == 0) return;
    std::uint64_t last = 0;
    std::memcpy(&last, from, size);
    words_.push_back(last);
}

void StateKeys::take_code(const std::byte* from, std::size_t size) {
    const auto begin = reinterpret_cast<std::uintptr_t>(&__executable_start);
    const auto end = reinterpret_cast<std::uintptr_t>(&etext);
    for (; size >= word; size -= word, from += word) {
        const std::uint64_t value = word_at(from);
        if (value >= begin && value < end) words_.push_back(value);
    }
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

/// False: it is the same as when it was last taken, and no word was put down.
bool StateKeys::take_stack(const Actor& actor) {
    const FiberStack stack{actor.stack_low, actor.stack_high};
    const std::size_t size = live_stack_size(actor.context, stack);
    std::vector<std::byte>& before = stack_bytes_[actor.id.value];
    const Part& part = stacks_[actor.id.value];
    const bool same = before.size() == size && fiber_image_is(before.data(), actor.context, stack);
    if (same && !part.dirty && !part.moves) return false;
    if (!same) {
        before.resize(size);
        copy_live_stack(before.data(), actor.context, stack);
    }
    if (only_code_) {
        take_code(before.data(), size);
    } else {
        words_.push_back(size);
        take_words(before.data(), size);
    }
    return true;
}

// --- the key ---------------------------------------------------------------------------------

namespace {

StateKey operator+(const StateKey& a, const StateKey& b) {
    return {a.low + b.low, a.high + b.high};
}
StateKey operator-(const StateKey& a, const StateKey& b) {
    return {a.low - b.low, a.high - b.high};
}

// Of what the parts are about: no two have the same seed.
constexpr std::uint64_t seed_of_stacks = std::uint64_t{1} << 40;
constexpr std::uint64_t seed_of_others = std::uint64_t{1} << 41;
constexpr std::uint64_t seed_of_run = std::uint64_t{1} << 42;
constexpr std::uint64_t seed_of_sink = std::uint64_t{1} << 43;  ///< and of its pieces, behind it

}  // namespace

StateKey StateKeys::digest_of(std::span<const std::uint64_t> words, std::uint64_t seed) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(words.data(), words.size_bytes(), seed);
    return {hash.low64, hash.high64};
}

StateKey StateKeys::digest_of_words(std::uint64_t seed) const { return digest_of(words_, seed); }

/// Which of the first objects have other bytes than before.
void StateKeys::find_dirty() {
    // Most of them have not, so a wide look comes first.
    for (std::size_t wide = 0; wide < bytes_.size(); wide += wide_stretch) {
        const std::size_t end = std::min(wide + wide_stretch, bytes_.size());
        if (std::memcmp(&bytes_[wide], base_ + wide, end - wide) == 0) continue;
        for (std::size_t at = wide; at < end; at += stretch) {
            const std::size_t size = std::min(stretch, end - at);
            if (std::memcmp(&bytes_[at], base_ + at, size) == 0) continue;
            std::memcpy(&bytes_[at], base_ + at, size);
            const Stretch& objects = stretches_[at / stretch];
            if (objects.first == none) continue;
            for (std::uint32_t o = objects.first; o < objects.last; ++o) look_at(o);
        }
    }
}

void StateKeys::look_at(std::uint32_t object) {
    if (parts_[object].dirty) return;
    parts_[object].dirty = true;
    dirty_.push_back(object);
}

/// Whether something that is worked out from elsewhere came to something else.
bool StateKeys::derived_changed(std::uint32_t object) {
    const Plan& plan = plans_[plan_of_object_[object]];
    const ArenaObject& place = known_[object];
    std::vector<std::uint64_t>& before = parts_[object].derived;
    bool changed = false;
    std::size_t n = 0;
    for (std::size_t i = 0; i < place.size; i += plan.type->size) {
        for (const Piece& piece : plan.derived) {
            const std::uint64_t value = piece.work_out(base_ + place.offset + i + piece.offset);
            if (n == before.size()) before.push_back(~value);
            changed = changed || before[n] != value;
            before[n++] = value;
        }
    }
    return changed;
}

void StateKeys::add_first_objects() {
    find_dirty();
    // Also of those whose bytes have changed, or what was worked out for them would be out of date.
    for (const std::uint32_t object : with_derived_) {
        if (derived_changed(object)) look_at(object);
    }
    for (const std::uint32_t object : moving_) look_at(object);
    moving_.clear();
    // In order, because that decides how what they point to is called.
    std::sort(dirty_.begin(), dirty_.end());
    for (const std::uint32_t object : dirty_) {
        Part& part = parts_[object];
        words_.clear();
        met_new_ = false;
        take_object(object);
        first_sum_ = first_sum_ - part.digest;
        part.digest = digest_of_words(object);
        first_sum_ = first_sum_ + part.digest;
        part.dirty = false;
        if (met_new_) moving_.push_back(object);
    }
    dirty_.clear();
    sum_ = sum_ + first_sum_;
}

void StateKeys::add_stacks() {
    if (!takes_stacks_) return;
    for (const Actor* actor : world_.state_->actors) {
        if (actor->state == ActorState::finished) continue;
        const std::uint32_t id = actor->id.value;
        words_.clear();
        met_new_ = false;
        if (take_stack(*actor)) {
            stacks_[id].digest = digest_of_words(seed_of_stacks + id);
            stacks_[id].moves = met_new_;
            stacks_[id].dirty = false;
        }
        sum_ = sum_ + stacks_[id].digest;
    }
}

/// Forgets how the others were called, and puts down what is not asked of anybody.
void StateKeys::begin(std::uint64_t more) {
    for (std::size_t i = first_objects_; i < queue_.size(); ++i) number_[queue_[i]] = none;
    queue_.resize(first_objects_);
    note_objects();
    if (stacks_.size() < world_.actor_count()) {
        stacks_.resize(world_.actor_count(), Part{{}, {}, true, false});
        stack_bytes_.resize(world_.actor_count());
    }
    words_.clear();
    words_.push_back(more);
}

void StateKeys::ask_sink() {
    memory_.clear(world_.step());
    const EventSink* sink = world_.sink();
    if (sink == nullptr || !takes_sink_) return;
    memory_.moment(world_.step());
    sink->remembers(memory_);
}

/// What the sink remembers, and the key for each who asks.
StateKey StateKeys::add_sink() {
    ask_sink();
    StateKey whole = world_sum_;
    part_keys_.assign(std::max<std::size_t>(memory_.askers(), 1), world_sum_);
    for (std::size_t piece = 0; piece < memory_.pieces(); ++piece) {
        const std::span<const std::uint64_t> words = memory_.words(piece);
        if (words.empty()) continue;
        const StateKey digest = digest_of(words, seed_of_sink + piece);
        whole = whole + digest;
        SinkMemory::Askers left = memory_.askers_of(piece);
        for (std::size_t i = 0; i < part_keys_.size(); ++i, left >>= 1) {
            if ((left & 1) != 0) part_keys_[i] = part_keys_[i] + digest;
        }
    }
    return whole;
}

StateKey StateKeys::key(std::uint64_t more) {
    begin(more);
    sum_ = digest_of_words(seed_of_run);
    add_first_objects();
    add_stacks();
    if (queue_.size() > first_objects_) {
        words_.clear();
        for (std::size_t i = first_objects_; i < queue_.size(); ++i) take_object(queue_[i]);
        sum_ = sum_ + digest_of_words(seed_of_others);
    }
    world_sum_ = sum_;
    return add_sink();
}

std::vector<std::uint64_t> StateKeys::words(std::uint64_t more) {
    for (Part& part : stacks_) part.dirty = true;
    begin(more);
    for (std::uint32_t i = 0; i < first_objects_; ++i) take_object(i);
    if (takes_stacks_) {
        for (const Actor* actor : world_.state_->actors) {
            if (actor->state != ActorState::finished) take_stack(*actor);
        }
    }
    for (std::size_t i = first_objects_; i < queue_.size(); ++i) take_object(queue_[i]);
    for (Part& part : stacks_) part.dirty = true;  // its bytes are known, its digest is not
    ask_sink();
    memory_.append_to(words_);
    return words_;
}

}  // namespace utsim

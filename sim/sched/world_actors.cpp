// SPDX-License-Identifier: MIT
// Making actors and speaking of them: stacks, names, and who waits for what when a run ends.
#include <sys/mman.h>

#include <algorithm>

#include "base/out_of_memory.hpp"
#include "sched/schedule.hpp"
#include "sched/second_life.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

constexpr std::size_t page_size = 4096;
constexpr std::size_t max_name = 255;

const char* reason_name(BlockReason reason) {
    static constexpr const char* names[] = {
        "nothing",     "a spinlock",    "work in user mode", "schedule()",
        "a semaphore", "a timed sleep", "a look again",      "an inactive task",
        "its release", "work",          "its end",
    };
    static_assert(std::size(names) == static_cast<std::size_t>(BlockReason::dead) + 1);
    return names[static_cast<std::size_t>(reason)];
}

}  // namespace

// --- stacks ----------------------------------------------------------------------------------

/// Stacks lie below one another from the arena's end, each with a page below that nobody may touch.
FiberStack World::stack_of(std::uint32_t actor) {
    std::byte* top = arena_.base() + Arena::size - actor * stack_slot_;
    std::byte* low = top - (stack_slot_ - page_size);
    if (low - page_size < arena_.base() + Arena::object_limit) return {};
    if (actor >= stacks_guarded_) {
        if (mprotect(low - page_size, page_size, PROT_NONE) != 0) {
            out_of_memory("the page below a stack");
        }
        stacks_guarded_ = actor + 1;
        arena_.count_use(stack_slot_);
    }
    // Tops a multiple of 4 KiB apart would all fall into the same few cache sets.
    return {low, top - actor % 8 * 512};
}

void World::forget_stacks() {
    for (std::uint32_t actor = 0; actor < stacks_guarded_; ++actor) wipe_stack(stack_of(actor));
}

ActorId World::add_actor(ActorKind kind, std::string_view name, void (*body)(void*), void* argument,
                         bool ready) {
    State& s = *state_;
    constexpr std::size_t reserve = 64 * 1024;  // what an actor and its entries take, generously
    if (actor_count() >= options_.limits.max_actors || arena_.left() < reserve) return {};
    const FiberStack stack = stack_of(actor_count());
    if (stack.low == nullptr) return {};

    Actor& a = *arena_.make<Actor>();
    a.id = ActorId{actor_count()};
    a.kind = kind;
    a.stack_low = stack.low;
    a.stack_high = stack.high;
    a.body = body;
    a.argument = argument;
    a.context = prepare_fiber(stack);
    mark_stack_end(stack);
    s.actors.add(arena_, &a);
    set_name(s.actor_names, a.id.value, name);
    if (ready) {
        set_ready(a);
        s.last_progress = s.step;
    } else {
        a.state = ActorState::blocked;
        a.reason = BlockReason::idle;
    }
    return a.id;
}

void begin_again(Actor& actor, void* argument) {
    const FiberStack stack{actor.stack_low, actor.stack_high};
    Actor fresh;
    fresh.id = actor.id;
    fresh.kind = actor.kind;
    fresh.state = ActorState::blocked;
    fresh.reason = BlockReason::idle;
    fresh.stack_low = actor.stack_low;
    fresh.stack_high = actor.stack_high;
    fresh.body = actor.body;
    fresh.argument = argument;
    fresh.context = prepare_fiber(stack);
    mark_stack_end(stack);
    actor = fresh;
}

// --- names -----------------------------------------------------------------------------------

void World::set_name(ArenaArray<NameText>& names, std::uint32_t index, std::string_view name) {
    name = name.substr(0, max_name);
    auto text = name_texts_.find(name);
    if (text == name_texts_.end()) text = name_texts_.emplace(name).first;
    names.set(arena_, index, {text->data(), static_cast<std::uint32_t>(text->size())});
}

void World::name_actor(ActorId id, std::string_view name) {
    set_name(state_->actor_names, id.value, name);
}

void World::name_task(TaskId id, std::string_view name) {
    set_name(state_->task_names, id.value, name);
}

void World::name_engine(EngineId id, std::string_view name) {
    set_name(state_->engine_names, id.value, name);
}

std::string_view World::name_of(const ArenaArray<NameText>& names, std::uint32_t index) {
    if (index >= names.size || names.items[index].bytes == nullptr) return "?";
    return {names.items[index].bytes, names.items[index].size};
}

std::string_view World::Names::actor(ActorId id) const {
    return name_of(world_.state_->actor_names, id.value);
}

std::string_view World::Names::task(TaskId id) const {
    return name_of(world_.state_->task_names, id.value);
}

std::string_view World::Names::engine(EngineId id) const {
    return name_of(world_.state_->engine_names, id.value);
}

std::string_view World::Names::static_text(std::uint32_t index) const {
    return index < world_.texts_.size() ? world_.texts_[index] : "?";
}

// --- reports ---------------------------------------------------------------------------------

std::string World::point_label(const Actor& actor) const {
    const Point& p = actor.point;
    std::string label = std::string(point_kind_name(p.kind)) + ":" + p.function;
    const bool owned = p.object.id != Id<void>::none_value;
    switch (p.object.kind) {
        case PointObject::Kind::none:
            break;
        case PointObject::Kind::task:
            label += ":" + std::string(names_.task(TaskId{p.object.id}));
            break;
        case PointObject::Kind::engine:
            label += ":" + std::string(names_.engine(EngineId{p.object.id}));
            break;
        case PointObject::Kind::lock:
            label += ":";
            if (owned) label += std::string(names_.task(TaskId{p.object.id})) + ".";
            label += lock_class_name(p.object.lock);
            break;
        case PointObject::Kind::cell:
            label += ":+" + std::to_string(p.object.id);
            break;
    }
    return label;
}

const std::string& World::end_detail() const {
    if (end_waits_) {
        end_waits_ = false;
        end_detail_ = describe_waiters();
    }
    return end_detail_;
}

std::string World::describe_waiters() const {
    std::string text;
    for (const Actor* actor : state_->actors) {
        const Actor& a = *actor;
        if (a.state == ActorState::finished) continue;
        if (!text.empty()) text += "; ";
        text += std::string(names_.actor(a.id)) + " waits for " + reason_name(a.reason) + " at " +
                point_label(a);
        for (std::uint32_t h = 0; h < a.held_count; ++h) {
            text += std::string(h == 0 ? ", holding " : ", ") +
                    lock_class_name(a.held[h].object.lock) + " since " + a.held[h].function;
        }
    }
    return text;
}

std::string World::describe_progress() const {
    std::string text = "  step    " + std::to_string(state_->step) + "\n";
    if (state_->current != nullptr) {
        text += "  actor   " + std::string(names_.actor(state_->current->id)) + " at " +
                point_label(*state_->current) + "\n";
    }
    return text + "  so far  " + format_schedule(schedule_so_far(*this)) + "\n";
}

}  // namespace utsim

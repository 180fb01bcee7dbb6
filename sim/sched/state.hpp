// SPDX-License-Identifier: MIT
/// The World's own plain data. It lies at the arena's start, so that a snapshot has it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sched/actor.hpp"
#include "sched/arena_array.hpp"
#include "sched/chooser.hpp"
#include "sched/point.hpp"

namespace utsim {

/// Actors are bounded by the room for stacks, so the set of ready ones is a small array of bits.
inline constexpr std::uint32_t max_actors_of_any_world = 1024;
inline constexpr std::uint32_t lock_class_count = static_cast<std::uint32_t>(LockClass::test) + 1;
inline constexpr std::uint32_t choice_kind_count = static_cast<std::uint32_t>(ChoiceKind::count_);

/// A name. Its text lies outside the arena, where the World keeps each text once and for good.
struct NameText {
    const char* bytes = nullptr;
    std::uint32_t size = 0;
};

template <typename V>
void describe(V& v, NameText& name) {
    v.field("bytes", name.bytes);
    v.field("size", name.size);
}

/// A function that waits for the end of the read sections that were open when it was handed in.
struct RcuCallback {
    void (*function)(void*) = nullptr;
    void* argument = nullptr;
    std::uint64_t epoch = 0;  ///< sections entered up to this number must have been left
    RcuCallback* next = nullptr;
};

template <typename V>
void describe(V& v, RcuCallback& callback) {
    v.field("function", callback.function);
    v.field("argument", callback.argument);
    v.aside("epoch", callback.epoch);  // see `held_callbacks`
    v.field("next", callback.next);
}

struct WorldState {
    std::uint64_t step = 0;       ///< on a fiber: the step that runs; else the next one
    std::uint64_t now = 0;        ///< ticks
    std::uint64_t into_tick = 0;  ///< nanoseconds since it, while the clock runs
    std::uint64_t next_wake = ~std::uint64_t{0};  ///< no sleeper is due before; while it runs
    bool clock_runs = false;                      ///< see `World::run_clock`
    std::uint32_t time_holders = 0;   ///< who keep a moment of it, see `World::hold_time`
    std::uint64_t last_progress = 0;  ///< the step of the last event, wake-up or instruction
    std::uint64_t instructions = 0;
    std::uint64_t events = 0;  ///< that were told to a sink
    /// Who did the last of them, if it was an instruction; see `World::count_event`.
    std::uint32_t instructing = ActorId::none_value;
    std::uint64_t output = 0;  ///< bytes of what was written and said
    Actor* current = nullptr;  ///< null while the host decides
    ArenaArray<Actor*> actors;
    std::uint32_t ready_count = 0;
    std::uint32_t sleeping_count = 0;
    Granularity granularity = Granularity::lock;
    bool ended = false;              ///< a fiber has ended the run
    bool crashed = false;            ///< by following a bad pointer
    std::uint8_t ended_as = 0;       ///< RunEnd, when it has
    const char* ended_in = nullptr;  ///< kernel function, for bugs
    const char* ended_why = nullptr;
    ActorId last_ran;
    /// The step before which the one that ran last goes on at user points; 0: no quantum is kept.
    std::uint64_t quantum_until = 0;

    /// A choice that a fiber waits for; `choice_count` is 0 when there is none.
    ChoiceKind choice_kind{};
    std::uint32_t choice_count = 0;
    std::uint32_t choice_answer = 0;
    std::uint32_t choices_made[choice_kind_count]{};
    std::uint32_t faults = 0;      ///< that have happened, while a plan counts them
    std::uint32_t next_fault = 0;  ///< how many kinds have been asked for before this step

    /// `lock_after[a]` has bit b: b was taken while a was held, or follows from such pairs.
    std::uint32_t lock_after[lock_class_count]{};
    std::uint32_t lock_order_told[lock_class_count]{};
    std::uint32_t lock_order_reports = 0;
    std::uint32_t atomic_sleep_reports = 0;

    std::uint64_t rcu_sections = 0;  ///< sections entered so far
    RcuCallback* rcu_first = nullptr;
    RcuCallback* rcu_last = nullptr;
    RcuCallback* rcu_free = nullptr;

    ArenaArray<NameText> actor_names;
    ArenaArray<NameText> task_names;
    ArenaArray<NameText> engine_names;

    std::uint64_t ready[max_actors_of_any_world / 64]{};
};

/// The time, when somebody has looked at it and not put it away; see `World::hold_time`.
std::uint64_t held_time(const WorldState& state);
/// How far the clock is within a tick, when that decides when somebody wakes up.
std::uint64_t counted_part_of_tick(const WorldState& state);
/// What is left of the quantum of the task that ran last, and whose it is.
std::uint64_t quantum_left(const WorldState& state);
/// Who waits for a choice: it goes on when that has been made.
std::uint64_t choosing_actor(const WorldState& state);

template <typename V>
void describe(V& v, WorldState& s) {
    v.aside("step", s.step);
    v.aside("now", s.now);
    v.aside("into_tick", s.into_tick);
    v.aside("next_wake", s.next_wake);
    v.field("clock_runs", s.clock_runs);
    v.derived("counted_part_of_tick", s,
              [](const WorldState& state) { return counted_part_of_tick(state); });
    v.aside("time_holders", s.time_holders);
    v.derived("held_time", s, [](const WorldState& state) { return held_time(state); });
    v.aside("last_progress", s.last_progress);
    v.aside("instructions", s.instructions);
    v.aside("events", s.events);
    v.aside("instructing", s.instructing);
    v.aside("output", s.output);
    v.aside("current", s.current);
    v.field("actors", s.actors);
    v.aside("ready_count", s.ready_count);
    v.aside("sleeping_count", s.sleeping_count);
    v.field("granularity", s.granularity);
    v.field("ended", s.ended);
    v.field("crashed", s.crashed);
    v.field("ended_as", s.ended_as);
    v.field("ended_in", s.ended_in);
    v.field("ended_why", s.ended_why);
    v.aside("last_ran", s.last_ran);
    v.aside("quantum_until", s.quantum_until);
    v.derived("quantum_left", s, [](const WorldState& state) { return quantum_left(state); });
    v.derived("choosing_actor", s, [](const WorldState& state) { return choosing_actor(state); });
    v.field("choice_kind", s.choice_kind);
    v.field("choice_count", s.choice_count);
    v.aside("choice_answer", s.choice_answer);
    v.aside("choices_made", s.choices_made);
    v.field("faults", s.faults);
    v.field("next_fault", s.next_fault);
    v.field("lock_after", s.lock_after);
    v.field("lock_order_told", s.lock_order_told);
    v.field("lock_order_reports", s.lock_order_reports);
    v.field("atomic_sleep_reports", s.atomic_sleep_reports);
    v.aside("rcu_sections", s.rcu_sections);
    v.field("rcu_first", s.rcu_first);
    v.aside("rcu_last", s.rcu_last);
    v.aside("rcu_free", s.rcu_free);
    v.field("actor_names", s.actor_names);
    v.field("task_names", s.task_names);
    v.field("engine_names", s.engine_names);
    v.aside("ready", s.ready);
}

}  // namespace utsim

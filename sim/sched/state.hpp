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

/// A function that waits for the end of the read sections that were open when it was handed in.
struct RcuCallback {
    void (*function)(void*) = nullptr;
    void* argument = nullptr;
    std::uint64_t epoch = 0;  ///< sections entered up to this number must have been left
    RcuCallback* next = nullptr;
};

struct WorldState {
    std::uint64_t step = 0;           ///< on a fiber: the step that runs; else the next one
    std::uint64_t now = 0;            ///< ticks
    std::uint64_t last_progress = 0;  ///< the step of the last event, wake-up or instruction
    std::uint64_t instructions = 0;
    std::uint64_t events = 0;  ///< that were told to a sink
    std::uint64_t output = 0;  ///< bytes of their texts
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

    /// A choice that a fiber waits for; `choice_count` is 0 when there is none.
    ChoiceKind choice_kind{};
    std::uint32_t choice_count = 0;
    std::uint32_t choice_answer = 0;
    std::uint32_t choices_made[choice_kind_count]{};

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

}  // namespace utsim

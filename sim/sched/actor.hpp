// SPDX-License-Identifier: MIT
/// An actor: one fiber with a name, the locks it holds and the reason why it waits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sched/point.hpp"

namespace utsim {

class SpinLock;

enum class ActorKind : std::uint8_t { task, controller, source };
enum class ActorState : std::uint8_t {
    ready,     ///< can run
    blocked,   ///< waits for somebody to call `World::make_ready`
    sleeping,  ///< as blocked, and the clock may end it
    finished,  ///< its body has returned
};

/// Why an actor does not run; decides whether a run that ends with it so is a deadlock.
enum class BlockReason : std::uint8_t {
    none,
    spinning,   ///< waits for a spinlock: at the end of a run, a deadlock
    user_idle,  ///< a task with nothing to execute in user mode: never a problem
    schedule,   ///< a task inside schedule()
    semaphore,  ///< waits for a semaphore: at the end of a run, a deadlock
    timeout,    ///< timed sleep
    polling,    ///< timed sleep of a loop that looks again (utrace_barrier)
    inactive,   ///< wait_task_inactive
    held,       ///< stopped by a breakpoint or a scripted callback until released
    idle,       ///< a controller that waits for work
    dead,       ///< a task past its last schedule
};

/// A lock in an actor's hand, with the place where it was taken.
struct HeldLock {
    const void* lock = nullptr;
    PointObject object;
    const char* function = "";
};

inline constexpr int max_held_locks = 8;

template <typename V>
void describe(V& v, HeldLock& held) {
    v.field("lock", held.lock);
    v.field("object", held.object);
    v.aside("function", held.function);
}

/// Plain data; lives in the arena.
struct Actor {
    ActorId id;
    ActorKind kind = ActorKind::controller;
    ActorState state = ActorState::ready;
    BlockReason reason = BlockReason::none;
    const char* waits_in = "";       ///< kernel function, for reports
    Point point;                     ///< the point it stands at
    void* context = nullptr;         ///< saved stack pointer while suspended
    std::byte* stack_low = nullptr;  ///< bounds of its stack
    std::byte* stack_high = nullptr;
    void (*body)(void*) = nullptr;
    void* argument = nullptr;
    void* task = nullptr;             ///< the Task it runs as (`current`), set by the kernel room
    std::uint64_t wake_at = 0;        ///< virtual time, while sleeping
    std::uint64_t steps = 0;          ///< steps it has run
    const void* waits_for = nullptr;  ///< the lock it spins on
    bool clock_woke = false;          ///< how its last sleep ended
    bool woken = false;               ///< somebody woke it while an observer held it
    std::uint32_t idle_polls = 0;     ///< fruitless rounds of its polling since `idle_since`
    std::uint64_t idle_since = ~std::uint64_t{0};  ///< the progress that its last poll knew of
    std::uint64_t rcu_section = 0;                 ///< number of the read section it is in
    std::uint32_t rcu_depth = 0;
    std::uint32_t held_count = 0;
    HeldLock held[max_held_locks];
};

// What an actor's numbers come to, whenever they were taken (state_key.cpp).
std::uint64_t ticks_to_sleep(const Actor& actor);
std::uint64_t fruitless_polls(const Actor& actor);
std::uint64_t held_callbacks(const Actor& actor);

template <typename V>
void describe(V& v, Actor& a) {
    v.field("id", a.id);
    v.field("kind", a.kind);
    v.field("state", a.state);
    v.field("reason", a.reason);
    // Where it goes on is in its stack; these two are what reports call the place.
    v.aside("waits_in", a.waits_in);
    v.aside("point", a.point);
    v.field("context", a.context);
    v.aside("stack_low", a.stack_low);
    v.aside("stack_high", a.stack_high);
    v.field("body", a.body);
    v.field("argument", a.argument);
    v.field("task", a.task);
    v.aside("wake_at", a.wake_at);
    v.derived("ticks_to_sleep", a, [](const Actor& actor) { return ticks_to_sleep(actor); });
    v.aside("steps", a.steps);
    v.field("waits_for", a.waits_for);
    v.field("clock_woke", a.clock_woke);
    v.field("woken", a.woken);
    v.aside("idle_polls", a.idle_polls);
    v.aside("idle_since", a.idle_since);
    v.derived("fruitless_polls", a, [](const Actor& actor) { return fruitless_polls(actor); });
    v.aside("rcu_section", a.rcu_section);
    v.derived("held_callbacks", a, [](const Actor& actor) { return held_callbacks(actor); });
    v.field("rcu_depth", a.rcu_depth);
    v.field("held_count", a.held_count);
    v.field("held", a.held);
}

}  // namespace utsim

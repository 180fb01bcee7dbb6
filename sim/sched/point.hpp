// SPDX-License-Identifier: MIT
/// Scheduling points and their names: `kind:function:object`, for example
/// `lock:utrace_stop:T0.utrace`.
///
/// Breakpoints, schedules and traces all speak of these. A point costs a few instructions when
/// nobody else can run; its name is put together only when somebody asks.
#pragma once

#include <cstdint>

#include <utsim/ids.hpp>

namespace utsim {

/// How finely a run can be interleaved. Each level includes the ones before it.
enum class Granularity : std::uint8_t {
    api,     ///< API calls, callbacks, blocking, user instructions
    lock,    ///< also every lock operation, barrier and flag write (the default)
    access,  ///< also every access to a shared cell
};

enum class PointKind : std::uint8_t {
    // level api
    start,          ///< an actor's first step
    call,           ///< entry of an API call
    callback,       ///< before an engine's callback
    in_callback,    ///< inside it, before its body: the callback is in progress
    schedule,       ///< a task gives up the CPU
    user,           ///< before a user instruction
    sleep,          ///< timed sleep, wait_task_inactive
    wake_new_task,  ///< a child becomes runnable
    controller,     ///< between two steps of a controller
    // level lock
    lock,
    unlock,
    unlock_wait,
    barrier,  ///< smp_mb() and friends
    flag,     ///< atomic change of another task's thread flags
    resched,  ///< cond_resched(), might_sleep()
    // level access
    access,
};

constexpr Granularity level_of(PointKind kind) {
    if (kind >= PointKind::access) return Granularity::access;
    if (kind >= PointKind::lock) return Granularity::lock;
    return Granularity::api;
}

const char* point_kind_name(PointKind kind);

/// Lock classes in the order in which they nest (spec 1.9).
enum class LockClass : std::uint8_t {
    none,
    utrace,
    tasklist,
    siglock,
    task_lock,
    runqueue,
    mmap_sem,
    test
};
const char* lock_class_name(LockClass lock);

/// What a point is about: a lock of a task, a task, an engine, or nothing.
struct PointObject {
    enum class Kind : std::uint8_t { none, task, engine, lock, cell } kind = Kind::none;
    LockClass lock = LockClass::none;
    std::uint32_t id = Id<void>::none_value;  ///< task or engine number
};

template <typename V>
void describe(V& v, PointObject& object) {
    v.field("kind", object.kind);
    v.field("lock", object.lock);
    v.field("id", object.id);
}

inline PointObject about(TaskId task) {
    return {PointObject::Kind::task, LockClass::none, task.value};
}
inline PointObject about(EngineId e) {
    return {PointObject::Kind::engine, LockClass::none, e.value};
}

/// Where an actor is about to go on: plain data, so it is part of snapshots.
struct Point {
    PointKind kind = PointKind::start;
    const char* function = "";  ///< a string literal
    PointObject object;
};

template <typename V>
void describe(V& v, Point& point) {
    v.field("kind", point.kind);
    v.field("function", point.function);
    v.field("object", point.object);
}

}  // namespace utsim

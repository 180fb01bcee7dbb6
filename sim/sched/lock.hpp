// SPDX-License-Identifier: MIT
/// Simulated locks that know their owner and their order.
///
/// A waiter does not spin: it is blocked until the holder lets go, then tries again, so that who
/// gets the lock is a choice like any other. Taking a lock twice, releasing somebody else's, taking
/// locks against the order seen before, and sleeping with one held are reported with both places.
/// Whoever waits for a spinlock keeps a CPU busy: time does not pass meanwhile, so a holder that
/// sleeps is never woken by the clock, which is a deadlock.
#pragma once

#include <cstdint>

#include "sched/actor.hpp"
#include "sched/point.hpp"

namespace utsim {

class SpinLock {
public:
    /// Names the lock: its class and the task it belongs to (invalid id for global ones).
    void init(LockClass lock_class, TaskId owner);
    void lock(const char* function);
    void unlock(const char* function);
    /// spin_unlock_wait(): returns when nobody holds it, without taking it.
    void unlock_wait(const char* function);
    bool held() const { return holder_.valid(); }
    ActorId holder() const { return holder_; }
    PointObject object() const { return object_; }

private:
    friend class World;
    template <typename V>
    friend void describe(V& v, SpinLock& lock) {
        v.field("object", lock.object_);
        v.field("holder", lock.holder_);
        v.field("waiters", lock.waiters_);
    }

    PointObject object_;
    ActorId holder_;
    std::uint32_t waiters_ = 0;
};

/// tasklist_lock: any number of readers or one writer.
class RwLock {
public:
    void init(LockClass lock_class, TaskId owner);
    void read_lock(const char* function);
    void read_unlock(const char* function);
    void write_lock(const char* function);
    void write_unlock(const char* function);

private:
    template <typename V>
    friend void describe(V& v, RwLock& lock) {
        v.field("object", lock.object_);
        v.field("writer", lock.writer_);
        v.field("readers", lock.readers_);
        v.field("waiters", lock.waiters_);
    }

    PointObject object_;
    ActorId writer_;
    std::uint32_t readers_ = 0;
    std::uint32_t waiters_ = 0;
};

/// mmap_sem: any number of readers or one writer, who may sleep, and so may those that wait.
class RwSemaphore {
public:
    void init(LockClass lock_class, TaskId owner);
    void down_read(const char* function);
    void up_read(const char* function);
    void down_write(const char* function);
    void up_write(const char* function);

private:
    template <typename V>
    friend void describe(V& v, RwSemaphore& lock) {
        v.field("object", lock.object_);
        v.field("writer", lock.writer_);
        v.field("readers", lock.readers_);
        v.field("waiters", lock.waiters_);
    }

    void wait(const char* function);

    PointObject object_;
    ActorId writer_;
    std::uint32_t readers_ = 0;
    std::uint32_t waiters_ = 0;
};

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Locks that tell on their users. Acquiring is a scheduling point first, so that every order of two
// contenders can be tried; whoever finds the lock taken is blocked until a release and then
// competes again. Code that builds a world on the host is alone: there locks do nothing.
#include "sched/lock.hpp"

#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

PointObject lock_object(LockClass lock_class, TaskId owner) {
    return {PointObject::Kind::lock, lock_class, owner.value};
}

/// As Format::lock has it.
std::int64_t lock_value(PointObject object) {
    return static_cast<std::int64_t>(object.lock) << 32 | object.id;
}

}  // namespace

// --- what the World keeps about locks ----------------------------------------------------------

/// Reports once per pair when `taken` is taken inside a lock that it has been seen outside of.
void World::note_lock_order(LockClass taken, const char* function) {
    State& s = *state_;
    const Actor& a = current();
    const auto inner = static_cast<std::size_t>(taken);
    for (std::uint32_t h = 0; h < a.held_count; ++h) {
        const auto outer = static_cast<std::size_t>(a.held[h].object.lock);
        const std::uint32_t inner_bit = 1u << inner;
        if ((s.lock_after[outer] & inner_bit) != 0) continue;
        if (outer == inner || (s.lock_after[inner] & (1u << outer)) != 0) {
            if ((s.lock_order_told[outer] & inner_bit) != 0) continue;
            s.lock_order_told[outer] |= inner_bit;
            ++s.lock_order_reports;
            if (!listening()) continue;
            emit_event(EventKind::lock_order,
                       {text_id(function), lock_value(lock_object(taken, {})),
                        lock_value(a.held[h].object), text_id(a.held[h].function)},
                       {});
            continue;
        }
        // Everything that may come before `outer` may now come before `inner` and what follows it.
        const std::uint32_t after = s.lock_after[inner] | inner_bit;
        for (std::size_t c = 0; c < lock_class_count; ++c) {
            if (c == outer || (s.lock_after[c] & (1u << outer)) != 0) s.lock_after[c] |= after;
        }
    }
}

void World::hold(const void* lock, PointObject object, const char* function) {
    Actor& a = current();
    UTSIM_CHECK(a.held_count < max_held_locks, "more locks held at once than max_held_locks");
    a.held[a.held_count++] = {lock, object, function};
    note_taken(object);
    // Locks are part of what a poller does, so they are no progress.
    if (sink_ != nullptr) {
        emit_event(EventKind::lock_taken, {lock_value(object), text_id(function)}, {});
    }
}

void World::let_go(const void* lock, const char* function) {
    Actor& a = current();
    std::uint32_t h = a.held_count;
    while (h != 0 && a.held[h - 1].lock != lock) --h;
    if (h == 0) bug(function, "released a lock that it does not hold");
    const PointObject object = a.held[h - 1].object;
    for (; h < a.held_count; ++h) a.held[h - 1] = a.held[h];
    a.held[--a.held_count] = {};  // what is stale must not tell two states apart
    if (sink_ != nullptr) {
        emit_event(EventKind::lock_released, {lock_value(object), text_id(function)}, {});
    }
}

bool World::holds(const void* lock) const {
    const Actor& a = *state_->current;
    for (std::uint32_t h = 0; h < a.held_count; ++h) {
        if (a.held[h].lock == lock) return true;
    }
    return false;
}

/// Blocks until `lock` is released; the caller then looks again.
void World::spin(const void* lock, PointObject object, const char* function) {
    Actor& a = current();
    a.waits_for = lock;
    block_here(BlockReason::spinning, function, PointKind::lock, object);
    a.waits_for = nullptr;
}

void World::wait_for_semaphore(const void* lock, PointObject object, const char* function) {
    Actor& a = current();
    check_sleep(function);
    a.waits_for = lock;
    block_here(BlockReason::semaphore, function, PointKind::lock, object);
    a.waits_for = nullptr;
}

void World::wake_spinners(const void* lock) {
    for (Actor* actor : state_->actors) {
        if (actor->waits_for == lock && actor->state == ActorState::blocked) set_ready(*actor);
    }
}

void World::check_sleep(const char* function) {
    const Actor& a = current();
    if (a.held_count == 0) return;
    ++state_->atomic_sleep_reports;
    if (!listening()) return;
    const HeldLock& innermost = a.held[a.held_count - 1];
    emit_event(EventKind::sleep_in_atomic,
               {text_id(function), lock_value(innermost.object), text_id(innermost.function),
                a.held_count},
               {});
}

// --- SpinLock ----------------------------------------------------------------------------------

void SpinLock::init(LockClass lock_class, TaskId owner) {
    object_ = lock_object(lock_class, owner);
}

void SpinLock::lock(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    world.point(PointKind::lock, function, object_);
    const ActorId self = world.current().id;
    if (holder_ == self) world.bug(function, "spinlock taken twice by the same actor");
    world.note_lock_order(object_.lock, function);
    while (holder_.valid()) {
        ++waiters_;
        world.spin(this, object_, function);
        --waiters_;
    }
    holder_ = self;
    world.hold(this, object_, function);
}

void SpinLock::unlock(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    if (holder_ != world.current().id) world.bug(function, "spinlock released by somebody else");
    world.let_go(this, function);
    holder_ = ActorId{};
    if (waiters_ != 0) world.wake_spinners(this);
    world.point(PointKind::unlock, function, object_);
}

void SpinLock::unlock_wait(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    world.point(PointKind::unlock_wait, function, object_);
    if (holder_ == world.current().id) world.bug(function, "waits for a spinlock that it holds");
    while (holder_.valid()) {
        ++waiters_;
        world.spin(this, object_, function);
        --waiters_;
    }
    world.note_taken(object_);
}

// --- RwLock ------------------------------------------------------------------------------------

void RwLock::init(LockClass lock_class, TaskId owner) { object_ = lock_object(lock_class, owner); }

void RwLock::read_lock(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    world.point(PointKind::lock, function, object_);
    if (writer_ == world.current().id) world.bug(function, "read lock inside one's own write lock");
    // Readers may nest; an order exists only between different locks.
    if (!world.holds(this)) world.note_lock_order(object_.lock, function);
    while (writer_.valid()) {
        ++waiters_;
        world.spin(this, object_, function);
        --waiters_;
    }
    ++readers_;
    world.hold(this, object_, function);
}

void RwLock::read_unlock(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    if (readers_ == 0) world.bug(function, "read lock released that nobody holds");
    world.let_go(this, function);
    --readers_;
    if (readers_ == 0 && waiters_ != 0) world.wake_spinners(this);
    world.point(PointKind::unlock, function, object_);
}

void RwLock::write_lock(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    world.point(PointKind::lock, function, object_);
    if (world.holds(this)) world.bug(function, "write lock taken by an actor that holds the lock");
    world.note_lock_order(object_.lock, function);
    while (writer_.valid() || readers_ != 0) {
        ++waiters_;
        world.spin(this, object_, function);
        --waiters_;
    }
    writer_ = world.current().id;
    world.hold(this, object_, function);
}

void RwLock::write_unlock(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    if (writer_ != world.current().id) world.bug(function, "write lock released by somebody else");
    world.let_go(this, function);
    writer_ = ActorId{};
    if (waiters_ != 0) world.wake_spinners(this);
    world.point(PointKind::unlock, function, object_);
}

// --- RwSemaphore -------------------------------------------------------------------------------

void RwSemaphore::init(LockClass lock_class, TaskId owner) {
    object_ = lock_object(lock_class, owner);
}

void RwSemaphore::wait(const char* function) {
    World& world = World::of(this);
    ++waiters_;
    world.wait_for_semaphore(this, object_, function);
    --waiters_;
}

void RwSemaphore::down_read(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    world.point(PointKind::lock, function, object_);
    while (writer_.valid()) wait(function);
    ++readers_;
    world.note_taken(object_);
}

void RwSemaphore::up_read(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    if (readers_ == 0) world.bug(function, "semaphore given back that nobody holds");
    --readers_;
    if (readers_ == 0 && waiters_ != 0) world.wake_spinners(this);
    world.point(PointKind::unlock, function, object_);
}

void RwSemaphore::down_write(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    world.point(PointKind::lock, function, object_);
    while (writer_.valid() || readers_ != 0) wait(function);
    writer_ = world.current().id;
    world.note_taken(object_);
}

void RwSemaphore::up_write(const char* function) {
    World& world = World::of(this);
    if (!world.on_fiber()) return;
    if (writer_ != world.current().id) world.bug(function, "semaphore given back by somebody else");
    writer_ = ActorId{};
    if (waiters_ != 0) world.wake_spinners(this);
    world.point(PointKind::unlock, function, object_);
}

}  // namespace utsim

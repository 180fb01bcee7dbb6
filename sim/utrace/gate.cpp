// SPDX-License-Identifier: MIT
// get_utrace_lock (spec 2.2). The task pointer is only good as long as the engine is attached, so
// the engine is asked first, inside an RCU section that keeps the task until the lock is held
// (B-8).
#include "utrace/gate.hpp"

#include "kernel/task.hpp"
#include "semantics/quirks.hpp"

namespace utsim {

namespace {

/// An engine that cannot be used any more, or a target that is being reaped right now.
bool too_late(const Utrace* utrace, const Engine* engine) {
    if (utrace->reap && decided(utrace, GateReap::refuses)) return true;
    return engine->ops == nullptr || engine_is_marked_detached(engine);
}

}  // namespace

Gate get_utrace_lock(Task* target, Engine* engine, GateFor wanted) {
    World& world = World::of(engine);
    const int on_its_way_out = wanted == GateFor::attached ? -K_ESRCH : -K_ERESTARTSYS;
    Gate gate;
    world.rcu_read_lock();
    if (engine->ops == nullptr) {
        gate.error = -K_ESRCH;  // the target may be gone: nothing of it is touched
    } else if (engine_is_marked_detached(engine)) {
        gate.error = on_its_way_out;
    } else {
        target->usage.check_alive("get_utrace_lock");
        if (quirk(target, Quirk::b79_exit_dead_taken_for_reaped) &&
            target->exit_state == EXIT_DEAD) {
            world.rcu_read_unlock();
            gate.error = -K_ESRCH;
            return gate;
        }
        Utrace* utrace = task_utrace_struct(target);
        if (utrace == nullptr)
            world.null_pointer("get_utrace_lock", "a task without struct utrace");
        // W-L1: from the tests above until here somebody may detach or reap. Test again.
        utrace->lock.lock("get_utrace_lock");
        // A caller without a reference may have lost its engine while it waited for the lock.
        engine->kref.check_alive("get_utrace_lock");
        if (!too_late(utrace, engine)) {
            gate.utrace = utrace;
        } else {
            utrace->lock.unlock("get_utrace_lock");
            gate.error = engine_is_marked_detached(engine) ? on_its_way_out : -K_ESRCH;
        }
    }
    world.rcu_read_unlock();
    return gate;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Changing an engine's event mask (spec 2.3). New bits reach the task's flags at once; old bits
// stay there until the next utrace_reset, so that a hook may call for a pass that nobody wants any
// more.
#include "kernel/kernel.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/api_call.hpp"
#include "utrace/gate.hpp"
#include "utrace/memory_order.hpp"

namespace utsim {

namespace {

/// events.refusal=by-task: what a task that is dying refuses.
bool too_late_for_task(const Task* target, const Utrace* utrace, std::uint64_t old,
                       std::uint64_t events) {
    if (target->exit_state == 0) return false;
    if ((events & ~old & UTRACE_DEATH_EVENTS) != 0) return true;
    return utrace->reap && (old & ~events & UTRACE_EVENT(EVENT_REAP)) != 0;
}

/// The death report tests its bits without the lock, so they can neither be taken away while it is
/// being made nor be promised once the task has begun to die (B-9). True: the bits are accepted,
/// and new ones are in the task's flags before tasklist_lock is let go.
bool accept_death_events(Task* target, const Utrace* utrace, std::uint64_t old,
                         std::uint64_t events) {
    if ((old & ~events & UTRACE_DEATH_EVENTS) != 0 && utrace->death) return false;
    const bool by_engine = decided(target, EventsRefusal::by_engine);
    if (!by_engine && too_late_for_task(target, utrace, old, events)) return false;
    const std::uint64_t promised = by_engine ? old : target->utrace_flags.load();
    if ((events & ~promised & UTRACE_DEATH_EVENTS) == 0) return true;
    RwLock& tasklist_lock = kernel_of(target).tasklist_lock;
    tasklist_lock.read_lock("utrace_set_events");
    const bool alive = target->exit_state == 0;
    if (alive) target->utrace_flags |= events;
    tasklist_lock.read_unlock("utrace_set_events");
    return alive;
}

/// Bits were taken away, but the target may be inside a callback that they asked for.
bool may_be_in_a_callback(const Task* target) {
    return target != current_task(world_of(target)) && !task_is_stopped_or_traced(target) &&
           (target->exit_state == 0 || quirk(target, Quirk::b36_einprogress_on_zombie));
}

/// What was taken away may be on its way to the engine; what was added never is.
bool takes_something_away(const Task* target, std::uint64_t old, std::uint64_t events) {
    // Before the run nobody is there who calls.
    if (quirk(target, Quirk::b24_false_einprogress)) return world_of(target).on_fiber();
    if (quirk(target, Quirk::b36_einprogress_on_zombie) && target->exit_state != 0) return true;
    return (old & ~events) != 0;
}

int set_events_locked(Task* target, Engine* engine, Utrace* utrace, std::uint64_t events) {
    if (decided(target, EventsStopBit::masked)) events &= ~ENGINE_STOP;
    const std::uint64_t old_task_flags = target->utrace_flags;
    const std::uint64_t old = engine->flags & ~ENGINE_STOP;
    if (!accept_death_events(target, utrace, old, events)) return -K_EALREADY;
    set_engine_mask(engine, events);
    target->utrace_flags |= events;
    if ((events & UTRACE_EVENT_SYSCALL) != 0 && (old_task_flags & UTRACE_EVENT_SYSCALL) == 0) {
        set_tsk_thread_flag(target, TIF_SYSCALL_TRACE);
    }
    if (!takes_something_away(target, old, events) || !may_be_in_a_callback(target)) return 0;
    smp_mb(target, "utrace_set_events");  // B-5: either the pass sees the new flags, or we see it
    return utrace->reporting == engine ? -K_EINPROGRESS : 0;
}

}  // namespace

int utrace_set_events(Task* target, Engine* engine, std::uint64_t events) {
    const ApiRecord record =
        api_enter("utrace_set_events", ApiCall::set_events, target, engine, 0, events);
    const Gate gate = get_utrace_lock(target, engine, GateFor::attached);
    if (gate.error != 0) return api_leave(record, gate.error);
    const int result = set_events_locked(target, engine, gate.utrace, events);
    gate.utrace->lock.unlock("utrace_set_events");
    return api_leave(record, result);
}

int utrace_set_events_pid(Task* any, int pid, Engine* engine, std::uint64_t events) {
    Task* target = find_task_by_pid(kernel_of(any), pid);
    return target == nullptr ? -K_ESRCH : utrace_set_events(target, engine, events);
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// utrace_reset (spec 4.13): the one place where engines leave the list, where `utrace_flags` loses
// bits, and where a traced task is let go because nobody wants it stopped any more.
#include "kernel/step.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/detach.hpp"
#include "utrace/requests.hpp"
#include "utrace/stop.hpp"

namespace utsim {

namespace {

/// Moves what is marked detached to `detached`; what the remaining engines want is the answer.
std::uint64_t remove_detached_engines(Utrace* utrace, ListHead* detached) {
    std::uint64_t flags = 0;
    for (Engine* engine : list_entries_safe<&Engine::entry>(&utrace->attached)) {
        if (engine_is_marked_detached(engine)) {
            engine->ops = nullptr;
            World::of(engine).emit(EventKind::engine_detached, engine->target->id.value,
                                   engine->id.value);
            list_move_tail(&engine->entry, detached);
        } else {
            flags |= engine->flags | UTRACE_EVENT(EVENT_REAP);
        }
    }
    return flags;
}

/// A task that is let go stops stepping, unless a request is still outstanding: then it either
/// makes another pass or arms the step itself.
void disable_step_before_wakeup(Task* task, const Utrace* utrace) {
    if (!decided(task, StepDisable::wakeup)) return;
    if (requests_of(utrace).strongest(utrace) == UTRACE_RESUME) user_disable_single_step(task);
}

}  // namespace

void splice_attaching(Utrace* utrace) {
    for (Engine* engine : list_entries<&Engine::entry>(&utrace->attaching)) {
        World::of(engine).emit(EventKind::engine_listed, engine->target->id.value,
                               engine->id.value);
    }
    list_splice_tail_init(&utrace->attaching, &utrace->attached);
    utrace->pending_attach = false;
}

bool utrace_reset(Task* task, Utrace* utrace) {
    World& world = world_of(task);
    ListHead detached;
    list_init(&detached);

    splice_attaching(utrace);
    std::uint64_t flags = remove_detached_engines(utrace, &detached);
    if (task->exit_state != 0) {
        if (utrace->death) world.bug("utrace_reset", "reset while death is being reported");
        flags &= UTRACE_EVENT(EVENT_REAP);
    } else if ((flags & UTRACE_EVENT_SYSCALL) == 0 &&
               test_tsk_thread_flag(task, TIF_SYSCALL_TRACE)) {
        clear_tsk_thread_flag(task, TIF_SYSCALL_TRACE);
    }
    if (flags == 0 && !quirk(task, Quirk::b35_handler_mark_leaks)) {
        requests_of(utrace).clear(utrace);
        utrace->signal_handler = false;
    }
    if (task_is_traced(task) && (flags & ENGINE_STOP) == 0) {
        disable_step_before_wakeup(task, utrace);
        utrace_wakeup(task);
    }

    if (quirk(task, Quirk::b25_reset_touches_freed_task)) {
        task->utrace_flags = flags;
        utrace->lock.unlock("utrace_reset");
        put_detached_list(&detached);
        return flags == 0;
    }
    // B-7: with flags of 0 the reaper passes by without the lock, and the task with this struct
    // could be freed under our unlock.
    world.rcu_read_lock();
    task->utrace_flags = flags;
    utrace->lock.unlock("utrace_reset");
    world.rcu_read_unlock();

    put_detached_list(&detached);
    return flags == 0;
}

void put_detached_list(ListHead* detached) {
    for (Engine* engine : list_entries_safe<&Engine::entry>(detached)) {
        list_del_init(&engine->entry);
        put_engine(engine, "put_detached_list");
    }
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// The two structures of the utrace layer: one `Utrace` per traced task, one `Engine` per
/// attachment.
///
/// Field by field as spec 1.6 and 1.7 have them. What several actors touch is a Shared cell. Names
/// are the kernel's, so that the specification can be read beside the code.
#pragma once

#include <cstdint>

#include <utsim/engine.hpp>
#include <utsim/utrace.hpp>

#include "sched/list.hpp"
#include "sched/lock.hpp"
#include "sched/object.hpp"
#include "sched/shared.hpp"

namespace utsim {

struct Task;

/// `struct utrace_engine` (spec 1.7).
struct Engine {
    Counted kref;  ///< spec 1.8; poisoned when it reaches zero
    EngineId id;
    TaskId target_id;        ///< for traces: the target may be gone before its engines are
    Task* target = nullptr;  ///< for accessors only; utrace itself is passed the task
    EngineOps* released_by =
        nullptr;     ///< the ops at creation: `release` survives their replacement
    ListHead entry;  ///< in `attached`, `attaching`, a private list, or alone
    Shared<EngineOps*> ops;
    std::uint64_t data = 0;
    Shared<std::uint64_t> flags;  ///< event mask and ENGINE_STOP
};

template <typename V>
void describe(V& v, Engine& e) {
    v.field("kref", e.kref);
    v.field("id", e.id);
    v.field("target_id", e.target_id);
    v.field("target", e.target);
    v.field("released_by", e.released_by);
    v.field("entry", e.entry);
    v.field("ops", e.ops);
    v.field("data", e.data);
    v.field("flags", e.flags);
}

/// `struct utrace` (spec 1.6). Freed only with its task.
struct Utrace {
    Counted life;  ///< poisoned when the task_struct goes away
    SpinLock lock;
    ListHead attached;   ///< what passes walk; the task itself walks it without the lock
    ListHead attaching;  ///< new engines wait here
    Shared<Task*> cloning;
    Shared<Engine*> reporting;        ///< written only by the task, without the lock
    Shared<std::uint32_t> resume;     ///< ResumeAction 1..5; RESUME means nothing is asked
    Shared<bool> report;              ///< instead of `resume`, see requests.hpp
    Shared<bool> interrupt;           ///< likewise
    Shared<std::uint32_t> step_flag;  ///< set_singlestep and set_blockstep, see step_request.cpp
    Shared<bool> signal_handler;
    Shared<bool> vfork_stop;
    Shared<bool> death;
    Shared<bool> reap;
    Shared<bool> pending_attach;
    Shared<bool> stopped;  ///< of early versions: only quirks set it
};

template <typename V>
void describe(V& v, Utrace& u) {
    v.field("life", u.life);
    v.field("lock", u.lock);
    v.field("attached", u.attached);
    v.field("attaching", u.attaching);
    v.field("cloning", u.cloning);
    v.field("reporting", u.reporting);
    v.field("resume", u.resume);
    v.field("report", u.report);
    v.field("interrupt", u.interrupt);
    v.field("step_flag", u.step_flag);
    v.field("signal_handler", u.signal_handler);
    v.field("vfork_stop", u.vfork_stop);
    v.field("death", u.death);
    v.field("reap", u.reap);
    v.field("pending_attach", u.pending_attach);
    v.field("stopped", u.stopped);
}

/// `&utrace_detached_ops`: marks an engine that is on its way out (spec 1.7).
EngineOps* utrace_detached_ops();

/// One with nothing in it, for `target`.
Utrace* make_utrace(Task* target);

/// The pointer with the barrier of rules B-1 and B-2; null for a task that never was traced.
Utrace* task_utrace_struct(Task* task);
/// A plain read.
std::uint64_t task_utrace_flags(const Task* task);

inline bool engine_is_marked_detached(const Engine* engine) {
    return engine->ops == utrace_detached_ops();
}

/// `engine` keeps its target stopped. All writes of the bit happen under the lock.
inline bool engine_wants_stop(const Engine* engine) { return (engine->flags & ENGINE_STOP) != 0; }
void mark_engine_wants_stop(Task* task, Engine* engine);
void clear_engine_wants_stop(Engine* engine);
/// The lock is held. A stop bit in `events` counts, and none takes it away.
void set_engine_mask(Engine* engine, std::uint64_t events);

}  // namespace utsim

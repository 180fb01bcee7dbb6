// SPDX-License-Identifier: MIT
// Engines as objects: references, `release`, the table that marks a detached engine, and what an
// engine's owner may ask about it (spec 1.7, 1.8).
#include "kernel/task.hpp"
#include "utrace/api_call.hpp"
#include "utrace/callback.hpp"
#include "utrace/detach.hpp"
#include "utrace/memory_order.hpp"
#include "utrace/utrace_struct.hpp"

namespace utsim {

// --- a table of callbacks that wants nothing -----------------------------------------------------

std::uint32_t EngineOps::report_quiesce(std::uint32_t, Engine&, std::uint64_t) {
    return UTRACE_RESUME;
}
std::uint32_t EngineOps::report_signal(std::uint32_t action, Engine&, SignalReport&) {
    return utrace_signal_action(action) | UTRACE_RESUME;
}
std::uint32_t EngineOps::report_clone(std::uint32_t, Engine&, std::uint64_t, Task&) {
    return UTRACE_RESUME;
}
std::uint32_t EngineOps::report_jctl(std::uint32_t, Engine&, int, int) { return UTRACE_RESUME; }
std::uint32_t EngineOps::report_exec(std::uint32_t, Engine&) { return UTRACE_RESUME; }
std::uint32_t EngineOps::report_syscall_entry(std::uint32_t action, Engine&, Task&) {
    return utrace_syscall_action(action) | UTRACE_RESUME;
}
std::uint32_t EngineOps::report_syscall_exit(std::uint32_t, Engine&, Task&) {
    return UTRACE_RESUME;
}
std::uint32_t EngineOps::report_exit(std::uint32_t, Engine&, long, long*) { return UTRACE_RESUME; }
std::uint32_t EngineOps::report_death(Engine&, bool, int) { return UTRACE_RESUME; }
void EngineOps::report_reap(Engine&, Task&) {}
void EngineOps::release(std::uint64_t) {}

// --- detached ------------------------------------------------------------------------------------

namespace {

/// Only these two entries exist: whoever still walks over the engine is told to let it go.
class DetachedOps final : public EngineOps {
public:
    std::uint32_t provides() const override {
        return callback_bit(CallbackKind::quiesce) | callback_bit(CallbackKind::reap);
    }
    std::uint32_t report_quiesce(std::uint32_t, Engine&, std::uint64_t) override {
        return UTRACE_DETACH;
    }
};

constinit DetachedOps detached_ops;  // has no state

}  // namespace

EngineOps* utrace_detached_ops() { return &detached_ops; }

namespace {

/// Only changes are told.
void emit_engine_stop(const Engine* engine, bool on) {
    if (((engine->flags.peek() & ENGINE_STOP) != 0) == on) return;
    World::of(engine).emit(EventKind::engine_stop, engine->target->id.value, engine->id.value, on);
}

}  // namespace

void mark_engine_detached(Task* target, Engine* engine) {
    engine->ops = utrace_detached_ops();
    // B-4: nobody may combine the new flags with the old table, which may lack report_quiesce.
    smp_wmb(target, "mark_engine_detached");
    emit_engine_stop(engine, false);
    engine->flags = UTRACE_EVENT(EVENT_QUIESCE);
}

void mark_engine_wants_stop(Task* task, Engine* engine) {
    emit_engine_stop(engine, true);
    engine->flags |= ENGINE_STOP;
    task->utrace_flags |= ENGINE_STOP;
}

void set_engine_mask(Engine* engine, std::uint64_t events) {
    if ((events & ENGINE_STOP) != 0) emit_engine_stop(engine, true);
    engine->flags = events | (engine->flags & ENGINE_STOP);
}

void clear_engine_wants_stop(Engine* engine) {
    emit_engine_stop(engine, false);
    engine->flags &= ~ENGINE_STOP;
}

// --- references ----------------------------------------------------------------------------------

void put_engine(Engine* engine, const char* function) {
    if (!engine->kref.put(function)) return;
    World& world = World::of(engine);
    if (!list_empty(&engine->entry)) {
        world.bug(function, "the last reference of an engine that is still on a list");
    }
    call_release(engine);
    engine->kref.poison(engine);
}

void utrace_engine_get(Engine* engine) {
    const ApiRecord record =
        api_enter("utrace_engine_get", ApiCall::get, engine->target, engine, 0, 0);
    engine->kref.get("utrace_engine_get");
    api_leave(record, 0);
}

void utrace_engine_put(Engine* engine) {
    const ApiRecord record =
        api_enter("utrace_engine_put", ApiCall::put, engine->target, engine, 0, 0);
    put_engine(engine, "utrace_engine_put");
    api_leave(record, 0);
}

// --- what may be asked ---------------------------------------------------------------------------

Task* engine_task(const Engine& engine) { return engine.target; }
EngineId engine_id(const Engine& engine) { return engine.id; }
std::uint64_t engine_data(const Engine& engine) { return engine.data; }
TaskId task_id(const Task& task) { return task.id; }
int task_pid(const Task& task) { return task.pid; }

}  // namespace utsim

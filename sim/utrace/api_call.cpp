// SPDX-License-Identifier: MIT
// The frame around API calls. The target of a fully detached engine may be gone, so nothing here
// follows the task pointer before it knows that the task is still there.
#include "utrace/api_call.hpp"

#include "kernel/task.hpp"

namespace utsim {

namespace {

bool task_is_there(const Task* task) { return task != nullptr && !task->usage.freed(); }

TaskId name_of_target(const Task* target, const Engine* engine) {
    if (task_is_there(target)) return target->id;
    return engine != nullptr ? engine->target_id : TaskId{};
}

}  // namespace

ApiRecord api_enter(const char* function, ApiCall call, Task* target, Engine* engine,
                    std::uint32_t action, std::uint64_t flags) {
    if (engine != nullptr) engine->kref.check_alive(function);
    const TaskId target_id = name_of_target(target, engine);
    const EngineId engine_id = engine != nullptr ? engine->id : EngineId{};
    World& world = World::of(target != nullptr ? static_cast<void*>(target) : engine);
    world.point(PointKind::call, function, about(target_id));
    world.emit(EventKind::api_enter, call, target_id.value, engine_id.value, action, flags);
    return {call, target, engine, engine_id, target_id, action, flags};
}

int api_leave(const ApiRecord& r, int result) {
    World& world = World::of(r.target != nullptr ? static_cast<void*>(r.target) : r.engine);
    if (!world.listening()) return result;
    const bool there = task_is_there(r.target);
    world.emit(EventKind::api, r.call, r.target_id.value, r.engine_id.value, r.action, r.flags,
               result, there ? r.target->state.peek() : 0,
               there ? r.target->exit_state.peek() : EXIT_DEAD);
    return result;
}

}  // namespace utsim

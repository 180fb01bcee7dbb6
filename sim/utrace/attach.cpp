// SPDX-License-Identifier: MIT
// Attaching and looking up engines (spec 2.1). Allocation may sleep, so it is done before the lock
// is taken; meanwhile the target may die, be reaped or get other engines (window W-A1), and the
// locked part decides on what it finds then.
#include "utrace/attach.hpp"

#include "kernel/kernel.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/api_call.hpp"
#include "utrace/memory_order.hpp"
#include "utrace/requests.hpp"

namespace utsim {

namespace {

/// For traces: tables count up from 1 as they are met; null is 0, and the detached one is met too.
std::uint32_t number_of_ops(Kernel& kernel, EngineOps* ops) {
    if (ops == nullptr) return 0;
    std::uint32_t at = 0;
    while (at < kernel.numbered_ops.size && kernel.numbered_ops[at] != ops) ++at;
    if (at == max_numbered_ops) return 0;
    if (at == kernel.numbered_ops.size) kernel.numbered_ops.add(kernel.world->arena(), ops);
    return at + 1;
}

bool engine_matches(const Engine* engine, int flags, const EngineOps* ops, std::uint64_t data) {
    if ((flags & UTRACE_ATTACH_MATCH_OPS) != 0 && engine->ops != ops) return false;
    if ((flags & UTRACE_ATTACH_MATCH_DATA) != 0 && engine->data != data) return false;
    return engine->ops != nullptr && !engine_is_marked_detached(engine);
}

Engine* find_in(ListHead* list, int flags, EngineOps* ops, std::uint64_t data) {
    for (Engine* engine : list_entries<&Engine::entry>(list)) {
        if (engine_matches(engine, flags, ops, data)) return engine;
    }
    return nullptr;
}

/// Sleeps if it must; whether there is memory can be made a choice of the run.
bool memory_is_there(Task* target, std::size_t bytes, const char* function) {
    World& world = world_of(target);
    world.might_sleep(function);
    if (world.arena().left() < bytes + alignof(std::max_align_t)) return false;
    return !kernel_of(target).machine.allocations_can_fail ||
           world.choose(ChoiceKind::allocation_fails, 2) == 0;
}

/// A new engine with one reference, the caller's; null without memory.
Engine* allocate_engine(Task* target, EngineOps* ops, std::uint64_t data) {
    Kernel& kernel = kernel_of(target);
    if (kernel.engine_count >= max_engines) return nullptr;
    if (!memory_is_there(target, sizeof(Engine), "utrace_attach_task")) return nullptr;
    Engine* engine = world_of(target).arena().make<Engine>();
    engine->kref.init(1);
    engine->id = EngineId{kernel.engine_count++};
    engine->target_id = target->id;
    engine->target = target;
    engine->released_by = ops;
    list_init(&engine->entry);
    engine->ops.init(ops);
    engine->data = data;
    if (ops->name()[0] != '\0') world_of(target).name_engine(engine->id, ops->name());
    return engine;
}

/// An engine that nobody ever saw: its `release` is not called (spec 1.8 rule 7).
void free_unborn_engine(Engine* engine) {
    if (engine->kref.put("utrace_attach_task")) engine->kref.poison(engine);
}

/// Only the task that is making `target` right now.
bool is_creator(const Task* task, const Task* target) {
    if (quirk(target, Quirk::b58_creator_by_real_parent)) return target->real_parent == task;
    const Utrace* utrace = task->utrace;
    return utrace != nullptr && utrace->cloning == target;
}

/// attach.newborn: a new task is its creator's until its birth has been reported. 0, or
/// -ERESTARTNOINTR when a signal ended the wait.
int let_creator_go_first(Task* target) {
    World& world = world_of(target);
    const bool at_once = decided(target, AttachNewborn::at_once) &&
                         !quirk(target, Quirk::b58_creator_by_real_parent) &&
                         !quirk(target, Quirk::b60_attach_returns_eagain);
    if (at_once || !world.on_fiber()) return 0;
    Task* current = current_task(world);
    if (current->utrace == nullptr && decided(target, AttachNewborn::waits_if_traced)) return 0;
    if (is_creator(current, target)) return 0;
    while ((target->flags & PF_STARTING) != 0) {
        if (quirk(target, Quirk::b60_attach_returns_eagain)) return -K_EAGAIN;
        schedule_timeout_polling(current, 1, "utrace_attach_delay");
        if (signal_pending(current)) return -K_ERESTARTNOINTR;
    }
    return 0;
}

AttachResult look_up(Task* target, int flags, EngineOps* ops, std::uint64_t data) {
    Utrace* utrace = task_utrace_struct(target);
    if (utrace == nullptr && decided(target, AttachLookup::crashes)) {
        world_of(target).null_pointer("utrace_attach_task", "a task without struct utrace");
    }
    if (utrace == nullptr) return {nullptr, -K_ENOENT};
    utrace->lock.lock("utrace_attach_task");
    Engine* engine = find_matching_engine(utrace, flags, ops, data);
    if (engine != nullptr) engine->kref.get("utrace_attach_task");
    utrace->lock.unlock("utrace_attach_task");
    return {engine, engine != nullptr ? 0 : -K_ENOENT};
}

AttachResult create(Task* target, int flags, EngineOps* ops, std::uint64_t data) {
    Utrace* utrace = task_utrace_struct(target);
    if (ops == nullptr || ops == utrace_detached_ops()) return {nullptr, -K_EINVAL};
    // A thread that never goes back to user mode has no place to report from.
    if ((target->flags & PF_KTHREAD) != 0) return {nullptr, -K_EPERM};
    if (utrace == nullptr) {
        if (!utrace_task_alloc(target)) return {nullptr, -K_ENOMEM};
        utrace = task_utrace_struct(target);
    }
    Engine* engine = allocate_engine(target, ops, data);
    if (engine == nullptr) return {nullptr, -K_ENOMEM};
    int error = let_creator_go_first(target);
    if (error == 0) error = utrace_add_engine(target, utrace, engine, flags, ops, data);
    if (error == 0) return {engine, 0};
    free_unborn_engine(engine);
    return {nullptr, error};
}

/// The first engine of a task must not arrive after the reaper has looked (rule B-3). The reaper
/// sets EXIT_DEAD and then reads the flags; here it is the other way round, so one of them sees
/// the other. False: the reaper came first.
bool announce_first_engine(Task* target) {
    if (quirk(target, Quirk::b27_attach_leaves_flags_zero) ||
        quirk(target, Quirk::b54_attach_report_swallowed)) {
        return true;
    }
    target->utrace_flags = UTRACE_EVENT(EVENT_REAP);
    smp_mb(target, "utrace_add_engine");
    if (target->exit_state != EXIT_DEAD) return true;
    target->utrace_flags = 0;
    return false;
}

/// attach.report=forced: the new engine hears from the task soon.
void ask_for_first_report(Task* target, Utrace* utrace) {
    const RequestStore& requests = requests_of(utrace);
    if (requests.strongest(utrace) <= UTRACE_REPORT) return;
    requests.store(utrace, UTRACE_REPORT);
    set_notify_resume(target);
}

}  // namespace

Engine* find_matching_engine(Utrace* utrace, int flags, EngineOps* ops, std::uint64_t data) {
    Engine* engine = find_in(&utrace->attached, flags, ops, data);
    return engine != nullptr ? engine : find_in(&utrace->attaching, flags, ops, data);
}

bool utrace_task_alloc(Task* target) {
    if (!memory_is_there(target, sizeof(Utrace), "utrace_task_alloc")) return false;
    Utrace* utrace = make_utrace(target);
    target->alloc_lock.lock("utrace_task_alloc");
    if (target->utrace == nullptr) {
        smp_wmb(target, "utrace_task_alloc");  // B-1: nobody sees it before it is ready
        target->utrace = utrace;
    }
    target->alloc_lock.unlock("utrace_task_alloc");
    return true;
}

int utrace_add_engine(Task* target, Utrace* utrace, Engine* engine, int flags, EngineOps* ops,
                      std::uint64_t data) {
    int error = 0;
    utrace->lock.lock("utrace_add_engine");
    if ((flags & UTRACE_ATTACH_EXCLUSIVE) != 0 &&
        find_matching_engine(utrace, flags, ops, data) != nullptr) {
        error = -K_EEXIST;
    } else if (target->utrace_flags == 0 && !announce_first_engine(target) &&
               !quirk(target, Quirk::b57_attach_missing_else)) {
        error = -K_ESRCH;
    } else {
        // Only passes that start later will see it, even when the target attaches to itself: a
        // pass in progress walks `attached` without the lock.
        list_add_tail(&engine->entry, &utrace->attaching);
        utrace->pending_attach = true;
        if (decided(target, AttachReport::forced) ||
            quirk(target, Quirk::b54_attach_report_swallowed)) {
            ask_for_first_report(target, utrace);
        }
        engine->kref.get("utrace_add_engine");
        world_of(target).emit(EventKind::engine_attached, target->id.value, engine->id.value,
                              number_of_ops(kernel_of(target), ops), data);
    }
    utrace->lock.unlock("utrace_add_engine");
    return error;
}

AttachResult utrace_attach_task(Task* target, int flags, EngineOps* ops, std::uint64_t data) {
    target->usage.check_alive("utrace_attach_task");
    const bool creates = (flags & UTRACE_ATTACH_CREATE) != 0;
    ApiRecord record = api_enter("utrace_attach_task", creates ? ApiCall::attach : ApiCall::lookup,
                                 target, nullptr, 0, static_cast<std::uint64_t>(flags));
    world_of(target).emit(EventKind::attach_match, target->id.value, flags,
                          number_of_ops(kernel_of(target), ops), data);
    const AttachResult result =
        creates ? create(target, flags, ops, data) : look_up(target, flags, ops, data);
    if (result.engine != nullptr) record.engine_id = result.engine->id;
    api_leave(record, result.error);
    return result;
}

AttachResult utrace_attach_pid(Task* any, int pid, int flags, EngineOps* ops, std::uint64_t data) {
    Task* target = find_task_by_pid(kernel_of(any), pid);
    if (target == nullptr) return {nullptr, -K_ESRCH};
    get_task_struct(target);
    const AttachResult result = utrace_attach_task(target, flags, ops, data);
    put_task_struct(target);
    return result;
}

}  // namespace utsim

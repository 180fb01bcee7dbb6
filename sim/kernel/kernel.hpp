// SPDX-License-Identifier: MIT
/// The state of the modelled kernel that belongs to no single task.
#pragma once

#include "kernel/task.hpp"
#include "sched/arena_array.hpp"
#include "sched/lock.hpp"
#include "sched/pool.hpp"

namespace utsim {

class EngineOps;
struct ProcessHooks;
struct ProcessModel;
struct PtraceHooks;

namespace cpu {
class PagePool;
}

/// What the machine can do; scenario options.
struct MachineOptions {
    bool has_single_step = true;        ///< arch_has_single_step()
    bool has_block_step = true;         ///< arch_has_block_step()
    bool allocations_can_fail = false;  ///< whether attaching finds memory is a choice of the run
};

inline constexpr std::uint32_t max_tasks = 1024;
inline constexpr std::uint32_t max_engines = 4096;
/// Queued signal records in one World (RLIMIT_SIGPENDING).
inline constexpr std::uint32_t max_sigqueues = 4096;

/// Only traces number them; a World with more has some that are called 0. Small, as each snapshot
/// copies the list.
inline constexpr std::uint32_t max_numbered_ops = 64;

struct Kernel {
    World* world = nullptr;
    MachineOptions machine;
    RwLock tasklist_lock;
    ListHead tasks;   ///< every task that is not released, in creation order
    ListHead spares;  ///< objects of forks that failed, to be used again
    ArenaArray<Task*> by_id;
    std::uint32_t engine_count = 0;
    ArenaArray<EngineOps*> numbered_ops;  ///< callback tables, as they were met
    int next_pid = 1;
    Task* init = nullptr;  ///< inherits orphans; never runs guest code
    Pool<SigQueue> sigqueues;
    cpu::PagePool* pages = nullptr;
    /// Called when a task's state or exit state has changed: scripts wait for that. May be null.
    void (*state_changed)(Kernel& kernel) = nullptr;
    void* state_changed_argument = nullptr;
    const ProcessHooks* process_hooks = nullptr;  ///< null: tasks are no more than threads
    ProcessModel* processes = nullptr;            ///< the state of sim/process
    const PtraceHooks* ptrace = nullptr;  ///< the ptrace engine; null where nobody offers one
    bool examines = false;  ///< somebody has begun to examine a task, see `examined_switches`
};

template <typename V>
void describe(V& v, MachineOptions& m) {
    v.field("has_single_step", m.has_single_step);
    v.field("has_block_step", m.has_block_step);
    v.field("allocations_can_fail", m.allocations_can_fail);
}

template <typename V>
void describe(V& v, Kernel& k) {
    v.aside("world", k.world);
    v.field("machine", k.machine);
    v.field("tasklist_lock", k.tasklist_lock);
    v.field("tasks", k.tasks);
    v.field("spares", k.spares);
    v.field("by_id", k.by_id);
    v.field("engine_count", k.engine_count);
    v.field("numbered_ops", k.numbered_ops);
    v.field("next_pid", k.next_pid);
    v.field("init", k.init);
    v.field("sigqueues", k.sigqueues);
    v.aside("pages", k.pages);
    v.field("state_changed", k.state_changed);
    v.field("state_changed_argument", k.state_changed_argument);
    v.aside("process_hooks", k.process_hooks);
    v.field("processes", k.processes);
    v.aside("ptrace", k.ptrace);
    v.field("examines", k.examines);
}

/// The Kernel of the World that `task` lives in.
inline Kernel& kernel_of(const Task* task) { return *task->kernel; }

/// The actor that `task` runs as; null for init, which never runs.
inline Actor* actor_of(const Task* task) {
    return task->actor.valid() ? &kernel_of(task).world->actor(task->actor) : nullptr;
}

/// First task hashed on `pid`, without a reference; null when there is none.
Task* find_task_by_pid(Kernel& kernel, int pid);

void get_task_struct(Task* task);
void put_task_struct(Task* task);

}  // namespace utsim

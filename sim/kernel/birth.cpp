// SPDX-License-Identifier: MIT
// Task objects, the kernel object, and the first tasks of a scenario.
#include "kernel/birth.hpp"

#include <array>
#include <charconv>
#include <string>

#include "kernel/boot.hpp"
#include "kernel/fork.hpp"
#include "kernel/memory.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"
#include "sched/second_life.hpp"

namespace utsim {

namespace {

/// Children that the scenario does not name are called after their parent; far descendants after
/// the first of the line, since each fork would make the name longer.
std::string default_name(World& world, const Task* parent, TaskId id) {
    constexpr std::size_t longest_parent = 48;
    std::string name(parent != nullptr ? world.names().task(parent->id) : "task");
    if (name.size() > longest_parent) name = name.substr(0, name.find('.')) + ".";
    std::array<char, 12> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), id.value).ptr;
    return name + "." + std::string(digits.data(), end);
}

}  // namespace

Sighand* make_sighand(World& world, TaskId owner) {
    Sighand* sighand = world.arena().make<Sighand>();
    sighand->siglock.init(LockClass::siglock, owner);
    return sighand;
}

SignalStruct* make_signal_struct(World& world) {
    SignalStruct* signal = world.arena().make<SignalStruct>();
    list_init(&signal->shared_pending.list);
    return signal;
}

namespace {

/// Tasks that a run may have one after the other; the dead keep their names for traces.
constexpr std::uint32_t most_tasks_of_a_run = 64 * 1024;

/// Dead, collected, and nobody but traces knows it any more: its fiber can serve again.
bool has_left(const Task* task) {
    constexpr std::uint32_t of_the_dead = 2;  // its own, and the one for traces
    if (!task->born || task->hashed || task->usage.references() != of_the_dead) return false;
    const Actor* actor = actor_of(task);
    return actor != nullptr && actor->kind == ActorKind::task &&
           actor->state == ActorState::blocked && actor->reason == BlockReason::dead;
}

/// The actor of the first task that has left, for `task`; none if all are needed.
ActorId inherit_actor(Kernel& kernel, Task* task) {
    for (Task* dead : kernel.by_id) {
        if (!has_left(dead)) continue;
        const ActorId id = dead->actor;
        dead->actor = {};
        begin_again(kernel.world->actor(id), task);
        return id;
    }
    return {};
}

/// A new object with the next id and a fiber, or null at a limit. Without a body there is no fiber.
Task* new_task(Kernel& kernel, void (*fiber)(void*)) {
    World& world = *kernel.world;
    constexpr std::size_t room_for_a_task = sizeof(Task) + sizeof(Sighand) + 4096;
    if (kernel.by_id.size == most_tasks_of_a_run || world.arena().left() < room_for_a_task)
        return nullptr;
    Task* task = world.arena().make<Task>();
    task->id = TaskId{kernel.by_id.size};
    if (fiber != nullptr) {
        task->actor = world.add_actor(ActorKind::task, {}, fiber, task, false);
        if (!task->actor.valid()) task->actor = inherit_actor(kernel, task);
        if (!task->actor.valid()) return nullptr;
    }
    kernel.by_id.add(world.arena(), task);
    return task;
}

/// One whose fork failed: its fiber never ran, so id and fiber can serve again.
Task* used_again(Task* spare) {
    list_del_init(&spare->tasks);
    const TaskId id = spare->id;
    const ActorId actor = spare->actor;
    Task* task = ::new (spare) Task();
    task->id = id;
    task->actor = actor;
    return task;
}

}  // namespace

Task* allocate_task(Kernel& kernel, std::string_view name, Task* parent, void (*fiber)(void*)) {
    World& world = *kernel.world;
    Task* task = list_empty(&kernel.spares)
                     ? new_task(kernel, fiber)
                     : used_again(list_first_entry<&Task::tasks>(&kernel.spares));
    if (task == nullptr) return nullptr;
    task->kernel = &kernel;
    const std::string chosen =
        name.empty() ? default_name(world, parent, task->id) : std::string(name);
    if (Actor* actor = actor_of(task)) {
        actor->task = task;
        world.name_actor(task->actor, chosen);
    }
    world.name_task(task->id, chosen);
    task->usage.init(3);  // its own, the reaper's, and one so that traces can name the dead
    task->alloc_lock.init(LockClass::task_lock, task->id);
    task->group_leader = task;
    list_init(&task->thread_group);
    list_init(&task->children);
    list_init(&task->ptraced);
    list_init(&task->ptrace_entry);
    list_init(&task->sibling);
    list_init(&task->tasks);
    list_init(&task->pending.list);
    return task;
}

void abandon_task(Kernel& kernel, Task* task) {
    if (task->sighand.peek() != nullptr) --task->sighand.peek()->users;
    list_add_tail(&task->tasks, &kernel.spares);
}

void start_task(Task* task) { world_of(task).make_ready(world_of(task).actor(task->actor)); }

Kernel* boot_kernel(World& world, const MachineOptions& machine, cpu::PagePool* pages) {
    Kernel* kernel = world.arena().make<Kernel>();
    world.kernel = kernel;
    kernel->world = &world;
    kernel->machine = machine;
    kernel->pages = pages;
    kernel->tasklist_lock.init(LockClass::tasklist, TaskId{});
    kernel->sigqueues.init(max_sigqueues);
    list_init(&kernel->tasks);
    list_init(&kernel->spares);
    kernel->init = create_kthread(*kernel, "init", nullptr, nullptr, 1);
    kernel->init->signal->flags = SIGNAL_UNKILLABLE;
    return kernel;
}

namespace {

/// What every first task of a group gets.
Task* create_group(Kernel& kernel, std::string_view name, int pid, Task* parent,
                   void (*fiber)(void*)) {
    World& world = *kernel.world;
    Task* task = allocate_task(kernel, name, nullptr, fiber);
    UTSIM_CHECK(task != nullptr, "a scenario has no more tasks than the limit, which is checked");
    tracehook_init_task(task);
    task->sighand = make_sighand(world, task->id);
    task->signal = make_signal_struct(world);
    task->pid = pid != 0 ? pid : kernel.next_pid;
    if (task->pid >= kernel.next_pid) kernel.next_pid = task->pid + 1;
    task->tgid = task->pid;
    task->signal->pgrp = parent != nullptr ? parent->signal->pgrp : task->pid;
    task->real_parent = parent != nullptr ? parent : (kernel.init != nullptr ? kernel.init : task);
    task->parent = task->real_parent;
    if (task->parent != task) list_add_tail(&task->sibling, &task->parent->children);
    list_add_tail(&task->tasks, &kernel.tasks);
    task->hashed = true;
    task->born = true;
    return task;
}

}  // namespace

Task* create_task(Kernel& kernel, const TaskSpec& spec) {
    Task* task = create_group(kernel, spec.name, spec.pid, spec.parent, task_fiber);
    task->program = spec.program;
    task->regs = spec.regs;
    if (spec.program != nullptr) task->regs.rip = spec.program->base;
    if (spec.space != nullptr) task->mm = make_mm(*kernel.world, spec.space);
    task->flags = spec.flags;
    task->blocked = spec.blocked;
    task->signal->parent_ignores_sigchld = spec.parent_ignores_sigchld;
    task->signal->orphaned_pgrp = spec.orphaned_pgrp;
    start_task(task);
    return task;
}

void set_disposition(Task* task, int signal, const KSigaction& action) {
    task->sighand->action[signal - 1] = action;
}

Task* create_kthread(Kernel& kernel, std::string_view name, void (*body)(void*), void* argument,
                     int pid) {
    Task* task = create_group(kernel, name, pid, nullptr, body);
    task->flags = PF_KTHREAD;
    if (Actor* actor = actor_of(task)) {
        actor->kind = ActorKind::controller;
        actor->argument = argument;
        start_task(task);
    }
    return task;
}

Task* find_task_by_pid(Kernel& kernel, int pid) {
    for (Task* task : list_entries<&Task::tasks>(&kernel.tasks)) {
        if (task->hashed && task->pid == pid) return task;
    }
    return nullptr;
}

}  // namespace utsim

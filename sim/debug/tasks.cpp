// SPDX-License-Identifier: MIT
// Reading the kernel's lists without a lock: nobody runs while somebody looks.
#include "debug/tasks.hpp"

#include "cpu/address_space.hpp"
#include "process/process.hpp"
#include "trace/names.hpp"
#include "utrace/utrace_struct.hpp"
#include "vocabulary/words.hpp"

namespace utsim::debug {

bool is_shown(const Task* task) {
    const Kernel& kernel = kernel_of(task);
    return task->born && task != kernel.init && !task->usage.freed() && task->actor.valid() &&
           task->hashed && (task->flags.peek() & PF_KTHREAD) == 0 && task->signal != nullptr &&
           task->signal->live != 0 && task->exit_state.peek() == EXIT_ALIVE;
}

std::vector<Task*> shown_tasks(World& world) {
    std::vector<Task*> all;
    for (Task* task : world.kernel->by_id) {
        if (is_shown(task)) all.push_back(task);
    }
    return all;
}

Task* task_by_id(World& world, TaskId id) {
    const Kernel& kernel = *world.kernel;
    return id.valid() && id.value < kernel.by_id.size ? kernel.by_id[id.value] : nullptr;
}

bool stands_in_user_mode(World& world, const Task* task) {
    const Actor& actor = world.actor(task->actor);
    return actor.state != ActorState::finished && actor.point.kind == PointKind::user &&
           task->in_user;
}

std::string name_of(World& world, const Task* task) {
    const std::string name(world.names().task(task->id));
    if (task->process == nullptr || name == task->process->comm) return name;
    return name + " (" + task->process->comm + ")";
}

namespace {

std::string stops_of(World& world, const Utrace* utrace) {
    std::string text;
    std::size_t count = 0;
    for (const ListHead* list : {&utrace->attached, &utrace->attaching}) {
        for (const ListHead* place = list->next; place != list; place = place->next) {
            const Engine* engine =
                detail::ListMember<&Engine::entry>::owner(const_cast<ListHead*>(place));
            ++count;
            if ((engine->flags.peek() & ENGINE_STOP) == 0) continue;
            text += (text.empty() ? "stopped by " : ", ") +
                    std::string(world.names().engine(engine->id));
        }
    }
    if (count == 0) return "no engine";
    const std::string engines = std::to_string(count) + (count == 1 ? " engine" : " engines");
    return text.empty() ? engines : engines + ", " + text;
}

}  // namespace

std::string condition_of(World& world, const Task* task) {
    const Actor& actor = world.actor(task->actor);
    std::string text;
    if (stands_in_user_mode(world, task)) {
        text = "in user mode";
    } else if (actor.point.kind == PointKind::start) {
        text = "not begun";
    } else {
        text = "in the kernel at " + world.point_label(actor);
    }
    if (actor.state == ActorState::blocked) text += ", blocked";
    if (actor.state == ActorState::sleeping) text += ", sleeping";
    text += "; utrace: ";
    const Utrace* utrace = task->utrace.peek();
    return text + (utrace == nullptr ? "never traced" : stops_of(world, utrace));
}

std::size_t read_guest(const Task* task, std::uint64_t address, void* out, std::size_t n) {
    if (task->mm == nullptr || task->mm->space == nullptr) return 0;
    return task->mm->space->read_force(address, out, n);
}

std::size_t write_guest(Task* task, std::uint64_t address, std::string_view bytes) {
    if (task->mm == nullptr || task->mm->space == nullptr) return 0;
    return task->mm->space->write_force(address, bytes.data(), bytes.size());
}

}  // namespace utsim::debug

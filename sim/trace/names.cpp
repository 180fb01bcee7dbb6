// SPDX-License-Identifier: MIT
// Names of a World come from its name tables, pids from the modelled kernel.
#include "trace/names.hpp"

#include "kernel/kernel.hpp"
#include "sched/world.hpp"

namespace utsim {

std::string_view WorldNames::actor(ActorId id) const { return world_.names().actor(id); }
std::string_view WorldNames::task(TaskId id) const { return world_.names().task(id); }
std::string_view WorldNames::engine(EngineId id) const { return world_.names().engine(id); }
std::string_view WorldNames::static_text(std::uint32_t index) const {
    return world_.names().static_text(index);
}

int WorldNames::actor_pid(ActorId id) const {
    if (!id.valid() || id.value >= world_.actor_count()) return 0;
    const Actor& actor = world_.actor(id);
    const auto* task = static_cast<const Task*>(actor.task);
    return actor.kind == ActorKind::task && task != nullptr ? task->pid : 0;
}

int WorldNames::task_pid(TaskId id) const {
    const Kernel* kernel = world_.kernel;
    if (kernel == nullptr || !id.valid() || id.value >= kernel->by_id.size) return 0;
    const Task* task = kernel->by_id[id.value];
    return task != nullptr ? task->pid : 0;
}

const StoredNames::Entry& StoredNames::at(const std::vector<Entry>& entries, std::uint32_t index) {
    static const Entry nothing;
    return index < entries.size() ? entries[index] : nothing;
}

}  // namespace utsim

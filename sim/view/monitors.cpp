// SPDX-License-Identifier: MIT
// A monitor that keeps a number waits for something: an engine that was told to stop, a call that
// is under way. What the number says is the clause's own business; whom it is about is not.
#include "view/monitors.hpp"

#include "contract/contract.hpp"
#include "kernel/kernel.hpp"
#include "sched/world.hpp"
#include "view/walk.hpp"

namespace utsim::view {

namespace {

bool about_engine(Keeping what) {
    return what == Keeping::of_engine || what == Keeping::moment_of_engine ||
           what == Keeping::count_of_engine;
}
bool about_task(Keeping what) {
    return what == Keeping::of_task || what == Keeping::moment_of_task ||
           what == Keeping::count_of_task;
}
bool is_moment(Keeping what) {
    return what == Keeping::moment_of_engine || what == Keeping::moment_of_task ||
           what == Keeping::moment_of_all;
}

StateItem word(std::string_view name, std::string value) {
    return {std::string(name), StateItem::Form::word, std::move(value), {}};
}

std::string name_among(const std::vector<std::string>& names, std::uint32_t id) {
    return id < names.size() ? names[id] : std::to_string(id);
}

std::string said(Keeping what, std::uint64_t value) {
    if (is_moment(what)) return "since step " + std::to_string(value - 1);
    if (what >= Keeping::count_of_engine) return "count " + std::to_string(value - 1);
    return "keeps " + std::to_string(value);
}

}  // namespace

StateItem monitors(World& world, const Contract& contract) {
    std::vector<std::string> engines;
    std::vector<std::string> tasks;
    const Kernel* kernel = world.kernel;
    for (std::uint32_t i = 0; kernel != nullptr && i < kernel->engine_count; ++i) {
        engines.emplace_back(world.names().engine(EngineId{i}));
    }
    for (std::uint32_t i = 0; kernel != nullptr && i < kernel->by_id.size; ++i) {
        tasks.emplace_back(world.names().task(TaskId{i}));
    }
    engines = distinct_names(std::move(engines));
    tasks = distinct_names(std::move(tasks));

    StateItem part;
    part.name = "monitors";
    contract.each_kept(
        [&](const Clause& clause, Keeping what, std::uint32_t id, std::uint64_t value) {
            StateItem* of = nullptr;
            for (StateItem& one : part.items) {
                if (one.name == clause.id) of = &one;
            }
            if (of == nullptr) {
                part.items.push_back(StateItem{std::string(clause.id), {}, {}, {}});
                of = &part.items.back();
                of->items.push_back(word("promises", std::string(clause.text)));
            }
            const std::string about = about_engine(what) ? "engine " + name_among(engines, id)
                                      : about_task(what) ? "task " + name_among(tasks, id)
                                                         : "all";
            // A clause can keep two numbers about the same.
            of->items.push_back(word(free_name(of->items, about), said(what, value)));
        });
    return part;
}

}  // namespace utsim::view

// SPDX-License-Identifier: MIT
/// Putting a scenario into a World: tasks, engines, controllers, and what scripts share.
#pragma once

#include <functional>
#include <vector>

#include <utsim/simulation.hpp>

#include "cpu/page_pool.hpp"
#include "scenario/scenario.hpp"
#include "sched/world.hpp"

namespace utsim {

/// An engine in C++ that joins the scenario (see `EngineSpec`).
struct AddedEngine {
    EngineSpec spec;
    std::size_t size = 0;
    std::size_t align = 1;
    std::function<EngineOps*(void*)> make;
};

/// Fills a World that nothing has been put into. The result lives in its arena; `scenario` must
/// outlive it. Engines that are attached at the start are attached by the host, so nobody runs
/// meanwhile and no step is counted.
ScriptContext* build_scenario(const ScenarioData& scenario, World& world, cpu::PagePool& pages,
                              const std::vector<AddedEngine>& added);

/// The parts of a built scenario that results are read from.
struct EngineObjects {
    const StepperState* stepper = nullptr;
    const GuardState* guard = nullptr;
};
EngineObjects engine_objects(const ScriptContext& context, const ScenarioData& scenario,
                             std::size_t engine);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// What a `Simulation` is made of, for the rooms that add to it.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <utsim/simulation.hpp>

#include "scenario/run.hpp"
#include "scenario/run_order.hpp"

namespace utsim {

struct Simulation::Parts {
    explicit Parts(const Scenario& s) : scenario(s) {}

    Scenario scenario;
    RunOptions options;  ///< as they were given
    ScenarioRunOptions run_options;
    RunOrder order;
    EventSink* sink = nullptr;
    const std::atomic<bool>* stop = nullptr;
    StepVisitor* visitor = nullptr;
    std::vector<AddedEngine> added;
    std::vector<Listener> listeners;
    std::unique_ptr<ScenarioRun> run;

    /// The World is built when it is known which engines join.
    ScenarioRun& built() {
        if (run == nullptr) run = std::make_unique<ScenarioRun>(scenario, run_options, added);
        return *run;
    }
};

}  // namespace utsim

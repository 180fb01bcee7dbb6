// SPDX-License-Identifier: MIT
/// What a `Simulation` is made of, for the rooms that add to it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include <utsim/simulation.hpp>

#include "scenario/run.hpp"
#include "sched/schedule.hpp"

namespace utsim {

struct Simulation::Parts {
    explicit Parts(const Scenario& s) : scenario(s) {}

    Scenario scenario;
    RunOptions options;  ///< as they were given
    ScenarioRunOptions run_options;
    Schedule schedule;
    bool follow = false;
    std::optional<std::uint64_t> seed;
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

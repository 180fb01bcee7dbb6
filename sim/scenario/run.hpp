// SPDX-License-Identifier: MIT
/// A scenario in a World: built once, run as often as somebody likes.
///
/// `Simulation` of the public headers, replay and the searches are all made of this.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <utsim/simulation.hpp>

#include "scenario/build.hpp"
#include "scenario/expect.hpp"
#include "scenario/scenario.hpp"
#include "sched/fault.hpp"
#include "sched/world.hpp"

namespace utsim {

/// What a caller can change about how the scenario is built.
struct ScenarioRunOptions {
    Granularity granularity = Granularity::lock;
    std::uint64_t quantum = 1;  ///< see `WorldOptions`
    /// Limits that somebody gave, which are not the scenario's, whatever their value; 0: none was
    /// given.
    std::uint64_t max_steps = 0;
    std::uint64_t max_instructions = 0;
    Semantics semantics = final_semantics();
    /// Another order than the scenario's own: what is expected of that alone is left out.
    bool any_order = false;
    FaultPlan faults;
};

/// The options for `scenario` with what `options` changes; its own words where that says nothing.
Result<ScenarioRunOptions> scenario_run_options(const Scenario& scenario,
                                                const RunOptions& options);

/// Emits what is known at the end of a run: each task, who is blocked on what, why it ended.
void tell_end(World& world, RunEnd end);

/// How a World is made for `scenario`.
WorldOptions scenario_world_options(const ScenarioData& scenario,
                                    const ScenarioRunOptions& options);

/// A World that holds the scenario as it is before its first step.
class ScenarioRun {
public:
    ScenarioRun(const Scenario& scenario, const ScenarioRunOptions& options,
                std::vector<AddedEngine> added = {});
    ~ScenarioRun();
    ScenarioRun(const ScenarioRun&) = delete;
    ScenarioRun& operator=(const ScenarioRun&) = delete;

    const Scenario& scenario() const { return scenario_; }
    World& world() { return *world_; }

    /// Back to the state before the first step, with nothing said about any expectation. Cheap:
    /// the built World was kept as a snapshot. The sink stays and is not told: whoever wants it to
    /// start over does that.
    void restart();

    /// `sink` hears every event after the expectations, beginning with those of the building (the
    /// engines that are attached at the start). Set it before `run`. Null: nobody.
    void set_sink(EventSink* sink);
    /// Without them a World has no sink unless somebody sets one, and is as fast as it gets.
    void judge_expectations(bool on);

    /// Runs on with `chooser` until the World says that it ended or paused. The first call of a run
    /// tells the events of the building before anything else.
    RunEnd run(Chooser& chooser);
    /// Emits what is known at the end (each task, who is blocked on what, why it ended) and closes
    /// the expectations. Once per run, after the last `run`.
    void finish(RunEnd end);

    /// What the expectations say; call it after `finish`, or in between for what is violated so
    /// far.
    std::vector<ExpectationResult> results() const;
    bool violated() const;
    /// Whether `end` is what the scenario says about its end (quiet, unless it says otherwise).
    bool ends_as_expected(RunEnd end) const;
    RunReport report(RunEnd end) const;

    /// The ops object of an engine of the scenario or of `added`; null for an unknown name.
    const EngineOps* engine_ops(std::string_view name) const;

private:
    struct Parts;
    Scenario scenario_;
    std::unique_ptr<Parts> parts_;  ///< holds the guests' pages, so it outlives the World
    std::unique_ptr<World> world_;
};

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Runs per second of a typical scenario: two engines, two controllers, about 200 scheduling points,
// no trace written. Also what a scheduling point costs in it, and where the rest goes.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <utsim/scenario.hpp>

#include "scenario/run.hpp"
#include "sched/choosers.hpp"

namespace {

using utsim::RandomWalk;
using utsim::RunEnd;
using utsim::ScenarioRun;

const char* const text = R"({
  "format": "utsim.scenario/1", "title": "two engines, two controllers",
  "tasks": [{"name": "t", "program": [
      {"op": "compute", "count": 30}, {"op": "syscall", "nr": "getpid", "ret": 7},
      {"op": "compute", "count": 45}], "idle_at_end": true}],
  "engines": [
    {"name": "a", "on": "t", "events": ["QUIESCE", "SYSCALL_ENTRY"], "default": {"quiesce:0": "STICKY"}},
    {"name": "b", "on": "t", "events": ["QUIESCE", "SYSCALL_EXIT"], "default": {"quiesce:0": "STICKY"}}],
  "controllers": [
    {"name": "x", "steps": [
      {"control": {"engine": "a", "action": "STOP"}}, {"control": {"engine": "a", "action": "RESUME"}},
      {"control": {"engine": "a", "action": "REPORT"}}, {"control": {"engine": "a", "action": "STOP"}},
      {"control": {"engine": "a", "action": "RESUME"}}]},
    {"name": "y", "steps": [
      {"control": {"engine": "b", "action": "INTERRUPT"}}, {"control": {"engine": "b", "action": "STOP"}},
      {"control": {"engine": "b", "action": "RESUME"}}, {"control": {"engine": "b", "action": "REPORT"}}]}]
})";

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Figures {
    double runs_per_second;
    double steps_per_run;
    double ns_per_step;
};

/// `restart_only` leaves the running out, to show what a restore costs.
Figures measure(ScenarioRun& run, int runs, bool restart_only) {
    std::uint64_t steps = 0;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < runs; ++i) {
        run.restart();
        if (restart_only) continue;
        RandomWalk chooser(static_cast<std::uint64_t>(i) + 1);
        run.run(chooser);
        steps += run.world().step();
    }
    const double seconds = seconds_since(start);
    const double all_steps = static_cast<double>(steps);
    return {runs / seconds, all_steps / runs, steps == 0 ? 0 : seconds * 1e9 / all_steps};
}

double measure_snapshots(ScenarioRun& run, int count) {
    run.restart();
    RandomWalk chooser(3);
    run.world().pause_at(60);
    run.run(chooser);
    utsim::World::Snapshot snapshot = run.world().snapshot();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
        run.world().snapshot(snapshot);
        run.world().restore(snapshot);
    }
    const double ns = seconds_since(start) * 1e9 / count;
    std::printf("  %-44s %10zu bytes\n", "one snapshot in the middle of a run", snapshot.size());
    return ns;
}

}  // namespace

int main() {
    utsim::Result<utsim::Scenario> scenario = utsim::load_scenario_text(text, "bench.json");
    if (!scenario.ok()) {
        std::printf("%s\n", scenario.errors().front().message.c_str());
        return EXIT_FAILURE;
    }
    ScenarioRun run(*scenario, {});
    constexpr int runs = 40000;
    const Figures judged = measure(run, runs / 4, false);
    run.judge_expectations(false);
    run.set_sink(nullptr);
    measure(run, runs / 8, false);  // warm
    const Figures bare = measure(run, runs, false);
    const Figures restart = measure(run, runs, true);
    std::printf("a scenario of two engines and two controllers, random walks\n");
    std::printf("  %-44s %10.0f\n", "runs a second, nobody listens", bare.runs_per_second);
    std::printf("  %-44s %10.0f\n", "runs a second, expectations listen", judged.runs_per_second);
    std::printf("  %-44s %10.1f\n", "scheduling points a run", bare.steps_per_run);
    std::printf("  %-44s %10.1f ns\n", "a scheduling point, all included", bare.ns_per_step);
    std::printf("  %-44s %10.1f ns\n", "restart (restore of the built World)",
                1e9 / restart.runs_per_second);
    const double snapshot_ns = measure_snapshots(run, 200000);
    std::printf("  %-44s %10.1f ns\n", "snapshot and restore in the middle of a run", snapshot_ns);
    return EXIT_SUCCESS;
}

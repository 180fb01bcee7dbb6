// SPDX-License-Identifier: MIT
// The search finds what it should, with the fewest switches, and says truly when nothing is left.
#include <utsim/explore.hpp>

#include "explore/search.hpp"
#include "explore/trial.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

Scenario load(const std::string& text) {
    Result<Scenario> scenario = load_scenario_text(text, "test.json");
    if (!scenario.ok())
        FAIL(scenario.errors().front().message << scenario.errors().front().pointer);
    return *scenario;
}

/// A RESUME and a DETACH that slip in between the STOP answer and the stop itself leave the task
/// traced with nobody to hold it.
const char* const orphan = R"({
  "format": "utsim.scenario/1", "title": "an orphaned stop",
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 4}], "idle_at_end": true}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [
    {"control": {"engine": "e", "action": "STOP"}},
    {"control": {"engine": "e", "action": "RESUME"}},
    {"detach": {"engine": "e"}}]}]
})";

const char* const harmless = R"({
  "format": "utsim.scenario/1", "title": "nothing to find",
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 2}]}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE"]}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "e", "action": "REPORT"}}]}]
})";

}  // namespace

TEST_CASE("the search finds an orphaned stop in the final utrace", "[explore]") {
    ExploreOptions options;
    options.preemptions = 3;
    options.contract = "I2";
    const Scenario scenario = load(orphan);
    Result<ExploreReport> report = explore(scenario, options);
    REQUIRE(report.ok());
    REQUIRE(report->verdict == ExploreVerdict::violated);
    REQUIRE(report->findings.size() == 1);
    const ExploreFinding& finding = report->findings.front();
    INFO(finding.kind << " " << finding.message << " " << finding.schedule);
    CHECK(finding.kind == "I2");
    // The schedule reproduces it.
    Trial trial(scenario, {}, *ContractChoice::parse("I2"));
    Result<Schedule> schedule = parse_schedule(finding.schedule);
    REQUIRE(schedule.ok());
    const std::vector<Failure> failures = trial.try_schedule(*schedule);
    REQUIRE(failures.size() == 1);
    CHECK(failures.front().kind == finding.kind);
}

TEST_CASE("a search that finds nothing says that it was exhaustive", "[explore]") {
    ExploreOptions options;
    Result<ExploreReport> report = explore(load(harmless), options);
    REQUIRE(report.ok());
    CHECK(report->verdict == ExploreVerdict::held);
    CHECK(report->exhaustive);
    CHECK(report->all_orders);
    CHECK(report->states > 10);
    options.strategy = ExploreStrategy::exhaustive;
    options.preemptions = 2;
    report = explore(load(harmless), options);
    CHECK(report->exhaustive);
    CHECK_FALSE(report->all_orders);
    CHECK(report->complete_within == 2);
    CHECK(report->schedules > 10);
}

TEST_CASE("a larger bound has more schedules, and the search repeats itself", "[explore]") {
    std::uint64_t before = 0;
    for (std::uint32_t bound = 0; bound <= 2; ++bound) {
        ExploreOptions options;
        options.strategy = ExploreStrategy::exhaustive;
        options.preemptions = bound;
        Result<ExploreReport> first = explore(load(harmless), options);
        Result<ExploreReport> second = explore(load(harmless), options);
        REQUIRE(first->schedules == second->schedules);
        REQUIRE(first->steps == second->steps);
        REQUIRE(first->schedules > before);
        before = first->schedules;
    }
}

TEST_CASE("random walks find it too, and stop when told", "[explore]") {
    ExploreOptions options;
    options.strategy = ExploreStrategy::random;
    options.runs = 20000;
    Result<ExploreReport> report = explore(load(orphan), options);
    REQUIRE(report->verdict == ExploreVerdict::violated);
    const std::atomic<bool> stop = true;
    options.stop = &stop;
    report = explore(load(harmless), options);
    CHECK(report->verdict == ExploreVerdict::stopped);
    CHECK(report->interrupted);
    CHECK_FALSE(report->exhaustive);
}

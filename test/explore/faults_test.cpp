// SPDX-License-Identifier: MIT
// Faults are choices: there are none unless somebody asks, they stand in schedules, and a schedule
// with them is enough to see them again.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <utsim/explore.hpp>
#include <utsim/simulation.hpp>

#include "explore/search.hpp"
#include "scenario/faults.hpp"
#include "sched/state_key.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

Scenario load(const std::string& parts) {
    Result<Scenario> scenario = load_scenario_text(
        R"({"format": "utsim.scenario/1", "title": "a test", )" + parts, "test.json");
    if (!scenario.ok())
        FAIL(scenario.errors().front().message << scenario.errors().front().pointer);
    return *scenario;
}

/// A task that sleeps, and somebody who attaches to it.
const char* const sleeper = R"(
  "tasks": [{"name": "t", "program": [{"op": "pause"}, {"op": "compute"}], "idle_at_end": true,
             "handlers": {"SIGUSR1": {"program": [{"op": "compute"}]}}}],
  "engines": [{"name": "e", "attach": "controller", "events": ["QUIESCE"]}],
  "controllers": [{"name": "c", "steps": [{"attach": {"engine": "e", "task": "t"}, "expect": 0}]}]})";

/// Somebody who lets the other one go after a while, which is always long enough.
const char* const patient = R"(
  "tasks": [{"name": "t", "program": [{"op": "pause"}], "idle_at_end": true}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
  "controllers": [
    {"name": "p", "steps": [{"await": {"ticks": 50}}, {"control": {"engine": "e", "action": "DETACH"}}]},
    {"name": "c", "steps": [{"control": {"engine": "e", "action": "STOP"}}, {"await": {"idle": true}},
                            {"control": {"engine": "e", "action": "RESUME"}}]}]})";

/// Notes every schedule, every failure and every final state.
class Notes final : public SearchClient {
public:
    explicit Notes(Trial& trial) : trial_(trial), keys_(at_the_start(trial)) {
        keys_.leave_out("stacks");
        keys_.leave_out("sink");
    }
    void found(const Failure& failure) override { outcomes.insert(failure.kind); }
    void ended(RunEnd end) override {
        const StateKey key = keys_.key();
        outcomes.insert(std::string(run_end_name(end)) + std::to_string(key.high) + "-" +
                        std::to_string(key.low));
        schedules.push_back(format_schedule(trial_.schedule()));
    }
    bool go_on(const SearchCounts&) override { return true; }
    std::set<std::string> outcomes;
    std::vector<std::string> schedules;

private:
    static World& at_the_start(Trial& trial) {
        trial.restart();
        return trial.world();
    }
    Trial& trial_;
    StateKeys keys_;
};

ScenarioRunOptions with_faults(const char* faults, std::uint32_t at_most = 1) {
    ScenarioRunOptions options;
    options.faults = *parse_faults(faults, at_most);
    return options;
}

std::size_t faults_of(const std::string& schedule) {
    return static_cast<std::size_t>(std::count(schedule.begin(), schedule.end(), ';'));
}

}  // namespace

TEST_CASE("a list of faults", "[faults]") {
    const Result<FaultPlan> all =
        parse_faults("alloc,spurious-wake,signal:SIGUSR1,kill,time-passes", 3);
    REQUIRE(all.ok());
    CHECK(all->allocations);
    CHECK(all->spurious_wakes);
    CHECK(all->kills);
    CHECK(all->time_passes);
    CHECK(all->signal == 10);
    CHECK(all->at_most == 3);
    CHECK_FALSE(parse_faults("", 1)->any());
    for (const char* wrong : {"alloc,", "signal", "signal:", "signal:USR1", "kil", ","}) {
        INFO(wrong);
        const Result<FaultPlan> plan = parse_faults(wrong, 1);
        REQUIRE_FALSE(plan.ok());
        CHECK(plan.errors().front().code == "E-RUN-003");
    }
}

TEST_CASE("each kind of fault happens, and its schedule shows it again", "[faults]") {
    const Scenario scenario = load(sleeper);
    for (const char* faults : {"alloc", "spurious-wake", "signal:SIGUSR1", "kill"}) {
        INFO(faults);
        Trial trial(scenario, with_faults(faults), ContractChoice::none());
        Notes notes(trial);
        search_sampled(trial, Sampler::mixed, 1, 200, notes);
        std::size_t seen = 0;
        for (const std::string& schedule : notes.schedules) {
            CHECK(faults_of(schedule) <= 1);
            if (faults_of(schedule) == 0) continue;
            ++seen;
            const std::string word = std::string(faults).substr(0, std::string(faults).find(':'));
            CHECK(schedule.find(";" + word + "@") != std::string::npos);
            RunOptions options;
            options.schedule = schedule;
            const Result<RunReport> report = run_scenario(scenario, options);
            REQUIRE(report.ok());
            CHECK(report->schedule == schedule);
        }
        CHECK(seen > 10);
    }
}

TEST_CASE("time passes for who sleeps although others could run", "[faults]") {
    const Scenario scenario = load(patient);
    Trial without(scenario, {}, ContractChoice::none());
    Notes usual(without);
    search_states(without, 2, {}, usual);
    Trial trial(scenario, with_faults("time-passes"), ContractChoice::none());
    Notes states(trial);
    search_states(trial, 2, {}, states);
    CHECK(states.outcomes.size() > usual.outcomes.size());
    for (std::uint32_t bound = 0; bound <= 1; ++bound) {
        Notes schedules(trial);
        for (std::uint32_t b = 0; b <= bound; ++b) search_bound(trial, b, {}, schedules);
        Notes once(trial);
        search_states(trial, bound, {}, once);
        CHECK(once.outcomes == schedules.outcomes);
        std::size_t seen = 0;
        for (const std::string& schedule : schedules.schedules) {
            if (faults_of(schedule) == 0 || ++seen % 16 != 1) continue;
            CHECK(schedule.find(";time-passes@") != std::string::npos);
            RunOptions options;
            options.schedule = schedule;
            const Result<RunReport> report = run_scenario(scenario, options);
            REQUIRE(report.ok());
            CHECK(report->schedule == schedule);
        }
        CHECK(seen > 5);
    }
}

TEST_CASE("without faults nothing is asked", "[faults]") {
    const Scenario scenario = load(sleeper);
    Trial trial(scenario, {}, ContractChoice::none());
    Notes notes(trial);
    search_sampled(trial, Sampler::mixed, 1, 50, notes);
    for (const std::string& schedule : notes.schedules) CHECK(faults_of(schedule) == 0);
    CHECK(trial.world().choices_made(ChoiceKind::kill) == 0);
    CHECK(trial.world().choices_made(ChoiceKind::allocation_fails) == 0);
}

TEST_CASE("a failing allocation is found, and replays", "[faults]") {
    const Scenario scenario = load(sleeper);
    ExploreOptions options;
    options.contract = "none";
    CHECK(explore(scenario, options)->findings.empty());
    options.faults = "alloc";
    const Result<ExploreReport> report = explore(scenario, options);
    REQUIRE(report.ok());
    CHECK(report->exhaustive);
    CHECK(report->all_orders);
    REQUIRE(report->findings.size() == 1);
    CHECK(report->findings.front().schedule.find(";alloc@") != std::string::npos);
    RunOptions replay;
    replay.schedule = report->findings.front().schedule;
    CHECK(run_scenario(scenario, replay)->violations() == 1);
}

TEST_CASE("as many faults as are allowed", "[faults]") {
    const Scenario scenario = load(sleeper);
    std::size_t most = 0;
    for (const std::uint32_t at_most : {1u, 2u, 3u}) {
        Trial trial(scenario, with_faults("alloc,spurious-wake,signal:SIGUSR1,kill", at_most),
                    ContractChoice::none());
        Notes notes(trial);
        search_sampled(trial, Sampler::mixed, 1, 300, notes);
        most = 0;
        for (const std::string& schedule : notes.schedules) {
            most = std::max(most, faults_of(schedule));
        }
        CHECK(most == at_most);
    }
}

TEST_CASE("with faults too, each state once shows what all schedules show", "[faults]") {
    // The engine is there from the start, so a signal's record is all that is made on the way.
    const Scenario scenario = load(R"(
  "tasks": [{"name": "t", "program": [{"op": "pause"}, {"op": "compute"}], "idle_at_end": true,
             "handlers": {"SIGUSR1": {"program": [{"op": "compute"}]}}}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "e", "action": "STOP"}}]}]})");
    for (const char* faults : {"spurious-wake", "signal:SIGUSR1", "kill"}) {
        for (std::uint32_t bound = 0; bound <= 1; ++bound) {
            INFO(faults << ", bound " << bound);
            Trial trial(scenario, with_faults(faults), ContractChoice::none());
            Notes schedules(trial);
            for (std::uint32_t b = 0; b <= bound; ++b) search_bound(trial, b, {}, schedules);
            Notes states(trial);
            search_states(trial, bound, {}, states);
            CHECK(states.outcomes == schedules.outcomes);
        }
    }
}

TEST_CASE("an actor that a fault has killed is found dead", "[faults]") {
    const Scenario scenario = load(std::string(R"(
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 3}], "idle_at_end": true}],
  "expect": [{"final": {"t": {"exit_state": "ALIVE"}}}]})"));
    ExploreOptions options;
    options.contract = "none";
    options.faults = "kill";
    const Result<ExploreReport> report = explore(scenario, options);
    REQUIRE(report.ok());
    REQUIRE_FALSE(report->findings.empty());
    const std::string& schedule = report->findings.front().schedule;
    CHECK(schedule.find(";kill@") != std::string::npos);
}

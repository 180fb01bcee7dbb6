// SPDX-License-Identifier: MIT
// Samplers find what is to be found, repeat themselves, and do not turn in place.
#include <algorithm>
#include <string>
#include <vector>

#include <utsim/explore.hpp>

#include "explore/defects.hpp"
#include "explore/pct.hpp"
#include "explore/pos.hpp"
#include "explore/sample_tally.hpp"
#include "explore/search.hpp"
#include "sched/run_digest.hpp"
#include "support/testing.hpp"

using namespace utsim;
using testing::Defect;

namespace {

Scenario load(const std::string& text) {
    Result<Scenario> scenario = load_scenario_text(text, "test.json");
    if (!scenario.ok())
        FAIL(scenario.errors().front().message << scenario.errors().front().pointer);
    return *scenario;
}

Scenario load(const Defect& defect) {
    return load(std::string(testing::defect_begin) + defect.parts);
}

/// Keeps what was run.
class Runs final : public SearchClient {
public:
    explicit Runs(Trial& trial) : trial_(trial) {}
    void found(const Failure& failure) override { failures.push_back(failure.kind); }
    void ended(RunEnd end) override {
        schedules.push_back(format_schedule(trial_.schedule()));
        ends.push_back(end);
    }
    bool go_on(const SearchCounts&) override { return true; }
    std::vector<std::string> schedules, failures;
    std::vector<RunEnd> ends;

private:
    Trial& trial_;
};

constexpr Sampler samplers[] = {Sampler::pos, Sampler::pct, Sampler::random, Sampler::mixed};

ExploreOptions options_for(const Defect& defect) {
    ExploreOptions options;
    options.semantics = defect.semantics;
    options.contract = defect.contract;
    options.first = true;
    return options;
}

bool shows(const ExploreReport& report, const std::string& kind) {
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [&kind](const ExploreFinding& finding) { return finding.kind == kind; });
}

/// Two who poll: one for a target that is held in a callback of somebody who polls for it.
const char* const pollers = R"({
  "format": "utsim.scenario/1", "title": "barriers and examinations",
  "tasks": [{"name": "t", "program": [{"op": "syscall", "nr": 39}, {"op": "compute", "count": 6},
                                      {"op": "syscall", "nr": 39}], "idle_at_end": true}],
  "engines": [{"name": "a", "on": "t", "events": ["QUIESCE", "SYSCALL_ENTRY", "SYSCALL_EXIT"],
               "default": {"quiesce:0": "STICKY"}}],
  "controllers": [
    {"name": "c", "steps": [{"set_events": {"engine": "a", "events": ["SYSCALL_ENTRY", "QUIESCE"]}},
                            {"barrier": {"engine": "a"}}, {"barrier": {"engine": "a"}}]},
    {"name": "d", "steps": [{"control": {"engine": "a", "action": "STOP"}},
                            {"prepare_examine": {"engine": "a"}},
                            {"finish_examine": {"engine": "a"}},
                            {"control": {"engine": "a", "action": "RESUME"}},
                            {"barrier": {"engine": "a"}}]}]
})";

}  // namespace

TEST_CASE("each seeded defect is found by states", "[samplers]") {
    for (const Defect& defect : testing::defects) {
        INFO(defect.name);
        const Result<ExploreReport> report = explore(load(defect), options_for(defect));
        REQUIRE(report.ok());
        CHECK(shows(*report, defect.shown_by));
        if (!defect.rare) CHECK(report->samples == 0);
    }
}

TEST_CASE("each seeded defect is found by the samples behind the states", "[samplers]") {
    for (const Defect& defect : testing::defects) {
        if (defect.rare) continue;
        INFO(defect.name);
        ExploreOptions options = options_for(defect);
        options.max_states = 1;
        const Result<ExploreReport> report = explore(load(defect), options);
        REQUIRE(report.ok());
        CHECK(shows(*report, defect.shown_by));
        CHECK(report->samples <= 10'000);
    }
}

TEST_CASE("a run follows from its seed alone", "[samplers]") {
    constexpr std::uint64_t runs = 24;
    Trial trial(load(pollers), {}, ContractChoice::none());
    for (const Sampler sampler : samplers) {
        Runs together(trial);
        search_sampled(trial, sampler, 100, runs, together);
        REQUIRE(together.schedules.size() == runs);
        for (std::uint64_t i = 0; i < runs; ++i) {
            Runs alone(trial);
            search_sampled(trial, sampler, 100 + i, 1, alone);
            CHECK(alone.schedules.front() == together.schedules[i]);
        }
    }
}

TEST_CASE("strategies repeat themselves", "[samplers]") {
    for (const ExploreStrategy strategy :
         {ExploreStrategy::automatic, ExploreStrategy::states, ExploreStrategy::exhaustive,
          ExploreStrategy::pos, ExploreStrategy::pct, ExploreStrategy::random}) {
        ExploreOptions options;
        options.strategy = strategy;
        options.runs = 300;
        options.max_states = 2000;
        options.preemptions = 1;
        const Scenario scenario = load(testing::defects[0]);
        const Result<ExploreReport> first = explore(scenario, options);
        const Result<ExploreReport> second = explore(scenario, options);
        REQUIRE(first.ok());
        CHECK(first->schedules == second->schedules);
        CHECK(first->steps == second->steps);
        CHECK(first->states == second->states);
        CHECK(first->different == second->different);
        REQUIRE(first->findings.size() == second->findings.size());
        for (std::size_t i = 0; i < first->findings.size(); ++i) {
            CHECK(first->findings[i].original_schedule == second->findings[i].original_schedule);
            CHECK(first->findings[i].schedule == second->findings[i].schedule);
        }
    }
}

TEST_CASE("a polling loop keeps nobody from going on", "[samplers]") {
    for (const char* granularity : {"lock", "access"}) {
        ScenarioRunOptions options;
        options.granularity =
            granularity == std::string("lock") ? Granularity::lock : Granularity::access;
        options.max_steps = 20'000;
        Trial trial(load(pollers), options, ContractChoice::none());
        for (const Sampler sampler : samplers) {
            Runs runs(trial);
            search_sampled(trial, sampler, 1, 400, runs);
            CHECK(std::count(runs.ends.begin(), runs.ends.end(), RunEnd::quiet) == 400);
        }
    }
}

TEST_CASE("samples are told apart by what actors can see", "[samplers]") {
    // Two actors that share a lock, and meet there in two orders; what else they do is their own.
    const auto digest_of = [](const std::string& order) {
        RunDigest digest;
        const PointObject lock{PointObject::Kind::lock, LockClass::test, 0};
        for (const char c : order) {
            const ActorId actor{static_cast<std::uint32_t>(c == 'A' || c == 'a' ? 0 : 1)};
            const bool takes = c == 'A' || c == 'B';
            digest.passes(actor, {takes ? PointKind::lock : PointKind::user, "", {}});
            if (takes) digest.takes(actor, lock);
        }
        return digest.value();
    };
    CHECK(digest_of("aAbB") == digest_of("baAB"));
    CHECK(digest_of("aAbB") != digest_of("bBaA"));
    CHECK(digest_of("aAbB") != digest_of("aAbBb"));
    // Many locks: the table grows, and forgets everything when a new run begins.
    RunDigest digest;
    std::uint64_t last = 0;
    for (int round = 0; round < 2; ++round) {
        digest.restart();
        for (std::uint32_t i = 0; i < 1000; ++i) {
            digest.takes(ActorId{i % 3}, {PointObject::Kind::cell, LockClass::none, i});
        }
        CHECK((round == 0 || digest.value() == last));
        last = digest.value();
    }

    Trial trial(load(pollers), {}, ContractChoice::none());
    for (const Sampler sampler : samplers) {
        Runs runs(trial);
        const SearchResult result = search_sampled(trial, sampler, 1, 300, runs);
        std::vector<std::string> schedules = runs.schedules;
        std::sort(schedules.begin(), schedules.end());
        const auto end = std::unique(schedules.begin(), schedules.end());
        CHECK(result.digests.size() > 10);
        CHECK(result.digests.size() <= static_cast<std::size_t>(end - schedules.begin()));
    }
}

TEST_CASE("samples that are drawn in parts come to the same", "[samplers]") {
    Trial trial(load(pollers), {}, ContractChoice::none());
    Runs runs(trial);
    SampleTally whole;
    whole.add(search_sampled(trial, Sampler::mixed, 1, 200, runs));
    SampleTally parts;
    for (const std::uint64_t first : {151, 1, 51, 101}) {
        parts.add(search_sampled(trial, Sampler::mixed, first, 50, runs));
    }
    ExploreReport a;
    ExploreReport b;
    whole.tell(a);
    parts.tell(b);
    CHECK(a.samples == b.samples);
    CHECK(a.different == b.different);
    CHECK(a.pct.runs_of_depth == b.pct.runs_of_depth);
    CHECK(a.pct.bound == b.pct.bound);
    CHECK(a.pct.longer == b.pct.longer);
}

TEST_CASE("the bound of PCT", "[samplers]") {
    CHECK(pct_bound(3, 100, 1) == 3);
    CHECK(pct_bound(3, 100, 3) == 30'000);
    CHECK(pct_bound(1000, 1'000'000'000, 6) == ~std::uint64_t{0});
    ExploreOptions options;
    options.strategy = ExploreStrategy::pct;
    options.runs = 200;
    const Result<ExploreReport> report = explore(load(testing::defects[1]), options);
    CHECK(report->pct.runs == 200);
    CHECK(report->pct.runs_of_depth > 20);
    CHECK(report->pct.actors == 2);
    CHECK(report->pct.bound == 2 * report->pct.choices * report->pct.choices);
}

TEST_CASE("which steps race", "[samplers]") {
    Actor a;
    Actor b;
    const PointObject lock{PointObject::Kind::lock, LockClass::utrace, 1};
    a.point = {PointKind::lock, "", lock};
    b.point = a.point;
    CHECK(next_steps_race(a, b));
    b.point.object.id = 2;
    CHECK_FALSE(next_steps_race(a, b));
    b.point = {PointKind::unlock, "", lock};
    CHECK_FALSE(next_steps_race(a, b));
    a.point = b.point = {PointKind::controller, "", {}};
    CHECK_FALSE(next_steps_race(a, b));
    // Before a callback and inside it: both are about the engine.
    a.point = {PointKind::callback, "", about(EngineId{1})};
    b.point = {PointKind::in_callback, "", about(EngineId{1})};
    CHECK(next_steps_race(a, b));
    b.point.object.id = 2;
    CHECK_FALSE(next_steps_race(a, b));
}

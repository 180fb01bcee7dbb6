// SPDX-License-Identifier: MIT
// The search finds what it should, with the fewest switches, and says truly when nothing is left.
#include <algorithm>

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

/// -ESRCH of a barrier is to say that all callbacks are over. Whoever reaps the task while its
/// death is being reported is told so too early. The callback has no body in which that could
/// happen.
const char* const reaped_in_callback = R"({
  "format": "utsim.scenario/1", "title": "a barrier beside a report of death",
  "tasks": [{"name": "t", "program": [{"op": "compute"}], "parent": "c"}],
  "engines": [{"name": "e", "on": "t", "events": ["DEATH"]}],
  "controllers": [{"name": "c", "steps": [
    {"await": {"task": "t", "exit_state": "ZOMBIE"}},
    {"reap": {"task": "t"}},
    {"barrier": {"engine": "e"}}]}]
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

TEST_CASE("the search lets others act inside a callback without a body", "[explore]") {
    const Scenario scenario = load(reaped_in_callback);
    for (const ExploreStrategy strategy : {ExploreStrategy::states, ExploreStrategy::exhaustive,
                                           ExploreStrategy::pos, ExploreStrategy::random}) {
        INFO(static_cast<int>(strategy));
        ExploreOptions options;
        options.strategy = strategy;
        options.contract = "C-232";
        options.runs = 2000;
        const Result<ExploreReport> report = explore(scenario, options);
        REQUIRE(report.ok());
        const auto finding = std::find_if(
            report->findings.begin(), report->findings.end(), [](const ExploreFinding& f) {
                return f.message == "a barrier for e says -ESRCH while a callback of it runs";
            });
        REQUIRE(finding != report->findings.end());
        RunOptions again;
        again.schedule = finding->schedule;
        Result<Simulation> simulation = Simulation::create(scenario, again);
        REQUIRE(simulation.ok());
        std::string order;
        simulation->listen([&order](const Event& event, const NameTable&) {
            if (event.kind == EventKind::callback) order += '(';
            if (event.kind == EventKind::callback_end) order += ')';
            const bool barrier =
                event.kind == EventKind::api && event.value[*find_field(EventKind::api, "call")] ==
                                                    static_cast<std::int64_t>(ApiCall::barrier);
            if (barrier) order += 'b';
        });
        simulation->run();
        CHECK(order == "(b)");
    }
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

namespace {

/// Answers STOP to the first report, and then forgets that it did.
class Forgetful final : public EngineOps {
public:
    std::uint32_t report_quiesce(std::uint32_t, Engine&, std::uint64_t event) override {
        if (event != 0) return UTRACE_RESUME;
        return ++calls_ == 1 ? UTRACE_STOP : UTRACE_RESUME;
    }

private:
    int calls_ = 0;
};

}  // namespace

TEST_CASE("engines in C++ are searched with", "[explore]") {
    const Scenario scenario = load(R"({
      "format": "utsim.scenario/1", "title": "a stop that nobody ends",
      "tasks": [{"name": "t", "program": [{"op": "compute"}]}],
      "controllers": [{"name": "c", "steps": [{"state": {"task": "t"}}]}],
      "expect": [{"final": {"t": {"exit": 0}}}]
    })");
    Result<Simulation> simulation = Simulation::create(scenario);
    REQUIRE(simulation.ok());
    simulation->add_engine<Forgetful>({"f", "t", UTRACE_EVENT(EVENT_QUIESCE)});
    ExploreOptions options;
    options.contract = "none";
    for (const unsigned jobs : {1u, 2u}) {
        options.jobs = jobs;
        const Result<ExploreReport> report = simulation->explore(options);
        REQUIRE(report.ok());
        CHECK(report->all_orders);
        CHECK(report->verdict == ExploreVerdict::held);  // it has QUIESCE, but nobody asked
    }
}

TEST_CASE("findings are the same with any number of threads", "[explore]") {
    for (const ExploreStrategy strategy : {ExploreStrategy::automatic, ExploreStrategy::random}) {
        std::string before;
        for (const unsigned jobs : {1u, 2u, 3u}) {
            ExploreOptions options;
            options.strategy = strategy;
            options.jobs = jobs;
            options.runs = 2000;
            options.contract = "I2,C-257";
            const Result<ExploreReport> report = explore(load(orphan), options);
            REQUIRE(report.ok());
            std::string all = std::to_string(report->schedules) + "/" +
                              std::to_string(report->steps) + "/" + std::to_string(report->states);
            for (const ExploreFinding& finding : report->findings) {
                all += "\n" + finding.kind + " " + finding.message + " " + finding.schedule + " " +
                       std::to_string(finding.times);
            }
            CHECK(report->findings.size() >= 1);
            CHECK((before.empty() || before == all));
            before = all;
        }
    }
}

TEST_CASE("a World that was used before counts the same states", "[explore]") {
    // Fibers of clones begin on stacks that earlier runs have used.
    const Scenario scenario = load(R"({
      "format": "utsim.scenario/1",
      "tasks": [{"name": "t", "program": [{"op": "clone", "child": "child", "flags": ["THREAD"]}]}],
      "children": [{"name": "child"}],
      "engines": [{"name": "e", "on": "t", "events": ["CLONE", "QUIESCE"]}],
      "controllers": [{"name": "c", "steps": [{"control": {"engine": "e", "action": "REPORT"}}]}]})");
    Trial fresh(scenario, {}, ContractChoice::none());
    Trial used(scenario, {}, ContractChoice::none());
    class : public SearchClient {
        void found(const Failure&) override {}
        bool go_on(const SearchCounts&) override { return true; }
    } client;
    search_sampled(used, Sampler::mixed, 1, 300, client);
    search_states(used, 1, {}, client);
    CHECK(search_states(used, 2, {}, client).counts.states ==
          search_states(fresh, 2, {}, client).counts.states);
}

TEST_CASE("runs that a limit ends show nothing within a bound", "[explore]") {
    std::string text = harmless;
    text.insert(text.rfind('}'), R"(, "limits": {"steps": 20})");
    for (const ExploreStrategy strategy : {ExploreStrategy::states, ExploreStrategy::exhaustive}) {
        ExploreOptions options;
        options.strategy = strategy;
        options.preemptions = 1;
        const Result<ExploreReport> report = explore(load(text), options);
        REQUIRE(report.ok());
        CHECK(report->cut > 0);
        CHECK(report->gap == ExploreGap::cut);
        CHECK_FALSE(report->complete_within.has_value());
        CHECK_FALSE(report->exhaustive);
    }
}

TEST_CASE("a breach counts once, however much comes behind it", "[explore]") {
    ExploreOptions options;
    options.strategy = ExploreStrategy::states;
    options.contract = "I2";
    const Result<ExploreReport> report = explore(load(orphan), options);
    REQUIRE(report.ok());
    REQUIRE_FALSE(report->findings.empty());
    for (const ExploreFinding& finding : report->findings) {
        CHECK(finding.times <= report->schedules);
    }
}

TEST_CASE("two who turn for ever are searched as far as was asked, and told once", "[explore]") {
    const Scenario scenario = load(R"({
      "format": "utsim.scenario/1",
      "tasks": [{"name": "a", "asm": ["loop: jmp loop"]}, {"name": "b", "asm": ["loop: jmp loop"]}],
      "limits": {"steps": 100000}})");
    ExploreOptions options;
    options.max_states = 31'000;  // behind the first guess of how many there are
    options.runs = 1;
    const Result<ExploreReport> report = explore(scenario, options);
    REQUIRE(report.ok());
    CHECK(report->states <= 31'001);
}

TEST_CASE("more runs than there is memory for can be asked for", "[explore]") {
    ExploreOptions options;
    options.strategy = ExploreStrategy::random;
    options.contract = "none";
    options.budget_ms = 200;
    options.runs = ~std::uint64_t{0};
    const Result<ExploreReport> report = explore(load(harmless), options);
    REQUIRE(report.ok());
    CHECK(report->samples > 0);
    CHECK(report->gap == ExploreGap::budget);
}

TEST_CASE("what a scenario allows is counted apart, and what it says of its own order left out",
          "[explore]") {
    std::string text = orphan;
    text.insert(text.rfind('}'), R"(, "may_break": ["I2"],
        "in_this_order": [{"never": {"kind": "callback"}}])");
    ExploreOptions options;
    options.contract = "I2";
    Result<ExploreReport> report = explore(load(text), options);
    REQUIRE(report.ok());
    CHECK(report->findings.empty());
    REQUIRE(report->allowed.size() == 1);
    CHECK(report->allowed.front().clause == "I2");
    text.replace(text.rfind("\"I2\""), 4, "\"I99\"");
    report = explore(load(text), options);
    REQUIRE_FALSE(report.ok());
    CHECK(report.errors().front().pointer == "/may_break/0");
}

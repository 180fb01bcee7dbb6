// SPDX-License-Identifier: MIT
// Checks of whole semantics: the same for everybody, small findings, files that hold.
#include <utsim/check.hpp>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <utsim/explore.hpp>
#include <utsim/simulation.hpp>

#include "check/court.hpp"
#include "check/windows.hpp"
#include "contract/clause.hpp"
#include "explore/contract_run.hpp"
#include "explore/generate.hpp"
#include "explore/search.hpp"
#include "semantics/parse.hpp"

namespace utsim {

namespace {

CheckOptions small(std::uint64_t count) {
    CheckOptions options;
    options.count = count;
    options.deep_states = 100;
    return options;
}

/// All that does not depend on the machine.
std::string digest_of(const CheckReport& report) {
    std::string out = std::to_string(report.scenarios) + " " + std::to_string(report.runs) + " " +
                      std::to_string(report.states) + " " + std::to_string(report.kept) + " " +
                      std::to_string(report.coverage.ways) + "\n";
    for (const CheckFinding& finding : report.findings) {
        out += finding.clause + " " + std::to_string(finding.index) + " " +
               std::to_string(finding.scenarios) + " " + finding.scenario + "\n";
        for (const std::string& version : finding.broken_in) out += version + " ";
        for (const std::string& sentence : finding.story) out += sentence + "\n";
    }
    return out;
}

CheckReport checked(const CheckOptions& options) {
    Result<CheckReport> report = check(options);
    REQUIRE(report.ok());
    return std::move(*report);
}

}  // namespace

TEST_CASE("the same seed finds the same with any number of threads", "[check]") {
    CheckOptions options = small(700);
    const std::string alone = digest_of(checked(options));
    for (const unsigned jobs : {2u, 5u}) {
        options.jobs = jobs;
        CHECK(digest_of(checked(options)) == alone);
    }
    options.seed = 2;
    CHECK(digest_of(checked(options)) != alone);
}

TEST_CASE("a finding's file breaks what it says, and nothing else", "[check]") {
    const CheckReport report = checked(small(1500));
    REQUIRE(report.findings.size() > 10);
    std::set<std::pair<std::string, std::vector<std::string>>> distinct;
    for (const CheckFinding& finding : report.findings) {
        INFO(finding.scenario);
        CHECK(distinct.insert({finding.clause, finding.functions}).second);
        const Result<Scenario> scenario = load_scenario_text(finding.scenario, "finding");
        REQUIRE(scenario.ok());
        const Result<JudgedRun> run = run_judged(*scenario, {}, ContractChoice::all());
        REQUIRE(run.ok());
        CHECK(run->contract.held());
        const auto is_it = [&](const Violation& v) { return v.rule == finding.clause && !v.duty; };
        CHECK(std::any_of(run->contract.broken.begin(), run->contract.broken.end(), is_it));
        CHECK_FALSE(finding.story.empty());
        CHECK_FALSE(finding.promise.empty());
        // What is broken in F is among the versions that break it.
        CHECK(std::find(finding.broken_in.begin(), finding.broken_in.end(), "F") !=
              finding.broken_in.end());
    }
}

TEST_CASE("only what the other semantics keeps", "[check]") {
    CheckOptions options = small(500);
    options.kept_by = "F";
    CHECK(checked(options).findings.empty());
    options.semantics = "E2";
    const CheckReport report = checked(options);
    CHECK_FALSE(report.findings.empty());
    for (const CheckFinding& finding : report.findings) {
        INFO(finding.scenario);
        CHECK(std::find(finding.broken_in.begin(), finding.broken_in.end(), "F") ==
              finding.broken_in.end());
    }
}

TEST_CASE("earlier failures are tried first", "[check]") {
    const CheckReport before = checked(small(600));
    REQUIRE_FALSE(before.findings.empty());
    CheckOptions options = small(1);
    for (const CheckFinding& finding : before.findings) options.first.push_back(finding.scenario);
    options.first.emplace_back("this is no scenario");
    const CheckReport again = checked(options);
    for (const CheckFinding& finding : before.findings) {
        INFO(finding.clause << " in " << finding.functions[0]);
        CHECK(std::any_of(again.findings.begin(), again.findings.end(),
                          [&](const CheckFinding& f) { return f.clause == finding.clause; }));
    }
}

TEST_CASE("a court that needs a new World watches that one", "[check]") {
    const std::string text = generate_scenario(5, 0);
    std::string limited = text;
    limited.insert(1, R"("limits": {"instructions": 1000000}, )");
    const FeatureSet known;
    WindowWatch watch(known);
    Court court(parse_semantics("F")->semantics, ContractChoice::all(), 4000, false);
    court.set_watch(&watch);
    const auto features = [&](const std::string& scenario) {
        watch.begin_scenario();
        court.load(*load_scenario_text(scenario, "generated"));
        court.judge(Order{});
        return watch.fresh();
    };
    const auto first = features(text);
    REQUIRE_FALSE(first.empty());
    CHECK(features(limited) == first);
    CHECK(features(text) == first);
}

TEST_CASE("what is met when a check is stopped is told", "[check]") {
    std::atomic<bool> stop = false;
    CheckOptions options = small(2000);
    options.stop = &stop;
    options.progress = [&](const CheckProgress& progress) { stop = stop || progress.minimizing; };
    const CheckReport report = checked(options);
    CHECK(report.interrupted);
    CHECK(report.findings.empty());
    REQUIRE_FALSE(report.not_small.empty());
    CHECK_FALSE(report.not_small.front().promise.empty());
    // A deep search, or an earlier failure, does not keep a check from its end.
    stop = false;
    options = small(~std::uint64_t{0});
    options.deep_states = ~std::uint64_t{0};
    options.time_ms = 1;
    options.first = {generate_scenario(5, 0)};
    const CheckReport late = checked(options);
    CHECK(late.out_of_time);
    CHECK_FALSE(late.interrupted);
}

TEST_CASE("what is reached is counted", "[check]") {
    const CheckReport report = checked(small(400));
    CHECK(report.scenarios == 400);
    CHECK(report.coverage.windows.size() == windows().size());
    CHECK(report.coverage.ways > 500);
    std::size_t tested = 0;
    for (const CheckCoverage::Item& clause : report.coverage.clauses) tested += clause.reached;
    CHECK(tested > 150);
    // Clauses and windows have their features apart.
    CHECK(all_clauses().size() < first_window_feature);
    CHECK(windows().size() < first_way_feature - first_window_feature);
}

TEST_CASE("options of a check that mean nothing", "[check]") {
    CheckOptions options;
    options.semantics = "E9";
    CHECK_FALSE(check(options).ok());
    options = {};
    options.contract = "C-999";
    CHECK_FALSE(check(options).ok());
    options = {};
    options.generator.weights.emplace_back("no.such.weight", 1);
    CHECK_FALSE(check(options).ok());
    options = {};
    options.generator.focus = "no_such_call";
    CHECK_FALSE(check(options).ok());
}

TEST_CASE("a failing scenario is made small and fails in the same way", "[minimize]") {
    const NamedSemantics semantics = *parse_semantics("F");
    Court court(semantics.semantics, ContractChoice::all(), 4000, false);
    std::size_t tried = 0;
    for (std::uint64_t index = 0; tried < 8; ++index) {
        const std::string large = generate_scenario(5, index);
        court.load(*load_scenario_text(large, "large"));
        Order order;
        order.kind = Order::Kind::walk;
        order.seed = index;
        const std::vector<Saying> sayings = court.judge(order);
        if (sayings.empty()) continue;
        ++tried;
        const FindingKey key = key_of(sayings.front());
        MinimizeOptions options;
        options.schedule = format_schedule(court.stage().schedule());
        const Result<MinimizeReport> report = minimize_scenario(large, "large", options);
        INFO(large);
        REQUIRE(report.ok());
        CHECK(report->kind == key.clause);
        CHECK(report->finding->functions[0] == key.function);
        CHECK(report->after.bytes < report->before.bytes);
        CHECK(report->after.switches <= report->before.switches);
        CHECK(load_scenario_text(report->scenario, "small").ok());
    }
}

TEST_CASE("an expectation that fails is made small as well", "[minimize]") {
    const std::string text = R"({
      "format": "utsim.scenario/1",
      "title": "more than it takes",
      "tasks": [
        { "name": "a", "program": [ { "op": "compute", "count": 3 }, { "op": "pause" } ] },
        { "name": "b", "program": [ { "op": "compute" } ] } ],
      "engines": [ { "name": "e", "on": "a", "events": ["QUIESCE", "EXEC"] } ],
      "controllers": [
        { "name": "c", "steps": [
          { "control": { "engine": "e", "action": "STOP" } }, { "await": { "idle": true } } ] } ],
      "expect": [ { "final": { "b": { "exit_state": "ALIVE" } } } ]
    })";
    const Result<MinimizeReport> report = minimize_scenario(text, "s.json");
    REQUIRE(report.ok());
    CHECK(report->kind == "expect");
    CHECK(report->scenario.find("\"a\"") == std::string::npos);
    CHECK(report->scenario.find("\"controllers\"") == std::string::npos);
    CHECK(report->scenario.find("\"ALIVE\"") != std::string::npos);
    MinimizeOptions kept;
    kept.clause = "C-212";
    CHECK_FALSE(minimize_scenario(report->scenario, "s.json", kept).ok());
}

TEST_CASE("faults, turns and finer interruptions are part of a failing run", "[minimize]") {
    const std::string text = R"({
      "format": "utsim.scenario/1",
      "tasks": [
        { "name": "t1",
          "program": [ { "op": "compute", "count": 9 }, { "op": "exit", "code": 3 } ] },
        { "name": "t2",
          "program": [ { "op": "compute", "count": 3 }, { "op": "exit", "code": 3 } ] } ],
      "expect": [ { "final": { "t1": { "exit": 3 } } },
                  { "order": [ { "kind": "exit", "task": "t1" },
                               { "kind": "exit", "task": "t2" } ] } ] })";
    CHECK_FALSE(minimize_scenario(text, "s.json").ok());
    MinimizeOptions options;
    options.schedule = "A5;kill@5=1";
    const Result<MinimizeReport> killed = minimize_scenario(text, "s.json", options);
    REQUIRE(killed.ok());
    CHECK(killed->kind == "expect");
    options.schedule = "fair=1";
    const Result<MinimizeReport> fair = minimize_scenario(text, "s.json", options);
    REQUIRE(fair.ok());
    CHECK(fair->kind == "expect");
    CHECK(fair->after.switches <= fair->before.switches);
    options.granularity = "access";
    const Result<MinimizeReport> finer = minimize_scenario(text, "s.json", options);
    REQUIRE(finer.ok());
    CHECK(finer->scenario.find(R"("granularity": "access")") != std::string::npos);
    options.granularity = "word";
    CHECK_FALSE(minimize_scenario(text, "s.json", options).ok());
    // All of them fail as files, too.
    for (const MinimizeReport* report : {&*killed, &*fair, &*finer}) {
        INFO(report->scenario);
        CHECK(minimize_scenario(report->scenario, "small.json").ok());
    }
}

TEST_CASE("searches through states come to an end in whatever is generated", "[check]") {
    struct Nobody final : SearchClient {
        void found(const Failure&) override {}
        bool go_on(const SearchCounts& counts) override { return counts.states < 60; }
    } nobody;
    for (std::uint64_t index = 600; index < 900; ++index) {
        ScenarioRunOptions options;
        options.max_steps = 4000;
        options.any_order = true;
        Trial trial(*load_scenario_text(generate_scenario(5, index), "generated"), options);
        CHECK(search_states(trial, 1, SearchLimits{}, nobody).counts.states > 0);
    }
}

}  // namespace utsim

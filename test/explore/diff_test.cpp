// SPDX-License-Identifier: MIT
// A comparison finds what differs and nothing else: alignment, a semantics against itself, causes,
// and the shipped examples of every decision.
#include <utsim/diff.hpp>

#include <algorithm>

#include "explore/attribute.hpp"
#include "explore/generate.hpp"
#include "explore/scenario_gen.hpp"
#include "explore/shrink.hpp"
#include "semantics/decision_table.hpp"
#include "semantics/parse.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

Scenario load(const std::string& text) {
    Result<Scenario> scenario = load_scenario_text(text, "test.json");
    if (!scenario.ok())
        FAIL(scenario.errors().front().message << scenario.errors().front().pointer);
    return *scenario;
}

Semantics semantics(const std::string& text) { return parse_semantics(text)->semantics; }

/// Where two words meet again behind `at`.
std::pair<std::size_t, std::size_t> meeting(const std::string& a, const std::string& b,
                                            std::size_t at) {
    std::size_t left = ~std::size_t{0};
    std::size_t right = ~std::size_t{0};
    meet_again(
        at, a.size(), b.size(), [&](std::size_t i, std::size_t j) { return a[i] == b[j]; }, left,
        right);
    return {left, right};
}

constexpr std::pair<std::size_t, std::size_t> nowhere{~std::size_t{0}, ~std::size_t{0}};

const char* const two_guards = R"({
  "format": "utsim.scenario/1",
  "tasks": [{"name": "t", "program": [{"op": "syscall", "nr": "getpid"}, {"op": "exit"}]}],
  "engines": [
    {"name": "a", "events": ["SYSCALL_ENTRY"], "default": {"*": {"return": ["RESUME", "RUN"]}}},
    {"name": "b", "events": ["SYSCALL_ENTRY"], "default": {"*": {"return": ["RESUME", "ABORT"]}}}]
})";

const char* const step_on_running = R"({
  "format": "utsim.scenario/1",
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 3}], "idle_at_end": true}],
  "engines": [{"name": "e", "events": ["QUIESCE"]}],
  "controllers": [{"name": "c", "steps": [
    {"control": {"engine": "e", "action": "SINGLESTEP"}}]}]
})";

bool has_cause(const DiffReport& report, const std::string& name) {
    const auto& causes = report.runs.front().causes;
    return std::find(causes.begin(), causes.end(), name) != causes.end();
}

}  // namespace

TEST_CASE("two sequences meet again", "[diff]") {
    CHECK(meeting("abXcdef", "abcdef", 2) == std::pair<std::size_t, std::size_t>{3, 2});
    CHECK(meeting("abcdef", "abXYcdef", 2) == std::pair<std::size_t, std::size_t>{2, 4});
    CHECK(meeting("abXcdef", "abYcdef", 2) == std::pair<std::size_t, std::size_t>{3, 3});
    CHECK(meeting("abX", "abYZ", 2) == nowhere);
    CHECK(meeting("ab", "abcd", 2) == nowhere);
    // Two that agree by accident are no meeting unless nothing comes behind them.
    CHECK(meeting("XcdY", "ZcdW", 0) == nowhere);
    CHECK(meeting("Xcd", "Zcd", 0) == std::pair<std::size_t, std::size_t>{1, 1});
}

TEST_CASE("the order of syscall entry callbacks decides who has the last word", "[diff]") {
    const auto report = diff(load(two_guards), "F", "F,entry.order=first-attached-first");
    REQUIRE(report.ok());
    REQUIRE(report->differs());
    CHECK(has_cause(*report, "entry.order"));
    CHECK(report->runs.front().causes.size() == 1);
    CHECK_FALSE(diff(load(two_guards), "F", "F,step.callback=always")->differs());
}

TEST_CASE("a step on a running target: refused or stored", "[diff]") {
    const auto report = diff(load(step_on_running), "E1", "E2");
    REQUIRE(report.ok());
    CHECK(has_cause(*report, "step.running"));
    const auto& divergences = report->runs.front().divergences;
    const auto found =
        std::find_if(divergences.begin(), divergences.end(),
                     [](const DiffDivergence& one) { return one.observer == "controller"; });
    REQUIRE(found != divergences.end());
    CHECK(found->kind ==
          "controller: utrace_control(SINGLESTEP) = -EAGAIN | utrace_control(SINGLESTEP) = 0");
}

TEST_CASE("an unknown semantics is a mistake, not a crash", "[diff]") {
    CHECK_FALSE(diff(load(two_guards), "F", "E9").ok());
    CHECK_FALSE(diff_generated(10, "F,step.arm=never", "F").ok());
    DiffOptions options;
    options.schedule = "?";
    CHECK_FALSE(diff(load(two_guards), "F", "E1", options).ok());
}

TEST_CASE("generated scenarios can be loaded", "[diff]") {
    rc::check("every one", [] {
        const std::string text = *scenario_gen();
        const auto loaded = load_scenario_text(text, "generated");
        if (!loaded.ok()) RC_LOG() << text << "\n" << loaded.errors().front().message;
        RC_ASSERT(loaded.ok());
    });
    CHECK(generate_scenario(1, 7) == generate_scenario(1, 7));
    CHECK(generate_scenario(1, 7) != generate_scenario(2, 7));
}

TEST_CASE("nothing differs from itself", "[diff]") {
    for (const char* name : {"E1", "E2", "E4", "F", "flags-proposal"}) {
        INFO(name);
        const auto report = diff_generated(150, name, name);
        REQUIRE(report.ok());
        CHECK_FALSE(report->differs());
        CHECK(report->schedules == 450);
    }
}

TEST_CASE("the number of threads changes nothing", "[diff]") {
    DiffOptions one;
    one.threads = 1;
    DiffOptions three;
    three.threads = 3;
    const auto a = diff_generated(60, "E5", "F", one);
    const auto b = diff_generated(60, "E5", "F", three);
    REQUIRE((a.ok() && b.ok()));
    REQUIRE(a->classes.size() == b->classes.size());
    CHECK(a->events == b->events);
    for (std::size_t i = 0; i < a->classes.size(); ++i) {
        CHECK(a->classes[i].kind == b->classes[i].kind);
        CHECK(a->classes[i].count == b->classes[i].count);
        CHECK(a->classes[i].scenario == b->classes[i].scenario);
    }
}

TEST_CASE("what was found and shrunk shows the same class again", "[diff]") {
    const auto report = diff_generated(60, "E1", "E2");
    REQUIRE(report.ok());
    std::size_t shown = 0;
    for (const DiffClass& found : report->classes) {
        if (found.scenario.empty() || !found.direct) continue;
        INFO(found.kind << "\n" << found.scenario);
        const auto again = diff(load(found.scenario), "E1", "E2");
        REQUIRE(again.ok());
        const auto& divergences = again->runs.front().divergences;
        CHECK(std::any_of(divergences.begin(), divergences.end(),
                          [&](const DiffDivergence& one) { return one.kind == found.kind; }));
        ++shown;
    }
    CHECK(shown > 0);
}

TEST_CASE("other orders of a scenario are searched", "[diff]") {
    DiffOptions options;
    options.runs = 50;
    const auto report = diff_explore(load(step_on_running), "E1", "E2", options);
    REQUIRE(report.ok());
    CHECK(report->schedules > 51);
    CHECK(report->differs());
    CHECK_FALSE(diff_explore(load(step_on_running), "F", "F", options)->differs());
}

TEST_CASE("shrinking leaves what is needed", "[diff]") {
    const std::string text = shrink_scenario(
        two_guards, [](const Scenario& scenario) { return scenario.data().engines.size() > 1; },
        500);
    const Scenario small = load(text);
    CHECK(small.data().engines.size() == 2);
    CHECK(text.find("ABORT") == std::string::npos);
    CHECK(text.find("getpid") == std::string::npos);
    CHECK(load(lay_out_scenario(text, "title", {"note"}, "", "")).title() == "title");
}

TEST_CASE("scenarios/diff: each file still shows its difference", "[diff]") {
    std::size_t files = 0;
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        if (!builtin.name.starts_with("diff/")) continue;
        INFO(builtin.name);
        ++files;
        const Scenario scenario = load(std::string(builtin.text));
        const std::string text(builtin.text);
        const std::string mark = "utsim diff ";
        const std::size_t at = text.find(mark) + mark.size();
        const std::string pair = text.substr(at, text.find('"', at) - at);
        const std::size_t space = pair.find(' ');
        const auto report = diff(scenario, pair.substr(0, space), pair.substr(space + 1));
        REQUIRE(report.ok());
        const auto& divergences = report->runs.front().divergences;
        CHECK(std::any_of(divergences.begin(), divergences.end(), [&](const DiffDivergence& one) {
            return text.find(one.kind) != std::string::npos;
        }));
        // The title ends with the decision points.
        const std::string by = " differ by ";
        const std::string cause = scenario.title().substr(scenario.title().find(by) + by.size());
        CHECK(has_cause(*report, cause));
    }
    CHECK(files >= 30);
}

TEST_CASE("differing decisions are those of the table", "[diff]") {
    const DecisionSet rows = differing_decisions(semantics("E4"), semantics("E5"));
    CHECK(decision_names(rows) == "exit.step-trap+fork.utrace");
    CHECK(with_choices(semantics("E4"), semantics("E5"), rows) == semantics("E5"));
}

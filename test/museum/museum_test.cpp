// SPDX-License-Identifier: MIT
// The museum: what is kept in scenarios/museum shows what it says, and only with the bug; and check
// finds bugs that it knows nothing of.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <utsim/check.hpp>
#include <utsim/semantics.hpp>
#include <utsim/trace.hpp>

#include "check/court.hpp"
#include "explore/contract_run.hpp"
#include "semantics/parse.hpp"
#include "semantics/quirks.hpp"
#include "support/golden.hpp"

namespace {

using namespace utsim;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

const BuiltinScenario* kept_for(const QuirkInfo& row) {
    return find_builtin_scenario("museum/" + lower(row.id) + "-" + std::string(row.name));
}

Scenario loaded(const BuiltinScenario& kept) {
    return *load_scenario_text(std::string(kept.text), std::string(kept.name));
}

std::string name_with(const QuirkInfo& row) {
    return parse_semantics("F,quirk=" + std::string(row.id))->name;
}

std::set<std::string> clauses_of(const std::vector<Violation>& broken) {
    std::set<std::string> out;
    for (const Violation& violation : broken) out.insert(violation.rule);
    return out;
}

TEST_CASE("a file can have quirks", "[museum]") {
    const auto made = load_semantics_text(
        R"({"format": "utsim.semantics/1", "quirks": ["B33", "B01"]})", "mine.json");
    REQUIRE(made.ok());
    CHECK(made->name == "F,step.disable=control-resume,quirk=B33");
    CHECK(made->quirks == std::vector<std::string_view>{"B33"});
    CHECK(!load_semantics_text(R"({"format": "utsim.semantics/1", "quirks": ["B99"]})", "m.json")
               .ok());
}

TEST_CASE("everything in the museum's folder belongs to a bug", "[museum]") {
    std::set<std::string_view> known;
    for (const QuirkInfo& row : quirk_table()) {
        if (const BuiltinScenario* kept = kept_for(row)) known.insert(kept->name);
    }
    for (const BuiltinScenario& one : builtin_scenarios()) {
        if (one.name.substr(0, 7) != "museum/") continue;
        INFO(one.name);
        CHECK(known.count(one.name) == 1);
    }
}

TEST_CASE("each kept scenario breaks what it says, with the bug", "[museum]") {
    for (const QuirkInfo& row : quirk_table()) {
        const BuiltinScenario* kept = kept_for(row);
        if (kept == nullptr) continue;
        INFO(kept->name);
        const Scenario scenario = loaded(*kept);
        CHECK(scenario.semantics() == name_with(row));
        const Result<JudgedRun> run = run_judged(scenario, {}, ContractChoice::all());
        REQUIRE(run.ok());
        CHECK(run->held());
        CHECK(!run->contract.broken.empty());
    }
}

TEST_CASE("without the bug something that it breaks is kept, and nothing else is broken",
          "[museum]") {
    for (const QuirkInfo& row : quirk_table()) {
        const BuiltinScenario* kept = kept_for(row);
        if (kept == nullptr) continue;
        INFO(kept->name);
        const Scenario scenario = loaded(*kept);
        const std::set<std::string> with =
            clauses_of(run_judged(scenario, {}, ContractChoice::all())->contract.broken);
        const Schedule schedule = *parse_schedule(scenario.schedule());
        Court court(final_semantics(), ContractChoice::all(), 4000, false);
        court.load(scenario);
        Order order;
        if (!schedule.stretches.empty()) {
            order.kind = Order::Kind::schedule;
            order.schedule = schedule;
        }
        std::set<std::string> without;
        for (const Saying& saying : court.judge(order)) without.insert(saying.violation.rule);
        CHECK(std::includes(with.begin(), with.end(), without.begin(), without.end()));
        CHECK(without.size() < with.size());
    }
}

struct Size {
    std::uint64_t calls = 0;
    std::uint64_t callbacks = 0;
    std::uint64_t steps = 0;
};

Size size_of(const Scenario& scenario) {
    const Result<RecordedRun> run = record_run(scenario);
    REQUIRE(run.ok());
    Size size;
    size.steps = run->report.steps;
    for (std::size_t i = 0; i < run->trace.size(); ++i) {
        const RecordedTrace::Entry entry = run->trace.event(i);
        size.calls += entry.kind == "api" && !entry.actor.empty();
        size.callbacks += entry.kind == "callback";
    }
    return size;
}

/// What a kept scenario is expected to break.
std::string breaks(const Scenario& scenario) {
    const Result<JudgedRun> run = run_judged(scenario, {}, ContractChoice::all());
    REQUIRE(run.ok());
    std::string out;
    for (const std::string& clause : clauses_of(run->contract.broken)) {
        out += (out.empty() ? "" : ", ") + clause;
    }
    return out;
}

std::string museum_table() {
    std::string out =
        "\n| rung | id | name | from | to | breaks | calls | callbacks | steps |\n"
        "|---|---|---|---|---|---|---|---|---|\n";
    for (const QuirkInfo& row : quirk_table()) {
        out += "| " + (row.rung != 0 ? std::to_string(row.rung) : "") + " | " +
               std::string(row.id) + " | " + std::string(row.name) + " | " +
               std::string(row.since) + " | " + std::string(row.mended) + " | ";
        if (const BuiltinScenario* kept = kept_for(row)) {
            const Scenario scenario = loaded(*kept);
            const Size size = size_of(scenario);
            out += breaks(scenario) + " | " + std::to_string(size.calls) + " | " +
                   std::to_string(size.callbacks) + " | " + std::to_string(size.steps) + " |\n";
        } else {
            out += "none kept | | | |\n";
        }
    }
    return out + "\n";
}

TEST_CASE("the table in docs/museum.md is what the museum has", "[museum][docs]") {
    testing::check_golden_section("docs/museum.md", "museum", museum_table());
}

TEST_CASE("check finds bugs that it knows nothing of", "[museum]") {
    for (const char* id : {"B28", "B33", "B41", "B47", "B54", "B59"}) {
        INFO(id);
        CheckOptions options;
        options.semantics = std::string("F,quirk=") + id;
        options.kept_by = "F";
        options.until_found = true;
        options.count = 640;
        options.deep_states = 100;
        const Result<CheckReport> report = check(options);
        REQUIRE(report.ok());
        CHECK(!report->findings.empty());
    }
}

}  // namespace

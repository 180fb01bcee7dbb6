// SPDX-License-Identifier: MIT
// What a trace shows can be pasted: every event of every shipped scenario, as JSON Lines have it,
// is a pattern that the loader and the JSON Schema accept and that the same run fits; so is each of
// its fields alone.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include <utsim/scenario.hpp>
#include <utsim/simulation.hpp>
#include <utsim/trace.hpp>

#include "scenario/diagnostic.hpp"
#include "support/scratch_folder.hpp"
#include "support/testing.hpp"

namespace {

using namespace utsim;
using Json = nlohmann::ordered_json;

constexpr std::size_t most_expectations = 900;

std::vector<Json> events_of(const Scenario& scenario, const RunOptions& options) {
    const Result<RecordedRun> run = record_run(scenario, options);
    REQUIRE(run.ok());
    std::vector<Json> events;
    std::istringstream lines(run->trace.jsonl());
    for (std::string line; std::getline(lines, line);) {
        Json json = Json::parse(line);
        if (json.contains("kind")) events.push_back(std::move(json));
    }
    return events;
}

/// The same scenario, expecting nothing but that events like these happen.
std::string expecting(const std::string& text, const std::vector<Json>& patterns) {
    Json scenario = Json::parse(text);
    scenario.erase("cases");
    Json expect = Json::array();
    for (const Json& pattern : patterns) expect.push_back({{"sometimes", pattern}});
    expect.push_back({{"end", "quiet"}});
    scenario["expect"] = std::move(expect);
    return scenario.dump();
}

/// Those of `patterns` that no event of the run fits.
std::string unfitting(const std::string& text, const std::string& name,
                      const std::vector<Json>& patterns, const RunOptions& options) {
    const Result<Scenario> scenario = load_scenario_text(expecting(text, patterns), name);
    if (!scenario.ok()) return format_errors(scenario.errors());
    const Result<RunReport> report = run_scenario(*scenario, options);
    REQUIRE(report.ok());
    std::string wrong;
    std::size_t at = 0;
    for (const ExpectationResult& result : report->expectations) {
        if (!result.what.starts_with("sometimes ")) continue;
        if (result.verdict != Verdict::held) wrong += patterns[at].dump() + "\n";
        ++at;
    }
    CHECK(at == patterns.size());
    return wrong;
}

void check_all(const std::string& text, const std::string& name, const std::vector<Json>& patterns,
               const RunOptions& options) {
    for (std::size_t from = 0; from < patterns.size(); from += most_expectations) {
        const auto first = patterns.begin() + static_cast<std::ptrdiff_t>(from);
        const auto count = std::min(most_expectations, patterns.size() - from);
        const std::vector<Json> some(first, first + static_cast<std::ptrdiff_t>(count));
        INFO(name << " " << options.semantics);
        CHECK(unfitting(text, name, some, options) == "");
    }
}

/// Adds a pattern for each field of `event`, alone.
void add_fields(const Json& event, std::set<std::string>& known, std::vector<Json>& out) {
    for (const auto& [key, value] : event.items()) {
        if (key == "kind" || key == "step") continue;
        Json pattern = {{"kind", event["kind"]}, {key, value}};
        if (known.insert(pattern.dump()).second) out.push_back(std::move(pattern));
    }
}

/// What the JSON Schema refuses, one pattern a line.
std::string refused_by_schema(const std::set<std::string>& patterns) {
    const testing::ScratchFolder folder;
    std::ofstream(folder.path + "/schema.json") << scenario_schema();
    {
        std::ofstream out(folder.path + "/patterns");
        for (const std::string& pattern : patterns) out << pattern << '\n';
    }
    const std::string command =
        "cd '" + folder.path +
        "' && python3 -c \"\n"
        "import json, jsonschema\n"
        "schema = json.load(open('schema.json'))\n"
        "kinds = {}\n"
        "for line in open('patterns'):\n"
        "    pattern = json.loads(line)\n"
        "    kind = pattern['kind']\n"
        "    if kind not in kinds:\n"
        "        kinds[kind] = jsonschema.Draft202012Validator(\n"
        "            {'\\$ref': '#/\\$defs/event-' + kind, '\\$defs': schema['\\$defs']})\n"
        "    if not kinds[kind].is_valid(pattern): print(line, end='')\n"
        "\" > refused";
    REQUIRE(std::system(command.c_str()) == 0);
    std::ifstream in(folder.path + "/refused");
    std::ostringstream refused;
    refused << in.rdbuf();
    return refused.str();
}

}  // namespace

TEST_CASE("every event of every shipped scenario can be pasted as a pattern", "[paste]") {
    std::size_t count = 0;
    std::set<std::string> fields;
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        const std::string name(builtin.name);
        const std::string text(builtin.text);
        const Result<Scenario> scenario = load_scenario_text(text, name);
        REQUIRE(scenario.ok());
        RunOptions options;
        options.semantics = scenario->semantics();
        const std::vector<Json> events = events_of(*scenario, options);
        REQUIRE(!events.empty());
        check_all(text, name, events, options);
        std::set<std::string> known;
        std::vector<Json> alone;
        for (const Json& event : events) add_fields(event, known, alone);
        check_all(text, name, alone, options);
        count += events.size();
        fields.insert(known.begin(), known.end());
    }
    WARN(count << " events and " << fields.size() << " different fields pasted");
    if (std::system("python3 -c 'import jsonschema' >/dev/null 2>&1") != 0) {
        WARN("python3-jsonschema is not installed: the schema is not checked");
        return;
    }
    CHECK(refused_by_schema(fields) == "");
}

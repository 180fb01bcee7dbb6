// SPDX-License-Identifier: MIT
// Every scenario in scenarios/ loads and holds, under each semantics that it has a case for.
#include <filesystem>

#include <utsim/simulation.hpp>

#include "scenario/diagnostic.hpp"
#include "support/testing.hpp"

namespace {

using namespace utsim;

std::string describe(const RunReport& report) {
    std::string text = "end " + report.end + " " + report.end_detail + "\n";
    for (const ExpectationResult& result : report.expectations) {
        if (result.verdict == Verdict::held) continue;
        text += std::string(verdict_name(result.verdict)) + " " + std::to_string(result.line) +
                ":" + std::to_string(result.column) + " " + result.what + ": " + result.message +
                "\n";
    }
    return text;
}

TEST_CASE("every scenario that is shipped holds", "[scenario]") {
    REQUIRE(!builtin_scenarios().empty());
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        const std::string file =
            testing::source_path("scenarios/" + std::string(builtin.name)) + ".json";
        const Result<Scenario> scenario = load_scenario_file(file);
        INFO(file);
        if (!scenario.ok()) FAIL(format_errors(scenario.errors()));
        std::vector<std::string> all = scenario->cases();
        if (all.empty()) all.push_back(scenario->semantics());
        for (const std::string& semantics : all) {
            RunOptions options;
            options.semantics = semantics;
            const Result<RunReport> report = run_scenario(*scenario, options);
            REQUIRE(report.ok());
            INFO(semantics << ": " << describe(*report));
            CHECK(report->held());
            CHECK(report->vacuous() == 0);
            CHECK(report->schedule.size() < 100000);
        }
    }
}

TEST_CASE("what went wrong once goes well under any random schedule", "[scenario]") {
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        if (!builtin.name.starts_with("regress/")) continue;
        const Result<Scenario> scenario =
            load_scenario_text(builtin.text, std::string(builtin.name));
        REQUIRE(scenario.ok());
        for (std::uint64_t seed = 1; seed <= 100; ++seed) {
            RunOptions options;
            options.seed = seed;
            const Result<RunReport> report = run_scenario(*scenario, options);
            REQUIRE(report.ok());
            INFO(builtin.name << ", seed " << seed << ": " << describe(*report));
            CHECK(report->held());
        }
    }
}

}  // namespace

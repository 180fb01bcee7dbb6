// SPDX-License-Identifier: MIT
// Small scenarios in which a monitor once saw a breach where there is none. The name of each begins
// with the clause; within two interruptions nothing breaks it, in any version.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <utsim/explore.hpp>

#include "support/testing.hpp"

using namespace utsim;

namespace {

/// `C-046` of `C-046-mask-off-at-a-clone.json`.
std::string clause_of(const std::string& name) {
    return name.substr(0, name.find('-', name[0] == 'I' ? 0 : 2));
}

}  // namespace

TEST_CASE("monitors do not cry wolf", "[explore]") {
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator("test/explore/alarms")) {
        files.insert(entry.path());
    }
    REQUIRE(files.size() >= 27);
    for (const std::filesystem::path& path : files) {
        std::ifstream file(path);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const Result<Scenario> scenario = load_scenario_text(text, path.filename().string());
        REQUIRE(scenario.ok());
        for (const char* semantics : {"E1", "E2", "E3", "E4", "E5", "F", "flags-proposal"}) {
            ExploreOptions options;
            options.strategy = ExploreStrategy::exhaustive;  // some have many states
            options.semantics = semantics;
            options.contract = clause_of(path.filename().string());
            const Result<ExploreReport> report = explore(*scenario, options);
            INFO(path.filename().string() << ", " << semantics);
            REQUIRE(report.ok());
            CHECK(report->verdict == ExploreVerdict::held);
            CHECK(report->exhaustive);
        }
    }
}

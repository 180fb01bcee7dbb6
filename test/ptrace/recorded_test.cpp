// SPDX-License-Identifier: MIT
// The recorded programs, compiled here, must print under the simulated kernel what they printed
// under Linux, byte for byte: under the default schedule and under random ones.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "explore/outcomes.hpp"
#include "test/ptrace/recorded_programs.hpp"
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// 808 was recorded on a machine that cannot step blocks; what the manuals demand lies beside it.
std::string expected(const std::string& name) {
    const char* ending = name == "808_block" ? ".reasoned" : ".out";
    std::ifstream file(source_path("test/ptrace/record/expected/" + name + ending),
                       std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

/// How many a variable of the environment wants.
std::uint64_t wanted_number(const char* variable, std::uint64_t otherwise) {
    const char* wanted = std::getenv(variable);
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : otherwise;
}

bool is_race(std::string_view name) {
    return std::any_of(std::begin(recorded_races), std::end(recorded_races),
                       [&](const RecordedRace& race) { return race.name == name; });
}

/// As `utsim exec --explore` looks for orders in which something else comes out.
std::size_t outcomes(const std::string& path, std::uint64_t orders) {
    const Result<Scenario> scenario = load_scenario_text(
        R"({"format": "utsim.scenario/1", "semantics": "linux-now",
            "tasks": [{"name": "main", "pid": 1000, "exec": {"path": ")" +
            path + R"("}}]})",
        "guest.json");
    REQUIRE(scenario.ok());
    RunOptions usual;
    usual.schedule = "fair=10000";
    OutcomeSearch search;
    search.runs = orders;
    const Result<OutcomeReport> report = search_outcomes(*scenario, usual, search);
    REQUIRE(report.ok());
    return report->found.size();
}

}  // namespace

TEST_CASE("recorded programs print what they printed under Linux", "[recorded]") {
    if (!have_musl()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    const std::uint64_t schedules = wanted_number("UTSIM_RECORDED_SCHEDULES", 3);
    const std::uint64_t orders = wanted_number("UTSIM_RECORDED_ORDERS", 7);
    for (const std::string_view program : recorded_programs) {
        const std::string name(program);
        const std::string path = compile_guest(scratch, "ptrace/record/" + name);
        const std::string wanted = expected(name);
        INFO(name);
        CHECK(run_guest(path, "linux-now", std::nullopt) == wanted);
        for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
            INFO("seed " << seed);
            CHECK(run_guest(path, "linux-now", seed) == wanted);
        }
        if (!is_race(name)) CHECK(outcomes(path, orders) == 1);
    }
}

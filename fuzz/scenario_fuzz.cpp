// SPDX-License-Identifier: MIT
// Feeds bytes to the scenario reader; what it accepts is also built and run, within small limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <utsim/simulation.hpp>

#include "scenario/diagnostic.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace utsim;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Result<Scenario> scenario = load_scenario_text(text, "fuzz.json");
    if (!scenario.ok()) {
        if (scenario.errors().empty() || format_errors(scenario.errors()).empty()) std::abort();
        return 0;
    }
    RunOptions options;
    options.max_steps = 2'000;
    options.max_instructions = 2'000;
    const Result<RunReport> report = run_scenario(*scenario, options);
    if (report.ok() && report->end.empty()) std::abort();
    return 0;
}

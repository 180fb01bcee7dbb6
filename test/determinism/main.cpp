// SPDX-License-Identifier: MIT
// utsim-determinism: runs many pairs of scenario and schedule and prints one line for each with the
// digest of its whole JSON Lines trace. Two builds that agree print the same text (run.sh).
#include <cstdio>
#include <cstdlib>
#include <string>

#include <utsim/scenario.hpp>
#include <utsim/trace.hpp>

#include "base/digest.hpp"
#include "support/random_scenario.hpp"

namespace {

constexpr std::uint64_t seeds_of_builtin = 10;
constexpr std::uint64_t default_pairs = 1000;

/// False when the scenario cannot be run; that is printed too, and must agree as well.
bool print_run(const std::string& name, const utsim::Scenario& scenario, std::uint64_t seed) {
    utsim::RunOptions options;
    options.seed = seed;
    utsim::Result<utsim::RecordedRun> run = utsim::record_run(scenario, options);
    if (!run.ok()) {
        std::printf("%s %llu refused: %s\n", name.c_str(), static_cast<unsigned long long>(seed),
                    run.errors().front().message.c_str());
        return false;
    }
    const std::string trace = run->trace.jsonl();
    utsim::Digest digest;
    digest.add(trace);
    std::printf("%s %llu %s %zu bytes %s\n", name.c_str(), static_cast<unsigned long long>(seed),
                digest.text().c_str(), trace.size(), run->report.end.c_str());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t pairs = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : default_pairs;
    std::uint64_t done = 0;
    bool good = true;
    for (const utsim::BuiltinScenario& builtin : utsim::builtin_scenarios()) {
        const std::string name = "builtin:" + std::string(builtin.name);
        utsim::Result<utsim::Scenario> scenario = utsim::load_scenario_text(builtin.text, name);
        if (!scenario.ok()) return EXIT_FAILURE;
        for (std::uint64_t seed = 1; seed <= seeds_of_builtin && done < pairs; ++seed, ++done) {
            good = print_run(name, *scenario, seed) && good;
        }
    }
    for (std::uint64_t seed = 1; done < pairs; ++seed, ++done) {
        const std::string name = "random:" + std::to_string(seed);
        utsim::Result<utsim::Scenario> scenario =
            utsim::load_scenario_text(utsim::testing::random_scenario(seed), name);
        if (!scenario.ok()) {
            std::printf("%s: %s at %s\n", name.c_str(), scenario.errors().front().message.c_str(),
                        scenario.errors().front().pointer.c_str());
            return EXIT_FAILURE;
        }
        good = print_run(name, *scenario, seed * 7919) && good;
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

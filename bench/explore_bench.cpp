// SPDX-License-Identifier: MIT
// How soon each strategy finds each of the seeded defects: runs, or states, up to the first finding
// and the CPU time that they took; for samplers the median of 20 seeds. Also how many runs a second
// each sampler makes, and how many of them are different ones; and what it costs to make a scenario
// up, and to load it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <utsim/explore.hpp>
#include <utsim/generate.hpp>

#include "explore/generate.hpp"
#include "explore/search.hpp"
#include "test/explore/defects.hpp"

namespace {

using namespace utsim;
using testing::Defect;

constexpr std::uint64_t most_states = 1'000'000;
constexpr std::uint64_t most_runs = 10'000;

double cpu_ms() { return static_cast<double>(std::clock()) * 1000 / CLOCKS_PER_SEC; }

Scenario load(const Defect& defect) {
    Result<Scenario> scenario =
        load_scenario_text(std::string(testing::defect_begin) + defect.parts, "defect.json");
    if (!scenario.ok()) std::exit(EXIT_FAILURE);
    return *scenario;
}

/// Ends a search with the first finding.
class First final : public SearchClient {
public:
    void found(const Failure&) override { found_ = true; }
    bool go_on(const SearchCounts& counts) override {
        return !found_ && counts.states <= most_states;
    }
    bool has_found() const { return found_; }

private:
    bool found_ = false;
};

struct Figure {
    std::uint64_t count = 0;  ///< runs, or states; 0: not found
    double ms = 0;
};

Trial trial_for(const Defect& defect) {
    const Scenario scenario = load(defect);
    RunOptions options;
    options.semantics = defect.semantics;
    return Trial(scenario, *scenario_run_options(scenario, options),
                 *ContractChoice::parse(defect.contract));
}

Figure by_states(const Defect& defect) {
    Trial trial = trial_for(defect);
    const double start = cpu_ms();
    Figure figure;
    for (const std::uint32_t bound : {0u, 1u, 2u, 3u, unbounded}) {
        First first;
        figure.count += search_states(trial, bound, {}, first).counts.states;
        figure.ms = cpu_ms() - start;
        if (first.has_found()) return figure;
    }
    return {0, figure.ms};
}

Figure by_schedules(const Defect& defect) {
    constexpr double most_ms = 5000;
    class Bounded final : public SearchClient {
    public:
        void found(const Failure&) override { found_ = true; }
        bool go_on(const SearchCounts&) override { return !found_ && cpu_ms() - start_ < most_ms; }
        bool has_found() const { return found_; }

    private:
        bool found_ = false;
        double start_ = cpu_ms();
    };
    Trial trial = trial_for(defect);
    Bounded client;
    const double start = cpu_ms();
    Figure figure;
    for (std::uint32_t bound = 0; bound <= 3; ++bound) {
        figure.count += search_bound(trial, bound, {}, client).counts.schedules;
        figure.ms = cpu_ms() - start;
        if (client.has_found()) return figure;
    }
    return {0, figure.ms};
}

Figure by_samples(const Defect& defect, Sampler sampler) {
    constexpr std::uint64_t seeds = 20;
    Trial trial = trial_for(defect);
    std::vector<Figure> figures;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        First first;
        const double start = cpu_ms();
        const SearchResult result =
            search_sampled(trial, sampler, seed * most_runs + 1, most_runs, first);
        figures.push_back(
            {first.has_found() ? result.counts.schedules : most_runs + 1, cpu_ms() - start});
    }
    const auto middle = figures.begin() + seeds / 2;
    std::nth_element(figures.begin(), middle, figures.end(),
                     [](const Figure& a, const Figure& b) { return a.count < b.count; });
    return middle->count > most_runs ? Figure{0, middle->ms} : *middle;
}

void print(const Figure& figure) {
    if (figure.count == 0) {
        std::printf("  %9s %8.1f", "-", figure.ms);
    } else {
        std::printf("  %9llu %8.1f", static_cast<unsigned long long>(figure.count), figure.ms);
    }
}

void print_rate(const char* name, Sampler sampler, const char* contract) {
    constexpr std::uint64_t runs = 3000;
    class Everything final : public SearchClient {
        void found(const Failure&) override {}
        bool go_on(const SearchCounts&) override { return true; }
    } client;
    Defect defect = testing::defects[std::size(testing::defects) - 1];
    defect.contract = contract;
    Trial trial = trial_for(defect);
    const double start = cpu_ms();
    const SearchResult result = search_sampled(trial, sampler, 1, runs, client);
    const double ms = cpu_ms() - start;
    std::printf("%-8s contract %-5s %9.0f runs/s, %4.0f steps a run, %llu of %llu different\n",
                name, contract, static_cast<double>(runs) * 1000 / ms,
                static_cast<double>(trial.steps()) / static_cast<double>(runs),
                static_cast<unsigned long long>(result.digests.size()),
                static_cast<unsigned long long>(runs));
}

/// Microseconds for each of `count` calls.
template <typename F>
double each(std::uint64_t count, F&& f) {
    const double start = cpu_ms();
    for (std::uint64_t i = 0; i < count; ++i) f(i);
    return (cpu_ms() - start) * 1000 / static_cast<double>(count);
}

void print_generation() {
    constexpr std::uint64_t count = 5000;
    const Result<ScenarioGenerator> maker = ScenarioGenerator::create();
    if (!maker.ok()) std::exit(EXIT_FAILURE);
    std::vector<std::string> texts(count);
    const double make = each(count, [&](std::uint64_t i) { texts[i] = maker->make(1, i); });
    const double load = each(count, [&](std::uint64_t i) {
        if (!load_scenario_text(texts[i], "generated").ok()) std::exit(EXIT_FAILURE);
    });
    const double vary =
        each(count, [&](std::uint64_t i) { maker->vary(texts[i], texts[(i + 1) % count], i); });
    const double diff = each(count, [](std::uint64_t i) { generate_scenario(1, i); });
    std::printf(
        "generated for check: %.1f us, loaded %.1f us, varied and loaded %.1f us; "
        "for diff: %.1f us\n",
        make, load, vary, diff);
}

}  // namespace

int main() {
    std::printf("%-38s  %18s  %18s  %18s  %18s  %18s  %18s\n", "to the first finding; CPU ms",
                "states", "schedules", "pos", "pct", "random", "mixed");
    for (const Defect& defect : testing::defects) {
        std::printf("%-38s", defect.name);
        print(by_states(defect));
        print(by_schedules(defect));
        for (const Sampler sampler :
             {Sampler::pos, Sampler::pct, Sampler::random, Sampler::mixed}) {
            print(by_samples(defect, sampler));
        }
        std::printf("\n");
        std::fflush(stdout);
    }
    for (const char* contract : {"none", "all"}) {
        print_rate("pos", Sampler::pos, contract);
        print_rate("pct", Sampler::pct, contract);
        print_rate("random", Sampler::random, contract);
    }
    print_generation();
    return 0;
}

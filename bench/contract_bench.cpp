// SPDX-License-Identifier: MIT
// What judging costs: runs a second of one scenario in four lengths, in random and in systematic
// orders, by all clauses, by the invariants and by none. CPU time, as machines are busy.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include <utsim/scenario.hpp>

#include "explore/search.hpp"
#include "sched/choosers.hpp"

namespace {

using utsim::ContractChoice;
using utsim::Trial;

/// A scenario of about so many scheduling points: two engines, and the longer ones with two
/// controllers.
std::string scenario_of(int first, int second, bool controllers, int repeats) {
    std::string text = R"({
  "format": "utsim.scenario/1", "title": "two engines, two controllers",
  "tasks": [{"name": "t", "program": [
      {"op": "compute", "count": )" +
                       std::to_string(first) +
                       R"(}, {"op": "syscall", "nr": "getpid", "ret": 7},
      {"op": "compute", "count": )" +
                       std::to_string(second) + R"(}], "idle_at_end": true}],
  "engines": [
    {"name": "a", "on": "t", "events": ["QUIESCE", "SYSCALL_ENTRY"],
     "default": {"quiesce:0": "STICKY"}},
    {"name": "b", "on": "t", "events": ["QUIESCE", "SYSCALL_EXIT"],
     "default": {"quiesce:0": "STICKY"}}])";
    if (!controllers) return text + "}";
    const auto steps = [repeats](const char* engine, const char* actions[], int count) {
        std::string list;
        for (int i = 0; i < count * repeats; ++i) {
            if (i != 0) list += ", ";
            list += std::string(R"({"control": {"engine": ")") + engine + R"(", "action": ")" +
                    actions[i % count] + "\"}}";
        }
        return list;
    };
    const char* x[] = {"STOP", "RESUME", "REPORT", "STOP", "RESUME"};
    const char* y[] = {"INTERRUPT", "STOP", "RESUME", "REPORT"};
    text += R"(, "controllers": [{"name": "x", "steps": [)" + steps("a", x, 5) + "]}";
    text += R"(, {"name": "y", "steps": [)" + steps("b", y, 4) + "]}]}";
    return text;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Without what the final version breaks here: a search ends with the first breach.
ContractChoice choice_of(const char* text) {
    const utsim::Result<ContractChoice> choice = ContractChoice::parse(text);
    return choice.ok() ? *choice : ContractChoice::none();
}

/// Lets a search go on for a while, and ends it with the first breach.
class Clocked final : public utsim::SearchClient {
public:
    explicit Clocked(double until) : until_(until) {}
    void found(const utsim::Failure& failure) override {
        std::printf("%s\n", failure.message.c_str());
        std::exit(EXIT_FAILURE);
    }
    bool go_on(const utsim::SearchCounts& counts) override {
        return counts.schedules % 64 != 0 || cpu_seconds() < until_;
    }

private:
    double until_;
};

void measure(const char* text, const char* how, const ContractChoice& choice, bool systematic) {
    utsim::Result<utsim::Scenario> scenario = utsim::load_scenario_text(text, "bench.json");
    if (!scenario.ok()) {
        std::printf("%s\n", scenario.errors().front().message.c_str());
        std::exit(EXIT_FAILURE);
    }
    Trial trial(*scenario, {}, choice);
    constexpr double long_enough = 0.4;
    Clocked warm(cpu_seconds() + long_enough);
    utsim::search_sampled(trial, utsim::Sampler::random, 1, 200, warm);
    const std::uint64_t runs = trial.runs();
    const std::uint64_t steps = trial.steps();
    const double start = cpu_seconds();
    Clocked clocked(start + long_enough);
    while (cpu_seconds() - start < long_enough) {
        const std::uint64_t seed = trial.runs();
        if (systematic) {
            utsim::search_bound(trial, 1, {}, clocked);
        } else {
            utsim::search_sampled(trial, utsim::Sampler::random, seed, 1000000, clocked);
        }
    }
    const double seconds = cpu_seconds() - start;
    if (trial.runs() == runs) return;  // there is no order with one preemption
    const auto made = static_cast<double>(trial.runs() - runs);
    const auto points = static_cast<double>(trial.steps() - steps);
    std::printf("%6.0f  %-10s %-11s %10.0f %12.1f\n", points / made,
                systematic ? "systematic" : "random", how, made / seconds, seconds * 1e9 / points);
    std::fflush(stdout);
}

}  // namespace

/// How many times monitors are called in a run, by tables and with everybody called.
void count_calls(const char* text) {
    const utsim::Result<utsim::Scenario> scenario = utsim::load_scenario_text(text, "bench.json");
    constexpr std::uint64_t runs = 200;
    std::uint64_t calls[2] = {};
    for (const bool everybody : {false, true}) {
        utsim::ScenarioRun run(*scenario, {});
        utsim::Contract contract(run.world().names());
        if (everybody) contract.call_everybody();
        run.set_sink(&contract);
        for (std::uint64_t seed = 1; seed <= runs; ++seed) {
            utsim::RandomWalk chooser(seed);
            run.restart();
            contract.restart();
            run.run(chooser);
        }
        calls[everybody ? 1 : 0] = contract.calls();
    }
    std::printf("monitors called in a random run: %.0f; with everybody called: %.0f\n",
                static_cast<double>(calls[0]) / runs, static_cast<double>(calls[1]) / runs);
}

int main() {
    const std::string texts[] = {scenario_of(8, 6, false, 0), scenario_of(2, 2, true, 1),
                                 scenario_of(30, 45, true, 1), scenario_of(60, 80, true, 2)};
    std::printf("points  orders     clauses     runs/s        ns/point\n");
    for (const std::string& text : texts) {
        count_calls(text.c_str());
        for (const bool systematic : {false, true}) {
            measure(text.c_str(), "all", choice_of("all,-C-069,-C-257,-I2"), systematic);
            measure(text.c_str(), "invariants", choice_of("invariants,-I2"), systematic);
            measure(text.c_str(), "none", ContractChoice::none(), systematic);
        }
    }
    return EXIT_SUCCESS;
}

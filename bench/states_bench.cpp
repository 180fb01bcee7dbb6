// SPDX-License-Identifier: MIT
// Verdicts about all orders, on the real layer: states, transitions, CPU time, memory; and beside
// them the same protocols as bench/spin has them in Promela, when spin and gcc are there.
//
//     bench_states [CLAUSES...]           contract to judge by, each in turn: none by default
//     bench_states what-inflates [INDEX]  how many states each clause makes of a protocol's, and
//                                         what it would be without each fact that they remember
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <utsim/scenario.hpp>

#include "contract/fact.hpp"
#include "explore//search.hpp"
#include "explore/trial.hpp"

namespace {

using namespace utsim;

struct Protocol {
    const char* what;
    const char* text;
    const char* model;  ///< in bench/spin, with its options
};

constexpr const char* begin = R"({"format": "utsim.scenario/1", "title": "a protocol", )";
constexpr const char* two_engines =
    R"("tasks": [{"name": "t", "program": [{"op": "compute", "count": 2}], "idle_at_end": true}],
  "engines": [
    {"name": "a", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}},
    {"name": "b", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],)";

const Protocol protocols[] = {
    {"two stop and resume, once",
     R"("controllers": [
    {"name": "p", "steps": [{"control": {"engine": "a", "action": "STOP"}},
                            {"control": {"engine": "a", "action": "RESUME"}}]},
    {"name": "q", "steps": [{"control": {"engine": "b", "action": "STOP"}},
                            {"control": {"engine": "b", "action": "RESUME"}}]}]})",
     "-DCYCLES=1 stop_resume.pml"},
    {"two stop and resume, twice",
     R"("controllers": [
    {"name": "p", "steps": [{"control": {"engine": "a", "action": "STOP"}},
                            {"control": {"engine": "a", "action": "RESUME"}},
                            {"control": {"engine": "a", "action": "STOP"}},
                            {"control": {"engine": "a", "action": "RESUME"}}]},
    {"name": "q", "steps": [{"control": {"engine": "b", "action": "STOP"}},
                            {"control": {"engine": "b", "action": "RESUME"}},
                            {"control": {"engine": "b", "action": "STOP"}},
                            {"control": {"engine": "b", "action": "RESUME"}}]}]})",
     "-DCYCLES=2 stop_resume.pml"},
    {"a detach while reports are made",
     R"("tasks": [{"name": "t", "program": [{"op": "compute", "count": 2},
     {"op": "syscall", "nr": 39}, {"op": "compute"}]}],
  "engines": [
    {"name": "a", "on": "t", "events": ["QUIESCE", "SYSCALL_ENTRY"]},
    {"name": "b", "on": "t", "events": ["QUIESCE", "SYSCALL_ENTRY"]}],
  "controllers": [
    {"name": "p", "steps": [{"control": {"engine": "a", "action": "REPORT"}},
                            {"detach": {"engine": "a"}}, {"barrier": {"engine": "a"}}]}]})",
     "detach.pml"},
    {"a vfork parent with a stop",
     R"("tasks": [{"name": "parent", "program": [
     {"op": "clone", "child": "child", "flags": ["VFORK", "VM"]}, {"op": "compute"}]}],
  "children": [{"name": "child", "program": [{"op": "compute"}, {"op": "exit"}]}],
  "engines": [
    {"name": "a", "on": "parent", "events": ["CLONE"], "answers": {"clone": ["STOP"]}}],
  "controllers": [
    {"name": "p", "steps": [{"await": {"task": "parent", "state": "TRACED"}},
                            {"await": {"task": "child", "exit_state": "ZOMBIE"}},
                            {"control": {"engine": "a", "action": "RESUME"}}]}]})",
     "vfork.pml"},
};

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

class Counter final : public SearchClient {
public:
    explicit Counter(std::uint64_t most = ~std::uint64_t{0}) : most_(most) {}
    void found(const Failure&) override { ++failures; }
    bool go_on(const SearchCounts& counts) override { return counts.states < most_; }
    std::uint64_t failures = 0;

private:
    std::uint64_t most_;
};

void row(const char* what, const char* who, double states, double transitions, double seconds,
         double mebibytes, const std::string& remark) {
    std::printf("%-32s %-10s %10.0f %11.0f %8.2f %7.0f %10.0f  %s\n", what, who, states,
                transitions, seconds, mebibytes, seconds > 0 ? states / seconds : 0,
                remark.c_str());
}

Scenario load(const Protocol& protocol) {
    const bool has_tasks = std::string(protocol.text).find("\"tasks\"") != std::string::npos;
    const std::string text = std::string(begin) + (has_tasks ? "" : two_engines) + protocol.text;
    Result<Scenario> scenario = load_scenario_text(text, "bench");
    if (!scenario.ok()) {
        std::printf("%s: %s\n", protocol.what, scenario.errors().front().message.c_str());
        std::exit(1);
    }
    return *scenario;
}

void explore(const Protocol& protocol, const std::string& clauses) {
    Trial trial(load(protocol), {}, *ContractChoice::parse(clauses));
    Counter counter;
    const double start = cpu_seconds();
    const SearchResult result = search_states(trial, unbounded, {}, counter);
    const double seconds = cpu_seconds() - start;
    std::string remark = result.end == SearchEnd::complete ? "all orders" : "gave up";
    if (counter.failures != 0) remark += ", violated";
    row(protocol.what, clauses.c_str(), static_cast<double>(result.counts.states),
        static_cast<double>(result.counts.transitions), seconds,
        static_cast<double>(result.counts.memory) / (1 << 20), remark);
}

constexpr double most_factor = 20;

/// States, as a multiple of those that there are without anybody listening.
double inflation(Trial& trial, double without, const std::vector<std::string>& left_out) {
    SearchLimits limits;
    limits.left_out = left_out;
    Counter counter(static_cast<std::uint64_t>(most_factor * without));
    const SearchResult result = search_states(trial, unbounded, limits, counter);
    return static_cast<double>(result.counts.states) / without;
}

/// What each clause alone makes of the states of a protocol, and what all of them would make if one
/// fact was left out of what they remember.
void what_inflates(const Protocol& protocol) {
    const Scenario scenario = load(protocol);
    Trial none(scenario, {}, ContractChoice::none());
    Counter counter;
    const double without =
        static_cast<double>(search_states(none, unbounded, {}, counter).counts.states);
    std::printf("%s: %.0f states\n", protocol.what, without);
    const auto told = [&](const char* what, const std::string& choice,
                          const std::vector<std::string>& left_out) {
        Trial trial(scenario, {}, *ContractChoice::parse(choice));
        const double factor = inflation(trial, without, left_out);
        if (factor > 1.005) std::printf("%-12s %-40s %6.2f\n", choice.c_str(), what, factor);
        std::fflush(stdout);
    };
    told("", "invariants", {});
    told("", "all", {});
    for (const FactRow& fact : facts) {
        std::vector<std::string> others;
        for (const FactRow& other : facts) {
            if (other.name != fact.name) others.emplace_back(other.name);
        }
        told(("only " + std::string(fact.name)).c_str(), "all", others);
    }
    for (const Clause* clause : all_clauses()) {
        if (clause->has_monitor()) told("", std::string(clause->id), {});
    }
    for (const FactRow& fact : facts) {
        told(("without " + std::string(fact.name)).c_str(), "all", {std::string(fact.name)});
    }
}

/// Runs SPIN's verifier on the model and reads its figures.
void spin(const Protocol& protocol) {
    const std::string command =
        "bash bench/spin/run.sh " + std::string(protocol.model) + " 2>/dev/null";
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return;
    double states = 0;
    double transitions = 0;
    double seconds = 0;
    double mebibytes = 0;
    if (std::fscanf(pipe, "%lf %lf %lf %lf", &states, &transitions, &seconds, &mebibytes) == 4) {
        row(protocol.what, "SPIN", states, transitions, seconds, mebibytes, "an abstraction");
    }
    pclose(pipe);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> all(argv + 1, argv + argc);
    if (!all.empty() && all[0] == "what-inflates") {
        what_inflates(protocols[all.size() > 1 ? std::atoi(all[1].c_str()) : 0]);
        return 0;
    }
    if (all.empty()) all = {"none"};
    std::printf("%-32s %-10s %10s %11s %8s %7s %10s\n", "protocol", "contract", "states",
                "transitions", "CPU s", "MiB", "states/s");
    for (const Protocol& protocol : protocols) {
        for (const std::string& clauses : all) explore(protocol, clauses);
        spin(protocol);
    }
}

// SPDX-License-Identifier: MIT
// Verdicts about all orders, on the real layer: states, transitions, CPU time, memory; and beside
// them the same protocols as bench/spin has them in Promela, when spin and gcc are there.
//
//     bench_states [CLAUSES...]     contract to judge by, each in turn: none by default
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <utsim/scenario.hpp>

#include "explore/search.hpp"
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
    void found(const Failure&) override { ++failures; }
    bool go_on(const SearchCounts&) override { return true; }
    std::uint64_t failures = 0;
};

void row(const char* what, const char* who, double states, double transitions, double seconds,
         double mebibytes, const std::string& remark) {
    std::printf("%-32s %-10s %10.0f %11.0f %8.2f %7.0f %10.0f  %s\n", what, who, states,
                transitions, seconds, mebibytes, seconds > 0 ? states / seconds : 0,
                remark.c_str());
}

void explore(const Protocol& protocol, const std::string& clauses) {
    const bool has_tasks = std::string(protocol.text).find("\"tasks\"") != std::string::npos;
    const std::string text = std::string(begin) + (has_tasks ? "" : two_engines) + protocol.text;
    const Result<Scenario> scenario = load_scenario_text(text, "bench");
    if (!scenario.ok()) {
        std::printf("%s: %s\n", protocol.what, scenario.errors().front().message.c_str());
        std::exit(1);
    }
    Trial trial(*scenario, {}, *ContractChoice::parse(clauses));
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
    if (all.empty()) all = {"none"};
    std::printf("%-32s %-10s %10s %11s %8s %7s %10s\n", "protocol", "contract", "states",
                "transitions", "CPU s", "MiB", "states/s");
    for (const Protocol& protocol : protocols) {
        for (const std::string& clauses : all) explore(protocol, clauses);
        spin(protocol);
    }
}

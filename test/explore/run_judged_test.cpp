// SPDX-License-Identifier: MIT
// The contract's verdict about runs with engines written in C++.
#include "support/testing.hpp"

#include <algorithm>
#include <utility>

#include <utsim/simulation.hpp>

using namespace utsim;

namespace {

/// Wants no system call of its target to be made.
class Guard : public EngineOps {
public:
    std::uint32_t report_syscall_entry(std::uint32_t, Engine&, Task&) override {
        return UTRACE_SYSCALL_ABORT | UTRACE_RESUME;
    }
};

/// Wants a signal delivered when there is none, and fills in nothing.
class Careless : public EngineOps {
public:
    std::uint32_t report_signal(std::uint32_t, Engine&, SignalReport&) override {
        return UTRACE_SIGNAL_TERM | UTRACE_RESUME;
    }
};

Simulation simulation_of(const std::string& more) {
    const std::string text = R"({"format": "utsim.scenario/1", "tasks": [ { "name": "target",
        "program": [ { "op": "syscall", "nr": "getpid" } ] } ])" +
                             more + "}";
    const Result<Scenario> scenario = load_scenario_text(text, "judged");
    REQUIRE(scenario.ok());
    return std::move(*Simulation::create(*scenario));
}

EngineSpec guard_spec() {
    return {.name = "guard", .task = "target", .events = UTRACE_EVENT(EVENT_SYSCALL_ENTRY)};
}

const ContractBreach* breach_of(const RunReport& report, std::string_view clause) {
    for (const ContractBreach& breach : report.contract->broken) {
        if (breach.clause == clause) return &breach;
    }
    return nullptr;
}

bool lists(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

const char* const bystander = R"(, "engines": [ { "name": "bystander", "events": ["QUIESCE"] } ])";

TEST_CASE("a run is judged only where somebody asks", "[explore][judged]") {
    Simulation simulation = simulation_of("");
    simulation.add_engine<Guard>(guard_spec());
    CHECK(!simulation.run().contract);
    const Result<RunReport> report = simulation.run_judged();
    REQUIRE(report.ok());
    CHECK(report->held());
    CHECK(report->contract->broken.empty());
    CHECK(lists(report->contract->exercised, "C-123"));
}

TEST_CASE("a promise that utrace breaks to an engine in C++", "[explore][judged]") {
    Simulation simulation = simulation_of(bystander);
    simulation.add_engine<Guard>(guard_spec());
    const Result<RunReport> report = simulation.run_judged();
    REQUIRE(report.ok());
    CHECK(!report->held());
    const ContractBreach* breach = breach_of(*report, "C-123");
    REQUIRE(breach != nullptr);
    CHECK(breach->by == "utrace");
    CHECK(!breach->duty);
    CHECK(!breach->expected);
    CHECK(breach->since < breach->step);
}

TEST_CASE("a duty that an engine in C++ breaks is reported under its name", "[explore][judged]") {
    Simulation simulation = simulation_of(R"(, "engines": [ { "name": "careless",
        "kind": "external", "events": ["QUIESCE"], "then": "INTERRUPT" } ])");
    simulation.add_engine<Careless>({.name = "careless", .task = {}, .events = 0});
    const Result<RunReport> report = simulation.run_judged();
    REQUIRE(report.ok());
    const ContractBreach* breach = breach_of(*report, "C-093");
    REQUIRE(breach != nullptr);
    CHECK(breach->by == "careless");
    CHECK(breach->duty);
}

TEST_CASE("what a scenario expects to be broken counts as held", "[explore][judged]") {
    Simulation simulation = simulation_of(std::string(bystander) +
                                          R"(, "expect": [ { "contract": ["C-123", "I22"] } ])");
    Result<RunReport> without = simulation.run_judged();
    REQUIRE(without.ok());
    CHECK(!without->held());
    CHECK(without->contract->missing == std::vector<std::string>{"C-123", "I22"});

    simulation.add_engine<Guard>(guard_spec());
    Result<RunReport> with = simulation.run_judged();
    REQUIRE(with.ok());
    CHECK(with->contract->held());
    CHECK(with->contract->missing.empty());
    CHECK(breach_of(*with, "C-123")->expected);
}

TEST_CASE("which clauses judge can be chosen, and a wrong choice is an error",
          "[explore][judged]") {
    Simulation simulation = simulation_of(bystander);
    simulation.add_engine<Guard>(guard_spec());
    CHECK(simulation.run_judged("all,-C-123,-I22")->held());
    CHECK(simulation.run_judged("none")->contract->exercised.empty());
    const Result<RunReport> wrong = simulation.run_judged("C-999");
    REQUIRE(!wrong.ok());
    CHECK(wrong.errors().front().message == "there is no clause \"C-999\"");
}

TEST_CASE("listeners and sinks hear a judged run too", "[explore][judged]") {
    Simulation simulation = simulation_of("");
    std::size_t heard = 0;
    simulation.listen([&](const Event&, const NameTable&) { ++heard; });
    simulation.run();
    const std::size_t once = std::exchange(heard, 0);
    REQUIRE(simulation.run_judged().ok());
    CHECK(once > 0);
    CHECK(heard == once);
}

}  // namespace

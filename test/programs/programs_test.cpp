// SPDX-License-Identifier: MIT
// Programs of test/programs, compiled here, must print as processes of the simulation what
// they print natively, in every order; and orders in which they do not are found.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <set>

#include "explore/outcomes.hpp"
#include "process/call_table.hpp"
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// What the program prints on the host, and how it ends, as `run_guest` says it.
std::string run_natively(const std::string& program) {
    FILE* pipe = popen((program + " < /dev/null").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    std::array<char, 4096> buffer;
    for (std::size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        output.append(buffer.data(), got);
    }
    return output + "rc " + std::to_string(WEXITSTATUS(pclose(pipe))) + "\n";
}

Scenario scenario_of(const std::string& program) {
    const Result<Scenario> scenario = load_scenario_text(
        R"({"format": "utsim.scenario/1", "tasks": [{"name": "main", "exec": {"path": ")" +
            program + R"("}}]})",
        "guest.json");
    REQUIRE(scenario.ok());
    return *scenario;
}

}  // namespace

TEST_CASE("processes print what they print natively, in every order", "[process]") {
    if (!have_musl()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    for (const char* name : {"files", "pipes", "threads", "again", "shared", "calls", "terminal"}) {
        INFO(name);
        const std::string path = compile_guest(scratch, std::string("programs/") + name);
        const std::string wanted = run_natively(path);
        CHECK(run_guest(path, "F", std::nullopt) == wanted);
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            INFO("seed " << seed);
            CHECK(run_guest(path, "F", seed) == wanted);
        }
    }
}

TEST_CASE("every call of the table is made by a program", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    std::set<std::int64_t> made;
    class Calls final : public EventSink {
    public:
        explicit Calls(std::set<std::int64_t>& made) : made_(made) {}
        void emit(const Event& event) override {
            if (event.kind == EventKind::syscall_ran) made_.insert(event.value[1]);
        }
        std::uint64_t mark() const override { return 0; }
        void rewind(std::uint64_t) override {}

    private:
        std::set<std::int64_t>& made_;
    };
    for (const char* name : {"files", "pipes", "threads", "again", "shared", "calls", "terminal"}) {
        Calls calls(made);
        RunOptions options;
        options.sink = &calls;
        const std::string path = compile_guest(scratch, std::string("programs/") + name);
        REQUIRE(run_scenario(scenario_of(path), options).ok());
    }
    for (std::int64_t nr = 0; nr < 512; ++nr) {
        if (!is_process_call(nr)) continue;
        INFO("call " << nr);
        CHECK(made.count(nr) == 1);
    }
}

TEST_CASE("time passes alike whoever listens", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const Scenario scenario = scenario_of(compile_guest(scratch, "programs/again"));

    class Steps final : public EventSink {
    public:
        explicit Steps(bool each) : each_(each) {}
        void emit(const Event& event) override {
            if (event.kind == EventKind::syscall_ran) steps.push_back(event.step);
        }
        std::uint64_t mark() const override { return 0; }
        void rewind(std::uint64_t) override {}
        bool wants_each_instruction() const override { return each_; }
        std::vector<std::uint64_t> steps;

    private:
        bool each_;
    };
    std::array<Steps, 2> sinks = {Steps(false), Steps(true)};
    std::array<RunReport, 2> reports;
    for (int i = 0; i < 2; ++i) {
        RunOptions options;
        options.sink = &sinks[i];
        const Result<RunReport> run = run_scenario(scenario, options);
        REQUIRE(run.ok());
        reports[i] = *run;
    }
    CHECK(sinks[0].steps.size() > 50);
    CHECK(sinks[0].steps == sinks[1].steps);
    CHECK(reports[0].schedule == reports[1].schedule);
    CHECK(reports[0].instructions == reports[1].instructions);
}

TEST_CASE("an order with another outcome is found, and shown again", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const Scenario scenario = scenario_of(compile_guest(scratch, "programs/race"));
    OutcomeSearch search;
    search.runs = 100'000;
    search.until = [](const Outcome& outcome) { return outcome.status == 3; };
    const Result<OutcomeReport> report = search_outcomes(scenario, {}, search);
    REQUIRE(report.ok());
    REQUIRE(report->met);
    INFO(report->runs << " orders");
    const OutcomeFound& found = report->found[report->met_at];
    CHECK(found.outcome.output == "lost\n");
    CHECK(found.switches <= 8);

    RunOptions again;
    again.schedule = found.schedule;
    OutcomeListener listener(nullptr);
    again.sink = &listener;
    const Result<RunReport> run = run_scenario(scenario, again);
    REQUIRE(run.ok());
    CHECK(listener.take(run->end, run->end_detail) == found.outcome);
}

// SPDX-License-Identifier: MIT
// Where a step around a system call is reported, on three machines and in six versions: the table
// of spec 6.12 for engines without ptrace.
#include <string>
#include <vector>

#include <utsim/simulation.hpp>

#include "event/event.hpp"
#include "scenario/diagnostic.hpp"
#include "support/testing.hpp"

namespace {

using namespace utsim;

/// Counts user instructions between the end of getpid and the first report of a SIGTRAP.
class StepWatch final : public EventSink {
public:
    void emit(const Event& event) override {
        constexpr std::int64_t getpid = 39;
        if (event.kind == EventKind::syscall_ran && event.value[1] == getpid) called_ = true;
        if (!called_ || reported_) return;
        if (event.kind == EventKind::instruction) ++instructions_;
        const bool signal = event.kind == EventKind::callback &&
                            event.value[2] == static_cast<std::int64_t>(CallbackKind::signal);
        if (signal && event.value[4] == UTRACE_EVENT(EVENT_SIGNAL_CORE)) reported_ = true;
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}

    /// As the table says it.
    std::string answer() const {
        if (!reported_) return "never";
        if (instructions_ == 0) return "exit";
        return instructions_ == 1 ? "next" : "later";
    }

private:
    bool called_ = false;
    bool reported_ = false;
    int instructions_ = 0;
};

/// The target begins with getpid, executes two plain instructions and exits.
std::string scenario_text(const std::string& engine, const std::string& steps) {
    return R"({"format": "utsim.scenario/1", "title": "a step around a call",
      "tasks": [{"name": "target", "asm": ["mov eax, 39", "syscall", "mov ebx, 1", "mov ebx, 2",
                                           "xor edi, edi", "mov eax, 60", "syscall"]}],
      "engines": [{"name": "tracer", "on": "target", )" +
           engine + R"(}],
      "controllers": [{"name": "operator", "steps": [)" +
           steps + "]}]}";
}

const std::string trap = R"("default": {"signal:SIGTRAP": {"return": ["RESUME", "IGN"]}})";
const std::string stopped = R"({"await": {"task": "target", "state": "TRACED"}})";
const std::string step = R"({"control": {"engine": "tracer", "action": "SINGLESTEP"}})";

/// One row of the table, in the order E1, E2, E3, E4, E5, F.
struct Row {
    const char* requested;
    std::string text;
    std::vector<const char*> x86;
    std::vector<const char*> powerpc;
    std::vector<const char*> s390;
};

std::vector<Row> table() {
    const auto never5 = [](const char* final) {
        return std::vector<const char*>{"never", "never", "never", "never", "never", final};
    };
    return {
        // The answer to the second report arms the step for the call instruction itself.
        {"before the call instruction",
         scenario_text(R"("events": ["QUIESCE", "SIGNAL_CORE"], "then": "REPORT",
             "answers": {"quiesce:0": ["SINGLESTEP"],
                         "signal:SIGTRAP": [{"return": ["SINGLESTEP", "IGN"]}]}, )" +
                           trap,
                       ""),
         {"exit", "exit", "exit", "exit", "next", "next"},
         {"next", "next", "next", "exit", "next", "next"},
         never5("exit")},
        {"by utrace_control at a syscall-entry stop",
         scenario_text(R"("events": ["QUIESCE", "SYSCALL_ENTRY", "SIGNAL_CORE"],
             "answers": {"syscall_entry": ["STOP"]}, )" +
                           trap,
                       stopped + ", " + step),
         {"exit", "never", "never", "next", "next", "next"},
         {"never", "never", "never", "next", "next", "next"},
         never5("next")},
        {"by the answer of report_syscall_exit",
         scenario_text(R"("events": ["QUIESCE", "SYSCALL_EXIT", "SIGNAL_CORE"],
             "answers": {"syscall_exit": ["SINGLESTEP"]}, )" +
                           trap,
                       ""),
         {"never", "next", "next", "next", "next", "next"},
         {"never", "next", "next", "next", "next", "next"},
         never5("next")},
        {"by utrace_control at a stop answered at system call exit",
         scenario_text(R"("events": ["QUIESCE", "SYSCALL_EXIT", "SIGNAL_CORE"],
             "answers": {"syscall_exit": ["STOP"], "quiesce:0": ["STOP"]}, )" +
                           trap,
                       stopped + ", " + step),
         {"next", "next", "next", "next", "next", "next"},
         {"next", "next", "next", "next", "next", "next"},
         never5("next")},
    };
}

std::string run_under(const Scenario& scenario, const std::string& semantics) {
    StepWatch watch;
    RunOptions options;
    options.semantics = semantics;
    options.sink = &watch;
    const Result<RunReport> report = run_scenario(scenario, options);
    if (!report.ok()) FAIL(format_errors(report.errors()));
    return watch.answer();
}

TEST_CASE("where a step around a system call is reported, by machine and version", "[step]") {
    const char* eras[] = {"E1", "E2", "E3", "E4", "E5", "F"};
    for (const Row& row : table()) {
        const Result<Scenario> scenario = load_scenario_text(row.text, row.requested);
        if (!scenario.ok()) FAIL(format_errors(scenario.errors()));
        for (std::size_t i = 0; i < std::size(eras); ++i) {
            const std::string era = eras[i];
            INFO("a step requested " << row.requested << ", " << era);
            CHECK(run_under(*scenario, era + ",arch=x86") == row.x86[i]);
            CHECK(run_under(*scenario, era + ",arch=powerpc") == row.powerpc[i]);
            CHECK(run_under(*scenario, era + ",arch=s390") == row.s390[i]);
        }
    }
}

}  // namespace

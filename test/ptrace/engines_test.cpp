// SPDX-License-Identifier: MIT
// A tracee that has engines of others: who sees what, and who lets it go (docs/ptrace.md, "Several
// engines"). `beside.c` tells the tracer's side; engines and controllers are the scenario's.
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

struct Beside {
    const char* way;      ///< what the program is told to do
    const char* engine;   ///< fields of the engine
    const char* steps;    ///< of the controller
    const char* written;  ///< what the program says
};

const Beside table[] = {
    // An engine stops it: nobody tells the tracer, to whom it runs. A stop of the tracer's stays
    // when the engine lets go; and a call that sleeps is not ended by the engine's wish.
    {"stops", "",
     R"({"await": {"ticks": 50}}, {"control": {"engine": "other", "action": "STOP"}},
        {"await": {"ticks": 250}}, {"control": {"engine": "other", "action": "RESUME"}},
        {"await": {"ticks": 100}}, {"control": {"engine": "other", "action": "STOP"}},
        {"await": {"ticks": 300}}, {"control": {"engine": "other", "action": "RESUME"}})",
     R"(attach 0: stopped SIGSTOP
both hold it: registers 0, nothing to wait for
CONT 0
the engine holds it: registers -ESRCH, nothing to wait for
CONT -ESRCH
it runs: registers -ESRCH, nothing to wait for
the engine wants it stopped: registers -ESRCH, nothing to wait for
with a signal for it: registers 0, stopped SIGUSR1
the engine has let go: registers 0, nothing to wait for
CONT 0
got SIGUSR1
)"},
    // An engine that detaches takes its stop with it, and nobody else's.
    {"detaches", "",
     R"({"await": {"ticks": 50}}, {"control": {"engine": "other", "action": "STOP"}},
        {"await": {"ticks": 10}}, {"control": {"engine": "other", "action": "DETACH"}})",
     R"(attach 0: stopped SIGSTOP
the engine has gone: registers 0, nothing to wait for
CONT 0
it runs: registers -ESRCH, nothing to wait for
with a signal for it: registers 0, stopped SIGUSR2
DETACH 0
got SIGUSR2
)"},
    // An engine before the tracer's that throws a signal away: the tracer is asked all the same,
    // and what it gives back is taken.
    {"gives", R"(, "events": ["SIGNAL_ALL"],
        "default": {"signal:SIGUSR1": {"return": ["RESUME", "IGN"]}})",
     "", R"(attach 0: stopped SIGSTOP
CONT 0
SIGUSR1: registers 0, stopped SIGUSR1
CONT 0
SIGUSR2 is given: registers -ESRCH, nothing to wait for
got SIGUSR2
)"},
    // One that makes another signal of it: the tracer sees the other one.
    {"gives", R"(, "events": ["SIGNAL_ALL"],
        "default": {"signal:SIGUSR1": {"set": {"si_signo": "SIGUSR2"}}})",
     "", R"(attach 0: stopped SIGSTOP
CONT 0
SIGUSR1: registers 0, stopped SIGUSR2
CONT 0
SIGUSR2 is given: registers -ESRCH, nothing to wait for
got SIGUSR2
)"},
    // Quiescent for an engine: the tracer may not detach, as it has no stop of its own.
    {"quiesces", R"(, "events": ["QUIESCE"], "default": {"quiesce:0": "STOP"})",
     R"({"await": {"ticks": 50}}, {"control": {"engine": "other", "action": "REPORT"}},
        {"await": {"ticks": 200}}, {"control": {"engine": "other", "action": "RESUME"}})",
     R"(attach 0: stopped SIGSTOP
before the report: registers 0, nothing to wait for
CONT 0
stopped in the report: registers -ESRCH, nothing to wait for
DETACH -ESRCH
got SIGUSR1
)"},
    // SIGKILL ends all stops.
    {"kills", "", R"({"await": {"ticks": 50}}, {"control": {"engine": "other", "action": "STOP"}})",
     R"(attach 0: stopped SIGSTOP
CONT 0
the engine holds it: registers -ESRCH, nothing to wait for
after SIGKILL: killed SIGKILL
)"},
};

class Written final : public EventSink {
public:
    void emit(const Event& event) override {
        if (event.kind == EventKind::output) text += event.text;
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    std::string text;
};

}  // namespace

TEST_CASE("a tracer and engines of others hold a task beside each other", "[engines]") {
    if (!have_musl()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    const std::string program = compile_guest(scratch, "ptrace/beside");
    for (const Beside& one : table) {
        INFO(one.way << one.engine);
        const std::string controllers =
            one.steps[0] == 0
                ? ""
                : R"(, "controllers": [{"name": "c", "steps": [)" + std::string(one.steps) + "]}]";
        const Result<Scenario> scenario = load_scenario_text(
            R"({"format": "utsim.scenario/1", "semantics": "linux-now",
                "tasks": [{"name": "main", "pid": 1000, "argv": ["beside", ")" +
                std::string(one.way) + R"("], "exec": {"path": ")" + program + R"("}}],
                "engines": [{"name": "other", "on": "main")" +
                one.engine + "}]" + controllers + "}",
            "beside.json");
        REQUIRE(scenario.ok());
        Written written;
        RunOptions options;
        options.schedule = "fair=10000";
        options.sink = &written;
        const Result<RunReport> run = run_scenario(*scenario, options);
        REQUIRE(run.ok());
        CHECK(run->end == "quiet");
        CHECK(written.text == one.written);
    }
}

TEST_CASE("a signal that its tracer has given is not lost with the tracer", "[engines]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    GuestRun how;
    how.semantics = "linux-now";
    const std::string program = compile_guest(scratch, "ptrace/last_word");
    CHECK(run_inside(program, how).output == "SIGUSR1 20, SIGUSR2 20\n");
}

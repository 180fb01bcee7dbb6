// SPDX-License-Identifier: MIT
// What a tracer is answered under the two presets of ptrace: each decision point from both sides.
// The column of today is also what a Linux 6.18 prints. The table below says who shows which side.
#include <fstream>
#include <iterator>

#include "explore/outcomes.hpp"
#include "semantics/decision_table.hpp"
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr const char* today = R"(D1 SEIZE 0
D12 code of the attach's SIGSTOP 0x80
D17 EXITKILL 0, GETSIGMASK 0, GET_SYSCALL_INFO 24
D18 GETREGSET 0
D20 waitid with __WALL 0
D9 KILL of a running tracee: killed SIGKILL
D10 an invalid number returns -ENOSYS
D22 a number with high bits is the parent's 1
D11 first of SEGV and USR1: stopped SIGSEGV
D15 a request after the second SIGKILL 0
group stop: stopped SIGSTOP
  its SIGCONT: stopped SIGCONT
D4 the process counts as continued: continued
group stop: stopped SIGSTOP
D5 after DETACH from a group stop: stopped SIGSTOP
group stop: stopped SIGSTOP
D3 state in a group stop t
D2 a stopped task that is attached to, its stop told before: stopped SIGSTOP
D6 the real parent in a group stop: stopped SIGTSTP
D7 stopped SIGTRAP event EXEC, its message is its own id 1
a fork: stopped SIGTRAP event FORK
  and then a stop in call 57
D21 children first 1, then the latest that was attached to 1
rc 0
)";

constexpr const char* in_2009 = R"(D1 SEIZE -ESRCH
D12 code of the attach's SIGSTOP 0x0
D17 EXITKILL -EINVAL, GETSIGMASK -EIO, GET_SYSCALL_INFO -EIO
D18 GETREGSET -EIO
D20 waitid with __WALL -EINVAL
D9 KILL of a running tracee: stopped SIGUSR1
D10 an invalid number returns 77
D22 a number with high bits is the parent's 0
D11 first of SEGV and USR1: stopped SIGUSR1
D15 a request after the second SIGKILL -ESRCH
group stop: stopped SIGSTOP
  its SIGCONT: stopped SIGCONT
D4 the process counts as continued: nothing
group stop: stopped SIGSTOP
D5 after DETACH from a group stop: killed SIGUSR1
group stop: stopped SIGSTOP
D3 state in a group stop T
D2 a stopped task that is attached to, its stop told before: nothing
D6 the real parent in a group stop: nothing
D7 stopped SIGTRAP event EXEC, its message is its own id 0
a fork: stopped SIGTRAP event FORK
  and then a stop in call 110
D21 children first 1, then the latest that was attached to 1
rc 0
)";

}  // namespace

TEST_CASE("the presets of ptrace differ where fifteen years have changed it", "[decisions]") {
    if (!have_musl()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    const std::string program = compile_guest(scratch, "ptrace/decisions");
    CHECK(run_guest(program, "linux-now", std::nullopt) == today);
    CHECK(run_guest(program, "linux-2.6.32", std::nullopt) == in_2009);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        INFO("seed " << seed);
        CHECK(run_guest(program, "linux-now", seed) == today);
        CHECK(run_guest(program, "linux-2.6.32", seed) == in_2009);
    }
}

TEST_CASE("decisions of ptrace that no preset of its own shows", "[decisions]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const std::string program = compile_guest(scratch, "ptrace/seized");
    const auto run = [&](const std::string& semantics) {
        return run_guest(program, semantics, std::nullopt);
    };
    CHECK(run("linux-now") ==
          "D8 a seized task that execs: exited 5\n"
          "D14 first: stopped SIGTRAP|0x80, then stopped SIGTRAP event SECCOMP\nrc 0\n");
    CHECK(run("linux-now,ptrace.exec-trap=always") ==
          "D8 a seized task that execs: stopped SIGTRAP\n"
          "D14 first: stopped SIGTRAP|0x80, then stopped SIGTRAP event SECCOMP\nrc 0\n");
    CHECK(run("linux-now,ptrace.seccomp=filter-first") ==
          "D8 a seized task that execs: exited 5\n"
          "D14 first: stopped SIGTRAP event SECCOMP, then stopped SIGTRAP|0x80\nrc 0\n");
    CHECK(run("linux-now,ptrace.seccomp=absent") ==
          "D8 a seized task that execs: exited 5\nD14 no filters: -EINVAL\nrc 0\n");
}

TEST_CASE("where signals of the dying are dropped, next to nobody ends without a word",
          "[decisions]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const std::string program = compile_guest(scratch, "ptrace/exit_stop");
    const auto orders_untold = [&](const std::string& semantics) {
        const Result<Scenario> scenario = load_scenario_text(
            R"({"format": "utsim.scenario/1", "semantics": ")" + semantics +
                R"(", "tasks": [{"name": "main", "exec": {"path": ")" + program + R"("}}]})",
            "exit_stop.json");
        REQUIRE(scenario.ok());
        OutcomeSearch search;
        search.runs = 400;
        const Result<OutcomeReport> report = search_outcomes(*scenario, {}, search);
        REQUIRE(report.ok());
        std::uint64_t untold = 0;
        for (const OutcomeFound& one : report->found) {
            if (one.outcome.output == "D16 its end was not told\n") untold += one.count;
        }
        return untold;
    };
    // A SIGKILL between the entry of exit_group and the end that begins there is still pending.
    CHECK(orders_untold("linux-now") < 5);
    CHECK(orders_untold("linux-2.6.32") > 50);
    CHECK(orders_untold("linux-now,signal.dying=queued") > 50);
}

TEST_CASE("a task with engines of others can be traced as well", "[decisions]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const Result<Scenario> scenario = load_scenario_text(
        R"({"format": "utsim.scenario/1", "semantics": "linux-now", "tasks": [{"name": "main",
            "pid": 1000, "exec": {"path": ")" +
            compile_guest(scratch, "ptrace/attached") +
            R"("}}], "engines": [{"name": "other", "kind": "syscall-log"}],
            "expect": [{"output": {"task": "main", "is": "D19 ATTACH 0\n"}}]})",
        "attached.json");
    REQUIRE(scenario.ok());
    RunOptions options;
    options.schedule = "fair=10000";
    const Result<RunReport> run = run_scenario(*scenario, options);
    REQUIRE(run.ok());
    CHECK(run->held());
}

namespace {

/// A text that a file of tests has to have: what is expected on one side.
struct Shown {
    const char* file;
    const char* text;
};
struct DecisionShown {
    const char* id;
    const char* decision;  ///< of docs/semantics.md; null: it is not for anybody to choose
    Shown now;
    Shown then;
};

constexpr const char* here = "test/ptrace/decisions_test.cpp";
constexpr const char* told = "test/report/explain_test.cpp";

const DecisionShown table[] = {
    {"D1", "ptrace.seize", {here, "D1 SEIZE 0\n"}, {here, "D1 SEIZE -ESRCH\n"}},
    {"D2", "ptrace.group-stop", {here, "told before: stopped SIGSTOP"}, {here, "before: nothing"}},
    {"D3", "ptrace.group-stop", {here, "D3 state in a group stop t"}, {here, "a group stop T"}},
    {"D4", "ptrace.group-resume", {here, "continued: continued"}, {here, "continued: nothing"}},
    {"D5",
     "ptrace.group-detach",
     {here, "DETACH from a group stop: stopped SIGSTOP"},
     {here, "group stop: killed SIGUSR1"}},
    {"D6", "ptrace.real-parent", {here, "stop: stopped SIGTSTP"}, {here, "group stop: nothing"}},
    {"D7", "ptrace.exec-message", {here, "its own id 1"}, {here, "its own id 0"}},
    {"D8", "ptrace.exec-trap", {here, "execs: exited 5"}, {here, "execs: stopped SIGTRAP"}},
    {"D9", "ptrace.kill", {here, "killed SIGKILL"}, {here, "running tracee: stopped SIGUSR1"}},
    {"D10", "syscall.invalid", {here, "returns -ENOSYS"}, {here, "returns 77"}},
    {"D11", "signal.order", {here, "USR1: stopped SIGSEGV"}, {here, "USR1: stopped SIGUSR1"}},
    {"D12", "ptrace.attach-signal", {here, "SIGSTOP 0x80"}, {here, "SIGSTOP 0x0"}},
    {"D13", "exit.step-trap", {told, "exit.step-trap=utrace"}, {told, "exit.step-trap=arch"}},
    {"D14",
     "ptrace.seccomp",
     {here, "first: stopped SIGTRAP|0x80"},
     {here, "first: stopped SIGTRAP event SECCOMP"}},
    {"D15", "signal.dying", {here, "second SIGKILL 0"}, {here, "second SIGKILL -ESRCH"}},
    {"D16",
     "signal.dying",
     {here, "CHECK(orders_untold(\"linux-now\") < 5)"},
     {here, "CHECK(orders_untold(\"linux-2.6.32\") > 50)"}},
    {"D17", "ptrace.requests", {here, "D17 EXITKILL 0"}, {here, "D17 EXITKILL -EINVAL"}},
    {"D18", "ptrace.regset", {here, "D18 GETREGSET 0"}, {here, "D18 GETREGSET -EIO"}},
    // Plain utrace and ptrace excluded each other; an engine of utrace does not know the question.
    {"D19", nullptr, {here, "D19 ATTACH 0"}, {here, "D19 ATTACH 0"}},
    {"D20", "waitid.options", {here, "__WALL 0"}, {here, "__WALL -EINVAL"}},
    // The same in both.
    {"D21", nullptr, {here, "D21 children first 1"}, {here, "D21 children first 1"}},
    {"D22", "syscall.number", {here, "the parent's 1"}, {here, "the parent's 0"}},
};

bool file_has(const Shown& shown) {
    std::ifstream file(source_path(shown.file), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    // What the table itself says does not count.
    return text.substr(0, text.find("const DecisionShown table[]")).find(shown.text) !=
           std::string::npos;
}

}  // namespace

TEST_CASE("each decision point of ptrace is shown from both sides", "[decisions]") {
    CHECK(std::size(table) == 22);
    int number = 0;
    for (const DecisionShown& row : table) {
        INFO(row.id);
        CHECK(row.id == "D" + std::to_string(++number));
        CHECK(file_has(row.now));
        CHECK(file_has(row.then));
        if (row.decision == nullptr) continue;
        const DecisionInfo* decision = find_decision(row.decision);
        REQUIRE(decision != nullptr);
        CHECK(decision->value_count() >= 2);
    }
}

// SPDX-License-Identifier: MIT
// Programs of test/programs, compiled here, must print as processes of the simulation what
// they print natively, in every order; and orders in which they do not are found.
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include <utsim/explain.hpp>
#include <utsim/trace.hpp>

#include "explore/outcomes.hpp"
#include "process/call_table.hpp"
#include "report/timeline.hpp"
#include "test/support/guest_run.hpp"
#include "trace/stream.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr const char* compared_programs[] = {"files",   "pipes",   "threads",    "again",
                                             "shared",  "sockets", "every_call", "terminal",
                                             "corners", "mapped",  "storm"};

/// In small letters, with one blank wherever there is any space.
std::string in_one_line(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n';
        if (!space) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        if (space && !out.empty() && out.back() != ' ') out += ' ';
    }
    return out;
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
    for (const char* name : compared_programs) {
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

TEST_CASE("pid namespaces are as on Linux, where that lets us make one", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const std::string path = compile_guest(scratch, "programs/namespaces");
    const bool may_make = std::system("unshare --fork --pid true 2> /dev/null") == 0;
    CHECK((!may_make || run_natively(path) == "0 wrong\nrc 0\n"));
    CHECK(run_guest(path, "linux-now", std::nullopt) == "0 wrong\nrc 0\n");
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        INFO("seed " << seed);
        CHECK(run_guest(path, "linux-now", seed) == "0 wrong\nrc 0\n");
    }
}

TEST_CASE("traces tell calls with what their arguments lead to", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const Scenario scenario = scenario_of(compile_guest(scratch, "programs/calls"));
    const Result<RecordedRun> run = record_run(scenario, {});
    REQUIRE(run.ok());
    const std::string lines = run->trace.text();
    for (const char* line : {
             "openat(AT_FDCWD, \"/nowhere\", O_RDONLY|O_LARGEFILE|O_CLOEXEC)",
             "pipe2([3, 4], O_CLOEXEC)",
             "write(4, \"ab\\n\\0\", 4)",
             "read(3, \"ab\\n\\0\", 16)",
             "fcntl(3, F_SETFL, O_RDONLY|O_NONBLOCK",
             "kill(0, 0)",
             "rt_sigaction(SIGUSR1, {sa_handler=SIG_IGN, sa_mask=[], sa_flags=SA_RESTORER|SA_",
             "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)",
             "nanosleep({tv_sec=0, tv_nsec=5} <unfinished ...>",
             "prctl(PR_SET_NAME, \"calls!\"",
             "umask(022)",
             "[stopped by SIGTRAP, PTRACE_EVENT_EXIT], __WALL, NULL)",
             "[exited 3], __WALL, NULL)",
             "NULL, PTRACE_O_TRACESYSGOOD|PTRACE_O_TRACEEXIT)",
             "8*ORIG_RAX, [0xe7]",
             "NULL, [768])",
             "NULL, SIGUSR2",
         }) {
        INFO(line);
        CHECK(lines.find(line) != std::string::npos);
    }
    // A page has a call in one row, with what it has filled in.
    const Timeline line = timeline_of(run->trace);
    CHECK(std::any_of(line.rows.begin(), line.rows.end(), [](const TimelineRow& row) {
        return row.text == "pipe2([3, 4], O_CLOEXEC)" && row.result == "0";
    }));
    const std::string told = explain_text(run->trace);
    for (const char* words : {"a signal is on its way to it. it comes about only if",
                              "it is about to end, and ptrace_o_traceexit asks to hear of it",
                              "only main may let it go on; sigkill ends the stop as well",
                              "main makes the system call pipe2: ..."}) {
        INFO(words);
        CHECK(in_one_line(told).find(words) != std::string::npos);
    }
    // Texts are for people; the numbers are there as well.
    CHECK(run->trace.jsonl().find("\"nr\":\"pipe2\",\"arg0\":") != std::string::npos);
    CHECK(run->trace.jsonl().find("\"args\":\"...\"}") != std::string::npos);
    CHECK(run->trace.jsonl().find("\"answers\":\"[3, 4], O_CLOEXEC\"}") != std::string::npos);
}

TEST_CASE("a packed trace replays where the program is not", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const std::string path = compile_guest(scratch, "programs/again");
    const Scenario scenario = scenario_of(path);
    const auto traced = [&](bool pack) {
        std::string text;
        TraceStream stream(TraceForm::jsonl, {}, [&](std::string_view more) {
            text += more;
            return true;
        });
        REQUIRE(stream_run(scenario, {}, stream, pack).ok());
        return text;
    };
    const std::string packed = traced(true);
    const std::string plain = traced(false);
    CHECK(packed.substr(packed.find('\n')) == plain.substr(plain.find('\n')));
    CHECK(replay_trace(plain, "plain.jsonl")->same);

    std::ofstream(path, std::ios::app) << "changed";
    const Result<ReplayReport> changed = replay_trace(plain, "plain.jsonl");
    REQUIRE(!changed.ok());
    CHECK(changed.errors().front().code == "E-TRC-029");

    std::filesystem::remove(path);
    const Result<ReplayReport> absent = replay_trace(plain, "plain.jsonl");
    REQUIRE(!absent.ok());
    CHECK(absent.errors().front().message.find("cannot be read") != std::string::npos);
    const Result<ReplayReport> replay = replay_trace(packed, "packed.jsonl");
    REQUIRE(replay.ok());
    CHECK(replay->same);
    CHECK(replay->lines > 1000);

    std::string broken = packed;
    broken.replace(broken.find("\"packed\":\"") + 10, 4, "!!!!");
    const Result<ReplayReport> refused = replay_trace(broken, "broken.jsonl");
    REQUIRE(!refused.ok());
    CHECK(refused.errors().front().code == "E-TRC-031");
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
    for (const char* name : compared_programs) {
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

namespace {

/// Runs the schedule that was found, as the printed command does.
Outcome run_again(const Scenario& scenario, const std::string& schedule) {
    RunOptions again;
    again.schedule = schedule;
    OutcomeListener listener(nullptr);
    again.sink = &listener;
    const Result<RunReport> run = run_scenario(scenario, again);
    REQUIRE(run.ok());
    return listener.take(run->end, run->end_detail);
}

}  // namespace

TEST_CASE("each of these tracers loses its tracee in some order", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    struct Race {
        const char* name;
        bool hangs;
    };
    for (const Race race :
         {Race{"attach_exec", false}, Race{"late_option", false}, Race{"early_detach", true},
          Race{"group_stop", false}, Race{"two_waiters", false}}) {
        INFO(race.name);
        const std::string path = compile_guest(scratch, std::string("programs/races/") + race.name);
        const Scenario scenario = scenario_of(path);
        RunOptions usual;
        usual.schedule = "fair=10000";  // as `utsim exec` does it
        OutcomeSearch search;
        search.runs = 5000;
        search.until = [&](const Outcome& o) { return race.hangs ? o.hangs() : o.status == 1; };
        const Result<OutcomeReport> report = search_outcomes(scenario, usual, search);
        REQUIRE(report.ok());
        REQUIRE(report->met);
        CHECK(report->found.front().outcome.status == 0);  // it looks as if it worked
        const OutcomeFound& found = report->found[report->met_at];
        INFO(report->runs << " orders, " << found.schedule);
        CHECK(found.switches <= 8);
        CHECK(run_again(scenario, found.schedule) == found.outcome);
    }
}

TEST_CASE("a timeout can come before what it waits for, where time may pass", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const Scenario scenario = scenario_of(compile_guest(scratch, "programs/races/patience"));
    OutcomeSearch search;
    search.runs = 400;
    const Result<OutcomeReport> usual = search_outcomes(scenario, {}, search);
    REQUIRE(usual.ok());
    REQUIRE(usual->found.size() == 1);
    CHECK(usual->found.front().outcome.status == 0);
    search.faults = "time-passes";
    search.runs = 4000;
    const Result<OutcomeReport> report = search_outcomes(scenario, {}, search);
    REQUIRE(report.ok());
    std::set<int> seen;
    for (const OutcomeFound& found : report->found) {
        INFO(found.schedule);
        seen.insert(found.outcome.status);
        const bool passed = found.schedule.find(";time-passes@") != std::string::npos;
        CHECK(passed == (found.outcome.status != 0));
        CHECK(run_again(scenario, found.schedule) == found.outcome);
    }
    CHECK(seen == std::set<int>{0, 1, 2, 4, 8});
    search.faults = "time-flies";
    CHECK(search_outcomes(scenario, {}, search).errors().front().code == "E-RUN-003");
}

TEST_CASE("who dies while the list of tasks is gone through ends nothing but itself", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const Scenario scenario = scenario_of(compile_guest(scratch, "programs/deaths"));
    OutcomeSearch search;
    search.runs = 300;
    const Result<OutcomeReport> report = search_outcomes(scenario, {}, search);
    REQUIRE(report.ok());
    REQUIRE(report->found.size() == 1);
    CHECK(report->found.front().outcome.output == "done\n");
    CHECK(report->found.front().outcome.status == 5);
}

TEST_CASE("an order with another outcome is found, and shown again", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    for (const char* name : {"race", "race_shared"}) {
        INFO(name);
        const Scenario scenario =
            scenario_of(compile_guest(scratch, std::string("programs/") + name));
        OutcomeSearch search;
        search.runs = 5'000;
        search.until = [](const Outcome& outcome) { return outcome.status == 3; };
        const Result<OutcomeReport> report = search_outcomes(scenario, {}, search);
        REQUIRE(report.ok());
        REQUIRE(report->met);
        INFO(report->runs << " orders");
        const OutcomeFound& found = report->found[report->met_at];
        CHECK(found.outcome.output == "lost\n");
        CHECK(found.switches <= 8);
        CHECK(run_again(scenario, found.schedule) == found.outcome);
    }
}

// SPDX-License-Identifier: MIT
// Traces of programs that count instructions: the same whoever listens beside them, small, and
// replayed as exactly as those that hold each.
#include <algorithm>

#include <utsim/trace.hpp>

#include "contract/contract.hpp"
#include "test/support/guest_run.hpp"
#include "trace/stream.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// Hears of everything, or of as little as it can.
class Listener final : public EventSink {
public:
    explicit Listener(bool each) : each_(each) {}
    void emit(const Event&) override { ++events; }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool wants_each_instruction() const override { return each_; }
    std::uint64_t events = 0;

private:
    bool each_;
};

struct Traced {
    std::string text;
    std::uint64_t instructions = 0;

    std::size_t lines_with(const std::string& part) const {
        std::size_t count = 0;
        for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
        return count;
    }
};

Scenario loops(const ScratchFolder& scratch, const std::string& argument) {
    const std::string path = compile_guest(scratch, "programs/loops");
    const Result<Scenario> scenario = load_scenario_text(
        R"({"format": "utsim.scenario/1", "semantics": "linux-now", "tasks": [{"name": "main",
            "exec": {"path": ")" +
            path + R"("}, "argv": ["loops")" + argument + "]}]}",
        "loops.json");
    REQUIRE(scenario.ok());
    return *scenario;
}

Traced traced(const Scenario& scenario, bool counts, EventSink* sink,
              std::optional<std::uint64_t> seed = std::nullopt) {
    Traced out;
    TraceStream stream(TraceForm::jsonl, {}, [&](std::string_view more) {
        out.text += more;
        return true;
    });
    Contract contract(stream.names(), ContractChoice::all());
    RunOptions options;
    options.granularity = "api";
    if (!seed) options.schedule = "fair=10000";
    options.seed = seed;
    options.count_instructions = counts;
    options.max_steps = options.max_instructions = 100'000'000;
    options.sink = sink != nullptr ? sink : &contract;
    const Result<RunReport> report = stream_run(scenario, options, stream);
    REQUIRE(report.ok());
    CHECK(report->end == "quiet");
    out.instructions = report->instructions;
    return out;
}

}  // namespace

TEST_CASE("what a trace counts does not depend on who else listens", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const Scenario scenario = loops(scratch, "");
    for (const std::optional<std::uint64_t> seed :
         {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(1)}) {
        Listener little(false);
        Listener each(true);
        const Traced alone = traced(scenario, true, &little, seed);
        CHECK(alone.text == traced(scenario, true, &each, seed).text);
        CHECK(alone.text == traced(scenario, true, nullptr, seed).text);
        CHECK(little.events <= each.events);
        const Result<ReplayReport> replay = replay_trace(alone.text, "loops.jsonl");
        REQUIRE(replay.ok());
        CHECK(replay->same);
    }
}

TEST_CASE("a trace of millions of instructions is small", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    Listener listener(false);
    const Scenario scenario = loops(scratch, R"(, "long")");
    const Traced counted = traced(scenario, true, &listener);
    CHECK(counted.instructions > 3'000'000);
    CHECK(counted.text.size() < 300'000);
    // What else happens is all there: what calls mean, signals, the fault, the trap of the step.
    CHECK(counted.lines_with("\"instructions\":\"counted\"") == 1);
    CHECK(counted.lines_with("\"args\":") > 5);
    CHECK(counted.lines_with("\"kind\":\"fault\"") >= 1);
    CHECK(counted.lines_with("\"kind\":\"debug_trap\"") >= 2);
    CHECK(replay_trace(counted.text, "loops.jsonl")->same);
}

TEST_CASE("a trace that counts is compared line by line", "[process]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    Listener listener(false);
    const Scenario scenario = loops(scratch, "");
    const Traced counted = traced(scenario, true, &listener);
    const Traced each = traced(scenario, false, &listener);
    CHECK(each.lines_with("\"kind\":\"instruction\"") >
          100 * counted.lines_with("\"kind\":\"instruction\""));
    CHECK(replay_trace(each.text, "each.jsonl")->same);

    const std::size_t count = counted.text.find("\"count\":") + 8;
    std::string wrong = counted.text;
    wrong.insert(count, "9");
    CHECK_FALSE(replay_trace(wrong, "wrong.jsonl")->same);
    // As when a run is interrupted, or memory runs out: what is there is compared.
    std::string cut = counted.text.substr(0, counted.text.find('\n', count) + 1);
    CHECK(replay_trace(cut, "cut.jsonl")->cut_off);
    cut.replace(count, cut.find(',', count) - count, "1");
    CHECK(replay_trace(cut, "cut.jsonl")->cut_off);
    wrong = counted.text;
    wrong.replace(wrong.find("counted"), 7, "guessed");
    const Result<ReplayReport> refused = replay_trace(wrong, "wrong.jsonl");
    REQUIRE(!refused.ok());
    CHECK(refused.errors().front().code == "E-TRC-032");
}

// SPDX-License-Identifier: MIT
// What is written during a run is what is written of it afterwards, in every form; and a trace is
// held against a run without being kept.
#include "trace/stream.hpp"

#include <algorithm>

#include "support/testing.hpp"
#include "trace/reader.hpp"
#include "trace/replay.hpp"

using namespace utsim;

namespace {

std::string streamed(const Scenario& scenario, TraceForm form, const TraceTextOptions& options) {
    std::string out;
    TraceStream stream(form, options, [&out](std::string_view lines) {
        out += lines;
        return true;
    });
    REQUIRE(stream_run(scenario, {}, stream).ok());
    return out;
}

Scenario builtin(std::string_view name) {
    return load_scenario_text(find_builtin_scenario(name)->text, "s").value();
}

}  // namespace

TEST_CASE("a stream writes what a recorded trace writes", "[stream]") {
    TraceTextOptions columns;
    columns.columns = true;
    TraceTextOptions part;
    part.full = true;
    part.from = 5;
    part.until = 30;
    for (const BuiltinScenario& one : builtin_scenarios()) {
        CAPTURE(one.name);
        const Scenario scenario = load_scenario_text(one.text, "s").value();
        const RecordedTrace trace = record_run(scenario).value().trace;
        CHECK(streamed(scenario, TraceForm::jsonl, {}) == trace.jsonl());
        CHECK(streamed(scenario, TraceForm::text, {}) == trace.text());
        CHECK(streamed(scenario, TraceForm::text, part) == trace.text(part));
        CHECK(streamed(scenario, TraceForm::text, columns) == trace.text(columns));
    }
}

TEST_CASE("a run that nobody reads any more is stopped", "[stream]") {
    int pieces = 0;
    TraceStream stream(TraceForm::text, {}, [&pieces](std::string_view) { return ++pieces < 4; });
    const Result<RunReport> report = stream_run(builtin("tutorial/stop"), {}, stream);
    REQUIRE(report.ok());
    CHECK(report->end == "stopped");
    CHECK(pieces == 4);
}

TEST_CASE("a trace is shown while it is compared, up to where it differs", "[stream][replay]") {
    const RecordedTrace trace = record_run(builtin("tutorial/stop")).value().trace;
    std::string text = trace.jsonl();
    const auto replay = [&](std::string& out) {
        TraceStream stream(TraceForm::text, {}, [&out](std::string_view lines) {
            out += lines;
            return true;
        });
        TextLines lines(text);
        return replay_lines(lines, "t.jsonl", &stream);
    };
    std::string shown;
    CHECK(replay(shown)->same);
    CHECK(shown == trace.text());

    // Line ends of other systems are line ends.
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
        text.replace(at, 1, "\r\n");
    }
    shown.clear();
    CHECK(replay(shown)->same);

    text = trace.jsonl();
    text.replace(text.find("TASK_TRACED"), 11, "TASK_RUNNING");
    std::string part;
    const Result<ReplayReport> report = replay(part);
    REQUIRE(report.ok());
    CHECK_FALSE(report->same);
    CHECK(part.find("TASK_TRACED") != std::string::npos);
    CHECK(part.size() < shown.size() / 2);
    // What stands behind the first difference is not looked at, what stands before it is.
    text += "rubbish\n";
    CHECK(replay(part).ok());
    text.insert(text.find("{\"step\""), "rubbish\n");
    CHECK(replay(part).errors().front().code == "E-TRC-005");
}

TEST_CASE("--only knows every kind of event by exactly one sort", "[trace]") {
    for (const KindInfo& info : event_table()) {
        INFO(info.name);
        int sorts = 0;
        for (const EventSort& sort : event_sorts()) {
            const auto in_it = std::count(sort.kinds.begin(), sort.kinds.end(), info.kind);
            sorts += static_cast<int>(in_it);
            // A word that is both a sort and a kind means the sort, which has the kind in it.
            if (sort.name == info.name) CHECK(in_it == 1);
        }
        CHECK(sorts == 1);
    }
}

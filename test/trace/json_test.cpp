// SPDX-License-Identifier: MIT
// The JSON form: its exact bytes, and that reading gives back what was written.
#include "made_up_run.hpp"
#include "support/testing.hpp"
#include "trace/fingerprint.hpp"
#include "trace/json_writer.hpp"
#include "trace/reader.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

TraceEnd made_up_end(const EventLog& log, const NameTable& names) {
    return {"quiet", "", 16, log.size(), "A6B2A8", fingerprint_of(log, names).text()};
}

std::string made_up_file() {
    const StoredNames names = made_up_names();
    const EventLog log = made_up_log();
    return write_jsonl(made_up_header(), log, names, made_up_end(log, names));
}

void check_same_event(const Event& a, const NameTable& an, const Event& b, const NameTable& bn) {
    RC_ASSERT(a.kind == b.kind);
    RC_ASSERT(a.actor == b.actor);
    RC_ASSERT(a.step == b.step);
    RC_ASSERT(a.text == b.text);
    for (std::size_t i = 0; i < field_count(a.kind); ++i) {
        const bool text = kind_info(a.kind).field[i].format == Format::static_text;
        const auto at = static_cast<std::uint32_t>(a.value[i]);
        if (text && a.value[i] >= 0 && a.value[i] < nobody && !an.static_text(at).empty()) {
            RC_ASSERT(an.static_text(at) == bn.static_text(static_cast<std::uint32_t>(b.value[i])));
        } else {
            RC_ASSERT(a.value[i] == b.value[i]);
        }
    }
}

Event any_event(std::string& text) {
    Event event;
    event.kind = static_cast<EventKind>(*rc::gen::inRange(0, static_cast<int>(EventKind::count_)));
    event.step = *rc::gen::arbitrary<std::uint64_t>();
    if (*rc::gen::arbitrary<bool>()) event.actor = ActorId{*rc::gen::inRange(0u, 3u)};
    for (std::size_t i = 0; i < field_count(event.kind); ++i) {
        event.value[i] =
            *rc::gen::weightedOneOf<std::int64_t>({{4, rc::gen::inRange<std::int64_t>(-3, 8)},
                                                   {2, rc::gen::arbitrary<std::int64_t>()},
                                                   {1, rc::gen::just(nobody)},
                                                   {1, rc::gen::inRange<std::int64_t>(-600, 600)}});
    }
    if (!kind_info(event.kind).text_name.empty()) {
        text = *rc::gen::arbitrary<std::string>();
        event.text = text;
    }
    return event;
}

}  // namespace

TEST_CASE("the bytes of a trace", "[json]") {
    const std::string file = made_up_file();
    std::vector<std::string> lines;
    std::istringstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    REQUIRE(lines.size() == 32);
    CHECK(lines[0] ==
          R"({"format":"utsim.trace/1","utsim":"0.1.0","scenario":"made-up",)"
          R"("scenario_digest":"0000-0000-0000-0001","semantics":"F",)"
          R"("semantics_digest":"0000-0000-0000-0002","granularity":"lock","chooser":"schedule",)"
          R"("schedule":"A6B2","limits":{"max_steps":1000,"max_instructions":2000},)"
          R"("source":"{\"format\":\"utsim.scenario/1\"}\n"})");
    CHECK(lines[1] == R"({"name":"actor","id":0,"is":"victim","letter":"A","pid":100})");
    CHECK(lines[2] == R"({"name":"task","id":1,"is":"victim","pid":100})");
    CHECK(lines[3] == R"({"step":0,"actor":"victim","kind":"instruction","task":"victim",)"
                      R"("ip":"0x401000","count":1,"branch":false,"bytes":"bf01000000"})");
    CHECK(lines[5] == R"({"name":"engine","id":1,"is":"debugger"})");
    CHECK(lines[7] == R"({"step":2,"actor":"victim","kind":"callback_end","task":"victim",)"
                      R"("engine":"debugger","callback":"report_syscall_entry",)"
                      R"("ret":"UTRACE_SYSCALL_RUN|UTRACE_STOP","left0":"read","left1":0})");
    CHECK(lines[12] == R"({"step":4,"actor":"operator","kind":"api","call":"utrace_control",)"
                       R"("task":"victim","engine":"debugger","action":"UTRACE_RESUME",)"
                       R"("flags":"0x0","ret":"-EINPROGRESS","state":"TASK_RUNNING",)"
                       R"("exit_state":0})");
    CHECK(lines[14] == R"({"step":5,"actor":"victim","kind":"lock_taken","lock":"victim.utrace",)"
                       R"("function":"utrace_stop"})");
    CHECK(lines[20] == R"({"name":"engine","id":2,"is":"debugger~2"})");
    CHECK(lines[23].find(R"("data":"hello\n")") != std::string::npos);
    CHECK(lines[24].find(R"("data_hex":"fffe")") != std::string::npos);
    CHECK(lines.back() == R"({"end":"quiet","steps":16,"events":22,"schedule":"A6B2A8",)"
                          R"("fingerprint":")" +
                              fingerprint_of(made_up_log(), made_up_names()).text() + "\"}");
}

TEST_CASE("what was written reads back", "[json][reader]") {
    const std::string file = made_up_file();
    const Result<Trace> trace = read_trace(file, "made-up.jsonl");
    REQUIRE(trace.ok());
    CHECK(trace->header == made_up_header());
    REQUIRE(trace->end.has_value());
    CHECK(trace->end->fingerprint == fingerprint_of(trace->log, trace->names).text());
    CHECK(write_jsonl(trace->header, trace->log, trace->names, *trace->end) == file);
}

TEST_CASE("any events survive writing and reading", "[json][reader]") {
    testing::check_property("trace-round-trip", [] {
        const StoredNames names = made_up_names();
        EventLog log;
        const int count = *rc::gen::inRange(0, 12);
        for (int i = 0; i < count; ++i) {
            std::string text;
            log.append(any_event(text));
        }
        const TraceEnd end = made_up_end(log, names);
        const std::string file = write_jsonl(made_up_header(), log, names, end);
        const Result<Trace> trace = read_trace(file, "x");
        if (!trace.ok()) RC_FAIL(trace.errors()[0].message + " in " + file);
        RC_ASSERT(trace->log.size() == log.size());
        for (std::uint64_t i = 0; i < log.size(); ++i) {
            check_same_event(log.at(i), names, trace->log.at(i), trace->names);
        }
        RC_ASSERT(write_jsonl(trace->header, trace->log, trace->names, *trace->end) == file);
        RC_ASSERT(fingerprint_of(trace->log, trace->names).text() == end.fingerprint);
    });
}

// SPDX-License-Identifier: MIT
// What the reader says about traces that are not right: each message once, to the letter.
#include "trace/reader.hpp"

#include "made_up_run.hpp"
#include "scenario/diagnostic.hpp"
#include "support/golden.hpp"
#include "support/testing.hpp"
#include "trace/json_writer.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

const std::string header =
    R"({"format":"utsim.trace/1","utsim":"0.1.0","scenario":"s","scenario_digest":"d",)"
    R"("semantics":"F","semantics_digest":"d","granularity":"lock","chooser":"serial",)"
    R"("limits":{"max_steps":1,"max_instructions":2},"source":""})"
    "\n";
const std::string names = R"({"name":"actor","id":0,"is":"victim","letter":"A","pid":100})"
                          "\n"
                          R"({"name":"task","id":1,"is":"victim","pid":100})"
                          "\n";

struct Bad {
    const char* what;
    std::string text;
};

std::vector<Bad> bad_traces() {
    return {
        {"an empty file", ""},
        {"not JSON", "scenario"},
        {"another format", R"({"format":"utsim.trace/2"})"},
        {"a scenario", R"({"title":"x"})"},
        {"a header that lacks something", R"({"format":"utsim.trace/1","utsim":"0.1.0"})"},
        {"a header with something else",
         R"({"format":"utsim.trace/1","utsim":"0","scenario":"s","scenario_digest":"d",)"
         R"("semantics":"F","semantics_digest":"d","granularity":"lock","chooser":"serial",)"
         R"("limits":{"max_steps":1,"max_instructions":2},"source":"","shedule":"A1"})"},
        {"a string that is not UTF-8", "{\"format\":\"\xff\"}"},
        {"an end in a string", R"({"format":"utsim)"},
        {"half a surrogate pair", R"({"format":"\ud800"})"},
        {"an array", R"({"format":[1]})"},
        {"a fraction", R"({"format":1.5})"},
        {"a leading zero", R"({"format":01})"},
        {"a huge number", R"({"format":99999999999999999999})"},
        {"objects too deep", R"({"a":{"b":{"c":1}}})"},
        {"a key twice", R"({"format":"a","format":"b"})"},
        {"text after the object", header + names + R"({"end":"quiet"} x)"},
        {"a line of no sort", header + R"({"step":1})" + "\n"},
        {"an unknown kind", header + R"({"step":1,"kind":"calback"})" + "\n"},
        {"an unknown field", header + R"({"step":1,"kind":"note","text":"","who":1})" + "\n"},
        {"a missing field", header + names + R"({"step":1,"kind":"exit","task":"victim"})" + "\n"},
        {"an actor without a name",
         header + R"({"step":1,"actor":"victim","kind":"note","text":""})"},
        {"a task without a name",
         header + R"({"step":1,"kind":"exit","task":"child","code":0,"group_dead":true})"},
        {"a wrong word",
         header + names +
             R"({"step":1,"kind":"task_state","task":"victim","state":"TASK_TRACD",)"
             R"("exit_state":0})"},
        {"a flag that is a word",
         header + names +
             R"({"step":1,"kind":"exit","task":"victim","code":0,"group_dead":"yes"})"},
        {"true for a number",
         header + names + R"({"step":1,"kind":"exit","task":"victim","code":true,"group_dead":1})"},
        {"null for a number",
         header + names + R"({"step":1,"kind":"exit","task":"victim","code":null,"group_dead":1})"},
        {"a number that is too large",
         header + names +
             R"({"step":1,"kind":"exit","task":"victim","code":9223372036854775808,"group_dead":1})"},
        {"a negative step", header + R"({"step":-1,"kind":"note","text":""})"},
        {"bytes that are no pairs",
         header + names +
             R"({"step":1,"kind":"instruction","task":"victim","ip":"0x1","count":1,"branch":false,)"
             R"("bytes":"abc"})"},
        {"a name for nothing", header + R"({"name":"lock","id":0,"is":"x"})"},
        {"an id with two names", header + names + R"({"name":"task","id":1,"is":"other"})"},
        {"a name of two ids", header + names + R"({"name":"task","id":2,"is":"victim"})"},
        {"an id beyond all", header + R"({"name":"task","id":99999999,"is":"x"})"},
        {"a pid beyond all", header + R"({"name":"task","id":1,"is":"x","pid":4294967296})"},
        {"lost lines",
         header + R"({"end":"quiet","steps":1,"events":7,"schedule":"A1","fingerprint":"f"})"},
        {"more after the end",
         header + R"({"end":"quiet","steps":1,"events":0,"schedule":"A1","fingerprint":"f"})"
                  "\n{}\n"},
    };
}

}  // namespace

TEST_CASE("every mistake in a trace has a place and a reason", "[reader]") {
    std::string all;
    for (const Bad& bad : bad_traces()) {
        const Result<Trace> trace = read_trace(bad.text, "bad.jsonl");
        INFO(bad.what);
        REQUIRE_FALSE(trace.ok());
        all += "# " + std::string(bad.what) + "\n" + format_error(trace.errors()[0]) + "\n";
    }
    check_golden("test/trace/golden/errors.txt", all);
}

TEST_CASE("a trace that was cut off between lines is read as far as it goes", "[reader]") {
    const std::string text = header + names + R"({"step":1,"kind":"note","text":"x"})" + "\n";
    const Result<Trace> trace = read_trace(text, "cut.jsonl");
    REQUIRE(trace.ok());
    CHECK(trace->log.size() == 1);
    CHECK_FALSE(trace->end.has_value());
}

TEST_CASE("traces and scenarios are told apart by how they begin", "[reader]") {
    CHECK(looks_like_trace(header));
    CHECK_FALSE(looks_like_trace(R"({"format":"utsim.scenario/1"})"));
    CHECK_FALSE(looks_like_trace(""));
    CHECK_FALSE(looks_like_trace("utsim.trace/1"));
    CHECK_FALSE(looks_like_trace("{}\n\"utsim.trace/1\""));
}

TEST_CASE("damaged traces are read or rejected, never worse", "[reader]") {
    const TraceEnd end{"quiet", "", 16, 22, "A6", "f"};
    const StoredNames known = made_up_names();
    const std::string good = write_jsonl(made_up_header(), made_up_log(), known, end);
    testing::check_property("trace-damage", [&] {
        std::string text = good;
        const int changes = *rc::gen::inRange(1, 6);
        for (int i = 0; i < changes; ++i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
            const auto length = *rc::gen::inRange<std::size_t>(0, 20);
            if (*rc::gen::arbitrary<bool>()) {
                text.erase(at, length);
            } else {
                text[at] = *rc::gen::elementOf(std::string("\"{}:,\\\n0x-azA\xc3\xff"));
            }
            if (text.empty()) return;
        }
        const Result<Trace> trace = read_trace(text, "damaged.jsonl");
        if (!trace.ok()) RC_ASSERT(!trace.errors()[0].message.empty());
    });
}

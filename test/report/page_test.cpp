// SPDX-License-Identifier: MIT
// The data of pages and of Perfetto files: all that a run has is there, nothing of it can end the
// element that it stands in, slices nest and arrows have both ends.
#include <map>

#include <nlohmann/json.hpp>

#include "report/alignment.hpp"
#include "report/index_page.hpp"
#include "report/page.hpp"
#include "report/perfetto.hpp"
#include "support/random_scenario.hpp"
#include "support/testing.hpp"

namespace {

using namespace utsim;
using Json = nlohmann::json;

Scenario builtin(const char* name) {
    const BuiltinScenario* found = find_builtin_scenario(name);
    REQUIRE(found != nullptr);
    return load_scenario_text(found->text, "builtin").value();
}

Json data_of(const std::string& page) {
    const std::string begin = R"(id="data">)";
    const std::size_t at = page.find(begin);
    REQUIRE(at != std::string::npos);
    const std::size_t from = at + begin.size();
    return Json::parse(page.substr(from, page.find("</script>", from) - from));
}

/// Fields of a message, in order.
struct Field {
    std::uint32_t number = 0;
    std::uint64_t value = 0;
    std::string bytes;
};
std::vector<Field> fields_of(std::string_view message) {
    std::vector<Field> out;
    const auto varint = [&] {
        std::uint64_t value = 0;
        for (int shift = 0;; shift += 7) {
            REQUIRE(!message.empty());
            const auto byte = static_cast<unsigned char>(message.front());
            message.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7fu} << shift;
            if ((byte & 0x80) == 0) return value;
        }
    };
    while (!message.empty()) {
        Field field;
        const std::uint64_t tag = varint();
        field.number = static_cast<std::uint32_t>(tag >> 3);
        if ((tag & 7) == 0) {
            field.value = varint();
        } else if ((tag & 7) == 1) {
            REQUIRE(message.size() >= 8);
            for (int i = 0; i < 8; ++i) {
                field.value |= std::uint64_t{static_cast<unsigned char>(message[i])} << (8 * i);
            }
            message.remove_prefix(8);
        } else {
            REQUIRE((tag & 7) == 2);
            const std::uint64_t size = varint();
            REQUIRE(message.size() >= size);
            field.bytes = message.substr(0, size);
            message.remove_prefix(size);
        }
        out.push_back(std::move(field));
    }
    return out;
}
const Field* find(const std::vector<Field>& fields, std::uint32_t number) {
    for (const Field& field : fields) {
        if (field.number == number) return &field;
    }
    return nullptr;
}

void check_perfetto(const std::string& file) {
    std::map<std::uint64_t, bool> tracks;
    std::map<std::uint64_t, int> open;
    std::map<std::uint64_t, int> flows;
    std::uint64_t before = 0;
    for (const Field& packet_field : fields_of(file)) {
        const std::vector<Field> packet = fields_of(packet_field.bytes);
        if (const Field* descriptor = find(packet, 60)) {
            const std::vector<Field> track = fields_of(descriptor->bytes);
            const Field* parent = find(track, 5);
            if (parent != nullptr) CHECK(tracks.contains(parent->value));
            tracks[find(track, 1)->value] = true;
            continue;
        }
        const std::uint64_t time = find(packet, 8)->value;
        CHECK(time >= before);
        before = time;
        const std::vector<Field> event = fields_of(find(packet, 11)->bytes);
        const std::uint64_t track = find(event, 11)->value;
        CHECK(tracks.contains(track));
        const std::uint64_t type = find(event, 9)->value;
        if (type == 1) ++open[track];
        if (type == 2) CHECK(--open[track] >= 0);
        for (const Field& field : event) {
            if (field.number == 47) flows[field.value] += 1;
            if (field.number == 48) flows[field.value] += 100;
        }
    }
    for (const auto& [track, count] : open) CHECK(count == 0);
    for (const auto& [flow, ends] : flows) CHECK(ends == 101);
}

}  // namespace

TEST_CASE("a page has the whole run", "[page]") {
    const Scenario scenario = builtin("tutorial/stop");
    const PageRun run = run_for_page(scenario, {}).value();
    PageText text;
    text.title = "stop";
    text.findings.push_back({"C-038", "made up", "utrace", 20, 2, false});
    text.commands = {"utsim replay stop.json --at={step}"};
    const std::string page = page_of(run, text);
    const Json data = data_of(page);
    CHECK(data["title"] == "stop");
    CHECK(data["lanes"].size() == 3);  // the target, its engine, the operator
    CHECK(data["lanes"][1]["kind"] == "engine");
    CHECK(data["rows"].size() == timeline_of(run.run.trace).rows.size());
    CHECK(data["clauses"].contains("C-038"));
    CHECK(data["arrows"].size() >= 1);
    // What changes adds up to what is there in the end.
    std::map<std::string, std::string> state;
    for (const Json& one : data["state"]) state[data["paths"][one[0].get<int>()]] = one[1];
    for (const Json& step : data["changes"]) {
        for (const Json& change : step[1]) {
            const std::string path = data["paths"][change[0].get<int>()];
            if (change[1].is_null()) {
                state.erase(path);
            } else {
                state[path] = change[1];
            }
        }
    }
    CHECK(state["tasks.target.state"] == "TASK_DEAD");
    CHECK(state["tasks.target.exit_state"] == "EXIT_ZOMBIE");
}

TEST_CASE("nothing in a run can act in a page", "[page]") {
    const std::string hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>";
    const std::string name = "t";  // names of tasks and engines are words
    const Json file{{"format", "utsim.scenario/1"},
                    {"title", hostile + "\u2028&"},
                    {"tasks", {{{"name", name}, {"program", {{{"op", "compute"}}}}}}},
                    {"engines", {{{"name", "e"}, {"on", name}, {"events", {"QUIESCE"}}}}}};
    const Result<Scenario> scenario = load_scenario_text(file.dump(), hostile + ".json");
    REQUIRE(scenario.ok());
    const PageRun run = run_for_page(*scenario, {}).value();
    PageText text;
    text.title = hostile;
    text.commands = {hostile};
    const std::string page = page_of(run, text);
    CHECK(page.find("<script>alert") == std::string::npos);
    CHECK(page.find("<img") == std::string::npos);
    const auto count = [&](std::string_view what) {
        std::size_t n = 0;
        for (std::size_t at = page.find(what); at != std::string::npos;
             at = page.find(what, at + 1)) {
            ++n;
        }
        return n;
    };
    CHECK(count("<script") == 2);
    CHECK(count("</script") == 2);
    CHECK(data_of(page)["title"] == hostile);
}

TEST_CASE("an index tells findings as text, with links to their pages", "[page]") {
    IndexText text;
    text.title = "<b>";
    text.verdict = "\"1 & 2\"";
    IndexEntry entry;
    entry.title = "<i>";
    entry.clause = "C-038";
    entry.message = "</p><script>\x1b[2J\x01";
    entry.functions = {"utrace_control", "<f>"};
    entry.story = {"<s>"};
    entry.steps = 7;
    entry.page = "a b.html";
    entry.command = "utsim replay '<x>'";
    text.entries = {entry, {"bare", {}, {}, {}, {}, 0, {}, {}}};
    text.entries[1].message = "\xff";
    text.clauses = {"I5", "none such"};
    const std::string page = index_of(text);
    CHECK(page.starts_with("<!doctype html>\n"));
    CHECK(page.find("script-src") == std::string::npos);
    CHECK(page.find_first_of("\x1b\x01\xff") == std::string::npos);
    for (const char* tag : {"<b>", "<i>", "<script", "<f>", "<s>", "<x>"}) {
        CHECK(page.find(tag) == std::string::npos);
    }
    for (const char* part : {"<title>&lt;b&gt;</title>", "&quot;1 &amp; 2&quot;",
                             "<a href=\"a%20b.html\">&lt;i&gt;</a>", "<a href=\"#C-038\">C-038</a>",
                             "in utrace_control, &lt;f&gt;, 7 steps", "<dt id=\"C-038\">",
                             "<dt id=\"I5\">", "<h2>bare</h2>", "\\u001b[2J\\u0001", "\\xff"}) {
        INFO(part);
        CHECK(page.find(part) != std::string::npos);
    }
}

TEST_CASE("a thousand events fit into 400 kB", "[page]") {
    std::string program;
    for (int i = 0; i < 140; ++i) program += R"({"op":"syscall","nr":"getpid","ret":7},)";
    const Result<Scenario> scenario = load_scenario_text(
        R"({"format":"utsim.scenario/1","title":"long","tasks":[{"name":"t","program":[)" +
            program + R"({"op":"compute"}]}],
            "engines":[{"name":"e","on":"t","events":["SYSCALL_ENTRY","SYSCALL_EXIT"]}]})",
        "long.json");
    REQUIRE(scenario.ok());
    const PageRun run = run_for_page(*scenario, {}).value();
    CHECK(run.run.trace.size() >= 1000);
    const std::string page = page_of(run, {"long", {}, {}});
    INFO(run.run.trace.size() << " events");
    CHECK(page.size() < 400'000);
}

TEST_CASE("two runs are set beside each other where they are alike", "[page]") {
    const Scenario scenario = builtin("tutorial/stop");
    const PageRun a = run_for_page(scenario, {}).value();
    RunOptions early;
    early.semantics = "E1";
    const PageRun b = run_for_page(scenario, early).value();
    const Timeline line_a = timeline_of(a.run.trace);
    const Timeline line_b = timeline_of(b.run.trace);
    std::size_t in_a = 0;
    std::size_t in_b = 0;
    std::size_t same = 0;
    for (const AlignedRow& row : aligned(line_a, line_b)) {
        in_a += row.a != nullptr ? 1 : 0;
        in_b += row.b != nullptr ? 1 : 0;
        same += row.same ? 1 : 0;
    }
    CHECK(in_a == line_a.rows.size());
    CHECK(in_b == line_b.rows.size());
    CHECK(same > line_a.rows.size() / 2);
    const PageBeside beside{b.run, "F", "E1"};
    const Json data = data_of(page_of(a, {"two", {}, {}}, &beside));
    CHECK(data["beside"][1] == "E1");
    std::uint64_t step = 0;
    for (const Json& row : data["rows"]) {  // a page looks for steps in them
        CHECK(row[0] >= step);
        step = row[0];
    }
    for (const AlignedRow& row : aligned(line_a, line_a)) CHECK(row.same);
}

TEST_CASE("a Perfetto file is well made", "[page]") {
    for (const char* name : {"tutorial/stop", "tutorial/clone", "tutorial/single-step"}) {
        const RecordedRun run = record_run(builtin(name), {}).value();
        check_perfetto(perfetto_of(timeline_of(run.trace), name));
    }
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const Result<Scenario> scenario =
            load_scenario_text(testing::ScenarioMaker(seed).make(), "made up");
        REQUIRE(scenario.ok());
        RunOptions options;
        options.seed = seed;
        options.max_steps = 400;
        const RecordedRun run = record_run(*scenario, options).value();
        check_perfetto(perfetto_of(timeline_of(run.trace), "made up"));
    }
}

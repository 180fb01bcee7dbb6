// SPDX-License-Identifier: MIT
// What the loader says about files that are wrong. The texts are golden: people read them.
#include <string>

#include <utsim/scenario.hpp>

#include "scenario/diagnostic.hpp"
#include "scenario/scenario.hpp"
#include "support/golden.hpp"

namespace {

using namespace utsim;

std::string complaints(const std::string& text) {
    const Result<Scenario> scenario = load_scenario_text(text, "mine.json");
    return scenario.ok() ? "accepted\n" : format_errors(scenario.errors());
}

/// A whole file with `members` besides what every file needs.
std::string file_with(const std::string& members) {
    return "{\n  \"format\": \"utsim.scenario/1\",\n  \"tasks\": [ { \"name\": \"target\" } ]" +
           std::string(members.empty() ? "" : ",\n") + members + "\n}\n";
}

TEST_CASE("the smallest file is accepted", "[scenario]") {
    CHECK(complaints(file_with("")) == "accepted\n");
}

TEST_CASE("syntax errors say where", "[scenario]") {
    testing::check_golden("test/golden/scenario/syntax.txt",
                          complaints("{ \"format\": \"utsim.scenario/1\",\n  \"tasks\": [,] }\n") +
                              complaints("{ \"format\": \"utsim.scenario/1\"") + complaints("") +
                              complaints("{ \"a\": \"\x80\" }") + complaints("[1, 2] 3"));
}

TEST_CASE("all errors of a file come at once, in file order", "[scenario]") {
    const std::string text = R"({
  "format": "utsim.scenario/1",
  "tasks": [
    { "name": "target", "pid": 100, "pid": 101, "programm": [] },
    { "name": "other", "pid": 1.5, "program": [ { "op": "compute" }, { "op": "comptue" } ] }
  ],
  "engines": [
    { "name": "watcher", "on": "targte", "events": ["SYSCAL_ENTRY", "UTRACE_EVENT_QUIESCE"] },
    { "name": "target", "on": "target", "kind": "steper" }
  ],
  "controllers": [
    { "name": "operator", "steps": [
        { "control": { "engine": "watcher", "action": "SINGELSTEP" }, "expect": "-EINPROGRES" },
        { "await": { "state": "TRACED" } },
        { "release": "a", "say": "b" },
        { "note": "nothing" } ] }
  ],
  "expect": [ { "final": { "targett": { "exit": 0 } } }, { "never": { "kind": "bugg" } } ]
}
)";
    testing::check_golden("test/golden/scenario/many.txt", complaints(text));
}

TEST_CASE("what a schema cannot know is checked too", "[scenario]") {
    const std::string text = R"({
  "format": "utsim.scenario/1",
  "schedule": "A6?",
  "tasks": [
    { "name": "one", "parent": "two", "asm": [ "start: mov eax, ebxx", "jmp nowhere" ], "idle_at_end": true },
    { "name": "two", "argv": ["x"], "handlers": { "SIGUSR1": { "label": "start" } },
      "program": [ { "op": "clone", "child": "one" }, { "op": "sigaction", "signal": "SIGKILL", "to": "IGN" } ] },
    { "name": "three", "elf": "does/not/exist" }
  ],
  "engines": [
    { "name": "a", "default": { "quiesce:0": { "block": "gone" } } },
    { "name": "b", "on": "two", "kind": "guard", "config": { "rules": [ { "nr": "write", "arg": 1, "verdict": "allow" } ] } }
  ],
  "controllers": [ { "name": "c", "steps": [ { "state": { "task": "one" }, "expect": 0 }, { "await": { "flag": "go" } }, { "release": "gone2" } ] } ],
  "expect": [
    { "count": { "of": { "kind": "debug_trap", "ip": "strat" } } },
    { "final": { "a": { "exit": 1 }, "one": { "calls": 3, "ip": "start+2" } } }
  ]
}
)";
    testing::check_golden("test/golden/scenario/meaning.txt", complaints(text));
}

TEST_CASE("no more than twenty errors are told", "[scenario]") {
    std::string members;
    for (int i = 0; i < 40; ++i) {
        members += (i == 0 ? "  \"x" : ",\n  \"x") + std::to_string(i) + "\": 1";
    }
    const Result<Scenario> scenario = load_scenario_text(file_with(members), "mine.json");
    REQUIRE(!scenario.ok());
    CHECK(scenario.errors().size() == ScenarioLimits::errors);
}

TEST_CASE("limits have messages", "[scenario]") {
    std::string deep = "{\"format\": ";
    for (std::size_t i = 0; i < ScenarioLimits::nesting + 5; ++i) deep += "[";
    CHECK(complaints(deep).find("nested deeper than 32 levels") != std::string::npos);
    CHECK(complaints(std::string(ScenarioLimits::file_bytes + 1, ' ')).find("larger than 4 MiB") !=
          std::string::npos);
    std::string wide = "  \"note\": [";
    for (std::size_t i = 0; i <= ScenarioLimits::values; ++i) wide += i == 0 ? "1" : ",1";
    CHECK(complaints(file_with(wide + "]")).find("more than 200000 values") != std::string::npos);
    std::string keys = "{";
    for (std::size_t i = 0; i <= ScenarioLimits::members; ++i) {
        keys += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\": 1";
    }
    CHECK(complaints(keys + "}").find("more than 1000 keys") != std::string::npos);
    const std::string operations =
        "{\"format\": \"utsim.scenario/1\", \"tasks\": [{\"name\": \"t\", \"program\": "
        "[{\"op\": \"compute\", \"count\": 99999}, {\"op\": \"branch\", \"count\": 2}]}]}";
    CHECK(complaints(operations).find("more than 100000 operations") != std::string::npos);
}

TEST_CASE("a later version of the format is told apart", "[scenario]") {
    CHECK(complaints("{\"format\": \"utsim.scenario/2\", \"new\": 1}").find("E-SCN-106") !=
          std::string::npos);
}

TEST_CASE("the digest does not see layout, order of keys and notes", "[scenario]") {
    const auto digest = [](const std::string& text) {
        return load_scenario_text(text, "x.json").value().digest();
    };
    const std::string one = digest(file_with("\"title\": \"t\", \"semantics\": \"F\""));
    CHECK(one == digest(file_with("\"semantics\":\"F\",\n\n\"title\": \"t\",\"note\": \"n\"")));
    CHECK(one != digest(file_with("\"title\": \"u\", \"semantics\": \"F\"")));
}

TEST_CASE("a file that is not there is an error without a position", "[scenario]") {
    const Result<Scenario> scenario = load_scenario_file("does/not/exist.json");
    REQUIRE(!scenario.ok());
    CHECK(scenario.errors()[0].code == "E-SCN-100");
    CHECK(scenario.errors()[0].line == 0);
}

}  // namespace

TEST_CASE("an error never echoes megabytes", "[load]") {
    Error error;
    error.file = "huge.json";
    error.message = "unknown key \"" + std::string(2'000'000, 'k') + "\"";
    error.pointer = "/" + std::string(2'000'000, 'p');
    error.hint = std::string(2'000'000, 'h');
    const std::string text = format_error(error, false);
    CHECK(text.size() < 5'000);
    CHECK(text.find("unknown key") != std::string::npos);
    CHECK(text.find("bytes ...]") != std::string::npos);
}

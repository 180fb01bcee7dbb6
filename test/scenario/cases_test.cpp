// SPDX-License-Identifier: MIT
// Expectations that hold under some semantics only.
#include <utsim/scenario.hpp>
#include <utsim/simulation.hpp>

#include "scenario/diagnostic.hpp"
#include "support/testing.hpp"

namespace {

using namespace utsim;

std::string file(const std::string& rest) {
    return R"({"format":"utsim.scenario/1",
 "tasks":[{"name":"target","program":[{"op":"compute","count":6},{"op":"exit","code":7}]}],
 "engines":[{"name":"e","events":["QUIESCE","SIGNAL_CORE"],
             "default":{"signal:SIGTRAP":{"return":["RESUME","IGN"]}}}],
 "controllers":[{"name":"c","steps":[{"control":{"engine":"e","action":"SINGLESTEP"}}]}],
 "schedule":"A2B3")" +
           rest + "}";
}

const char* const by_era = R"(,
 "expect":[{"final":{"target":{"exit":7}}}],
 "cases":[
  {"semantics":["E1","flags-proposal"],
   "expect":[{"sometimes":{"kind":"api","call":"control","ret":"-EAGAIN"}}]},
  {"semantics":"F","expect":[{"never":{"kind":"api","call":"control","ret":"-EAGAIN"}},
                             {"end":"quiet"}]}])";

Scenario load(const std::string& text) {
    Result<Scenario> loaded = load_scenario_text(text, "cases.json");
    if (!loaded.ok()) FAIL(format_errors(loaded.errors()));
    return std::move(loaded).value();
}

std::string first_code(const std::string& rest) {
    const auto loaded = load_scenario_text(file(rest), "cases.json");
    return loaded.ok() ? "" : loaded.errors().front().code;
}

RunReport run(const Scenario& scenario, const std::string& semantics) {
    RunOptions options;
    options.semantics = semantics;
    return run_scenario(scenario, options).value();
}

TEST_CASE("a scenario names the semantics of its cases", "[cases]") {
    const Scenario scenario = load(file(by_era));
    CHECK(scenario.cases() == std::vector<std::string>{"E1", "flags-proposal", "F"});
    CHECK(scenario.semantics() == "E1");
    CHECK(load(file("")).cases().empty());
    CHECK(load(file("")).semantics() == "F");
}

TEST_CASE("only the cases of the semantics that runs are judged", "[cases]") {
    const Scenario scenario = load(file(by_era));
    for (const char* semantics : {"E1", "flags-proposal", "F"}) {
        INFO(semantics);
        const RunReport report = run(scenario, semantics);
        CHECK(report.held());
        CHECK(report.vacuous() == 0);
    }
    CHECK(run(scenario, "E1").expectations.size() == 2);
    CHECK(run(scenario, "F").expectations.size() == 3);
    CHECK(run(scenario, "E3").expectations.size() == 1);
    CHECK(run(scenario, "2010-12-24").expectations.size() == 3);
}

TEST_CASE("a case that is wrong fails in its semantics", "[cases]") {
    const Scenario scenario = load(file(R"(,"cases":[
        {"semantics":["E1","F"],
         "expect":[{"sometimes":{"kind":"api","call":"control","ret":"-EAGAIN"}}]}])"));
    CHECK(run(scenario, "E1").held());
    CHECK(!run(scenario, "F").held());
}

TEST_CASE("one semantics can be in several cases", "[cases]") {
    const Scenario scenario = load(file(R"(,"cases":[
        {"semantics":["E1","F"],"expect":[{"final":{"target":{"exit":7}}}]},
        {"semantics":"F","expect":[{"final":{"target":{"exit":8}}}]}])"));
    CHECK(scenario.cases().size() == 2);
    CHECK(run(scenario, "E1").held());
    CHECK(!run(scenario, "F").held());
}

TEST_CASE("cases that make no sense are refused", "[cases]") {
    CHECK(first_code(R"(,"cases":[{"semantics":"E9","expect":[]}])") == "E-SCN-225");
    CHECK(first_code(R"(,"cases":[{"semantics":"E1,step.arm=resume","expect":[]}])") ==
          "E-SCN-225");
    CHECK(first_code(R"(,"cases":[{"semantics":["E1","E1"],"expect":[]}])") == "E-SCN-227");
    CHECK(first_code(R"(,"semantics":"E1","cases":[{"semantics":"E1","expect":[]}])") ==
          "E-SCN-118");
    CHECK(first_code(R"(,"cases":[{"expect":[]}])") == "E-SCN-116");
    CHECK(first_code(R"(,"cases":[{"semantics":[],"expect":[]}])") == "E-SCN-114");
    CHECK(first_code(R"(,"cases":[])") == "E-SCN-114");
}

}  // namespace

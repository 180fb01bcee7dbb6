// SPDX-License-Identifier: MIT
// `utsim semantics`, semantics files on the command line, and scenarios with cases.
#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace utsim::testing;

namespace {

const char* const proposal = R"({"format":"utsim.semantics/1","title":"the proposal",
 "preset":"E1","choices":{"step.arm":"flags"}})";

}  // namespace

TEST_CASE("semantics: list, show, diff", "[semantics]") {
    Session session;
    session.write("mine.json", proposal);
    session.write("wrong.json", R"({"format":"utsim.semantics/1",
 "preset":"E1",
 "choices":{"step.arm":"resume"}})");
    CHECK(session.tell("semantics list").code == 0);
    CHECK(session.tell("semantics show F").code == 0);
    CHECK(session.tell("semantics show mine.json").code == 0);
    CHECK(session.tell("semantics diff E1 E2").code == 0);
    CHECK(session.tell("semantics diff E1 2009-10-27").code == 0);
    CHECK(session.tell("semantics show wrong.json").code == 3);
    CHECK(session.tell("semantics show F,step.amr=flags").code == 3);
    CHECK(session.tell("semantics diff E1").code == 2);
    CHECK(session.tell("semantics lst").code == 2);
    session.check("semantics.txt");
}

TEST_CASE("semantics as data", "[semantics]") {
    Session session;
    using nlohmann::json;
    const json list = json::parse(session.run("semantics list --json").out);
    CHECK(list["presets"].size() >= 7);
    CHECK(list["decision_points"].size() >= 40);
    const json shown = json::parse(session.run("semantics show E1 --json").out);
    CHECK(shown["choices"].size() == list["decision_points"].size());
    const json diff = json::parse(session.run("semantics diff E1 flags-proposal --json").out);
    CHECK(diff["differences"].size() == 1);
    CHECK(diff["differences"][0]["second"]["value"] == "flags");
    CHECK(json::parse(session.run("schema semantics").out)["title"] == "utsim.semantics/1");
}

TEST_CASE("a semantics file runs scenarios, and the trace does without it", "[semantics]") {
    Session session;
    session.bring("ok.json");
    session.write("mine.json", proposal);
    CHECK(session.run("run ok.json --semantics=mine.json --trace=t.jsonl").code == 0);
    CHECK(session.read("t.jsonl").find(R"("semantics":"flags-proposal")") != std::string::npos);
    session.shell("rm mine.json ok.json");
    CHECK(session.run("replay t.jsonl").code == 0);
    session.bring("ok.json");
    CHECK(session.run("run ok.json --semantics=mine.json").code == 3);
    CHECK(session.run("explore ok.json --semantics=E11").code == 3);
}

TEST_CASE("a scenario with cases runs once for each", "[run]") {
    Session session;
    session.write("cases.json", R"({"format":"utsim.scenario/1",
 "tasks":[{"name":"target","program":[{"op":"compute","count":6},{"op":"exit","code":7}]}],
 "engines":[{"name":"e","events":["QUIESCE"]}],
 "controllers":[{"name":"c","steps":[{"control":{"engine":"e","action":77},"expect":"-EINVAL"}]}],
 "schedule":"A2B3",
 "cases":[{"semantics":["E1","F"],"expect":[{"never":{"kind":"warning"}}]}]})");
    CHECK(session.tell("run cases.json").code == 1);
    CHECK(session.tell("run cases.json --semantics=E1").code == 0);
    CHECK(session.tell("run cases.json --semantics=E5").code == 0);
    CHECK(session.tell("run cases.json --trace=t.jsonl").code == 3);
    CHECK(session.tell("run cases.json --semantics=E1 --trace=t.jsonl").code == 0);
    CHECK(nlohmann::json::parse(session.run("run cases.json --json").out)["scenarios"].size() == 2);
    session.check("cases.txt");
}

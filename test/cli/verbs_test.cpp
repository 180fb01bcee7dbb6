// SPDX-License-Identifier: MIT
// What the commands print and exit with, to the letter; and that the same run is the same bytes.
#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace utsim::testing;

TEST_CASE("run", "[run]") {
    Session session;
    session.bring("ok.json");
    session.bring("fails.json");
    session.bring("stop.json");
    session.bring("wrong.json");
    session.shell("mkdir empty many; cp ok.json many/b.json; cp stop.json many/a.json");
    CHECK(session.tell("run ok.json").code == 0);
    CHECK(session.tell("run many").code == 0);
    CHECK(session.tell("run ok.json fails.json").code == 1);
    CHECK(session.tell("run ok.json wrong.json").code == 3);
    CHECK(session.tell("run empty").code == 4);
    CHECK(session.tell("run ok.json --format=text").code == 0);
    CHECK(session.tell("run ok.json --max-steps=1").code == 1);
    CHECK(session.tell("run ok.json fails.json --json").code == 1);
    session.check("run.txt");
}

TEST_CASE("the command that a failure ends with shows the failure", "[run]") {
    Session session;
    session.bring("fails.json");
    const Ran ran = session.run("run fails.json");
    const std::string mark = "reproduce  utsim ";
    const std::size_t at = ran.out.find(mark);
    REQUIRE(at != std::string::npos);
    const std::size_t from = at + mark.size();
    CHECK(session.run(ran.out.substr(from, ran.out.find('\n', at) - from)).code == 1);
}

TEST_CASE("diff", "[diff]") {
    Session session;
    session.bring("stop.json");
    session.bring("step.json");
    session.bring("wrong.json");
    session.shell("mkdir empty");
    CHECK(session.tell("diff E1 E2 step.json").code == 1);
    CHECK(session.tell("diff E5 F stop.json").code == 0);
    CHECK(session.tell("diff E1 E2 step.json --explore --runs=20").code == 1);
    CHECK(session.tell("diff E1 E2 step.json --json").code == 1);
    CHECK(session.tell("diff F F --generate=20").code == 0);
    CHECK(session.tell("diff F E7 stop.json").code == 2);
    CHECK(session.tell("diff F E1").code == 2);
    CHECK(session.tell("diff F E1 wrong.json").code == 3);
    CHECK(session.tell("diff F E1 empty").code == 4);
    session.check("diff.txt");
}

TEST_CASE("what diff leaves in files shows again, and is not replaced", "[diff]") {
    Session session;
    const std::string words = "diff E3 E4 --generate=40 --out=found";
    CHECK(session.run(words).code == 1);
    CHECK(session
              .shell("for file in found/*.json; do \"$UTSIM_BIN\" diff E3 E4 $file || "
                     "test $? = 1 || exit 9; done")
              .code == 0);
    CHECK(session.run(words).code == 3);
}

TEST_CASE("replay of a scenario", "[replay]") {
    Session session;
    session.bring("stop.json");
    session.bring("fails.json");
    CHECK(session.tell("replay stop.json").code == 0);
    CHECK(session.tell("replay stop.json --columns").code == 0);
    CHECK(session.tell("replay stop.json --from=16 --until=36").code == 0);
    CHECK(session.tell("replay stop.json --at=20").code == 0);
    CHECK(session.tell("replay fails.json").code == 1);
    CHECK(session.tell("replay stop.json --schedule=Z3").code == 6);
    session.check("replay.txt");
}

TEST_CASE("a trace replays to the last byte", "[replay]") {
    Session session;
    session.bring("stop.json");
    for (const char* choice :
         {"", " --seed=1", " --seed=2", " --seed=3 --granularity=api",
          " --seed=4 --granularity=access", " --max-steps=5", " --seed=2 --quantum=4"}) {
        INFO(choice);
        session.run(std::string("run stop.json --trace=a.jsonl") + choice);
        session.run(std::string("run stop.json --trace=b.jsonl") + choice);
        CHECK(session.read("a.jsonl").size() > 500);
        CHECK(session.read("a.jsonl") == session.read("b.jsonl"));
        session.shell("mv stop.json away.json");  // the trace has the scenario in it
        const Ran ran = session.run("replay a.jsonl");
        CHECK(ran.code == 0);
        CHECK(ran.out.find("the same") != std::string::npos);
        session.shell("mv away.json stop.json");
    }
}

TEST_CASE("a trace that says something else diverges", "[replay]") {
    Session session;
    session.bring("ok.json");
    session.run("run ok.json --trace=t.jsonl");
    std::string text = session.read("t.jsonl");
    const std::string before = R"("code":"exit 7")";
    const std::size_t at = text.find(before);
    REQUIRE(at != std::string::npos);
    text.replace(at, before.size(), R"("code":"exit 8")");
    session.write("changed.jsonl", text);
    CHECK(session.tell("replay changed.jsonl").code == 6);
    CHECK(session.tell("replay changed.jsonl --json").code == 6);
    session.write("cut.jsonl", text.substr(0, text.find("\"kind\":\"exit\"")));
    CHECK(session.tell("replay cut.jsonl").code == 3);
    CHECK(session.tell("replay t.jsonl --columns").code == 0);
    CHECK(session.tell("replay t.jsonl --seed=3").code == 2);
    session.check("diverged.txt");
    const Ran same = session.run("replay t.jsonl --json");
    CHECK(same.code == 0);
    CHECK(nlohmann::json::parse(same.out)["same"] == true);
}

TEST_CASE("explore", "[explore]") {
    Session session;
    session.bring("ok.json");
    session.bring("fails.json");
    CHECK(session.tell("explore ok.json --preemptions=1").code == 0);
    CHECK(session.tell("explore fails.json --preemptions=1").code == 1);
    CHECK(session.tell("explore ok.json --strategy=random --runs=20 --require=exhaustive").code ==
          5);
    CHECK(session.tell("explore ok.json --preemptions=0 --json").code == 0);
    session.check("explore.txt");
}

TEST_CASE("validate, schema and asm", "[work]") {
    Session session;
    session.bring("ok.json");
    session.bring("wrong.json");
    session.bring("loop.s");
    session.write("bad.s", "mov ecx\nfoo eax\n");
    CHECK(session.tell("validate ok.json").code == 0);
    CHECK(session.tell("validate ok.json wrong.json").code == 3);
    CHECK(session.tell("validate wrong.json --json").code == 3);
    CHECK(session.tell("asm loop.s").code == 0);
    CHECK(session.tell("asm loop.s --base=0x1000 --bytes").code == 0);
    CHECK(session.tell("asm loop.s --json").code == 0);
    CHECK(session.tell("asm bad.s").code == 3);
    session.check("work.txt");
    CHECK(nlohmann::json::parse(session.run("schema").out).contains("$schema"));
    CHECK(session.run("schema scenario").out == session.run("schema").out);
    CHECK(session.shell("echo 'mov edi, 1' | \"$UTSIM_BIN\" asm - --bytes").out == "bf01000000\n");
}

TEST_CASE("validate takes folders, semantics files and traces", "[work]") {
    Session session;
    session.shell("mkdir all empty");
    session.bring("ok.json");
    session.bring("wrong.json");
    session.write("all/e1.json", R"({"format":"utsim.semantics/1","preset":"E1"})");
    session.run("run ok.json --trace=all/t.jsonl");
    session.shell("mv ok.json all");
    CHECK(session.run("validate all").out == "ok  all/e1.json\nok  all/ok.json\nok  all/t.jsonl\n");
    const auto json = nlohmann::json::parse(session.run("validate all --json").out);
    CHECK(json["files"][0]["is"] == "semantics");
    CHECK(json["files"][1]["is"] == "scenario");
    CHECK(json["files"][2]["is"] == "trace");
    CHECK(session.run("validate empty").code == 4);
    session.write("all/e7.json", R"({"format":"utsim.semantics/1","preset":"E7"})");
    session.shell("head -n 3 all/t.jsonl > all/bad.jsonl; echo '{' >> all/bad.jsonl");
    const Ran ran = session.run("validate all wrong.json");
    CHECK(ran.code == 3);
    CHECK(ran.err.find("all/e7.json:1:") != std::string::npos);
    CHECK(ran.err.find("all/bad.jsonl:4:") != std::string::npos);
    CHECK(ran.err.find("wrong.json:5:") != std::string::npos);
    CHECK(ran.out == "ok  all/e1.json\nok  all/ok.json\nok  all/t.jsonl\n");
}

TEST_CASE("new writes a scenario that runs, once", "[new]") {
    Session session;
    CHECK(session.tell("new first --from=tutorial/stop").code == 0);
    CHECK(session.tell("new first.json --from=stop").code == 3);
    CHECK(session.run("run first.json").code == 0);
    CHECK(session.shell("ls").out == "first.json\n");
    session.check("new.txt");
    std::istringstream list(session.run("new --list").out);
    std::size_t count = 0;
    for (std::string line; std::getline(list, line); ++count) {
        const std::string name = line.substr(0, line.find(' '));
        CHECK(session.run("new copy" + std::to_string(count) + " --from=" + name).code == 0);
    }
    CHECK(count >= 1);
    const auto json = nlohmann::json::parse(session.run("new --list --json").out);
    CHECK(json["templates"].size() == count);
}

TEST_CASE("the demo", "[demo]") {
    Session session;
    CHECK(session.tell("demo").code == 0);
    session.check("demo.txt");
    const auto json = nlohmann::json::parse(session.run("demo --json").out);
    CHECK(json.contains("traps"));
    // What the last sentence of the demo says.
    const auto& by_control = json["by_control"];
    REQUIRE(by_control.size() == 3);
    CHECK(by_control[0]["sleeps_in_atomic"] > 0);
    CHECK(by_control[1]["sleeps_in_atomic"] == 0);
    CHECK(by_control[2]["sleeps_in_atomic"] == 0);
    for (const auto& one : by_control) CHECK(one["callbacks_before_trap"] == 0);
}

TEST_CASE("colour only where it is wanted", "[color]") {
    Session session;
    session.bring("stop.json");
    CHECK(session.run("replay stop.json").out.find('\x1b') == std::string::npos);
    CHECK(session.run("replay stop.json --color=always").out.find('\x1b') != std::string::npos);
    CHECK(session.run("replay stop.json --color=never").out.find('\x1b') == std::string::npos);
}

TEST_CASE("a reader that goes away early is no reason for noise", "[streams]") {
    Session session;
    session.bring("stop.json");
    const Ran ran = session.shell("\"$UTSIM_BIN\" replay stop.json | head -n 1");
    CHECK(ran.err == "");
}

// SPDX-License-Identifier: MIT
// What options mean together, which of them are refused, and that --json is one document whatever
// happens.
#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace utsim::testing;
using nlohmann::json;

namespace {

constexpr const char* spinner = R"({"format":"utsim.scenario/1","limits":{"steps":1500000},
 "tasks":[{"name":"t","program":[{"op":"loop","times":0,"program":[{"op":"compute"}]}]}],
 "engines":[{"name":"e","events":["QUIESCE"]}],
 "controllers":[{"name":"c","steps":[{"control":{"engine":"e","action":"RESUME"},"expect":0}]}],
 "expect":[{"end":"limit"}]})";

json document_of(Session& session, const std::string& words) {
    const Ran ran = session.run(words + " --json");
    INFO(words << "\n" << ran.out << ran.err);
    CHECK(ran.err.empty());
    const json document = json::parse(ran.out, nullptr, false);
    CHECK(document.is_object());
    CHECK(document.contains("format"));
    return document;
}

}  // namespace

TEST_CASE("a limit that is given counts, also when it has the usual value", "[options]") {
    Session session;
    session.write("spin.json", spinner);
    const auto steps = [&](const std::string& option) {
        return document_of(session,
                           "run spin.json --contract=none" + option)["scenarios"][0]["steps"];
    };
    CHECK(steps("") == 1500000);
    CHECK(steps(" --max-steps=1000000") == 1000000);
    CHECK(steps(" --max-steps=7") == 7);
}

TEST_CASE("a fair schedule lets controllers run beside a task that never ends", "[options]") {
    Session session;
    session.write("spin.json", spinner);
    CHECK(session.run("run spin.json --max-steps=3000 --require=tested").code == 5);
    CHECK(session.run("run spin.json --max-steps=3000 --require=tested --schedule=fair").code == 0);
    CHECK(session.run("run spin.json --max-steps=300 --schedule=fair --trace=t.jsonl").code == 0);
    CHECK(session.run("replay t.jsonl").code == 0);
}

TEST_CASE("-- ends options, and -h explains anywhere before it", "[options]") {
    Session session;
    session.bring("ok.json");
    session.shell("cp ok.json ./--json; cp ok.json ./-x.json");
    CHECK(session.run("run -- ok.json").code == 0);
    CHECK(session.run("run -- --json").out.find("1 scenario: 1 ok") != std::string::npos);
    CHECK(session.run("run -- -x.json").code == 0);
    CHECK(session.run("run -x.json").code == 2);
    CHECK(session.run("replay -h").out == session.run("help replay").out);
}

TEST_CASE("options that mean nothing, or contradict each other, are refused", "[options]") {
    Session session;
    session.bring("ok.json");
    for (const char* words : {
             "replay ok.json --from=50 --until=20",
             "replay ok.json --at=3 --from=2",
             "replay ok.json --columns --format=jsonl",
             "replay ok.json --full --json",
             "explore ok.json --seed=3",
             "explore ok.json --strategy=random --preemptions=1",
             "diff E1 E2 ok.json --out=found",
             "diff E1 E2 ok.json --runs=3",
             "diff E1 E2 --generate=3 --schedule=A1",
             "new --list --from=stop",
             "help --man --json",
             "run ok.json --seed=1 --schedule=A1",
             "asm ok.json --bytes --json",
         }) {
        session.tell(words);
    }
    session.check("contradictions.txt");
}

TEST_CASE("--json is one document, and mistakes are its errors", "[options]") {
    Session session;
    session.bring("ok.json");
    session.bring("wrong.json");
    for (const char* words :
         {"rnu", "run ok.json --nothing", "run", "run nothing.json", "run ok.json wrong.json",
          "run ok.json --trace=no/such/folder/t.jsonl", "validate wrong.json", "explore wrong.json",
          "diff E1 E7 ok.json", "diff E1 E2 wrong.json", "replay wrong.json", "explain wrong.json",
          "new x --from=nothing", "semantics show E7", "help rnu", "help --man",
          "coverage wrong.json"}) {
        INFO(words);
        const json document = document_of(session, words);
        CHECK(document["errors"].size() >= 1);
    }
    const json failed = document_of(session, "run ok.json --trace=no/such/folder/t.jsonl");
    CHECK(failed["scenarios"].size() == 1);
    for (const char* words :
         {"demo", "run ok.json", "replay ok.json", "explore ok.json", "diff E1 E2 ok.json",
          "explain ok.json", "validate ok.json", "semantics list", "semantics show F",
          "semantics diff E1 F", "help", "help run", "version", "completion bash", "new --list"}) {
        INFO(words);
        CHECK_FALSE(document_of(session, words).contains("errors"));
    }
    const json ran = document_of(session, "run ok.json");
    CHECK(ran["scenarios"][0]["semantics"] == "F");
    session.run("run ok.json --trace=t.jsonl");
    const std::string print = ran["scenarios"][0]["fingerprint"];
    CHECK(session.read("t.jsonl").find("\"fingerprint\":\"" + print) != std::string::npos);
}

TEST_CASE("a clause can be left out, nothing tested can fail, and quiet is quiet", "[options]") {
    Session session;
    session.bring("sleeps.json");
    session.bring("ok.json");
    CHECK(session.run("run sleeps.json --semantics=E1").code == 1);
    CHECK(session.run("run sleeps.json --semantics=E1 --contract=all,-C-038").code == 1);
    CHECK(session.run("run sleeps.json --semantics=E1 --contract=all,-C-038,-I15").code == 0);
    CHECK(session.run("run sleeps.json --semantics=E1 --contract=-C-038,-I15").code == 0);
    CHECK(session.run("run ok.json --quiet").out.empty());
    CHECK(session.run("validate ok.json --quiet").out.empty());
    session.write("vacuous.json", R"({"format":"utsim.scenario/1",
 "tasks":[{"name":"t","program":[{"op":"compute"}]}],
 "engines":[{"name":"e","answers":{"quiesce:0":[{"do":[{"detach":{"engine":"e"},"expect":0}],
   "return":"RESUME"}]}}]})");
    CHECK(session.run("run vacuous.json").code == 0);
    CHECK(session.run("run vacuous.json --require=tested").code == 5);
}

TEST_CASE("the sides of diff can be files", "[options]") {
    Session session;
    session.bring("step.json");
    session.write("mine.json", R"({"format":"utsim.semantics/1","preset":"E2"})");
    CHECK(session.run("diff E1 ./mine.json step.json").out ==
          session.run("diff E1 E2 step.json").out);
    CHECK(session.run("diff E1 nothing.json step.json").code == 3);
}

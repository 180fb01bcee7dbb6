// SPDX-License-Identifier: MIT
// Every mistake that the command line itself finds, to the letter, and the codes it exits with.
#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace utsim::testing;

TEST_CASE("mistakes on the command line", "[mistakes]") {
    Session session;
    session.bring("ok.json");
    session.bring("fails.json");
    session.bring("loop.s");
    session.write("folder", "");
    for (const char* words : {
             "rnu",
             "zzzzzz",
             "--hlep",
             "run",
             "run ok.json --sede=1",
             "run ok.json --qqqqqq",
             "run ok.json --seed",
             "run ok.json --seed=",
             "run ok.json --seed=x",
             "run ok.json --seed=1 --seed=2",
             "run ok.json --seed=99999999999999999999",
             "run ok.json --max-steps=0",
             "run ok.json --granularity=locks",
             "run ok.json --granularity=fine",
             "run ok.json --quantum=4",
             "run ok.json --json=yes",
             "run ok.json --schedule=A1 --seed=1",
             "run ok.json --schedule=A1?2",
             "run ok.json fails.json --trace=t.jsonl",
             "run ok.json --json --format=text",
             "run nothing.json",
             "replay",
             "replay ok.json fails.json",
             "replay nothing.json",
             "replay ok.json --format=pdf",
             "explore",
             "explore ok.json --preemptions=1000",
             "explore ok.json --require=luck",
             "schema scenarios",
             "completion fish",
             "new",
             "new x --from=tutorial/stopp",
             "new x --from=nothing-like-it",
             "asm",
             "asm nothing.s",
             "asm loop.s --base=high",
             "help rnu",
             "validate",
         }) {
        session.tell(words);
    }
    session.check("mistakes.txt");
}

TEST_CASE("mistakes as JSON", "[mistakes]") {
    Session session;
    const Ran ran = session.run("run nothing.json --json");
    CHECK(ran.code == 3);
    CHECK(ran.err == "");
    const auto out = nlohmann::json::parse(ran.out);
    CHECK(out["scenarios"][0]["result"] == "rejected");
    CHECK(out["rejected"] == 1);
}

TEST_CASE("a file that cannot be written is a mistake, and nothing is left behind", "[mistakes]") {
    Session session;
    session.bring("ok.json");
    const Ran ran = session.run("run ok.json --trace=no/such/folder/t.jsonl");
    CHECK(ran.code == 7);
    CHECK(ran.err.find("no/such/folder/t.jsonl: error: cannot be written") != std::string::npos);
    CHECK(session.shell("ls").out == "ok.json\n");
}

// SPDX-License-Identifier: MIT
// What replay shows of a state, how traces are narrowed, and what `utsim report` refuses.
#include "session.hpp"

using namespace utsim::testing;

TEST_CASE("the state at a step", "[seeing]") {
    Session session;
    session.run("new stop --from=tutorial/stop");
    session.tell("replay stop.json --at=20 --state=utrace");
    session.tell("replay stop.json --at=20 --state=locks");
    session.tell("replay stop.json --at=20 --state=points");
    session.tell("replay stop.json --state=32..39");
    session.tell("replay stop.json --at=20 --state=engines --json");
    session.tell("replay stop.json --state");
    session.tell("replay stop.json --state=3..3");
    session.tell("replay stop.json --state=1..2 --at=2");
    session.tell("replay stop.json --at=2000 --state");
    session.tell("replay stop.json --at=20 --state=nothing");
    session.tell("replay stop.json --at=20 --state --full");
    session.run("run stop.json --trace=stop.jsonl");
    session.tell("replay stop.jsonl --at=20 --state=utrace");
    session.tell("replay stop.jsonl --at=2000 --state");
    // The last step has a state behind it as well; of a trace all parts are the same.
    CHECK(session.run("replay stop.json --at=70 --state").code == 0);
    CHECK(session.run("replay stop.json --at=71 --state").code == 3);
    CHECK(session.run("replay stop.json --at=33 --state").out ==
          session.run("replay stop.jsonl --at=33 --state").out);
    session.check("state.txt");
}

TEST_CASE("a part of a trace", "[seeing]") {
    Session session;
    session.run("new stop --from=tutorial/stop");
    session.run("run stop.json --trace=stop.jsonl");
    session.tell("replay stop.json --only=callback,stop --task=target");
    session.tell("replay stop.json --engine=holder --only=api");
    session.tell("replay stop.json --around=20,3");
    session.tell("replay stop.json --quiet-instructions --from=40 --until=50");
    session.tell("replay stop.json --only=callback --format=jsonl");
    session.tell("replay stop.json --only=callback --columns");
    session.tell("replay stop.jsonl --only=signal");
    session.tell("replay stop.json --task=nobody");
    session.tell("replay stop.json --around=20");
    session.tell("replay stop.json --only=callback,noise");
    session.tell("replay stop.jsonl --json --only=api");
    session.tell("run stop.json --format=text --only=signal");
    session.tell("run stop.json --only=signal");
    session.check("narrowing.txt");
}

TEST_CASE("pages and what cannot be one", "[seeing]") {
    Session session;
    session.run("new stop --from=tutorial/stop");
    session.run("run stop.json --trace=stop.jsonl");
    session.tell("report stop.json");
    session.tell("report --diff E1 stop.json -o two.html");
    session.tell("report stop.jsonl --seed=3 -o page.html");
    session.tell("report stop.json -o stop.json");
    session.tell("report stop.json -o /dev/full");
    CHECK(session.run("report stop.json -o page.html").code == 0);
    CHECK(session.run("report stop.jsonl -o again.html").code == 0);
    CHECK(session.read("page.html").starts_with("<!doctype html>"));
    CHECK(session.run("report stop.json -o page.html").code == 0);  // a page may be replaced
    session.check("report.txt");
}

TEST_CASE("a long run is told at once", "[seeing]") {
    Session session;
    session.write("long.json", R"({"format":"utsim.scenario/1","title":"long",
        "limits":{"steps":100000000,"instructions":100000000},
        "tasks":[{"name":"t","asm":["again: jmp again"]}]})");
    const Ran ran = session.shell("\"$UTSIM_BIN\" replay long.json | head -n 3");
    CHECK(ran.out.find("A is t") != std::string::npos);
    // A state behind a million instructions takes as long as they do.
    const Ran state = session.run("replay long.json --at=1000000 --state=tasks.t.environment");
    CHECK(state.out.find("retired") != std::string::npos);
}

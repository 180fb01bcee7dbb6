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
    session.tell("report --diff E1 F stop.json -o two.html --contract=all");
    session.tell("report stop.jsonl --seed=3 -o page.html");
    session.tell("report stop.json -o stop.json");
    session.tell("report stop.json -o /dev/full");
    CHECK(session.run("report stop.json -o page.html").code == 0);
    CHECK(session.run("report stop.jsonl -o again.html").code == 0);
    CHECK(session.read("page.html").starts_with("<!doctype html>"));
    CHECK(session.run("report stop.json -o page.html").code == 0);  // a page may be replaced
    session.check("report.txt");
}

TEST_CASE("pages of what searches find", "[seeing]") {
    Session session;
    const std::string search =
        "explore lost.json --strategy=exhaustive --preemptions=1 --report=found --quiet";
    session.run("new lost --from=contract/detach-loses-a-death-report");
    session.run("new guard --from=tutorial/guard");
    session.tell(search);
    const std::string index = session.read("found/index.html");
    CHECK(index.find("href=\"expect.html\"") != std::string::npos);
    CHECK(index.find("utsim replay lost.json --schedule=") != std::string::npos);
    CHECK(session.read("found/expect.html").find("\"index\":\"index.html\"") != std::string::npos);
    CHECK(session.read("found/expect-2.html").starts_with("<!doctype html>"));
    session.tell(search);  // pages may be replaced
    session.tell("diff F F,entry.order=first-attached-first guard.json --report=differ");
    CHECK(session.read("differ/index.html").find("entry.order") != std::string::npos);
    CHECK(session
              .run("check --semantics=F,quirk=B33 --count=100 --orders=2 --deep=0 --quiet"
                   " --no-failures --report=broken/here")
              .code == 1);
    const std::string broken = session.read("broken/here/index.html");
    CHECK(broken.find("<dt id=\"C-") != std::string::npos);
    const std::size_t at = broken.find("utsim replay broken/here/");
    REQUIRE(at != std::string::npos);
    const std::string command = broken.substr(at, broken.find('<', at) - at);
    CHECK(session.shell("\"$UTSIM_BIN\"" + command.substr(5)).code == 0);
    CHECK(session.run("diff E1 F --generate=5 --report=made").code == 1);
    CHECK(session.read("made/index.html").find("difference") != std::string::npos);
    // What cannot be written is refused before anything is searched.
    session.write("file", "mine");
    session.tell("explore lost.json --report=file");
    session.run("new other --from=tutorial/stop");
    std::filesystem::create_directory(session.folder() / "mine");
    session.write("mine/index.html", "mine");
    session.tell("explore lost.json --report=mine");
    CHECK(session.read("mine/index.html") == "mine");
    session.tell("check --list-weights --report=found");
    session.check("pages.txt");
}

TEST_CASE("an interrupted search leaves whole pages", "[seeing]") {
    Session session;
    session.run("new lost --from=contract/detach-loses-a-death-report");
    const Ran ran = session.shell(
        "timeout --preserve-status -s INT 1 \"$UTSIM_BIN\" check --semantics=F,quirk=B33 "
        "--time=100 --no-failures --quiet --report=found");
    CHECK(ran.code == 130);
    for (const auto& entry : std::filesystem::directory_iterator(session.folder() / "found")) {
        const std::string name = entry.path().filename().string();
        INFO(name);
        CHECK(name.front() != '.');
        if (name.ends_with(".html")) CHECK(session.read("found/" + name).ends_with("</html>\n"));
    }
    // What it has found depends on the machine; the pages that the index tells of are there. A
    // machine that is so busy that nobody answers in time has no index.
    const std::string index = session.read("found/index.html");
    CHECK((index.ends_with("</html>\n") || ran.err == "utsim: interrupted\n"));
    const std::string link = "<a href=\"c-";
    for (std::size_t at = index.find(link); at != std::string::npos;
         at = index.find(link, at + 1)) {
        const std::size_t from = at + link.size() - 2;
        const std::string page = index.substr(from, index.find('"', from) - from);
        CHECK(std::filesystem::exists(session.folder() / "found" / page));
    }
}

TEST_CASE("a kind of difference that has no example is a line of the index", "[seeing]") {
    Session session;
    // Interrupted in time, it has kinds that were not made small.
    for (const char* after : {"0.02", "0.05", "0.1", "0.3"}) {
        const Ran ran = session.shell(std::string("timeout --preserve-status -s INT ") + after +
                                      " \"$UTSIM_BIN\" diff E1 F --generate=1 --seed=3 --report=q");
        INFO(after << ran.out << ran.err);
        CHECK((ran.code == 130 || ran.code == 1));
        CHECK(ran.err.find("internal error") == std::string::npos);
    }
}

TEST_CASE("a gdb that cannot be started is told", "[seeing]") {
    Session session;
    session.run("new stop --from=tutorial/stop");
    const Ran ran = session.shell("PATH=/nowhere \"$UTSIM_BIN\" gdb --launch stop.json");
    CHECK(ran.code == 7);
    CHECK(ran.err.find("E-CLI-052") != std::string::npos);
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

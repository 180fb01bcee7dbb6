// SPDX-License-Identifier: MIT
// What can be named as a file and is none, or not the right one: an error, soon, for every command.
#include "session.hpp"

using namespace utsim::testing;

namespace {

const char* const readers[] = {"run",      "replay",    "explore", "explain",
                               "coverage", "diff E1 F", "asm",     "validate"};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what is no file is refused by every command", "[reading]") {
    Session session;
    session.bring("ok.json");
    session.shell("mkfifo fifo; mkdir folder; head -c 5000000 /dev/zero >large; : >empty");
    session.shell("printf '\\001\\033[2J\\377' >bytes");
    for (const std::string verb : readers) {
        for (const char* name : {"/dev/zero", "large", "no/such/file", "bytes", "''"}) {
            INFO(verb << " " << name);
            const Ran ran = session.run(verb + " " + name);
            CHECK(ran.code == 3);
            CHECK(ran.err.size() < 2000);
            CHECK(!has(ran.err, "\033"));
        }
    }
    CHECK(has(session.run("replay folder").err, "it is a folder"));
    CHECK(has(session.run("run fifo").err, "a FIFO that nobody writes to"));
    CHECK(session.run("run ok.json --semantics=folder/.json").code == 3);
    CHECK(session.run("run ok.json --semantics=fifo.json").code == 3);
}

TEST_CASE("a minus is standard input for every command that reads a scenario", "[reading]") {
    Session session;
    session.bring("ok.json");
    for (const std::string verb : readers) {
        if (verb == "asm") continue;
        INFO(verb);
        CHECK(session.shell("cat ok.json | \"$UTSIM_BIN\" " + verb + " -").code == 0);
    }
    CHECK(session.shell("echo 'mov edi, 1' | \"$UTSIM_BIN\" asm -").code == 0);
    CHECK(session.shell("(sleep 0.1; cat ok.json) >f & mkfifo f 2>/dev/null; wait").code == 0);
}

TEST_CASE("a FIFO with a writer is a file like others", "[reading]") {
    Session session;
    session.bring("ok.json");
    session.shell("mkfifo fifo");
    for (const std::string verb : {"run", "replay", "explain", "validate"}) {
        INFO(verb);
        CHECK(session.shell("(sleep 0.1; cat ok.json >fifo) & \"$UTSIM_BIN\" " + verb + " fifo")
                  .code == 0);
    }
}

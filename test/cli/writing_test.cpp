// SPDX-License-Identifier: MIT
// Whatever cannot be written is named and counts, and nothing that is there is lost for it.
#include "session.hpp"

using namespace utsim::testing;

namespace {

bool tells(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// The folder's names but for the test's own files.
std::string listing(Session& session) { return session.shell("ls -A | grep -v '^\\.[oe]'").out; }

}  // namespace

TEST_CASE("a trace takes its name when it is complete", "[writing]") {
    Session session;
    session.bring("ok.json");
    CHECK(session.run("run ok.json --trace=t").code == 0);
    const std::string first = session.read("t");
    session.shell("chmod 640 t; touch empty; ln t twice");
    CHECK(session.run("run ok.json --trace=t --format=text").code == 0);
    CHECK(session.run("run ok.json --trace=t").code == 0);
    CHECK(session.run("run ok.json --trace=empty").code == 0);
    CHECK(session.read("t") == first);
    CHECK(session.read("empty") == first);
    CHECK(session.shell("stat -c %a t").out == "640\n");
    CHECK(listing(session) == "empty\nok.json\nt\ntwice\n");
}

TEST_CASE("a trace replaces nothing but a trace", "[writing]") {
    Session session;
    session.bring("ok.json");
    session.write("notes", "mine\n");
    const std::string scenario = session.read("ok.json");
    for (const char* name : {"ok.json", "notes"}) {
        const Ran ran = session.run(std::string("run ok.json --trace=") + name);
        CHECK(ran.code == 3);
        CHECK(tells(ran.err, "is not a trace"));
    }
    CHECK(session.read("ok.json") == scenario);
    CHECK(session.read("notes") == "mine\n");
    CHECK(session.run("run ok.json --trace=.").code == 7);
    CHECK(session.run("run ok.json --trace=no/such").code == 7);
    const Ran json = session.run("run ok.json --json --trace=notes");
    CHECK(json.code == 3);
    CHECK(tells(json.out, "E-CLI-027"));
}

TEST_CASE("links and FIFOs are written to as they are", "[writing]") {
    Session session;
    session.bring("ok.json");
    CHECK(session.run("run ok.json --trace=t").code == 0);
    session.shell("ln -s target link; mkfifo fifo");
    CHECK(session.run("run ok.json --trace=link").code == 0);
    CHECK(session.shell("cat fifo >got & \"$UTSIM_BIN\" run ok.json --trace=fifo; wait").code == 0);
    CHECK(session.shell("test -L link && test -p fifo && cmp t target && cmp t got").code == 0);
    CHECK(session.shell("ln -sf ok.json link").code == 0);
    CHECK(session.run("run ok.json --trace=link").code == 3);
    CHECK(session.run("run ok.json --trace=fifo").code == 7);
    CHECK(session.shell("test -p fifo").code == 0);
}

TEST_CASE("unfinished files of others are in nobody's way", "[writing]") {
    Session session;
    session.bring("ok.json");
    // The shell's number becomes the program's.
    CHECK(session
              .shell("for n in 0 1 2; do : >.utsim-$$-$n; done; "
                     "sh -c ': >.utsim-$$-0; exec \"$UTSIM_BIN\" run ok.json --trace=t' && "
                     "exec \"$UTSIM_BIN\" run ok.json --trace=t")
              .code == 0);
    CHECK(tells(session.read("t"), "utsim.trace/"));
}

TEST_CASE("a full device is an error", "[writing]") {
    Session session;
    session.bring("ok.json");
    if (session.shell("test -c /dev/full && ! echo x 2>/dev/null >/dev/full").code != 0) {
        WARN("no /dev/full here; not tested");
        return;
    }
    const Ran trace = session.run("run ok.json --trace=/dev/full");
    CHECK(trace.code == 7);
    CHECK(tells(trace.err, "/dev/full: error: cannot be written"));
    for (const char* words : {"run ok.json", "help", "new --list", "semantics list", "schema",
                              "replay ok.json", "explain ok.json", "coverage ok.json", "version"}) {
        const Ran ran = session.run(std::string(words) + " >/dev/full");
        CHECK(ran.code == 7);
        CHECK(tells(ran.err, "standard output cannot be written"));
    }
}

TEST_CASE("a closed standard output is an error, and no file takes its place", "[writing]") {
    Session session;
    session.bring("ok.json");
    const Ran ran = session.run("run ok.json --trace=t >&-");
    CHECK(ran.code == 7);
    CHECK(tells(ran.err, "standard output cannot be written"));
    CHECK(!tells(session.read("t"), "1 scenario"));
    CHECK(session.run("run ok.json --trace=u <&- >/dev/null 2>&-").code == 0);
}

TEST_CASE("a reader that went away is no reason for noise", "[writing]") {
    Session session;
    const Ran ran =
        session.shell("{ sleep 0.2; \"$UTSIM_BIN\" help --man; echo $? >code; } | true; cat code");
    CHECK(ran.out == "7\n");
    CHECK(ran.err.empty());
}

TEST_CASE("diff keeps its report whatever happens to the files", "[writing]") {
    Session session;
    const std::string words = "diff E3 E4 --generate=40";
    const Ran plain = session.run(words);
    CHECK(session.run(words + " --out=found").code == 1);
    const Ran again = session.run(words + " --out=found");
    CHECK(again.code == 3);
    CHECK(again.out == plain.out);
    CHECK(tells(again.err, "is there already"));
    session.write("file", "x");
    CHECK(session.run(words + " --out=file").code == 7);
    CHECK(session.run(words + " --out=file/below").code == 7);
}

TEST_CASE("new writes a file that it can name", "[writing]") {
    Session session;
    CHECK(session.run("new ''").code == 2);
    CHECK(session.run("new no/such/folder").code == 7);
    CHECK(session.run("new 'two words'").out.find("utsim run 'two words.json'") !=
          std::string::npos);
    CHECK(session.run("new 'two words'").code == 3);
}

TEST_CASE("what a museum finds is told where it cannot be written", "[writing]") {
    Session session;
    const std::string museum = "museum B02 --count=400 --jobs=1 --out=d";
    CHECK(session.run(museum).code == 0);
    const Ran again = session.run(museum);
    CHECK(again.code == 7);
    CHECK(again.out.find("1 of 1 bug found.") != std::string::npos);
    CHECK(again.err.find("[E-CLI-023]") != std::string::npos);
}

TEST_CASE("a command that shows it again works for any name", "[writing]") {
    Session session;
    session.bring("fails.json");
    session.write("-x.json", session.read("fails.json"));
    const std::string explore = " --strategy=states --preemptions=0 --contract=none";
    CHECK(session.run("explore" + explore + " -- -x.json")
              .out.find("reproduce utsim replay ./-x.json") != std::string::npos);
    CHECK(session.shell("\"$UTSIM_BIN\" explore -" + explore + " <fails.json")
              .out.find("reproduce utsim replay -") != std::string::npos);
}

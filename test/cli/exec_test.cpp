// SPDX-License-Identifier: MIT
// `utsim exec` for other programs: what --json prints, limits, and traces that are kept.
#include "session.hpp"

#include <nlohmann/json.hpp>

#include "test/support/guest_run.hpp"

using namespace utsim::testing;
using Json = nlohmann::json;

namespace {

/// A session with a program of one of the folders of test/.
struct ProgramSession : Session {
    explicit ProgramSession(const std::string& source) {
        const std::string name = source.substr(source.rfind('/') + 1);
        std::filesystem::copy_file(compile_guest(scratch, source), folder() / name);
    }
    /// What `utsim exec --json` prints.
    Json json(const std::string& words, int code = 0) {
        const Ran ran = run("exec --no-env --json " + words);
        INFO(words << "\n" << ran.err);
        CHECK(ran.code == code);
        return Json::parse(ran.out);
    }
    ScratchFolder scratch;
};

}  // namespace

TEST_CASE("exec --json says how a program came out", "[exec]") {
    if (!have_musl()) return;
    ProgramSession session("programs/loops");
    const Json done = session.json("./loops");
    CHECK(done["format"] == "utsim.exec/1");
    CHECK(done["result"] == "exited");
    CHECK(done["status"] == 0);
    CHECK(done["stdout"].get<std::string>().find("parent 49995000, traps") != std::string::npos);
    CHECK(done["stderr"] == "");
    CHECK(done["end"] == "quiet");
    CHECK(done["instructions"] > 100'000);
    CHECK_FALSE(done.contains("waits"));
    CHECK(session.json("--contract=all ./loops")["contract"] == Json::array());
    // Files may be called what no task may be.
    for (const char* name :
         {"1 loop", "+", "L\xc3\xb6we", "a-name-of-a-file-that-goes-on-and-on"}) {
        std::filesystem::copy_file(session.folder() / "loops", session.folder() / name);
        CHECK(session.json("'./" + std::string(name) + "'")["result"] == "exited");
    }

    const Json limited = session.json("--max-events=200 ./loops", 1);
    CHECK(limited["result"] == "unfinished");
    CHECK(limited["end"] == "limit");
    CHECK(limited["end_detail"] == "max_events");
    CHECK_FALSE(limited.contains("status"));
    CHECK(session.run("exec --max-events=200 ./loops").err.find("--max-events") !=
          std::string::npos);
}

TEST_CASE("exec --json says who waits for what, and what came of many orders", "[exec]") {
    if (!have_musl()) return;
    ProgramSession session("programs/races/early_detach");
    const Json found = session.json("--until=hang ./early_detach", 1);
    CHECK(found["format"] == "utsim.exec-orders/1");
    CHECK(found["met"] == true);
    REQUIRE(found["outcomes"].size() == 1);
    const Json outcome = found["outcomes"][0];
    CHECK_FALSE(outcome.contains("status"));
    REQUIRE(!outcome["waits"].empty());
    CHECK(outcome["reproduce"].get<std::string>().starts_with("utsim exec"));
    const Json hangs =
        session.json("--schedule=" + outcome["schedule"].get<std::string>() + " ./early_detach", 1);
    CHECK(hangs["result"] == "hangs");
    CHECK(hangs["waits"] == outcome["waits"]);
    CHECK(session.json("--explore --runs=20 ./early_detach")["outcomes"].size() >= 1);
}

TEST_CASE("the trace of a program that took too much memory is kept", "[exec]") {
    if (!have_musl()) return;
    ProgramSession session("programs/eats_memory");
    const Ran ran = session.run("exec --max-memory=40 --trace=t.jsonl ./eats_memory");
    CHECK(ran.code == 7);
    CHECK(ran.err.find("E-CLI-040") != std::string::npos);
    REQUIRE(session.read("t.jsonl").find("\"kind\":\"syscall_enter\"") != std::string::npos);
    CHECK(session.read("t.jsonl").back() == '\n');
    const Ran again = session.run("replay t.jsonl");
    CHECK(again.code == 0);
    CHECK(again.err.find("cut off") != std::string::npos);
}

TEST_CASE("what reads traces reads those that count instructions", "[exec]") {
    if (!have_musl()) return;
    ProgramSession session("programs/loops");
    CHECK(session.run("exec --no-env --trace=t.jsonl ./loops").code == 0);
    CHECK(session.run("exec --no-env --trace=each.jsonl --trace-instructions ./loops").code == 0);
    CHECK(session.read("t.jsonl").size() * 10 < session.read("each.jsonl").size());
    for (const char* words :
         {"replay t.jsonl", "replay each.jsonl", "validate t.jsonl", "explain t.jsonl",
          "report t.jsonl --perfetto=t.pftrace", "replay t.jsonl --only=syscall",
          "replay t.jsonl --columns", "replay t.jsonl --at=50000 --state=tasks.loops",
          "replay t.jsonl --state=50000..60000"}) {
        const Ran ran = session.run(words);
        INFO(words << "\n" << ran.err);
        CHECK(ran.code == 0);
    }
    // Ends of calls without their beginnings.
    const std::string ends = session.run("replay t.jsonl --only=syscall_ran").out;
    CHECK(ends.find("(...)") != std::string::npos);
    CHECK(ends.find("(..., ") != std::string::npos);
    CHECK(ends.find("(, ") == std::string::npos);
    // A step in the midst of what is counted shows the same as where each is told.
    CHECK(session.run("replay t.jsonl --at=50000 --state").out ==
          session.run("replay each.jsonl --at=50000 --state").out);
    CHECK(session.run("exec --no-env --pack --trace=packed.jsonl ./loops").code == 0);
    CHECK(session.shell("rm loops").code == 0);
    CHECK(session.run("replay packed.jsonl").code == 0);
    CHECK(session.run("replay t.jsonl").code != 0);
}

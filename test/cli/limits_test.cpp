// SPDX-License-Identifier: MIT
// Inputs that want more than there is: each ends in time, with a word about the limit and never as
// a bug of ours.
#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace utsim::testing;
using Catch::Matchers::Contains;

namespace {

std::string robust(const std::string& name) {
    return "'" + source_path("test/robust/files/" + name + ".json") + "'";
}

/// Many expectations of the same event, which comes in every step.
std::string many_counts(int count) {
    std::string text =
        R"({"format":"utsim.scenario/1","tasks":[{"name":"t","program":[{"op":"loop","times":0,)"
        R"("program":[{"op":"syscall","nr":"getpid"}]}]}],)"
        R"("engines":[{"name":"e","events":["SYSCALL","QUIESCE"]}],"expect":[)";
    for (int i = 0; i < count; ++i) {
        text += R"({"count":{"of":{"kind":"callback","engine":"e"},"at_least":1}},)";
    }
    return text + R"({"end":"limit"}]})";
}

}  // namespace

TEST_CASE("docs/limits.md has the table", "[docs]") {
    Session session;
    check_golden_section("docs/limits.md", "limits",
                         "\n" + session.run("help --limits").out + "\n");
}

TEST_CASE("a limit that ends a run says what raises it", "[limits]") {
    Session session;
    const Ran output = session.run("run " + robust("wr"));
    CHECK(output.code == 1);
    CHECK_THAT(output.out, Contains("the run ended: limit, max_output"));
    CHECK_THAT(output.out, Contains("raised by: limits.output of the scenario"));
    const Ran steps = session.run("run --max-steps=5000 " + robust("execcyc"));
    CHECK(steps.code == 1);
    CHECK_THAT(steps.out, Contains("limit, max_steps"));
    CHECK_THAT(steps.out, Contains("--max-steps=N"));
    const Ran told = session.run("replay --max-steps=5000 " + robust("execcyc"));
    CHECK(told.code == 1);
    CHECK_THAT(told.err, Contains("--max-steps=N"));
}

TEST_CASE("what a scenario asks for has a ceiling", "[limits]") {
    Session session;
    const Ran ran = session.run("run " + robust("big"));
    CHECK(ran.code == 3);
    CHECK_THAT(ran.err, Contains("out of range: 1 to 1000000000 [E-SCN-111]"));
    CHECK(session.run("run x.json --max-steps=1000000001").code == 2);
}

TEST_CASE("names of descendants stay short", "[limits]") {
    Session session;
    const Ran ran = session.run("run --max-steps=3000 --trace=t.jsonl " + robust("vfork"));
    CHECK(ran.code == 1);
    const std::string trace = session.read("t.jsonl");
    const std::size_t far = trace.find("\"is\":\"t..");
    REQUIRE(far != std::string::npos);
    std::size_t longest = 0;
    for (std::size_t at = trace.find("\"is\":"); at != std::string::npos;
         at = trace.find("\"is\":", at + 1)) {
        longest = std::max(longest, trace.find('"', at + 6) - at);
    }
    CHECK(longest < 70);
    CHECK(session.run("replay t.jsonl").code == 0);
}

TEST_CASE("memory that expectations take does not grow with the run", "[limits]") {
    Session session;
    session.write("many.json", many_counts(300));
    CHECK(session.run("run many.json --max-steps=50000 --max-memory=40").code == 0);
}

TEST_CASE("a world's memory counts for --max-memory", "[limits]") {
    Session session;
    const Ran ran = session.run("run --max-memory=16 " + robust("vx"));
    CHECK(ran.code == 7);
    CHECK_THAT(ran.err, Contains("--max-memory=16 (MiB) is reached"));
}

TEST_CASE("forks that find no memory end at a limit", "[limits]") {
    Session session;
    // 40 MiB of the 64 that guests have: no child has room beside them.
    session.write("fork.json",
                  R"({"format":"utsim.scenario/1","tasks":[{"name":"t","asm":[)"
                  R"("mov eax,9","xor edi,edi","mov esi,41943040","mov edx,3","mov r10d,34",)"
                  R"("mov r8,-1","xor r9d,r9d","syscall","mov rdi,rax","mov ecx,10240",)"
                  R"("fill: mov byte [rdi],1","add rdi,4096","loop fill",)"
                  R"("again: mov eax,57","syscall","jmp again"]}]})");
    const Ran ran = session.run("run fork.json");
    CHECK(ran.code == 1);
    CHECK_THAT(ran.out, Contains("the run ended: limit, max_"));
}

TEST_CASE("an interrupted run gives what there is, and replays", "[limits]") {
    Session session;
    const std::string endless =
        R"({"format":"utsim.scenario/1","limits":{"steps":1000000000},)"
        R"("tasks":[{"name":"t","program":[{"op":"loop","times":0,"program":[{"op":"syscall",)"
        R"("nr":"getpid"}]}]}]})";
    session.write("endless.json", endless);
    // However busy the machine is: the signal comes when it is caught (bit 1 of SigCgt), and memory
    // does not come first.
    const Ran ran = session.shell(
        "\"$UTSIM_BIN\" run endless.json --trace=t.jsonl --max-memory=100000 & "
        "until grep -q '^SigCgt:.*[2367abef]$' /proc/$!/status; do sleep 0.02; done; sleep 0.2; "
        "kill -INT $!; wait $!");
    CHECK(ran.code == 130);
    CHECK_THAT(ran.out, Contains("1 interrupted"));
    const std::string trace = session.read("t.jsonl");
    CHECK_THAT(trace, Contains("\"end\":\"stopped\",\"detail\":\"interrupted\""));
    const Ran again = session.run("replay t.jsonl");
    CHECK(again.code == 0);
    CHECK_THAT(again.out, Contains("the same"));
}

TEST_CASE("an interrupted check tells what it has met", "[limits]") {
    Session session;
    const Ran ran = session.shell(
        "\"$UTSIM_BIN\" check F F,quirk=B33 --no-failures --jobs=1 --count=100000 & "
        "until grep -q '^SigCgt:.*[2367abef]$' /proc/$!/status; do sleep 0.02; done; sleep 1; "
        "kill -INT $!; wait $!");
    CHECK(ran.code == 130);
    CHECK_THAT(ran.out, Contains("The check was interrupted."));
}

TEST_CASE("JSON never echoes megabytes", "[limits]") {
    Session session;
    session.write("key.json", "{\"" + std::string(1'000'000, 'k') + "\": 1}");
    const Ran ran = session.run("validate key.json --json");
    CHECK(ran.code == 3);
    CHECK(ran.out.size() < 20'000);
    CHECK_THAT(ran.out, Contains("bytes ...]"));
}

TEST_CASE("the limits of a trace's header are limits", "[limits]") {
    Session session;
    session.bring("ok.json");
    REQUIRE(session.run("run ok.json --trace=t.jsonl").code == 0);
    std::string trace = session.read("t.jsonl");
    const std::size_t at = trace.find("\"max_steps\":1000000,");
    REQUIRE(at != std::string::npos);
    for (const char* number : {"0", "1000000001", "18446744073709551615"}) {
        std::string other = trace;
        other.replace(at, 19, std::string("\"max_steps\":") + number);
        session.write("other.jsonl", other);
        const Ran ran = session.run("replay other.jsonl");
        CHECK(ran.code == 3);
        CHECK_THAT(ran.err, Contains("E-TRC-030"));
    }
}

TEST_CASE("days that never were are no date of a semantics", "[limits]") {
    Session session;
    CHECK(session.run("semantics show 2009-11-13").code == 0);
    CHECK(session.run("semantics show 2009-11-31").code == 3);
    CHECK(session.run("semantics show 2009-13-01").code == 3);
}

TEST_CASE("a budget ends the search for differences", "[limits]") {
    Session session;
    const Ran ran = session.run("diff E1 F --generate=100000000 --budget=1 --threads=2");
    CHECK(ran.code == 1);
    CHECK_THAT(ran.out, Contains("The time budget ended"));
    CHECK(session.run("diff E1 F x.json --budget=1").code == 2);
}

TEST_CASE("threads that the system does not give are done without", "[limits]") {
#ifdef __SANITIZE_ADDRESS__
    return;  // its shadow is larger than any address space that could be allowed here
#endif
    Session session;
    // A stack of 64 GiB for each thread is more than the address space that is allowed.
    const Ran ran = session.shell(
        "ulimit -s 8000000; ulimit -v 6000000; \"$UTSIM_BIN\" diff E1 F --generate=4 --threads=4");
    CHECK(ran.code != 70);
    CHECK((ran.code == 0 || ran.code == 1 || ran.code == 7));
}

// SPDX-License-Identifier: MIT
// What a user reads and writes is spelt alike everywhere: answers, codes, registers, headers, the
// JSON of replay, and the command that shows a failure again.
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>

#include "session.hpp"

namespace utsim::testing {

namespace {

using Json = nlohmann::json;

const std::string begin = R"({"format":"utsim.scenario/1","tasks":[{"name":"t","program":)";

}  // namespace

TEST_CASE("a list is one answer, in default and in a queue of answers", "[cli]") {
    Session session;
    session.write("a.json", begin + R"([{"op":"kill","signal":"SIGUSR1"}]}],
 "engines":[{"name":"e","events":["SIGNAL_ALL"],"default":{"signal":["RESUME","IGN"]}}],
 "expect":[{"final":{"t":{"exit":0}}}]})");
    CHECK(session.run("run a.json").code == 0);
    session.write("b.json", begin + R"([{"op":"kill","signal":"SIGUSR1"},
  {"op":"kill","signal":"SIGUSR2"}]}],
 "engines":[{"name":"e","events":["SIGNAL_ALL"],
   "answers":{"signal":[["RESUME","IGN"],["RESUME","IGN"]]}}],
 "expect":[{"final":{"t":{"exit":0},"e":{"calls":2}}}]})");
    CHECK(session.run("run b.json").code == 0);
}

TEST_CASE("set.code is an exit code, as everywhere in a scenario", "[cli]") {
    Session session;
    session.write("c.json", begin + R"([{"op":"exit","code":7}]}],
 "engines":[{"name":"a","events":["EXIT"],"default":{"exit":{"set":{"code":5}}}}],
 "expect":[{"final":{"t":{"exit":5}}}]})");
    CHECK(session.run("run c.json").code == 0);
}

TEST_CASE("no internal number is told: which register, and what was there", "[cli]") {
    Session session;
    session.write("r.json", begin + R"([{"op":"pause"}]}],
 "controllers":[{"name":"c","steps":[{"reap":{"task":"t"}},
   {"check_regs":{"task":"t","rax":77}}]}]})");
    const Ran run = session.run("run r.json");
    CHECK(run.code == 1);
    CHECK(run.out.find("rax was 0x") != std::string::npos);
    CHECK(run.out.find(", not 0x4d") != std::string::npos);
    for (const char* form : {"", " --columns", " --format=jsonl", " --json"}) {
        const Ran shown = session.run("replay r.json" + std::string(form));
        INFO(form << shown.out);
        CHECK(shown.out.find("-10000") == std::string::npos);
        // A look at registers is over at once: nothing is there to be resumed.
        CHECK(shown.out.find("get_regs resumed") == std::string::npos);
        CHECK(shown.out.find("... get_regs") == std::string::npos);
    }
}

TEST_CASE("a schedule that does not fit is in the command that shows it again", "[cli]") {
    Session session;
    session.write("s.json", begin + R"([{"op":"compute","count":3}]}]})");
    const Ran run = session.run("run s.json --schedule=A1Z3 --json");
    CHECK(run.code == 1);
    const std::string again = Json::parse(run.out)["scenarios"][0]["reproduce"];
    CHECK(again == "utsim replay s.json --schedule=A1Z3");
    CHECK(session.run(again.substr(6)).code == 6);
}

TEST_CASE("replay --json tells events as the JSON Lines do", "[cli]") {
    Session session;
    session.bring("stop.json");
    session.run("run stop.json --trace=t.jsonl");
    const Json events = Json::parse(session.run("replay stop.json --json").out)["events"];
    std::size_t at = 0;
    std::istringstream lines(session.run("replay stop.json --format=jsonl").out);
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line);
        if (!event.contains("kind")) continue;
        REQUIRE(at < events.size());
        CHECK(events[at++] == event);
    }
    CHECK(at == events.size());
}

TEST_CASE("the header of a trace has only what exists", "[cli]") {
    Session session;
    session.bring("stop.json");
    const std::string trace = session.run("replay stop.json --format=jsonl").out;
    const auto with = [&](const std::string& before, const std::string& after) {
        std::string text = trace;
        const std::size_t at = text.find(before);
        REQUIRE(at != std::string::npos);
        text.replace(at, before.size(), after);
        session.write("t.jsonl", text);
        return session.run("replay t.jsonl");
    };
    CHECK(with("}", "}").code == 0);
    const Ran level = with(R"("granularity":"lock")", R"("granularity":"lok")");
    CHECK(level.code == 3);
    CHECK(level.err.find("api lock access") != std::string::npos);
    CHECK(with(R"("chooser":"schedule")", R"("chooser":"dice")").code == 3);
    CHECK(with(R"("chooser":"schedule")", R"("chooser":"random")").code == 3);
    CHECK(with(R"("semantics":"F")", R"("semantics":"F,step.arm=never")").code == 3);
    CHECK(with(R"("semantics":"F")", R"("semantics":"2010-02-30")").code == 3);
    CHECK(with(R"("schedule":"B1")", R"("schedule":"B?")").code == 3);
}

TEST_CASE("columns and lines number a call by the step of its end", "[cli]") {
    Session session;
    session.bring("stop.json");
    for (const char* form : {"", " --columns"}) {
        const Ran at = session.run("replay stop.json --at=6" + std::string(form));
        INFO(form << at.out);
        CHECK(at.out.find("utrace_control(target") != std::string::npos);
    }
}

TEST_CASE("the action of a call is expected as a trace shows it", "[cli]") {
    Session session;
    const std::string head = begin + R"([{"op":"compute","count":6}]}],
 "engines":[{"name":"e","events":["QUIESCE"],"default":{"quiesce:0":"STICKY"}}],
 "controllers":[{"name":"c","steps":[{"control":{"engine":"e","action":"STOP"}},
   {"await":{"task":"t","state":"TRACED"}},{"control":{"engine":"e","action":"RESUME"}}]}],
 "schedule":"B1","expect":[{")";
    const std::string pattern = R"(":{"kind":"api","call":"utrace_control","action":")";
    session.write("a.json", head + "sometimes" + pattern + R"(UTRACE_RESUME"}}]})");
    CHECK(session.run("run a.json").code == 0);
    session.write("b.json", head + "never" + pattern + R"(UTRACE_RESUME"}}]})");
    CHECK(session.run("run b.json").code == 1);
    session.write("c.json", head + "never" + pattern + R"(UTRACE_DETACH"}}]})");
    CHECK(session.run("run c.json").code == 0);
}

TEST_CASE("arguments of callbacks, locks and exit states are expected as shown", "[cli]") {
    Session session;
    const std::string head = begin + R"([{"op":"syscall","nr":"close","args":[-1],"ret":"-EBADF"},
   {"op":"trap"}]}],
 "engines":[{"name":"e","events":["SYSCALL_EXIT","SIGNAL_CORE"],
   "answers":{"signal:SIGTRAP":[["RESUME","IGN"]]}}],
 "expect":[)";
    session.write("a.json", head + R"(
  {"sometimes":{"kind":"callback","callback":"report_syscall_exit","arg0":"close","arg1":"-EBADF"}},
  {"sometimes":{"kind":"callback","callback":"report_signal","arg0":"SIGTRAP"}},
  {"sometimes":{"kind":"lock_taken","lock":"t.utrace"}},
  {"sometimes":{"kind":"api","task":"t","exit_state":0}},
  {"never":{"kind":"lock_taken","lock":"t.tasklist"}}]})");
    const Ran run = session.run("run a.json");
    INFO(run.out << run.err);
    CHECK(run.code == 0);
    session.write(
        "b.json",
        head + R"({"sometimes":{"kind":"callback","callback":"signal","arg0":"SIGTRP"}}]})");
    CHECK(session.run("run b.json").code == 3);
}

TEST_CASE("what a trace shows of an end or a set is a pattern, in full or in short", "[cli]") {
    Session session;
    const std::string head = begin + R"([{"op":"clone","child":"kid","flags":["VM"]},
   {"op":"exit","code":3}]}],"children":[{"name":"kid","program":[]}],
 "engines":[{"name":"e","events":["CLONE","EXIT"]}],
 "expect":[)";
    session.write("a.json", head + R"(
  {"sometimes":{"kind":"exit","task":"t","code":"exit 3"}},
  {"sometimes":{"kind":"exit","task":"t","code":768}},
  {"sometimes":{"kind":"callback","callback":"clone","arg1":"kid"}},
  {"sometimes":{"kind":"callback","arg1":"kid"}},
  {"sometimes":{"kind":"new_task","flags":"VM|SIGCHLD"}},
  {"sometimes":{"kind":"api","call":"attach_task","engine":"e","flags":["CREATE"]}},
  {"sometimes":{"kind":"api_enter","engine":null}},
  {"never":{"kind":"exit","task":"t","code":"SIGTERM"}}]})");
    const Ran run = session.run("run a.json");
    INFO(run.out << run.err);
    CHECK(run.code == 0);
    for (const char* wrong :
         {R"({"kind":"exit","code":"exit 256"})",
          R"({"kind":"callback","callback":"exit","arg1":"kid"})",
          R"({"kind":"new_task","task":"kit"})", R"({"kind":"callback_end","ret":"STOP|IGNORE"})",
          R"({"kind":"callback_end","callback":"exit","ret":"IGN"})",
          R"({"kind":"exit","task":1})"}) {
        session.write("b.json", head + "{\"never\":" + wrong + "}]}");
        INFO(wrong);
        CHECK(session.run("validate b.json").code == 3);
    }
}

TEST_CASE("a register write takes a label, and a code any end", "[cli]") {
    Session session;
    session.write("r.json", R"({"format":"utsim.scenario/1","tasks":[{"name":"g","asm":[
  "again: jmp again","end: mov edi,5","mov eax,60","syscall"]}],
 "engines":[{"name":"e","attach":"controller","events":["QUIESCE","EXIT"],
   "default":{"quiesce:0":"STICKY","exit":{"set":{"code":"SIGTERM"}}}}],
 "controllers":[{"name":"c","steps":[{"attach":{"engine":"e"}},
   {"control":{"engine":"e","action":"STOP"}},{"await":{"task":"g","state":"TRACED"}},
   {"set_regs":{"task":"g","rip":"end"}},{"check_regs":{"task":"g","rip":"end"}},
   {"control":{"engine":"e","action":"RESUME"}}]}],"schedule":"A5B1",
 "expect":[{"final":{"g":{"killed_by":"SIGTERM"}}}]})");
    const Ran run = session.run("run r.json");
    INFO(run.out << run.err);
    CHECK(run.code == 0);
}

TEST_CASE("code linked where abstract programs once were has addresses", "[cli]") {
    Session session;
    session.write("l.json", R"({"format":"utsim.scenario/1","tasks":[{"name":"g",
  "at":"0x10000000","asm":["go_: xor edi,edi","mov eax,60","syscall"]}],
  "expect":[{"sometimes":{"kind":"instruction","ip":"0x10000000"}},{"final":{"g":{"exit":0}}}]})");
    CHECK(session.run("run l.json").code == 0);
    const Ran shown = session.run("replay l.json --full");
    INFO(shown.out);
    CHECK(shown.out.find("0x10000002") != std::string::npos);
    CHECK(shown.out.find("main+") == std::string::npos);
}

TEST_CASE("labels of real code may be called as abstract programs are", "[cli]") {
    Session session;
    session.write("l.json", R"({"format":"utsim.scenario/1","tasks":[{"name":"guest","asm":[
  "main: nop","h1: nop","fin: xor edi,edi","mov eax,60","syscall"]}],"expect":[
  {"sometimes":{"kind":"instruction","ip":"main"}},{"sometimes":{"kind":"instruction","ip":"h1"}},
  {"final":{"guest":{"exit":0}}}]})");
    const Ran run = session.run("run l.json");
    INFO(run.out << run.err);
    CHECK(run.code == 0);
}

}  // namespace utsim::testing

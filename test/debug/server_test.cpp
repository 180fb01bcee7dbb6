// SPDX-License-Identifier: MIT
// The protocol, spoken by a client that is part of the test.
#include <algorithm>
#include <fstream>

#include "base/random.hpp"
#include "client.hpp"
#include "debug/packet.hpp"

using namespace utsim;
using namespace utsim::debug;
using namespace utsim::testing;

namespace {

/// What `monitor command` says.
std::string monitor(Session& session, const std::string& command) {
    std::string text;
    for (const std::string& answer : talk(session, {"qRcmd," + hex_of(command)})) {
        if (answer[0] != 'O' || answer == "OK") continue;
        text += bytes_of_hex(std::string_view(answer).substr(1)).value_or("?");
    }
    return text;
}

bool has(const std::string& text, std::string_view part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("packets are taken apart, and what is none is passed over", "[debug]") {
    PacketReader reader;
    std::string_view bytes = "noise+-\x03$abc#26$abd#26$cut$qC#b4";
    using Item = PacketReader::Item;
    std::vector<Item> items;
    std::vector<std::string> payloads;
    for (Item item; (item = reader.next(bytes)) != Item::nothing;) {
        items.push_back(item);
        if (item == Item::packet) payloads.push_back(reader.payload());
    }
    CHECK(items == std::vector<Item>{Item::ack, Item::nak, Item::interrupt, Item::packet,
                                     Item::damaged, Item::packet});
    CHECK(payloads == std::vector<std::string>{"abc", "qC"});
    CHECK(packet_of("OK") == "$OK#9a");
    CHECK(unescaped(escaped("a#b$c}d*e")) == "a#b$c}d*e");
    CHECK(escaped("#") == "}\x03");
    CHECK(bytes_of_hex("4a4B") == "JK");
    CHECK_FALSE(bytes_of_hex("4").has_value());
    CHECK(hex_number(0) == "0");
    CHECK(hex_number(~std::uint64_t{0}) == "ffffffffffffffff");

    const std::string long_one = "$" + std::string(PacketReader::most + 1, 'a');
    bytes = long_one;
    CHECK(reader.next(bytes) == Item::too_long);
    bytes = "$qC#b4";
    CHECK(reader.next(bytes) == Item::too_long);
}

TEST_CASE("the properties of escaping", "[debug]") {
    check_property("debug.packets", [](const std::string& bytes) {
        PacketReader reader;
        const std::string packet = packet_of(escaped(bytes));
        std::string_view rest = packet;
        RC_ASSERT(reader.next(rest) == PacketReader::Item::packet);
        RC_ASSERT(unescaped(reader.payload()) == bytes);
        RC_ASSERT(bytes_of_hex(hex_of(bytes)) == bytes);
    });
}

TEST_CASE("a session from hello to goodbye", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    const std::vector<std::string> answers = talk(
        session,
        {"qSupported:multiprocess+;swbreak+;hwbreak+", "vMustReplyEmpty", "QStartNoAckMode", "?",
         "qfThreadInfo", "qsThreadInfo", "qC", "Hgp3.3", "qAttached:3", "vCont?", "D;2", "D;3"},
        ServerEnd::detached);
    REQUIRE(answers.size() == 12);
    CHECK(has(answers[0], "PacketSize=4000;"));
    CHECK(has(answers[0], "ReverseStep+"));
    CHECK(answers[1].empty());
    CHECK(answers[2] == "OK");
    CHECK(has(answers[3], "thread:p2.2;"));
    CHECK(answers[3].compare(0, 3, "T05") == 0);
    CHECK(answers[4] == "mp2.2,p3.3");
    CHECK(answers[5] == "l");
    CHECK(answers[6] == "QCp2.2");
    CHECK(answers[7] == "OK");
    CHECK(answers[8] == "1");
    CHECK(answers[9] == "vCont;c;C;s;S;r");
    CHECK(answers[10] == "OK");
    CHECK(answers[11] == "OK");
}

TEST_CASE("steps and stops in both directions", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    const std::string start = hex_number(session.tasks()[0]->regs.rip);
    const std::string inc = hex_number(session.tasks()[0]->regs.rip + 12);
    const std::vector<std::string> answers =
        talk(session, {"qSupported:multiprocess+;swbreak+", "Z0," + inc + ",1", "vCont;c", "bs",
                       "bs", "bs", "bc", "Hcp2.2", "vCont;s:p2.2", "vCont;c:p2.-1",
                       "z0," + inc + ",1", "vCont;c", "vCont;c", "vCont;c", "bc", "bc"});
    REQUIRE(answers.size() == 16);
    CHECK(has(answers[2], "T05swbreak:;"));
    CHECK(has(answers[2], "thread:p2.2;"));
    CHECK(has(answers[3], "thread:p2.2;"));
    CHECK(has(answers[5], "replaylog:begin;"));
    CHECK(has(answers[6], "replaylog:begin;"));
    CHECK(has(answers[8], "T0506:"));
    CHECK(has(answers[9], "swbreak:;"));
    CHECK(answers[11] == "W00;process:3");
    CHECK(answers[12] == "W04;process:5");
    CHECK(has(answers[13], "replaylog:end;"));
    CHECK(answers[14] == "W00;process:5");  // it is not born yet
    CHECK(has(answers[15], "replaylog:begin;"));
    CHECK(session.step() == 0);
}

TEST_CASE("registers and memory are read, and what is written makes another run", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    const std::string start = hex_number(session.tasks()[0]->regs.rip);
    const std::vector<std::string> answers =
        talk(session, {"g",
                       "p10",
                       "m" + start + ",5",
                       "m0,4",
                       "P3=1122000000000000",
                       "p3",
                       "M" + start + ",1:90",
                       "m" + start + ",1",
                       "X" + start + ",1:}\x03",
                       "m" + start + ",1",
                       "p99",
                       "P3=11",
                       "Gff",
                       "M" + start + ",2:90",
                       "m" + start + ",fffffffffffffff",
                       "mffffffffffffffff,8",
                       "Z2," + start + ",fffffff",
                       "Z9,0,0",
                       "QCatchSyscalls:1;1",
                       "QPassSignals:e;14",
                       "T2",
                       "T99",
                       "zz",
                       "vCont;s:p9.9",
                       "vCont;x",
                       "qXfer:auxv:read::0,10",
                       "qXfer:features:read:target.xml:0,20",
                       "qXfer:features:read:target.xml:fffff,20",
                       "qXfer:threads:read::0,1000",
                       "qRcmd,7",
                       "Hg",
                       "D;zz"});
    std::size_t at = 0;
    CHECK(answers[at++].size() == 560 * 2);
    CHECK(answers[at++] == "0010400000000000");
    CHECK(answers[at++] == "b914000000");
    CHECK(answers[at++] == "E0e");
    CHECK(answers[at++] == "OK");
    CHECK(answers[at++] == "1122000000000000");
    CHECK(answers[at++] == "OK");
    CHECK(answers[at++] == "90");
    CHECK(answers[at++] == "OK");
    CHECK(answers[at++] == "23");
    for (const char* wrong : {"E01", "E16", "E16", "E16"}) CHECK(answers[at++] == wrong);
    CHECK(answers[at++].size() > 100);
    CHECK(answers[at++] == "E0e");
    CHECK(answers[at++] == "E16");
    CHECK(answers[at++].empty());
    for (const char* text : {"OK", "OK", "OK", "E01", ""}) CHECK(answers[at++] == text);
    CHECK(has(answers[at++], "replaylog:begin"));
    CHECK(answers[at++] == "E01");
    CHECK(answers[at++] == "l");
    CHECK(answers[at++].compare(0, 6, "m<?xml") == 0);
    CHECK(answers[at++] == "E01");
    CHECK(has(answers[at++], "name=\"left\""));
    CHECK(answers[at++] == "E01");
    CHECK(answers[at++] == "E01");
    CHECK(answers[at++] == "E01");
    CHECK(session.travel().changes() == std::vector<std::uint64_t>{0});
    CHECK(has(monitor(session, "when"), "registers or memory were written at step 0"));
}

TEST_CASE("what is no protocol ends the session and no more", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    const auto end_of = [&](const std::string& says) {
        Client client(says);
        Server server(session, client, {});
        return server.serve();
    };
    CHECK(end_of("") == ServerEnd::gone);
    CHECK(end_of("GET / HTTP/1.1\r\n\r\n") == ServerEnd::gone);
    CHECK(end_of("$" + std::string(1 << 20, 'x')) == ServerEnd::too_long);
    CHECK(end_of(std::string(1 << 20, '$')) == ServerEnd::gone);
    CHECK(end_of(packet_of("k")) == ServerEnd::detached);
    CHECK(talk(session, {"?"}).size() == 1);
}

TEST_CASE("mutilated packets are survived", "[debug]") {
    const Scenario scenario = scenario_of(two_programs);
    const std::vector<std::string> good = {"qSupported:multiprocess+;swbreak+",
                                           "Hgp2.2",
                                           "g",
                                           "p3",
                                           "P3=1122000000000000",
                                           "m401000,20",
                                           "M401000,2:9090",
                                           "X401000,2:ab",
                                           "Z0,401010,1",
                                           "z0,401010,1",
                                           "Z2,401010,8",
                                           "Z4,401010,8",
                                           "vCont;s:p2.2;c",
                                           "vCont;c",
                                           "vCont;r401000,401020:p2.2",
                                           "bs",
                                           "bc",
                                           "?",
                                           "qXfer:threads:read::0,100",
                                           "qXfer:auxv:read::0,10",
                                           "QCatchSyscalls:1;3c",
                                           "QPassSignals:e;11",
                                           "D;3",
                                           "T2",
                                           "qRcmd,7768656e",
                                           "qThreadExtraInfo,p2.2"};
    Random random(11);
    for (int i = 0; i < 60; ++i) {
        std::string says;
        for (int n = 0; n < 20; ++n) {
            std::string payload = good[random.below(static_cast<std::uint32_t>(good.size()))];
            for (std::uint32_t left = random.below(3); left > 0; --left) {
                const auto at = random.below(static_cast<std::uint32_t>(payload.size() + 1));
                const char byte = static_cast<char>("0159afpsc;:,-.x"[random.below(15)]);
                if (random.below(2) == 0 && at < payload.size()) {
                    payload[at] = byte;
                } else {
                    payload.insert(at, 1, byte);
                }
            }
            says += packet_of(payload);
        }
        Session session(travel_of(scenario, {}));
        Client client(says);
        Server server(session, client, {});
        server.serve();
        CHECK_FALSE(client.heard.empty());
    }
}

TEST_CASE("every monitor command answers", "[debug]") {
    RunOptions options;
    options.schedule = "B8C1";
    Session session(travel_of(scenario_of(two_programs), options));
    CHECK(has(monitor(session, "help"), "monitor run-only ACTOR N"));
    CHECK(has(monitor(session, ""), "monitor help"));
    CHECK(has(monitor(session, "wehn"), "when"));
    CHECK(has(monitor(session, "when"), "step 0"));
    CHECK(has(monitor(session, "why"), "nothing has happened yet"));
    CHECK(has(monitor(session, "goto 60"), "step 60"));
    CHECK(has(monitor(session, "goto nowhere"), "is no step"));
    CHECK(has(monitor(session, "goto"), "monitor goto STEP"));
    CHECK(has(monitor(session, "state"), "2 left: TASK_RUNNING"));
    CHECK(has(monitor(session, "state tasks.left.pid"), "2"));
    CHECK(
        has(monitor(session, "state nothing"), "there is no \"nothing\"; a path begins with run"));
    CHECK(has(monitor(session, "engines"), "holder: QUIESCE"));
    CHECK(has(monitor(session, "points"), "C operator: waits at "));
    CHECK(has(monitor(session, "schedule"), "again with B8"));
    CHECK(has(monitor(session, "break"), "nothing is marked"));
    CHECK(has(monitor(session, "break point lock:utrace_control:right"), "stops where"));
    Stop stop = session.go({});
    while (stop.kind == StopKind::exited) stop = session.go({});
    CHECK(stop.kind == StopKind::end);  // a new client has marked nothing
    session.go_to(0);
    session.interest().points = {"lock:get_utrace_lock:right"};
    stop = session.go({});
    CHECK(stop.kind == StopKind::point);
    CHECK(stop.text == "lock:get_utrace_lock:right.utrace");
    CHECK(has(monitor(session, "why 3"), "operator"));
    CHECK(has(monitor(session, "break clause C-257"), "C-257 is not broken in this run"));
    CHECK(has(monitor(session, "delete point"), "monitor delete"));
    CHECK(has(monitor(session, "run-only Z 5"), "is no actor; there are A left, B right, C op"));
    CHECK(has(monitor(session, "run-only operator x"), "is no number"));
    CHECK(has(monitor(session, "run-only A"), "monitor run-only ACTOR N"));
    session.go_to(5);
    CHECK(has(monitor(session, "run-only B 4"), "the run is another one now: B9"));
    CHECK(has(monitor(session, "when"), "another order was chosen by hand"));
}

TEST_CASE("docs/gdb.md lists the monitor commands", "[debug]") {
    std::ifstream in(source_path("docs/gdb.md"));
    std::ostringstream document;
    document << in.rdbuf();
    std::istringstream lines(Monitor::help());
    for (std::string line; std::getline(lines, line);) {
        CHECK(has(document.str(), "\n    " + line + "\n"));
    }
}

TEST_CASE("a clause that is broken is a place to stop at", "[debug]") {
    const Result<Scenario> scenario =
        load_scenario_file(source_path("scenarios/seed/sleeps-under-the-lock.json"));
    REQUIRE(scenario.ok());
    RunOptions options;
    options.semantics = "E1";
    Session session(travel_of(*scenario, options));
    const Result<std::vector<Session::Breach>> breaches = session.breaches();
    REQUIRE(breaches.ok());
    REQUIRE_FALSE(breaches->empty());
    const Session::Breach& first = breaches->front();
    session.interest().clauses[first.step][first.clause] = {first.message};
    const Stop stop = session.go({});
    CHECK(stop.kind == StopKind::clause);
    CHECK(session.step() == first.step);
    CHECK(stop.text == first.clause + ": " + first.message);
    session.go_to(first.step + 3);
    Going back;
    back.backwards = true;
    CHECK(session.go(back).kind == StopKind::clause);
    CHECK(session.step() == first.step);
}

TEST_CASE("clauses that are broken in one step are marked one by one", "[debug]") {
    const Result<Scenario> scenario =
        load_scenario_file(source_path("scenarios/seed/sleeps-under-the-lock.json"));
    REQUIRE(scenario.ok());
    RunOptions options;
    options.semantics = "E1";
    Session session(travel_of(*scenario, options));
    const auto tell = [&](const std::string& command) {
        return Monitor(session, nullptr).answer(command);
    };
    session.interest().clauses[5] = {{"C-1", {"one"}}, {"C-2", {"two", "three"}}, {"C-25", {"x"}}};
    CHECK(tell("delete clause C-2") == "1 deleted\n");
    CHECK(session.interest().clauses[5] == BrokenClauses{{"C-1", {"one"}}, {"C-25", {"x"}}});
    CHECK(tell("delete all") == "2 deleted\n");
    CHECK(session.interest().clauses.empty());
    const Result<std::vector<Session::Breach>> breaches = session.breaches();
    REQUIRE(breaches.ok());
    const std::string clause = breaches->front().clause;
    for (std::uint64_t i = 0; i < SessionLimits::clauses; ++i) {
        session.interest().clauses[1'000'000 + i] = {{"C-1", {"one"}}};
    }
    const std::string answer = tell("break clause " + clause);
    CHECK(answer == "there are 1024 steps already; monitor delete all\n");
}

// SPDX-License-Identifier: MIT
// What clients can and cannot do to a session: too much, too long, in between, and one after
// another.
#include "client.hpp"
#include "debug/host_files.hpp"
#include "debug/packet.hpp"

using namespace utsim;
using namespace utsim::debug;
using namespace utsim::testing;

TEST_CASE("a packet of a gigabyte ends the session when it is longer than any may be", "[debug]") {
    class Endless final : public Wire {
    public:
        bool send(std::string_view) override { return true; }
        std::ptrdiff_t receive(char* bytes, std::size_t n, bool) override {
            if (sent == 1u << 30) return -1;
            std::fill_n(bytes, n, 'x');
            if (sent == 0) bytes[0] = '$';
            sent += n;
            return static_cast<std::ptrdiff_t>(n);
        }
        std::size_t sent = 0;
    };
    Session session(travel_of(scenario_of(two_programs), {}));
    Endless client;
    Server server(session, client, {});
    CHECK(server.serve() == ServerEnd::too_long);
    CHECK(client.sent <= 2 * PacketReader::most);
    CHECK(talk(session, {"?"}).size() == 1);
}

TEST_CASE("what did not arrive is sent again", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    Client client("+" + packet_of("qC") + "--+" + packet_of("QStartNoAckMode") + "+-", 1);
    Server server(session, client, {});
    server.serve();
    const std::string answer = packet_of("QC2");
    CHECK(client.heard == "+" + answer + answer + answer + "+" + packet_of("OK"));
}

TEST_CASE("Ctrl-C ends a continue where it is, forwards and backwards", "[debug]") {
    /// Presses it when the run has looked up so many times.
    class Impatient final : public Wire {
    public:
        explicit Impatient(std::string says) : says_(std::move(says)) {}
        bool send(std::string_view bytes) override {
            heard += bytes;
            return true;
        }
        std::ptrdiff_t receive(char* bytes, std::size_t, bool wait) override {
            if (wait && !says_.empty()) {
                const std::size_t end = says_.find('|');
                const std::string part = says_.substr(0, end);
                says_.erase(0, end == std::string::npos ? end : end + 1);
                std::copy(part.begin(), part.end(), bytes);
                looks_ = 0;
                return static_cast<std::ptrdiff_t>(part.size());
            }
            if (wait) return -1;
            if (++looks_ != 3) return 0;
            bytes[0] = '\x03';
            return 1;
        }
        std::string heard;

    private:
        std::string says_;
        int looks_ = 0;
    };
    Session session(travel_of(scenario_of(R"({"format": "utsim.scenario/1",
        "limits": {"steps": 3000000, "instructions": 3000000},
        "tasks": [{"name": "loop", "asm": ["again:", "dec ecx", "jmp again"]}]})"),
                              {}));
    Impatient client("+" + packet_of("vCont;c") + "|+" + packet_of("?") + "|+" + packet_of("bc"));
    Server server(session, client, {});
    server.serve();
    const auto count = [&](std::string_view what) {
        std::size_t n = 0;
        for (std::size_t at = client.heard.find(what); at != std::string::npos;
             at = client.heard.find(what, at + 1)) {
            ++n;
        }
        return n;
    };
    CHECK(count("$T02") >= 1);
    CHECK(session.travel().known() > 0);
    CHECK(session.travel().known() < 3'000'000);
}

TEST_CASE("a new client finds nothing of what the one before has asked for", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    const std::string inc = hex_number(session.tasks()[0]->regs.rip + 12);
    talk(session, {"qSupported:multiprocess+;fork-events+", "Z0," + inc + ",1", "Z2,401000,8",
                   "QCatchSyscalls:1", "QPassSignals:e", "D;3", "z0," + inc + ",1",
                   "qRcmd," + hex_of("break point lock:utrace_control:right"), "vCont;s:p2.2"});
    CHECK(session.interest().marks.size() == 1);
    CHECK_FALSE(session.is_attached(3));
    session.new_client();
    const Interest& interest = session.interest();
    CHECK(interest.marks.empty());
    CHECK(interest.points.empty());
    CHECK(interest.calls.empty());
    CHECK(interest.detached.empty());
    CHECK_FALSE(interest.forks);
    CHECK(session.tasks().size() == 2);
    Stop stop = session.go({});
    while (stop.kind == StopKind::exited) stop = session.go({});
    CHECK(stop.kind == StopKind::end);
}

TEST_CASE("what a client asks for has limits", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    std::vector<std::string> payloads;
    for (std::size_t i = 0; i <= SessionLimits::marks; ++i) {
        payloads.push_back("Z0," + hex_number(0x500000 + i) + ",1");
    }
    const std::vector<std::string> answers = talk(session, payloads);
    CHECK(answers[SessionLimits::marks - 1] == "OK");
    CHECK(answers[SessionLimits::marks] == "E0c");
    payloads.clear();
    for (std::size_t i = 0; i <= SessionLimits::points; ++i) {
        payloads.push_back("qRcmd," + hex_of("break point lock:" + std::to_string(i)));
    }
    talk(session, payloads);
    CHECK(session.interest().points.size() == SessionLimits::points);
    payloads.clear();
    for (std::size_t i = 0; i <= SessionLimits::changes; ++i) {
        payloads.push_back("P3=" + hex_of(std::string(8, static_cast<char>(1 + i % 7))));
    }
    CHECK(talk(session, payloads).back() == "E0c");
    CHECK(session.travel().change_count() == SessionLimits::changes);
    payloads.clear();
    for (int pid = 100; pid < 200; ++pid) payloads.push_back("D;" + hex_number(pid));
    talk(session, payloads);
    CHECK(session.interest().detached.empty());
}

TEST_CASE("programs are read over the wire, and nothing else is", "[debug]") {
    class OneFile final : public HostFiles {
    public:
        std::string find(const std::string&) const override { return "/host/program"; }
        std::optional<std::uint64_t> size(const std::string& path) const override {
            return path == "/host/program" ? std::optional<std::uint64_t>(10) : std::nullopt;
        }
        std::string read(const std::string&, std::uint64_t offset, std::size_t n) const override {
            return std::string("0123456#89").substr(std::min<std::uint64_t>(offset, 10), n);
        }
    };
    const OneFile one;
    FileServer files(&one);
    const auto answer = [&](const std::string& text) { return files.answer(PayloadReader(text)); };
    CHECK(answer("setfs:0") == "F0");
    CHECK(answer("open:" + hex_of("/etc/passwd") + ",0,0") == "F-1,2");
    CHECK(answer("open:" + hex_of("/host/program") + ",1,0") == "F-1,d");
    CHECK(answer("open:zz,0,0") == "F-1,16");
    CHECK(answer("open:" + hex_of("/host/program") + ",0,0") == "F0");
    CHECK(answer("pread:0,4,1") == "F4;1234");
    CHECK(answer("pread:0,ffffffffffff,6") ==
          "F4;6}\x03"
          "89");
    CHECK(answer("pread:0,4,ffff") == "F0;");
    CHECK(answer("pread:1,4,0") == "F-1,9");
    const std::string status = answer("fstat:0");
    REQUIRE(status.starts_with("F40;"));
    const auto word = [&](std::size_t at, std::size_t bytes) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) {
            value = value << 8 | static_cast<unsigned char>(status.at(4 + at + i));
        }
        return value;
    };
    CHECK(word(8, 4) == 0100555);  // a regular file that can be read and run
    CHECK(word(28, 8) == 10);      // bytes
    CHECK(answer("close:0") == "F0");
    CHECK(answer("close:0") == "F-1,9");
    CHECK(answer("unlink:00").empty());
    for (int i = 0; i < 8; ++i) answer("open:" + hex_of("/host/program") + ",0,0");
    CHECK(answer("open:" + hex_of("/host/program") + ",0,0") == "F-1,18");
    CHECK(FileServer(nullptr).answer(PayloadReader("setfs:0")).empty());
}

// SPDX-License-Identifier: MIT
// A trace of a program that is a file of its own: it knows which file that was.
#include "cpu/elf_file.hpp"

#include "session.hpp"

using namespace utsim::testing;

namespace {

/// A program that exits with `code`.
std::string program(std::uint8_t code) {
    auto file = utsim::cpu::testing::ElfFile::small();
    // mov eax, 60; mov edi, CODE; syscall
    file.contents = {0xb8, 60, 0, 0, 0, 0xbf, code, 0, 0, 0, 0x0f, 0x05};
    file.headers[1].file_size = file.headers[1].memory_size = file.contents.size();
    const std::vector<std::byte> bytes = file.bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a replay says which file is not what was run", "[replay]") {
    Session session;
    session.write("guest one.elf", program(7));
    session.write("s.json", R"({"format": "utsim.scenario/1",
        "tasks": [{"name": "a", "elf": "guest one.elf"}, {"name": "b", "elf": "guest one.elf"}]})");
    REQUIRE(session.run("run s.json --trace=t.jsonl").code == 0);
    CHECK(session.read("t.jsonl").find(R"("files":{"guest one.elf":"4108 bytes, )") !=
          std::string::npos);
    CHECK(session.run("replay t.jsonl").code == 0);
    CHECK(session.run("explain t.jsonl").code == 0);

    session.write("guest one.elf", program(8));
    Ran ran = session.run("replay t.jsonl");
    CHECK(ran.code == 3);
    CHECK(ran.err.find("the file 'guest one.elf' is not the one that was run [E-TRC-029]") !=
          std::string::npos);
    CHECK(ran.err.find("it has 4108 bytes") != std::string::npos);

    std::filesystem::remove(session.folder() / "guest one.elf");
    ran = session.run("replay t.jsonl");
    CHECK(ran.code == 3);
    CHECK(ran.err.find("guest one.elf\" cannot be read") != std::string::npos);
}

// SPDX-License-Identifier: MIT
// The recorded programs, compiled here, must print under the simulated kernel what they printed
// under Linux, byte for byte: under the default schedule and under random ones.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <utsim/event.hpp>
#include <utsim/simulation.hpp>

#include "test/ptrace/recorded_programs.hpp"
#include "test/support/scratch_folder.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using utsim::testing::ScratchFolder;

namespace {

bool have_compiler() { return std::system("musl-gcc -dumpversion > /dev/null 2>&1") == 0; }

std::string record_path(const std::string& name) {
    return utsim::testing::source_path("test/ptrace/record/" + name);
}

std::string compile(const ScratchFolder& scratch, const std::string& name) {
    const std::string out = scratch.path + "/" + name;
    const std::string command =
        "musl-gcc -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu -O1 -std=gnu11 "
        "-w -fno-pie -fno-stack-protector -static -no-pie -o " +
        out + " " + record_path(name + ".c");
    INFO(command);
    REQUIRE(std::system(command.c_str()) == 0);
    return out;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

/// 808 was recorded on a machine that cannot step blocks; what the manuals demand lies beside it.
std::string expected(const std::string& name) {
    const char* ending = name == "808_block" ? ".reasoned" : ".out";
    return read_file(record_path("expected/" + name + ending));
}

/// What the program prints, and how it ends: a line that the recordings have too.
std::string run(const std::string& program, std::optional<std::uint64_t> seed) {
    const std::string text = R"({"format": "utsim.scenario/1", "title": "a recorded program",
        "semantics": "linux-now", "tasks": [{"name": "main", "elf": ")" +
                             program + R"("}]})";
    const Result<Scenario> scenario = load_scenario_text(text, "recorded.json");
    REQUIRE(scenario.ok());
    RunOptions options;
    options.granularity = "api";
    options.seed = seed;
    options.max_steps = 3'000'000;
    options.max_instructions = 30'000'000;
    Result<Simulation> simulation = Simulation::create(*scenario, options);
    REQUIRE(simulation.ok());
    std::string output;
    std::int64_t code = -1;
    simulation->listen([&](const Event& event, const NameTable& names) {
        if (event.kind == EventKind::output) output += event.text;
        if (event.kind != EventKind::exit || code != -1) return;
        if (names.task(TaskId{static_cast<std::uint32_t>(event.value[0])}) == "main") {
            code = event.value[1];
        }
    });
    const RunReport report = simulation->run();
    if (report.end != "quiet") output += "end " + report.end + "\n";
    return output + "rc " + std::to_string(code >> 8) + "\n";
}

/// How many random schedules each program has to stand.
std::uint64_t random_schedules() {
    const char* wanted = std::getenv("UTSIM_RECORDED_SCHEDULES");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 3;
}

}  // namespace

TEST_CASE("recorded programs print what they printed under Linux", "[recorded]") {
    if (!have_compiler()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    for (const RecordedProgram& program : recorded_programs) {
        if (!program.open.empty()) continue;
        const std::string name(program.name);
        const std::string path = compile(scratch, name);
        const std::string wanted = expected(name);
        INFO(name);
        CHECK(run(path, std::nullopt) == wanted);
        for (std::uint64_t seed = 1; seed <= random_schedules(); ++seed) {
            INFO("seed " << seed);
            CHECK(run(path, seed) == wanted);
        }
    }
}

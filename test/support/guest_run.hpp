// SPDX-License-Identifier: MIT
/// Compiling a small program with musl, and what it prints and how it ends as a guest.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

#include <utsim/event.hpp>
#include <utsim/simulation.hpp>

#include "test/support/scratch_folder.hpp"
#include "test/support/testing.hpp"

namespace utsim::testing {

inline bool have_musl() { return std::system("musl-gcc -dumpversion > /dev/null 2>&1") == 0; }

/// `source` is a file below test, without its ending. The program's path.
inline std::string compile_guest(const ScratchFolder& scratch, const std::string& source,
                                 const std::string& flags = {}) {
    const std::string out = scratch.path + "/" + source.substr(source.rfind('/') + 1);
    const std::string command =
        "musl-gcc -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu -O1 -std=gnu11 "
        "-w -fno-pie -fno-stack-protector -static -no-pie " +
        flags + " -o " + out + " " + source_path("test/" + source + ".c");
    INFO(command);
    REQUIRE(std::system(command.c_str()) == 0);
    return out;
}

/// What the program prints, and how it ends: a line `rc N`. `seed`: of a random schedule.
inline std::string run_guest(const std::string& program, const std::string& semantics,
                             std::optional<std::uint64_t> seed) {
    const std::string text =
        R"({"format": "utsim.scenario/1", "title": "a guest", "semantics": ")" + semantics +
        R"(", "tasks": [{"name": "main", "pid": 1000, "exec": {"path": ")" + program + R"("}}]})";
    const Result<Scenario> scenario = load_scenario_text(text, "guest.json");
    REQUIRE(scenario.ok());
    RunOptions options;
    options.granularity = "api";
    options.seed = seed;
    if (!seed) options.schedule = "fair=10000";  // as `utsim exec` does it
    options.max_steps = 3'000'000;
    options.max_instructions = 30'000'000;
    Result<Simulation> simulation = Simulation::create(*scenario, options);
    REQUIRE(simulation.ok());
    std::string output;
    std::int64_t code = -1;
    simulation->listen([&](const Event& event, const NameTable& names) {
        if (event.kind == EventKind::output) output += event.text;
        if (event.kind != EventKind::exit || code != -1) return;
        const TaskId task{static_cast<std::uint32_t>(event.value[0])};
        if (names.task(task) == "main") code = event.value[1];
    });
    const RunReport report = simulation->run();
    if (report.end != "quiet") output += "end " + report.end + "\n";
    return output + "rc " + std::to_string(code >> 8) + "\n";
}

}  // namespace utsim::testing

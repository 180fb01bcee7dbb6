// SPDX-License-Identifier: MIT
/// Compiling a small program with musl, and what it prints and how it ends: as a guest and on the
/// host.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>  // WIFEXITED too; <sys/wait.h> has macros that are names in the modelled kernel
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

/// How a program is run inside.
struct GuestRun {
    std::string semantics = "F";
    std::optional<std::uint64_t> seed;  ///< of a random schedule; without one, as `utsim exec`
    std::string argument;               ///< the only one, if there is any
    std::uint64_t max_steps = 3'000'000;
    std::uint64_t max_instructions = 30'000'000;
};

/// What came of it.
struct GuestEnd {
    std::string output;
    std::string end;  ///< `quiet`, or what ended the run before that, with its detail
    std::int64_t status = -1;
};

inline GuestEnd run_inside(const std::string& program, const GuestRun& how) {
    const std::string argv =
        how.argument.empty() ? "" : R"("argv": ["program", ")" + how.argument + R"("], )";
    const std::string text =
        R"({"format": "utsim.scenario/1", "title": "a guest", "semantics": ")" + how.semantics +
        R"(", "limits": {"steps": 1000000000, "events": 100000000, "output": 1000000000,
                "instructions": 1000000000},
            "tasks": [{"name": "main", "pid": 1000, )" +
        argv + R"("exec": {"path": ")" + program + R"("}}]})";
    const Result<Scenario> scenario = load_scenario_text(text, "guest.json");
    REQUIRE(scenario.ok());
    RunOptions options;
    options.granularity = "api";
    options.seed = how.seed;
    if (!how.seed) options.schedule = "fair=10000";  // as `utsim exec` does it
    options.max_steps = how.max_steps;
    options.max_instructions = how.max_instructions;
    Result<Simulation> simulation = Simulation::create(*scenario, options);
    REQUIRE(simulation.ok());
    GuestEnd ended;
    simulation->listen([&](const Event& event, const NameTable& names) {
        if (event.kind == EventKind::output) ended.output += event.text;
        if (event.kind != EventKind::exit || ended.status != -1) return;
        const TaskId task{static_cast<std::uint32_t>(event.value[0])};
        if (names.task(task) == "main") ended.status = event.value[1] >> 8;
    });
    const RunReport report = simulation->run();
    ended.end = report.end;
    if (report.end != "quiet") ended.end += ", " + report.end_detail;
    return ended;
}

/// What the program prints, and how it ends: a line `rc N`.
inline std::string run_guest(const std::string& program, const GuestRun& how) {
    const GuestEnd ended = run_inside(program, how);
    const std::string end = ended.end != "quiet" ? "end " + ended.end + "\n" : "";
    return ended.output + end + "rc " + std::to_string(ended.status) + "\n";
}

inline std::string run_guest(const std::string& program, const std::string& semantics,
                             std::optional<std::uint64_t> seed) {
    GuestRun how;
    how.semantics = semantics;
    how.seed = seed;
    return run_guest(program, how);
}

/// The same on the host.
inline std::string run_natively(const std::string& program) {
    FILE* pipe = popen((program + " < /dev/null").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    std::array<char, 4096> buffer;
    for (std::size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        output.append(buffer.data(), got);
    }
    return output + "rc " + std::to_string(WEXITSTATUS(pclose(pipe))) + "\n";
}

}  // namespace utsim::testing

// SPDX-License-Identifier: MIT
// What compilers make with their default flags, at each level of optimisation and with either C
// library, prints inside what it prints natively.
#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

struct Ran {
    std::string output;
    int status = -1;
    bool operator==(const Ran&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Ran& ran) {
    return out << ran.output << "status " << ran.status << "\n";
}

Ran natively(const std::string& program) {
    Ran ran;
    FILE* pipe = popen((program + " < /dev/null").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer;
    for (std::size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        ran.output.append(buffer.data(), got);
    }
    ran.status = WEXITSTATUS(pclose(pipe));
    return ran;
}

class Terminal final : public EventSink {
public:
    void emit(const Event& event) override {
        if (event.kind == EventKind::output) ran.output += event.text;
        if (event.kind == EventKind::exit) ran.status = static_cast<int>(event.value[1] >> 8);
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool wants_each_instruction() const override { return false; }
    Ran ran;
};

Ran inside(const std::string& program) {
    const Result<Scenario> scenario = load_scenario_text(
        R"({"format": "utsim.scenario/1", "limits": {"steps": 1000000000, "events": 100000000, "instructions": 1000000000},
            "tasks": [{"name": "main", "exec": {"path": ")" +
            program + R"("}}]})",
        "compilers.json");
    REQUIRE(scenario.ok());
    Terminal terminal;
    RunOptions options;
    options.schedule = "fair=10000";
    options.sink = &terminal;
    Result<Simulation> simulation = Simulation::create(*scenario, options);
    REQUIRE(simulation.ok());
    CHECK(simulation->run().end == "quiet");
    return terminal.ran;
}

void agrees(const ScratchFolder& scratch, const std::string& compiler, const std::string& source) {
    INFO(compiler << " " << source);
    const std::string out = scratch.path + "/program";
    const std::string command =
        compiler + " -static -w -o " + out + " " + source_path("test/programs/" + source) + " -lm";
    REQUIRE(std::system(command.c_str()) == 0);
    CHECK(inside(out) == natively(out));
}

bool have(const std::string& compiler) {
    return std::system((compiler + " --version > /dev/null 2>&1").c_str()) == 0;
}

}  // namespace

TEST_CASE("floating point prints as natively, whoever compiled it", "[process]") {
    const ScratchFolder scratch;
    for (const std::string compiler : {"gcc", "clang-19", "musl-gcc"}) {
        if (!have(compiler)) continue;
        for (const char* level : {" -O0", " -O1", " -O2", " -O3"}) {
            agrees(scratch, compiler + level, "numbers.c");
        }
    }
}

TEST_CASE("C++ runs as natively", "[process]") {
    const ScratchFolder scratch;
    agrees(scratch, "g++ -std=c++17 -O1", "classes.cpp");
}

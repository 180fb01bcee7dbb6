// SPDX-License-Identifier: MIT
// What compilers make with their default flags, at each level of optimisation and with either C
// library, prints inside what it prints natively.
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// As long as these need, which are not small.
GuestRun for_long() {
    GuestRun how;
    how.max_steps = 1'000'000'000;
    how.max_instructions = 1'000'000'000;
    return how;
}

void agrees(const ScratchFolder& scratch, const std::string& compiler, const std::string& source) {
    INFO(compiler << " " << source);
    const std::string out = scratch.path + "/program";
    const std::string command =
        compiler + " -static -w -o " + out + " " + source_path("test/programs/" + source) + " -lm";
    REQUIRE(std::system(command.c_str()) == 0);
    CHECK(run_guest(out, for_long()) == run_natively(out));
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

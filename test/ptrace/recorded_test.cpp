// SPDX-License-Identifier: MIT
// The recorded programs, compiled here, must print under the simulated kernel what they printed
// under Linux, byte for byte: under the default schedule and under random ones.
#include <fstream>
#include <iterator>

#include "test/ptrace/recorded_programs.hpp"
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// 808 was recorded on a machine that cannot step blocks; what the manuals demand lies beside it.
std::string expected(const std::string& name) {
    const char* ending = name == "808_block" ? ".reasoned" : ".out";
    std::ifstream file(source_path("test/ptrace/record/expected/" + name + ending),
                       std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

/// How many random schedules each program has to stand.
std::uint64_t random_schedules() {
    const char* wanted = std::getenv("UTSIM_RECORDED_SCHEDULES");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 3;
}

}  // namespace

TEST_CASE("recorded programs print what they printed under Linux", "[recorded]") {
    if (!have_musl()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    for (const std::string_view program : recorded_programs) {
        const std::string name(program);
        const std::string path = compile_guest(scratch, "ptrace/record/" + name);
        const std::string wanted = expected(name);
        INFO(name);
        CHECK(run_guest(path, "linux-now", std::nullopt) == wanted);
        for (std::uint64_t seed = 1; seed <= random_schedules(); ++seed) {
            INFO("seed " << seed);
            CHECK(run_guest(path, "linux-now", seed) == wanted);
        }
    }
}

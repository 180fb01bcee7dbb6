// SPDX-License-Identifier: MIT
// What real processors did, from the files of test/golden/cpu, compared with the model under the
// same table as a live host: on every machine, with or without ptrace.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "test/cpu/vector_recorder.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

std::vector<std::string> vector_files() {
    std::vector<std::string> paths;
    const std::string folder = utsim::testing::source_path("test/golden/cpu");
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".gz") paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

/// Returns how many lines differ, and reports the first few.
int replay_all(VectorReplay& replay, const std::vector<std::string>& lines) {
    int different = 0;
    for (std::size_t n = 1; n < lines.size(); ++n) {
        const std::string what = replay.replay(from_line(lines[n]));
        if (what.empty()) continue;
        if (++different <= 5) UNSCOPED_INFO("line " << n + 1 << ": " << lines[n] << "\n  " << what);
    }
    return different;
}

}  // namespace

TEST_CASE("the model does what recorded processors did", "[cpu][vectors][oracle]") {
    const std::vector<std::string> paths = vector_files();
    REQUIRE_FALSE(paths.empty());
    for (const std::string& path : paths) {
        INFO(path);
        const std::vector<std::string> lines = read_lines(path);
        REQUIRE(lines.size() > 1000);
        const HostIdentity host = from_header(lines[0]);
        CHECK(to_header(host, version_of(lines[0])) == lines[0]);
        VectorReplay recognised(host), unknown(HostIdentity{});
        CHECK(replay_all(recognised, lines) == 0);
        CHECK(replay_all(unknown, lines) == 0);
        std::cout << "recorded on " << host.name() << ": " << lines.size() - 1 << " instructions, "
                  << recognised.ledger().with_a_mask << " with a mask; as from an unknown host "
                  << unknown.ledger().with_a_mask << '\n';
    }
}

TEST_CASE("a vector is the same when written and read", "[cpu][vectors]") {
    const std::string line =
        "480fbb18 rax=10004100 rbx=5 rflags=a03 m=10004100:2100000000000000 > rip=10001004 "
        "rflags=a02 w=10004100:01 s=b,80,0";
    CHECK(to_line(from_line(line)) == line);
    const std::string floating =
        "0f58c1 rflags=203 fcw=27f mxcsr=9fc0 st0=3fff:8000000000000000 xmm1=1:2 > rip=10001003 "
        "mxcsr=9fe0 xmm0=0:3f800000";
    CHECK(to_line(from_line(floating)) == floating);
    CHECK(version_of(to_header(HostIdentity{}, 2)) == 2);
    CHECK_THROWS(from_line("90 rax=zz > rip=1"));
    CHECK_THROWS(from_line("9x > rip=1"));
}

// UTSIM_RECORD=test/golden/cpu/NAME.txt.gz build/release/test_cpu "[record]"; with
// UTSIM_RECORD_FLOATING=1 instructions on x87, MMX and SSE registers, else all others.
TEST_CASE("record what this host does", "[.record]") {
    const char* path = std::getenv("UTSIM_RECORD");
    REQUIRE(path != nullptr);
    HostProcess process;
    INFO("no ptrace here: " << (process.usable() ? "" : process.why_not()));
    REQUIRE(process.usable());
    HostIdentity host = this_host();
    host.addresses_of_48_bits = process.addresses_of_48_bits();
    const bool floating = std::getenv("UTSIM_RECORD_FLOATING") != nullptr;
    VectorRecorder recorder(process, host, 1, floating);
    std::vector<std::string> lines{to_header(host, floating ? 2 : 1)};
    constexpr std::size_t wanted = 12'000;
    for (Vector v; lines.size() <= wanted;) {
        if (recorder.record(v)) lines.push_back(to_line(v));
    }
    std::sort(lines.begin() + 1, lines.end());  // compresses better
    CHECK(write_lines(path, lines));
}

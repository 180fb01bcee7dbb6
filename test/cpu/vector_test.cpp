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
        CHECK(to_header(host) == lines[0]);
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
    CHECK_THROWS(from_line("90 rax=zz > rip=1"));
    CHECK_THROWS(from_line("9x > rip=1"));
}

// UTSIM_RECORD=test/golden/cpu/NAME.txt.gz build/release/test_cpu "[record]"
TEST_CASE("record what this host does", "[.record]") {
    const char* path = std::getenv("UTSIM_RECORD");
    REQUIRE(path != nullptr);
    HostProcess process;
    INFO("no ptrace here: " << (process.usable() ? "" : process.why_not()));
    REQUIRE(process.usable());
    HostIdentity host = this_host();
    host.addresses_of_48_bits = process.addresses_of_48_bits();
    VectorRecorder recorder(process, host, 1);
    std::vector<std::string> lines{to_header(host)};
    constexpr std::size_t wanted = 12'000;
    for (Vector v; lines.size() <= wanted;) {
        if (recorder.record(v)) lines.push_back(to_line(v));
    }
    std::sort(lines.begin() + 1, lines.end());  // compresses better
    CHECK(write_lines(path, lines));
}

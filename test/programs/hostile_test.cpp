// SPDX-License-Identifier: MIT
// Programs that want to break the machine: whatever they do, a run ends by itself or at a limit
// that has a name, and what there is in plenty can be had again once it was given back.
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// What `hostile WAY` prints, and how the run ended, if it was a limit.
std::string run_hostile(const std::string& path, const std::string& way,
                        std::uint64_t max_steps = 5'000'000) {
    GuestRun how;
    how.argument = way;
    how.max_steps = max_steps;
    how.max_instructions = 500'000'000;
    const GuestEnd ended = run_inside(path, how);
    return ended.output + (ended.end != "quiet" ? ended.end + "\n" : "");
}

}  // namespace

TEST_CASE("hostile programs meet limits and break nothing", "[process][hostile]") {
    if (!have_musl()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    const std::string path = compile_guest(scratch, "programs/hostile");
    CHECK(run_hostile(path, "calls") == "calls: done\n");
    CHECK(run_hostile(path, "slots") == "slots: 5000 of 5000\n");
    CHECK(run_hostile(path, "many") == "many: 1000 at once, EAGAIN, all reaped\n");
    CHECK(run_hostile(path, "bomb").empty());
    CHECK(run_hostile(path, "threads") == "threads: 1000 at once\n");
    CHECK(run_hostile(path, "descriptors") == "descriptors: ENFILE\n");
    CHECK(run_hostile(path, "files") == "files: ENOSPC, no more room\n");
    CHECK(run_hostile(path, "memory") == "memory: 100 rounds, 0\n");
    CHECK(run_hostile(path, "signals") == "signals: EAGAIN\n");
    CHECK(run_hostile(path, "circles") == "circles: 4 ended\n");
    CHECK(run_hostile(path, "sockets") ==
          "sockets: 1000 deep, ENFILE; again; 4000 messages, ENOBUFS\n");
    CHECK(run_hostile(path, "waste") == "waste: 10000 rounds, 2000 refused, ENOMEM\n");
    CHECK(run_hostile(path, "deeper") == "deeper: 32, ENOSPC\n");
}

TEST_CASE("arguments, tracees, frames and programs that are made of chance", "[process][hostile]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const std::string path = compile_guest(scratch, "programs/rogue");
    CHECK(run_hostile(path, "pointers", 40'000'000) == "pointers: done\n");
    CHECK(run_hostile(path, "tracee") == "tracee: many lives\n");
    CHECK(run_hostile(path, "clones") == "clones: done\n");
    CHECK(run_hostile(path, "frames") == "frames: 200 ended\n");
    CHECK(run_hostile(path, "timers") == "timers: 400 rang\n");
    CHECK(run_hostile(path, "execs") == "execs: the last\n");
}

// SPDX-License-Identifier: MIT
// A log that jumps between its branches, against a copy of each moment.
#include "base/branching_log.hpp"

#include "base/random.hpp"
#include "test/support/testing.hpp"

using namespace utsim;

namespace {

std::vector<int> all_of(const BranchingLog<int>& log) {
    return {log.items().begin(), log.items().end()};
}

}  // namespace

TEST_CASE("a log goes to any moment it ever was at", "[sched][log]") {
    utsim::testing::check_property("sched.branching_log", [](std::uint64_t seed) {
        Random random(seed);
        BranchingLog<int> log;
        std::vector<BranchingLog<int>::Moment> moments{log.moment()};
        std::vector<std::vector<int>> expected{{}};
        for (int i = 0; i < 60; ++i) {
            for (std::uint32_t n = random.below(4); n > 0; --n) log.add(i);
            if (random.below(2) == 0) {
                moments.push_back(log.moment());
                expected.push_back(all_of(log));
            }
            if (random.below(3) == 0) {
                const std::size_t to = random.below(static_cast<std::uint32_t>(moments.size()));
                log.go_to(moments[to]);
                RC_ASSERT(all_of(log) == expected[to]);
            }
        }
    });
}

TEST_CASE("a long chain of moments goes without deep recursion", "[sched][log]") {
    BranchingLog<int> log;
    std::vector<BranchingLog<int>::Moment> moments;
    for (int i = 0; i < 1'000'000; ++i) {
        log.add(i);
        moments.push_back(log.moment());
    }
    log.go_to(moments[10]);
    CHECK(log.items().size() == 11);
    moments.resize(1);
    log.clear();
    CHECK(log.items().empty());
}

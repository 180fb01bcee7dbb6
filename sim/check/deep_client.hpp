// SPDX-License-Identifier: MIT
/// What a check meets in a scenario: in a few orders, and in a search through its states.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "check/reduce.hpp"
#include "explore/search.hpp"

namespace utsim {

/// A finding as it was met first.
struct Met {
    FindingKey key;
    Exhibit exhibit;
    std::uint64_t after_ms = 0;
};

/// What came of one scenario.
struct Look {
    bool done = false;
    std::string text;
    std::vector<std::uint32_t> fresh;
    std::vector<Met> met;
};

/// What came of a deep search.
struct DeepLook {
    bool done = false;
    std::vector<Met> met;
    std::uint64_t states = 0;
    std::uint64_t runs = 0;
};

/// Keeps what a search through the states of a scenario meets.
class DeepClient final : public SearchClient {
public:
    DeepClient(Trial& trial, std::uint64_t most, bool lawful, const std::atomic<bool>& over)
        : trial_(trial),
          most_(most),
          lawful_(lawful),
          over_(over) {}

    void found(const Failure& failure) override {
        if (find_clause(failure.kind) == all_clauses().size()) return;
        if (lawful_ && failure.duty) return;
        const FindingKey key{failure.kind, failure.function};
        const auto same = [&](const Met& m) { return m.key == key; };
        if (std::any_of(met.begin(), met.end(), same)) return;
        Order order;
        order.kind = Order::Kind::schedule;
        order.schedule = trial_.schedule();
        met.push_back({key, {{}, std::move(order), failure.message}, 0});
    }
    /// What breaks behind a broken duty is the caller's doing.
    bool leads_on(const Failure& failure) override { return !(lawful_ && failure.duty); }
    bool go_on(const SearchCounts& counts) override { return counts.states < most_ && !over_; }

    std::vector<Met> met;

private:
    Trial& trial_;
    std::uint64_t most_;
    bool lawful_;
    const std::atomic<bool>& over_;
};

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// A stage with the contract listening: runs of any scenarios, one after the other, and what the
/// monitors say about each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "check/windows.hpp"
#include "contract/contract.hpp"
#include "explore/stage.hpp"

namespace utsim {

/// A violation, and where it came up.
struct Saying {
    Violation violation;
    std::string function;    ///< as `breach_place` says
    std::string_view event;  ///< the kind of the event that gave rise to it; or `end`
};

/// What makes two violations one finding: the clause, and the function in which it is broken.
struct FindingKey {
    std::string clause;
    std::string function;
    auto operator<=>(const FindingKey&) const = default;
};

inline FindingKey key_of(const Saying& saying) { return {saying.violation.rule, saying.function}; }

class Court {
public:
    /// Whoever wants only lawful runs hears nothing of those in which an engine or a caller breaks
    /// a duty.
    Court(const ScenarioRunOptions& run, const ContractChoice& choice, bool lawful);
    /// Interrupted at locks, without faults; `steps` ends runs that go round in circles.
    Court(const Semantics& semantics, const ContractChoice& choice, std::uint64_t steps,
          bool lawful);
    ~Court();

    void load(const Scenario& scenario);
    /// Runs it once.
    const std::vector<Saying>& judge(const Order& order);
    /// Whether `key` is among what is said.
    bool says(const Order& order, const FindingKey& key);
    /// Whether anything is said about `clause`.
    bool breaks(const Order& order, std::string_view clause);

    /// Lets `watch` see every scheduling point, and learn which clauses were put to the test.
    void set_watch(WindowWatch* watch);

    Stage& stage() { return stage_; }
    std::uint64_t runs() const { return stage_.runs(); }
    /// Runs of which nothing was heard, since somebody broke a duty.
    std::uint64_t unlawful() const { return unlawful_; }

private:
    class Clerk;
    void note_exercised();

    ScenarioRunOptions run_;
    ContractChoice choice_;
    bool lawful_;
    Stage stage_;
    std::unique_ptr<Contract> contract_;
    std::unique_ptr<Clerk> clerk_;
    WindowWatch* watch_ = nullptr;
    std::vector<Saying> sayings_;
    std::uint64_t unlawful_ = 0;
};

}  // namespace utsim

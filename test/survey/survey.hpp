// SPDX-License-Identifier: MIT
/// Generated scenarios in a few orders each, judged by all clauses.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "contract/contract.hpp"
#include "semantics/parse.hpp"
#include "survey/finding.hpp"

namespace utsim::survey {

/// A generated scenario that takes longer goes round in circles.
inline constexpr std::uint64_t generated_steps = 4000;

/// A stage with the contract listening.
class Court {
public:
    Court(const Semantics& semantics, const ContractChoice& choice)
        : semantics_(semantics),
          choice_(choice) {
        stage_.set_max_steps(generated_steps);
    }

    void load(const Scenario& scenario);
    /// Runs it and hands out all that was said, with the event that gave rise to each.
    struct Saying {
        Violation violation;
        std::string_view event;
    };
    const std::vector<Saying>& judge(const Order& order);
    /// Whether `key` is among what is said.
    bool says(const Order& order, const FindingKey& key);

    Stage& stage() { return stage_; }

private:
    class Clerk;
    Semantics semantics_;
    ContractChoice choice_;
    Stage stage_;
    std::unique_ptr<Contract> contract_;
    std::shared_ptr<Clerk> clerk_;
    World* heard_ = nullptr;  ///< whose names the contract knows
    std::vector<Saying> sayings_;
};

struct Options {
    NamedSemantics semantics;
    ContractChoice choice = ContractChoice::all();
    std::uint64_t count = 1000;
    std::uint64_t seed = 1;
    std::uint64_t orders = 4;  ///< the serial one, and random ones of both kinds in turn
    unsigned jobs = 2;
};

/// The orders in which scenario `index` is run.
std::vector<Order> orders_for(const Options& options, std::uint64_t index);

struct Survey {
    Findings findings;
    std::uint64_t runs = 0;
    std::uint64_t events = 0;
};

Survey survey(const Options& options);

}  // namespace utsim::survey

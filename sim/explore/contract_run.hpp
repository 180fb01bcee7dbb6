// SPDX-License-Identifier: MIT
/// One run of a scenario that is judged by the contract as well as by its own expectations.
#pragma once

#include <string>
#include <vector>

#include <utsim/scenario.hpp>
#include <utsim/simulation.hpp>

#include "contract/contract.hpp"
#include "scenario/expect.hpp"

namespace utsim {

/// What the contract says about one run, against what the scenario expects it to say.
struct ContractVerdict {
    std::vector<Violation> broken;         ///< all of them
    std::vector<Violation> unexpected;     ///< of these, those that the scenario does not expect
    std::vector<ExpectedBreach> missing;   ///< what it expects and did not happen
    std::vector<std::uint64_t> exercised;  ///< by index into all_clauses(): chances to be broken

    bool held() const { return unexpected.empty() && missing.empty(); }
};

struct JudgedRun {
    RunReport report;
    ContractVerdict contract;

    bool held() const { return report.held() && contract.held(); }
};

/// Runs once. Options that do not fit are errors; `options.sink` hears every event, too. The
/// fingerprint of the run goes to `fingerprint`, if somebody wants it.
Result<JudgedRun> run_judged(const Scenario& scenario, const RunOptions& options,
                             const ContractChoice& choice, std::string* fingerprint = nullptr);

/// Sorts what `contract` has seen by what is expected; of that, only chosen clauses can be missing.
ContractVerdict verdict_of(const Contract& contract, const ContractChoice& choice,
                           const std::vector<ExpectedBreach>& expected);

/// Whether the violation is of a clause that is expected to be broken.
bool is_expected(const Violation& violation, const std::vector<ExpectedBreach>& expected);

/// The end that run_end_name() calls so.
RunEnd run_end_named(const std::string& name);

}  // namespace utsim

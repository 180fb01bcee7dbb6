// SPDX-License-Identifier: MIT
/// What the contract says about a run, and how the commands say it.
#pragma once

#include <string>
#include <vector>

#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/json_output.hpp"
#include "explore/contract_run.hpp"

namespace utsim::cli {

/// The clauses that --contract names; all of them if it is not there. Checked before.
ContractChoice contract_choice(const Arguments& arguments);
/// Mistakes in --contract.
std::vector<Error> check_contract_option(const Arguments& arguments);

/// Tells the monitors a run that was recorded: they read events only, so they can be asked
/// afterwards as well as during the run.
ContractVerdict judge_recorded(const RecordedRun& run, const Scenario& scenario,
                               const RunOptions& options, const ContractChoice& choice);

/// What `contract` says of a run that it heard and that has ended.
ContractVerdict judge_heard(Contract& contract, const RunReport& report, const Scenario& scenario,
                            const RunOptions& options, const ContractChoice& choice);

/// `C-038 is broken by utrace: ... (step 27)`.
std::string violation_text(const Violation& violation);
/// `C-038 is expected to be broken, and is not`.
std::string missing_text(const ExpectedBreach& breach);
/// `[{"clause":"C-038","by":"utrace",...}]`.
Json violations_json(const ContractVerdict& verdict);
/// Clauses that were expected to be broken, and were not.
Json missing_json(const ContractVerdict& verdict);

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
// A run of a Simulation before the contract. It is here because the contract is a room that those
// of scenarios do not know.
#include "explore/contract_run.hpp"
#include "scenario/simulation.hpp"

namespace utsim {

namespace {

ContractReport report_of(const ContractVerdict& verdict,
                         const std::vector<ExpectedBreach>& expected) {
    ContractReport report;
    for (const Violation& v : verdict.broken) {
        report.broken.push_back(
            {v.rule, v.message, v.step, v.since, v.by, v.duty, is_expected(v, expected)});
    }
    for (const ExpectedBreach& breach : verdict.missing) report.missing.push_back(breach.clause);
    for (std::size_t i = 0; i < verdict.exercised.size(); ++i) {
        if (verdict.exercised[i] != 0) report.exercised.emplace_back(all_clauses()[i]->id);
    }
    return report;
}

}  // namespace

Result<RunReport> Simulation::run_judged(std::string_view clauses) {
    UTSIM_TRY(choice, ContractChoice::parse(clauses));
    Parts& p = *parts_;
    Contract contract(names(), choice);
    contract.set_next(p.sink);
    RunReport report = run_into(&contract);
    contract.finish(run_end_named(report.end), report.steps);
    const auto expected = expected_breaches(p.scenario.data(), p.run_options.semantics);
    report.contract = report_of(verdict_of(contract, choice, expected), expected);
    return report;
}

}  // namespace utsim

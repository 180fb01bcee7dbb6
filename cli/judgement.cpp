// SPDX-License-Identifier: MIT
// One wording of what was broken for all commands.
#include "cli/judgement.hpp"

#include "scenario/run.hpp"
#include "trace/recorded_trace.hpp"

namespace utsim::cli {

ContractChoice contract_choice(const Arguments& arguments) {
    if (!arguments.has("--contract")) return ContractChoice::all();
    const Result<ContractChoice> choice = ContractChoice::parse(arguments.text("--contract"));
    return choice.ok() ? *choice : ContractChoice::none();
}

std::vector<Error> check_contract_option(const Arguments& arguments) {
    if (!arguments.has("--contract")) return {};
    const Result<ContractChoice> choice = ContractChoice::parse(arguments.text("--contract"));
    return choice.ok() ? std::vector<Error>() : choice.errors();
}

ContractVerdict judge_recorded(const RecordedRun& run, const Scenario& scenario,
                               const RunOptions& options, const ContractChoice& choice) {
    const Trace& trace = run.trace.data().trace;
    Contract contract(trace.names, choice);
    for (std::uint64_t i = 0; i < trace.log.size(); ++i) contract.emit(trace.log.at(i));
    return judge_heard(contract, run.report, scenario, options, choice);
}

ContractVerdict judge_heard(Contract& contract, const RunReport& report, const Scenario& scenario,
                            const RunOptions& options, const ContractChoice& choice) {
    contract.finish(run_end_named(report.end), report.steps);
    const Result<ScenarioRunOptions> chosen = scenario_run_options(scenario, options);
    const std::vector<ExpectedBreach> expected =
        chosen.ok() ? expected_breaches(scenario.data(), chosen->semantics)
                    : std::vector<ExpectedBreach>();
    return verdict_of(contract, choice, expected);
}

std::string violation_text(const Violation& violation) {
    std::string text = violation.rule + " is broken by " + violation.by + ": " + violation.message +
                       " (step " + std::to_string(violation.step);
    if (violation.since != violation.step) {
        text += ", by what was said in step " + std::to_string(violation.since);
    }
    return text + ")";
}

std::string missing_text(const ExpectedBreach& breach) {
    return breach.clause + " is expected to be broken, and is not";
}

Json violations_json(const ContractVerdict& verdict) {
    Json list = Json::array();
    for (const Violation& violation : verdict.broken) {
        bool expected = true;
        for (const Violation& other : verdict.unexpected) {
            if (other.rule == violation.rule) expected = false;
        }
        list.push_back(Json{{"clause", violation.rule},
                            {"by", violation.by},
                            {"duty", violation.duty},
                            {"message", violation.message},
                            {"step", violation.step},
                            {"since", violation.since},
                            {"expected", expected}});
    }
    return list;
}

Json missing_json(const ContractVerdict& verdict) {
    Json list = Json::array();
    for (const ExpectedBreach& breach : verdict.missing) {
        list.push_back(Json{{"clause", breach.clause},
                            {"line", breach.place.line},
                            {"column", breach.place.column}});
    }
    return list;
}

}  // namespace utsim::cli

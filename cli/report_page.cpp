// SPDX-License-Identifier: MIT
// A run with its verdict, as pages show both.
#include "cli/report_page.hpp"

#include "cli/judgement.hpp"
#include "explore/contract_run.hpp"

namespace utsim::cli {

namespace {

bool is_page(std::string_view text) { return text.starts_with("<!doctype html>"); }

/// Its first packet describes a track, and is short.
bool is_perfetto(std::string_view text) { return text.starts_with("\n") && text.size() > 2; }

Result<PageRun> run_for_drawing(const Scenario& scenario, const RunOptions& options) {
    UTSIM_TRY(run, record_run(scenario, options));
    return PageRun{std::move(run), {}};
}

}  // namespace

constinit const FileKind page_file{"a page", is_page};
constinit const FileKind perfetto_file{"a Perfetto trace", is_perfetto};

Result<JudgedPage> judged_page(const Scenario& scenario, const RunOptions& options,
                               const ContractChoice& choice, bool states) {
    UTSIM_TRY(run, states ? run_for_page(scenario, options) : run_for_drawing(scenario, options));
    JudgedPage page{std::move(run), {}};
    const ContractVerdict verdict = judge_recorded(page.run.run, scenario, options, choice);
    for (const Violation& broken : verdict.broken) {
        bool expected = true;
        for (const Violation& one : verdict.unexpected) {
            if (one.rule == broken.rule && one.step == broken.step) expected = false;
        }
        page.findings.push_back(
            {broken.rule, broken.message, broken.by, broken.step, broken.since, expected});
    }
    for (const ExpectationResult& one : page.run.run.report.expectations) {
        if (one.verdict != Verdict::violated) continue;
        page.findings.push_back(
            {"expectation", one.what + ": " + one.message, "the run", one.step, one.step, false});
    }
    return page;
}

Result<std::string> page_of_two(const Scenario& scenario, const RunOptions& options,
                                const TwoSemantics& names, std::vector<std::string> commands,
                                const std::string& index) {
    RunOptions under = options;
    under.semantics = names.a;
    UTSIM_TRY(one, run_for_page(scenario, under));
    under.semantics = names.b;
    UTSIM_TRY(other, record_run(scenario, under));
    const PageText text{
        scenario.name() + ": " + names.a + " and " + names.b, {}, std::move(commands), index};
    const PageBeside beside{other, names.a, names.b};
    return page_of(one, text, &beside);
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
// `utsim explore`: the search is elsewhere; here are its options, its progress and its last words.
#include <utsim/explore.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/judgement.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

namespace {

/// `48,211`.
std::string grouped(std::uint64_t number) {
    std::string out = std::to_string(number);
    for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, 1, ',');
    return out;
}

ExploreOptions explore_options(const Arguments& arguments, Console& console,
                               const std::atomic<bool>& stop) {
    ExploreOptions options;
    if (arguments.text("--strategy") == "random") options.strategy = ExploreStrategy::random;
    options.preemptions =
        static_cast<std::uint32_t>(arguments.number_or("--preemptions", options.preemptions));
    options.seed = arguments.number_or("--seed", options.seed);
    options.runs = arguments.number_or("--runs", options.runs);
    if (arguments.has("--budget")) options.budget_ms = *arguments.number("--budget") * 1000;
    options.granularity = arguments.text("--granularity");
    options.semantics = arguments.text("--semantics");
    if (arguments.has("--contract")) options.contract = arguments.text("--contract");
    options.max_steps = arguments.number_or("--max-steps", 0);
    options.stop = &stop;
    if (console.shows_progress()) {
        options.progress = [&console](const ExploreProgress& progress) {
            console.progress("schedules " + grouped(progress.schedules) + "   steps " +
                             grouped(progress.steps) + "   longest " + grouped(progress.deepest) +
                             "   findings " + grouped(progress.findings) +
                             (progress.minimizing ? "   minimizing" : ""));
        };
    }
    return options;
}

std::string bound_text(const ExploreOptions& options) {
    if (options.strategy == ExploreStrategy::random) {
        return grouped(options.runs) + " random walks from seed " + std::to_string(options.seed);
    }
    return std::to_string(options.preemptions) +
           (options.preemptions == 1 ? " preemption" : " preemptions");
}

/// Why the answer is not about every schedule within the bound; empty when it is.
std::string gap_text(const ExploreOptions& options, const ExploreReport& report) {
    if (report.exhaustive) return {};
    if (options.strategy == ExploreStrategy::random) return "random walks are a sample";
    if (report.interrupted) return "the search was interrupted";
    if (!report.findings.empty()) return "the search stopped at the first violation";
    return "the time budget ended";
}

/// Which utrace was simulated.
std::string semantics_of(const Arguments& arguments, const Scenario& scenario) {
    return arguments.has("--semantics") ? arguments.text("--semantics") : scenario.semantics();
}

void tell_finding(const Arguments& arguments, Console& console, const Scenario& scenario,
                  const ExploreFinding& finding) {
    console.out(painted(console, "1;31", "VIOLATED") + "  " + finding.kind + ": " +
                finding.message + "\n");
    if (finding.line != 0) {
        console.out("at        " + scenario.file() + ":" + std::to_string(finding.line) + ":" +
                    std::to_string(finding.column) + "\n");
    }
    console.out("found     " + finding.original_schedule + "\n");
    console.out("minimized " + finding.schedule + "  (" + grouped(finding.steps) + " steps)\n");
    if (!finding.fingerprint.empty()) console.out("fingerprint " + finding.fingerprint + "\n");
    console.out("reproduce " + reproduce_command(scenario, arguments, finding.schedule) + "\n\n");
}

void tell(const Arguments& arguments, Console& console, const Scenario& scenario,
          const ExploreOptions& options, const ExploreReport& report) {
    for (const ExploreFinding& finding : report.findings) {
        tell_finding(arguments, console, scenario, finding);
    }
    if (arguments.has("--quiet") && report.verdict != ExploreVerdict::violated) return;
    const std::string gap = gap_text(options, report);
    console.out(grouped(report.schedules) +
                (report.schedules == 1 ? " schedule, " : " schedules, ") + grouped(report.steps) +
                " steps, longest " + grouped(report.deepest) + "\n");
    console.out("Exhaustive within " + bound_text(options) + " under " +
                semantics_of(arguments, scenario) + ": " +
                (gap.empty() ? "yes" : "no (" + gap + ")") + "." +
                (report.findings.empty() ? " Nothing was violated.\n" : "\n"));
}

Json report_json(const Arguments& arguments, const Scenario& scenario,
                 const ExploreReport& report) {
    static constexpr const char* verdicts[] = {"held", "violated", "stopped"};
    Json out;
    out["scenario"] = scenario.name();
    out["semantics"] = semantics_of(arguments, scenario);
    out["verdict"] = verdicts[static_cast<std::size_t>(report.verdict)];
    out["exhaustive"] = report.exhaustive;
    out["interrupted"] = report.interrupted;
    out["schedules"] = report.schedules;
    out["steps"] = report.steps;
    out["deepest"] = report.deepest;
    out["findings"] = Json::array();
    for (const ExploreFinding& finding : report.findings) {
        Json one;
        one["kind"] = finding.kind;
        one["message"] = finding.message;
        one["schedule"] = finding.schedule;
        one["steps"] = finding.steps;
        one["original_schedule"] = finding.original_schedule;
        one["fingerprint"] = finding.fingerprint;
        if (!finding.pointer.empty()) one["pointer"] = finding.pointer;
        if (finding.line != 0) {
            one["line"] = finding.line;
            one["column"] = finding.column;
        }
        one["reproduce"] = reproduce_command(scenario, arguments, finding.schedule);
        out["findings"].push_back(std::move(one));
    }
    return out;
}

int exit_code_of(const Arguments& arguments, const ExploreReport& report) {
    if (report.interrupted) return exit_interrupted;
    if (!report.findings.empty()) return exit_violated;
    if (report.schedules == 0) return exit_nothing_ran;
    const bool asks = arguments.text("--require") == "exhaustive";
    return asks && !report.exhaustive ? exit_inconclusive : exit_held;
}

}  // namespace

int verb_explore(const Arguments& arguments, Console& console) {
    const std::vector<Error> mistakes = check_contract_option(arguments);
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    const Result<Scenario> scenario = load_scenario(arguments.positionals()[0]);
    if (!scenario.ok()) {
        console.mistakes(scenario.errors());
        return exit_rejected;
    }
    const ExploreOptions options = explore_options(arguments, console, interrupt_flag());
    const ReproduceContext context("utsim explore " + shell_word(scenario->file()));
    const Result<ExploreReport> report = explore(*scenario, options);
    interrupted();
    console.progress({});
    if (!report.ok()) {
        console.mistakes(report.errors());
        return exit_rejected;
    }
    if (console.json()) {
        console.result("utsim.explore/1", report_json(arguments, *scenario, *report));
    } else {
        tell(arguments, console, *scenario, options, *report);
    }
    return exit_code_of(arguments, *report);
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
// `utsim replay`: a scenario is run and shown; a trace is run again and compared.
#include <sstream>

#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/json_output.hpp"
#include "cli/judgement.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"
#include "trace/reader.hpp"

namespace utsim::cli {

namespace {

TraceTextOptions text_options(const Arguments& arguments, const Console& console) {
    TraceTextOptions options;
    options.color = console.color();
    options.columns = arguments.has("--columns");
    options.full = arguments.has("--full");
    options.from = arguments.number_or("--from", 0);
    options.until = arguments.number_or("--until", ~std::uint64_t{0});
    if (arguments.has("--at")) options.from = options.until = *arguments.number("--at");
    return options;
}

int reject(Console& console, const std::vector<Error>& errors) {
    console.mistakes(errors);
    return exit_rejected;
}

/// A schedule that names an actor which cannot run pauses the run there.
bool schedule_does_not_fit(const RunReport& report) { return report.end == "paused"; }

void tell_judgement(Console& console, const Scenario& scenario, const RunReport& report,
                    const ContractVerdict& contract) {
    if (schedule_does_not_fit(report)) {
        console.err("utsim: the schedule does not fit: after " + std::to_string(report.steps) +
                    " steps it asks for an actor that cannot run\n");
    } else if (!report.end_as_expected) {
        console.err("utsim: the run ended: " + report.end +
                    (report.end_detail.empty() ? "" : ", " + report.end_detail) + "\n");
    }
    for (const ExpectationResult& expectation : report.expectations) {
        if (expectation.verdict != Verdict::violated) continue;
        console.err("utsim: " + expectation.what + ": " + expectation.message + "\n  " +
                    scenario.file() + ":" + std::to_string(expectation.line) + ":" +
                    std::to_string(expectation.column) + "\n");
    }
    for (const Violation& violation : contract.unexpected) {
        console.err("utsim: " + violation_text(violation) + "\n");
    }
    for (const ExpectedBreach& breach : contract.missing) {
        console.err("utsim: " + missing_text(breach) + "\n");
    }
}

Json run_json(const Scenario& scenario, const RecordedRun& run, const ContractVerdict& contract) {
    Json out;
    out["scenario"] = scenario.name();
    out["semantics"] = run.trace.semantics();
    out["end"] = run.report.end;
    if (!run.report.end_detail.empty()) out["end_detail"] = run.report.end_detail;
    out["steps"] = run.report.steps;
    out["schedule"] = run.report.schedule;
    out["fingerprint"] = run.trace.claimed_fingerprint();
    out["held"] = run.report.held() && contract.held();
    out["expectations"] = Json::array();
    for (const ExpectationResult& one : run.report.expectations) {
        out["expectations"].push_back(expectation_json(one));
    }
    out["contract"] = violations_json(contract);
    out["missing_breaches"] = missing_json(contract);
    Json events = Json::array();
    // The events are those of the JSON Lines, word for word.
    std::istringstream lines(run.trace.jsonl());
    for (std::string line; std::getline(lines, line);) {
        Json event = Json::parse(line);
        if (event.contains("k")) events.push_back(std::move(event));
    }
    out["events"] = std::move(events);
    return out;
}

int replay_scenario(const Arguments& arguments, Console& console, std::string_view text,
                    const std::string& file) {
    const Result<Scenario> scenario = load_scenario_text(text, shown_name(file));
    if (!scenario.ok()) return reject(console, scenario.errors());
    const ReproduceContext context(reproduce_command(*scenario, arguments, {}));
    const Result<RecordedRun> run = record_run(*scenario, run_options(arguments));
    if (!run.ok()) return reject(console, run.errors());
    const ContractVerdict contract =
        judge_recorded(*run, *scenario, run_options(arguments), contract_choice(arguments));
    if (console.json()) {
        console.result("utsim.replay/1", run_json(*scenario, *run, contract));
    } else if (arguments.text("--format") == "jsonl") {
        console.out(run->trace.jsonl());
    } else {
        console.out(run->trace.text(text_options(arguments, console)));
    }
    tell_judgement(console, *scenario, run->report, contract);
    const bool fits = !schedule_does_not_fit(run->report);
    if (fits && run->report.held() && contract.held()) return exit_held;
    const std::string asked =
        arguments.text("--schedule").empty() ? scenario->schedule() : arguments.text("--schedule");
    console.err("utsim: reproduce  " +
                reproduce_command(*scenario, arguments, fits ? run->report.schedule : asked) +
                "\n");
    return fits ? exit_violated : exit_diverged;
}

std::string difference_text(const ReplayReport& report) {
    const auto shown = [](const std::string& line, const char* nothing) {
        return line.empty() ? std::string(nothing) : line;
    };
    return "line " + std::to_string(report.line) + " differs\n  trace  " +
           shown(report.expected, "(ends here)") + "\n  run    " +
           shown(report.actual, "(ends here)") + "\n";
}

int replay_recorded(const Arguments& arguments, Console& console, std::string_view text,
                    const std::string& file) {
    for (const OptionInfo& option : arguments.command().options) {
        if (!arguments.has(option.name)) continue;
        console.mistakes({usage_error(
            "E-CLI-017",
            std::string(option.name) + " is for scenarios, and " + file + " is a trace",
            "a trace is run again as it was recorded")});
        return exit_usage;
    }
    const ReproduceContext context("utsim replay " + shell_word(file));
    const Result<ReplayReport> report = replay_trace(text, shown_name(file));
    if (!report.ok()) return reject(console, report.errors());
    if (console.json()) {
        Json out{{"scenario", report->scenario}, {"same", report->same}, {"lines", report->lines}};
        if (report->cut_off) out["cut_off"] = true;
        if (!report->same) {
            out["line"] = report->line;
            out["trace"] = report->expected;
            out["run"] = report->actual;
        } else {
            out["fingerprint"] = report->fingerprint;
        }
        console.result("utsim.replay-trace/1", std::move(out));
    } else if (report->same) {
        console.out(report->scenario + ": the same, " + std::to_string(report->lines) +
                    " lines, fingerprint " + report->fingerprint + "\n");
    } else {
        console.out(report->scenario + ": " + difference_text(*report));
    }
    if (report->cut_off)
        console.err("utsim: the trace has no last line; what is there was compared\n");
    return report->same ? exit_held : exit_diverged;
}

}  // namespace

int verb_replay(const Arguments& arguments, Console& console) {
    std::vector<Error> mistakes = check_run_options(arguments);
    const std::uint64_t until = arguments.number_or("--until", ~std::uint64_t{0});
    if (arguments.number_or("--from", 0) > until) {
        mistakes.push_back(
            usage_error("E-CLI-026", "--from=" + arguments.text("--from") +
                                         " comes after --until=" + arguments.text("--until")));
    }
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    const std::string& file = arguments.positionals()[0];
    const Result<std::string> text = read_scenario_or_trace(file);
    if (!text.ok()) return reject(console, text.errors());
    return looks_like_trace(*text) ? replay_recorded(arguments, console, *text, file)
                                   : replay_scenario(arguments, console, *text, file);
}

}  // namespace utsim::cli

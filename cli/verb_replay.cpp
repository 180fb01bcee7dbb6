// SPDX-License-Identifier: MIT
// `utsim replay`: a scenario is run and shown while it runs; a trace is run again, compared line by
// line, and shown if that is asked for.
#include <algorithm>
#include <sstream>

#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/judgement.hpp"
#include "cli/limit_table.hpp"
#include "cli/narrowing_options.hpp"
#include "cli/replay_state.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"
#include "trace/reader.hpp"
#include "trace/recorded_trace.hpp"
#include "trace/replay.hpp"
#include "trace/stream.hpp"

namespace utsim::cli {

namespace {

/// What a trace can be asked for too: how it is shown.
constexpr std::string_view show_options[] = {"--format",
                                             "--columns",
                                             "--full",
                                             "--from",
                                             "--until",
                                             "--at",
                                             "--around",
                                             "--only",
                                             "--task",
                                             "--engine",
                                             "--quiet-instructions",
                                             "--state"};

bool shows(const OptionInfo& option) {
    return std::find(std::begin(show_options), std::end(show_options), option.name) !=
           std::end(show_options);
}

TraceTextOptions text_options(const Arguments& arguments, const Console& console) {
    TraceTextOptions options;
    options.color = console.color();
    options.columns = arguments.has("--columns");
    options.full = arguments.has("--full");
    // A sort that is details only was asked for by its name.
    if (arguments.has("--only")) options.full = true;
    return options;
}

/// Narrowing that was found right.
Narrowing checked_narrowing(const Arguments& arguments) {
    std::vector<Error> none;
    return narrowing_of(arguments, none);
}

/// A stream to standard output. The first lines are seen at once, later ones in large pieces.
class ShownStream {
public:
    ShownStream(const Arguments& arguments, Console& console, TraceForm form)
        : stream_(form, options(arguments, console, form),
                  [&console, written = 0](std::string_view lines) mutable {
                      constexpr int at_once = 100;
                      console.out(lines);
                      if (written < at_once) {
                          ++written;
                          (void)console.flush();
                      }
                      return console.writable();
                  }) {
        Narrowing narrowing = checked_narrowing(arguments);
        // A line of text can be about two steps; its writer knows which of them counts.
        if (form == TraceForm::text) narrowing.steps(0, ~std::uint64_t{0});
        stream_.narrow(std::move(narrowing));
    }
    TraceStream& stream() { return stream_; }
    void tell_strangers(Console& console) const {
        for (const std::string& who : stream_.narrowing().strangers()) {
            console.err("utsim: nothing was about " + who + "\n");
        }
    }

private:
    static TraceTextOptions options(const Arguments& arguments, const Console& console,
                                    TraceForm form) {
        TraceTextOptions options = text_options(arguments, console);
        if (form != TraceForm::text) return options;
        const Narrowing narrowing = checked_narrowing(arguments);
        options.from = narrowing.from();
        options.until = narrowing.until();
        return options;
    }

    TraceStream stream_;
};

TraceForm form_of(const Arguments& arguments) {
    return arguments.text("--format") == "jsonl" ? TraceForm::jsonl : TraceForm::text;
}

// --- a scenario ------------------------------------------------------------------------------

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
        const std::string more = what_raises(report);
        if (!more.empty()) console.err("  " + more + "\n");
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

/// The command that shows it again; empty when there is no failure.
std::string shown_again(const Arguments& arguments, const Scenario& scenario,
                        const JudgedRun& run) {
    if (run.held()) return {};
    const std::string asked =
        arguments.text("--schedule").empty() ? scenario.schedule() : arguments.text("--schedule");
    const bool fits = !schedule_does_not_fit(run.report);
    return reproduce_command(scenario, arguments, fits ? run.report.schedule : asked);
}

int code_of(const JudgedRun& run) {
    if (schedule_does_not_fit(run.report)) return exit_diverged;
    return run.held() ? exit_held : exit_violated;
}

Json run_json(const Scenario& scenario, const JudgedRun& run, const RecordedTrace& trace,
              const std::string& again, const Narrowing& narrowing) {
    Json out;
    out["scenario"] = scenario.name();
    out["semantics"] = trace.semantics();
    out["end"] = run.report.end;
    if (!run.report.end_detail.empty()) out["end_detail"] = run.report.end_detail;
    out["steps"] = run.report.steps;
    out["schedule"] = run.report.schedule;
    out["fingerprint"] = trace.claimed_fingerprint();
    out["held"] = run.held();
    out["expectations"] = Json::array();
    for (const ExpectationResult& one : run.report.expectations) {
        out["expectations"].push_back(expectation_json(one));
    }
    out["contract"] = violations_json(run.contract);
    out["missing_breaches"] = missing_json(run.contract);
    if (!again.empty()) out["reproduce"] = again;
    Json events = Json::array();
    // The events are those of the JSON Lines, word for word.
    std::istringstream lines(narrowed_lines(trace, narrowing));
    for (std::string line; std::getline(lines, line);) {
        Json event = Json::parse(line);
        if (event.contains("kind")) events.push_back(std::move(event));
    }
    out["events"] = std::move(events);
    return out;
}

/// One JSON document is printed when all is known.
Result<JudgedRun> run_for_json(const Arguments& arguments, Console& console,
                               const Scenario& scenario) {
    const RunOptions options = run_options(arguments);
    UTSIM_TRY(run, record_run(scenario, options));
    JudgedRun judged{run.report,
                     judge_recorded(run, scenario, options, contract_choice(arguments))};
    console.result("utsim.replay/1",
                   run_json(scenario, judged, run.trace, shown_again(arguments, scenario, judged),
                            checked_narrowing(arguments)));
    return judged;
}

Result<JudgedRun> run_for_text(const Arguments& arguments, Console& console,
                               const Scenario& scenario) {
    ShownStream shown(arguments, console, form_of(arguments));
    TraceStream& stream = shown.stream();
    const ContractChoice choice = contract_choice(arguments);
    Contract contract(stream.names(), choice);
    RunOptions options = run_options(arguments);
    options.sink = &contract;
    UTSIM_TRY(report, stream_run(scenario, options, stream));
    shown.tell_strangers(console);
    JudgedRun judged{report, judge_heard(contract, report, scenario, options, choice)};
    return judged;
}

int replay_scenario(const Arguments& arguments, Console& console, std::string_view text,
                    const std::string& file, const std::optional<StateRequest>& state) {
    const Result<Scenario> scenario = load_scenario_text(text, shown_name(file));
    if (!scenario.ok()) return refuse(console, scenario.errors(), exit_rejected);
    const ReproduceContext context(reproduce_command(*scenario, arguments, {}));
    if (state) return show_state(arguments, console, *scenario, *state);
    const Result<JudgedRun> run = console.json() ? run_for_json(arguments, console, *scenario)
                                                 : run_for_text(arguments, console, *scenario);
    if (!run.ok()) return refuse(console, run.errors(), exit_rejected);
    interrupted();
    if (!console.writable()) return exit_unwritten;
    if (run->report.interrupted()) {
        console.err("utsim: interrupted after " + std::to_string(run->report.steps) +
                    " steps; what is shown is whole up to there\n");
        return exit_interrupted;
    }
    tell_judgement(console, *scenario, run->report, run->contract);
    const std::string again = shown_again(arguments, *scenario, *run);
    if (!again.empty()) console.err("utsim: reproduce  " + again + "\n");
    return code_of(*run);
}

// --- a trace ---------------------------------------------------------------------------------

/// Where the two lines part, from 1: they can look the same.
std::size_t column_of(const ReplayReport& report) {
    const std::string& a = report.expected;
    const std::string& b = report.actual;
    std::size_t at = 0;
    while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
    return at + 1;
}

std::string difference_text(const ReplayReport& report) {
    const auto shown = [](const std::string& line, const char* nothing) {
        return line.empty() ? std::string(nothing) : line;
    };
    const bool both = !report.expected.empty() && !report.actual.empty();
    return "line " + std::to_string(report.line) + " differs" +
           (both ? " from column " + std::to_string(column_of(report)) + " on" : "") +
           "\n  trace  " + shown(report.expected, "(ends here)") + "\n  run    " +
           shown(report.actual, "(ends here)") + "\n";
}

Json report_json(const ReplayReport& report) {
    Json out{{"scenario", report.scenario}, {"same", report.same}, {"lines", report.lines}};
    if (report.cut_off) out["cut_off"] = true;
    if (report.interrupted) out["interrupted"] = true;
    if (report.same) {
        out["fingerprint"] = report.fingerprint;
    } else {
        out["line"] = report.line;
        out["column"] = column_of(report);
        out["trace"] = report.expected;
        out["run"] = report.actual;
    }
    return out;
}

Error lines_error(const std::string& file, const std::string& problem) {
    Error error = usage_error("E-CLI-020", "cannot be read: " + problem);
    error.file = shown_name(file);
    return error;
}

/// Options that change the run, which is given.
std::vector<Error> check_trace_options(const Arguments& arguments, const std::string& file) {
    for (const OptionInfo& option : arguments.command().options) {
        if (!arguments.has(option.name)) continue;
        if (shows(option) && option.name != "--state" && arguments.json() &&
            !arguments.has("--state")) {
            return {usage_error("E-CLI-043", std::string(option.name) +
                                                 " and --json: of a trace that is run "
                                                 "again --json prints no events")};
        }
        if (shows(option) || (option.name == "--contract" && arguments.has("--state"))) continue;
        return {for_scenarios_only(option.name, file)};
    }
    return {};
}

int replay_recorded(const Arguments& arguments, Console& console, LineSource& lines,
                    const std::string& file, const std::optional<StateRequest>& state) {
    const std::vector<Error> mistakes = check_trace_options(arguments, file);
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    const bool shown = std::any_of(std::begin(show_options), std::end(show_options),
                                   [&](std::string_view name) { return arguments.has(name); });
    const TraceForm form = shown ? form_of(arguments) : TraceForm::nothing;
    const ReproduceContext context("utsim replay " + file_argument(file));
    if (state) return show_state_of_trace(arguments, console, lines, file, *state);
    ShownStream shown_stream(arguments, console, form);
    const Result<ReplayReport> report =
        replay_lines(lines, shown_name(file), &shown_stream.stream(), &interrupt_flag());
    shown_stream.tell_strangers(console);
    interrupted();
    if (!lines.problem().empty())
        return refuse(console, {lines_error(file, lines.problem())}, exit_rejected);
    if (!report.ok()) return refuse(console, report.errors(), exit_rejected);
    if (!console.writable()) return exit_unwritten;
    const std::string verdict =
        report->scenario + ": " + (report->interrupted ? "interrupted; until then: " : "") +
        (report->same ? "the same, " + std::to_string(report->lines) + " lines, fingerprint " +
                            report->fingerprint + "\n"
                      : difference_text(*report));
    if (console.json()) {
        console.result("utsim.replay-trace/1", report_json(*report));
    } else if (form == TraceForm::jsonl) {
        console.err("utsim: " + verdict);  // what is printed is a trace and nothing else
    } else {
        console.out(verdict);
    }
    if (report->cut_off)
        console.err("utsim: the trace was cut off or interrupted; what is there was compared\n");
    return report->same ? exit_held : exit_diverged;
}

}  // namespace

int verb_replay(const Arguments& arguments, Console& console) {
    std::vector<Error> mistakes = check_run_options(arguments);
    (void)narrowing_of(arguments, mistakes);
    const std::optional<StateRequest> state = state_request(arguments, mistakes);
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    const std::string& file = arguments.positionals()[0];
    const Result<OpenedInput> input = open_scenario_or_trace(file);
    if (!input.ok()) return refuse(console, input.errors(), exit_rejected);
    return input->trace != nullptr ? replay_recorded(arguments, console, *input->trace, file, state)
                                   : replay_scenario(arguments, console, input->text, file, state);
}

}  // namespace utsim::cli

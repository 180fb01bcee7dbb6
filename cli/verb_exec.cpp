// SPDX-License-Identifier: MIT
// `utsim exec`: an unmodified program runs inside, like a command; or in many orders, to see what
// can come of it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sstream>

#include <utsim/trace.hpp>

#include "base/visible.hpp"
#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exec_scenario.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/judgement.hpp"
#include "cli/output_file.hpp"
#include "cli/run_choices.hpp"
#include "cli/trace_output.hpp"
#include "cli/verbs.hpp"
#include "explore/outcomes.hpp"
#include "trace/stream.hpp"

namespace utsim::cli {

namespace {

/// Hands on what programs write, as they write it.
class Terminal final : public EventSink {
public:
    void emit(const Event& event) override {
        if (event.kind != EventKind::output) return;
        const int fd = event.value[1] == 2 ? STDERR_FILENO : STDOUT_FILENO;
        std::string_view rest = event.text;
        while (!rest.empty()) {
            const ssize_t done = ::write(fd, rest.data(), rest.size());
            if (done <= 0) return;
            rest.remove_prefix(static_cast<std::size_t>(done));
        }
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool wants_each_instruction() const override { return false; }
};

std::string status_text(const Outcome& outcome) {
    if (outcome.hangs()) return outcome.end == "quiet" ? "hangs" : "does not end: " + outcome.end;
    return "exit " + std::to_string(outcome.status);
}

/// What is not to be seen does not come into the terminal.
std::string shown_line(const std::string& text) {
    constexpr std::size_t most = 60;
    return "\"" + visible(text.substr(0, most)) + "\"" + (text.size() > most ? "..." : "");
}

std::vector<std::string> output_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// Where two outputs part.
std::string difference(const std::string& usual, const std::string& other) {
    const std::vector<std::string> a = output_lines(usual);
    const std::vector<std::string> b = output_lines(other);
    const auto [at, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (at == a.end() && in_b == b.end()) return {};
    const std::string line = "line " + std::to_string(at - a.begin() + 1) + " of the output is ";
    const std::string no_more = "missing";
    return line + (in_b == b.end() ? no_more : shown_line(*in_b)) +
           (at == a.end() ? ", which usually is not there" : ", usually " + shown_line(*at));
}

/// `exit != 0`, `exit = 3`, `output ~ TEXT`, `hang`; null when it is none of these.
std::function<bool(const Outcome&)> condition(const std::string& text) {
    const auto value_behind = [&](const char* start) -> std::optional<std::string> {
        const std::string_view word = start;
        if (text.compare(0, word.size(), word) != 0) return std::nullopt;
        const std::size_t at = text.find_first_not_of(' ', word.size());
        return at == std::string::npos ? std::string() : text.substr(at);
    };
    if (text == "hang") return [](const Outcome& o) { return o.hangs(); };
    for (const bool equal : {false, true}) {
        const auto value = value_behind(equal ? "exit =" : "exit !=");
        const auto number = value ? parse_number(*value) : std::nullopt;
        if (!number) continue;
        const int status = static_cast<int>(*number);
        return [=](const Outcome& o) { return !o.hangs() && (o.status == status) == equal; };
    }
    for (const bool there : {false, true}) {
        const auto value = value_behind(there ? "output ~" : "output !~");
        if (!value || value->empty()) continue;
        const std::string wanted = *value;
        return
            [=](const Outcome& o) { return (o.output.find(wanted) != std::string::npos) == there; };
    }
    return nullptr;
}

/// Those of packing have no code of their own.
std::vector<Error> with_code(std::vector<Error> errors) {
    for (Error& error : errors) {
        if (!error.code.empty()) continue;
        error.code = "E-CLI-051";
        error.hint = "without --pack the trace has their digests";
    }
    return errors;
}

/// With a trace, or judged by the contract, or both: whatever wants to hear of everything.
int watch_program(const Arguments& arguments, Console& console, const Scenario& scenario,
                  RunOptions options, RunReport* report) {
    const bool traced = arguments.has("--trace");
    std::optional<TraceOutputFile> output;
    if (traced) {
        output.emplace(arguments.text("--trace"), TraceForm::jsonl, Narrowing{}, console);
    }
    TraceStream unheard(TraceForm::nothing, {}, [](std::string_view) { return true; });
    TraceStream& stream = traced ? output->stream() : unheard;
    const bool judged = arguments.has("--contract");
    const ContractChoice choice = judged ? contract_choice(arguments) : ContractChoice{};
    Contract contract(stream.names(), choice);
    contract.set_next(options.sink);
    if (judged) options.sink = &contract;
    Result<RunReport> run = stream_run(scenario, options, stream, arguments.has("--pack"));
    if (!run.ok()) return refuse(console, with_code(run.errors()), exit_rejected);
    *report = *run;
    const std::vector<Error> problems = traced ? output->finish() : std::vector<Error>{};
    if (!problems.empty()) return refuse(console, problems, exit_unwritten);
    if (!judged) return exit_held;
    const ContractVerdict verdict = judge_heard(contract, *report, scenario, options, choice);
    for (const Violation& violation : verdict.unexpected) {
        console.err("utsim: " + violation_text(violation) + "\n");
    }
    return verdict.unexpected.empty() ? exit_held : exit_violated;
}

int run_program(const Arguments& arguments, Console& console, const Scenario& scenario,
                RunOptions options) {
    Terminal terminal;
    OutcomeListener listener(&terminal);
    options.sink = &listener;
    (void)console.flush();
    RunReport report;
    if (arguments.has("--trace") || arguments.has("--contract")) {
        const int watched = watch_program(arguments, console, scenario, options, &report);
        if (watched != exit_held) return watched;
    } else {
        const Result<RunReport> run = run_scenario(scenario, options);
        if (!run.ok()) return refuse(console, run.errors(), exit_rejected);
        report = *run;
    }
    const Outcome outcome = listener.take(report.end, report.end_detail);
    if (!outcome.hangs()) return outcome.status;
    console.err("utsim: the program did not end: " + outcome.end +
                (outcome.detail.empty() ? "" : ", " + outcome.detail) + "\n");
    return exit_violated;
}

/// The most frequent one first; the others by what makes them different.
void tell_outcomes(const Arguments& arguments, Console& console, const OutcomeReport& report,
                   bool only_met) {
    std::vector<const OutcomeFound*> found;
    for (const OutcomeFound& one : report.found) found.push_back(&one);
    // Those that came as often stay in their order.
    std::sort(found.begin(), found.end(), [](const OutcomeFound* a, const OutcomeFound* b) {
        return a->count != b->count ? a->count > b->count : a < b;
    });
    if (only_met) found.clear();
    if (only_met && report.met) found.push_back(&report.found[report.met_at]);
    for (const OutcomeFound* one : found) {
        const Outcome& outcome = one->outcome;
        console.out("  " + status_text(outcome) + ", " + std::to_string(one->count) + " of " +
                    std::to_string(report.runs) + (report.runs == 1 ? " order" : " orders"));
        if (one == found.front() && !outcome.output.empty()) {
            console.out(", writes " + shown_line(output_lines(outcome.output)[0]));
        }
        console.out("\n");
        if (!outcome.detail.empty()) console.out("    " + outcome.detail + "\n");
        const std::string parts = difference(found.front()->outcome.output, outcome.output);
        if (!parts.empty()) console.out("    " + parts + "\n");
        console.out("    reproduce  " +
                    exec_command(arguments, arguments.positionals(), one->schedule) + "\n");
    }
}

int explore_program(const Arguments& arguments, Console& console, const Scenario& scenario,
                    const RunOptions& options) {
    OutcomeSearch search;
    search.first_seed = arguments.number_or("--seed", 1);
    search.runs = arguments.number_or("--runs", 1000);
    search.seconds = static_cast<double>(arguments.number_or("--budget", 0));
    if (arguments.has("--until")) {
        search.until = condition(arguments.text("--until"));
        if (search.until == nullptr) {
            return refuse(
                console,
                {usage_error("E-CLI-036", "--until cannot be \"" + arguments.text("--until") + "\"",
                             "hang, exit != N, exit = N, output ~ TEXT, output !~ "
                             "TEXT")},
                exit_usage);
        }
    }
    search.progress = [&](std::uint64_t runs, std::size_t distinct) {
        if (runs % 64 != 0) return;
        console.progress(std::to_string(runs) + " orders, " + std::to_string(distinct) +
                         " outcomes");
    };
    const Result<OutcomeReport> report = search_outcomes(scenario, options, search);
    console.progress("");
    if (!report.ok()) {
        return refuse(console, report.errors(), exit_rejected);
    }
    tell_outcomes(arguments, console, *report, search.until != nullptr);
    if (search.until && !report->met) {
        console.out("  not met in " + std::to_string(report->runs) + " orders\n");
        return exit_held;
    }
    return search.until ? exit_violated : exit_held;
}

}  // namespace

int verb_exec(const Arguments& arguments, Console& console) {
    std::vector<Error> mistakes = check_run_options(arguments);
    if (!mistakes.empty()) {
        return refuse(console, mistakes, exit_usage);
    }
    const Result<Scenario> scenario = load_scenario_text(
        exec_scenario(arguments, arguments.positionals(), all_of_input()).dump(1), "exec");
    if (!scenario.ok()) {
        return refuse(console, scenario.errors(), exit_rejected);
    }
    RunOptions options = run_options(arguments);
    options.stop = &interrupt_flag();
    // As on a machine with one processor: nobody who turns in a loop keeps the others waiting.
    if (options.schedule.empty() && !options.seed) options.schedule = exec_schedule;
    if (arguments.has("--explore") || arguments.has("--until")) {
        options.seed.reset();
        return explore_program(arguments, console, *scenario, options);
    }
    return run_program(arguments, console, *scenario, options);
}

}  // namespace utsim::cli

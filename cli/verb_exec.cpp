// SPDX-License-Identifier: MIT
// `utsim exec`: an unmodified program runs inside, like a command; or in many orders, to see what
// can come of it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exec_outcome.hpp"
#include "cli/exec_scenario.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/judgement.hpp"
#include "cli/limit_table.hpp"
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

/// What there is to say of a run.
struct WatchedRun {
    RunReport report;
    std::optional<ContractVerdict> verdict;
};

/// With a trace, or judged by the contract, or both: whatever wants to hear of everything.
int watch_program(const Arguments& arguments, Console& console, const Scenario& scenario,
                  RunOptions options, WatchedRun& watched) {
    const bool traced = arguments.has("--trace");
    std::optional<TraceOutputFile> output;
    if (traced) {
        output.emplace(arguments.text("--trace"), TraceForm::jsonl, Narrowing{}, console);
        output->keep_when_out_of_memory();
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
    watched.report = *run;
    const std::vector<Error> problems = traced ? output->finish() : std::vector<Error>{};
    if (!problems.empty()) return refuse(console, problems, exit_unwritten);
    if (judged) {
        watched.verdict = judge_heard(contract, watched.report, scenario, options, choice);
    }
    return exit_held;
}

/// The exit status is the program's, unless there is more to say.
int conclude_program(Console& console, const WatchedRun& watched, const Outcome& outcome) {
    const bool broken = watched.verdict && !watched.verdict->unexpected.empty();
    if (broken && !console.json()) {
        for (const Violation& violation : watched.verdict->unexpected) {
            console.err("utsim: " + violation_text(violation) + "\n");
        }
    }
    if (broken) return exit_violated;
    if (!outcome.hangs()) return outcome.status;
    if (!console.json()) {
        const std::string why = why_unfinished(outcome);
        console.err("utsim: the program did not end: " + outcome.end +
                    (why.empty() ? "" : ", " + why) + "\n");
        const std::string more = what_raises(watched.report);
        if (!more.empty()) console.err("  " + more + "\n");
    }
    return exit_violated;
}

int run_program(const Arguments& arguments, Console& console, const Scenario& scenario,
                RunOptions options) {
    Terminal terminal;
    WrittenByProgram written;
    OutcomeListener listener(console.json() ? static_cast<EventSink*>(&written) : &terminal);
    options.sink = &listener;
    (void)console.flush();
    WatchedRun watched;
    if (arguments.has("--trace") || arguments.has("--contract")) {
        const int refused = watch_program(arguments, console, scenario, options, watched);
        if (refused != exit_held) return refused;
    } else {
        const Result<RunReport> run = run_scenario(scenario, options);
        if (!run.ok()) return refuse(console, run.errors(), exit_rejected);
        watched.report = *run;
    }
    const Outcome outcome = listener.take(watched.report.end, watched.report.end_detail);
    if (console.json()) {
        console.result("utsim.exec/1", exec_json(arguments, watched.report, outcome, written,
                                                 watched.verdict ? &*watched.verdict : nullptr));
    }
    return conclude_program(console, watched, outcome);
}

/// The most frequent one first; the others by what makes them different. Of a search for one, that
/// one.
std::vector<const OutcomeFound*> outcomes_to_tell(const OutcomeReport& report, bool only_met) {
    std::vector<const OutcomeFound*> found;
    for (const OutcomeFound& one : report.found) found.push_back(&one);
    // Those that came as often stay in their order.
    std::sort(found.begin(), found.end(), [](const OutcomeFound* a, const OutcomeFound* b) {
        return a->count != b->count ? a->count > b->count : a < b;
    });
    if (only_met) found.clear();
    if (only_met && report.met) found.push_back(&report.found[report.met_at]);
    return found;
}

void tell_outcomes(const Arguments& arguments, Console& console, const OutcomeReport& report,
                   const std::vector<const OutcomeFound*>& found) {
    for (const OutcomeFound* one : found) {
        const Outcome& outcome = one->outcome;
        console.out("  " + status_text(outcome) + ", " + std::to_string(one->count) + " of " +
                    std::to_string(report.runs) + (report.runs == 1 ? " order" : " orders"));
        if (one == found.front() && !outcome.output.empty()) {
            console.out(", writes " + shown_line(output_lines(outcome.output)[0]));
        }
        console.out("\n");
        const std::string why = why_unfinished(outcome);
        if (!why.empty()) console.out("    " + why + "\n");
        const std::string parts = output_difference(found.front()->outcome.output, outcome.output);
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
    search.faults = arguments.text("--faults");
    search.at_most = static_cast<std::uint32_t>(arguments.number_or("--at-most", 1));
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
    const std::vector<const OutcomeFound*> found =
        outcomes_to_tell(*report, search.until != nullptr);
    if (console.json()) {
        console.result("utsim.exec-orders/1", exec_orders_json(arguments, *report, found));
    } else {
        tell_outcomes(arguments, console, *report, found);
    }
    if (search.until && !report->met) {
        if (!console.json()) {
            console.out("  not met in " + std::to_string(report->runs) + " orders\n");
        }
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
    options.count_instructions = !arguments.has("--trace-instructions");
    // As on a machine with one processor: nobody who turns in a loop keeps the others waiting.
    if (options.schedule.empty() && !options.seed) options.schedule = exec_schedule;
    if (arguments.has("--explore") || arguments.has("--until")) {
        options.seed.reset();
        return explore_program(arguments, console, *scenario, options);
    }
    return run_program(arguments, console, *scenario, options);
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
// `utsim report`: a run as a page, or as what the Perfetto UI opens.
#include <optional>

#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/judgement.hpp"
#include "cli/report_page.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"
#include "report/perfetto.hpp"
#include "trace/replay.hpp"

namespace utsim::cli {

namespace {

int turn_down(Console& console, const std::vector<Error>& errors, int code = exit_rejected) {
    console.mistakes(errors);
    return code;
}

/// What is run, and the commands that show it again.
struct Subject {
    Scenario scenario;
    RunOptions options;
    std::vector<std::string> commands;
    std::string fingerprint;  ///< of a trace that has one: the run has to come to the same
};

std::vector<std::string> commands_of(const std::string& replay) {
    return {replay + " --at={step} --state", replay + " --around={step},5"};
}

Result<Subject> subject_of(const Arguments& arguments, const std::string& file) {
    UTSIM_TRY(text, read_scenario_or_trace(file));
    if (!looks_like_trace(text)) {
        UTSIM_TRY(scenario, load_scenario_text(text, shown_name(file)));
        const std::string asked = arguments.text("--schedule");
        const std::string again =
            reproduce_command(scenario, arguments, asked) +
            (arguments.has("--seed") ? " --seed=" + arguments.text("--seed") : "");
        return Subject{std::move(scenario), run_options(arguments), commands_of(again), {}};
    }
    for (const char* option : {"--semantics", "--schedule", "--seed", "--granularity",
                               "--max-steps", "--max-instructions"}) {
        if (!arguments.has(option)) continue;
        return usage_error("E-CLI-017",
                           std::string(option) + " is for scenarios, and " + file + " is a trace",
                           "a trace is run again as it was recorded");
    }
    UTSIM_TRY(trace, RecordedTrace::read(text, shown_name(file)));
    UTSIM_TRY(input, input_of(trace, shown_name(file)));
    input.options.stop = &interrupt_flag();
    return Subject{std::move(input.scenario), std::move(input.options),
                   commands_of("utsim replay " + shell_word(file)), trace.claimed_fingerprint()};
}

/// Writes what was asked for, and says so.
class Report {
public:
    Report(const Arguments& arguments, Console& console)
        : arguments_(arguments),
          console_(console) {}

    int write(const std::string& option, const std::string& text, const FileKind& kind) {
        if (!arguments_.has(option)) return exit_held;
        const std::string file = arguments_.text(option);
        const Result<Done> done = write_file(file, text, &kind);
        if (!done.ok()) {
            console_.mistakes(done.errors());
            return is_write_error(done.errors().front()) ? exit_unwritten : exit_rejected;
        }
        files_.push_back(Json{{"file", file}, {"bytes", text.size()}});
        if (!console_.json()) {
            console_.out(file + ": " + std::string(kind.name) + ", " + std::to_string(text.size()) +
                         " bytes\n");
        }
        return exit_held;
    }

    void conclude(const std::string& scenario, std::size_t findings) {
        if (!console_.json()) return;
        console_.result(
            "utsim.report/1",
            Json{{"scenario", scenario}, {"findings", findings}, {"files", std::move(files_)}});
    }

private:
    const Arguments& arguments_;
    Console& console_;
    Json files_ = Json::array();
};

int report_one(const Arguments& arguments, Console& console, const std::string& file) {
    Result<Subject> subject = subject_of(arguments, file);
    if (!subject.ok()) return turn_down(console, subject.errors());
    Result<JudgedPage> page =
        judged_page(subject->scenario, subject->options, contract_choice(arguments));
    if (!page.ok()) return turn_down(console, page.errors());
    interrupted();
    const RecordedTrace& trace = page->run.run.trace;
    if (!subject->fingerprint.empty() && trace.claimed_fingerprint() != subject->fingerprint) {
        console.err("utsim: the run differs from the trace; utsim replay " + shell_word(file) +
                    " shows where\n");
        return exit_diverged;
    }
    const std::string& title = subject->scenario.name().empty() ? file : subject->scenario.name();
    Report report(arguments, console);
    int code = exit_held;
    if (arguments.has("--out")) {
        code = report.write("--out", page_of(page->run, {title, page->findings, subject->commands}),
                            page_file);
    }
    if (code == exit_held && arguments.has("--perfetto")) {
        code = report.write("--perfetto", perfetto_of(timeline_of(trace), title), perfetto_file);
    }
    if (code == exit_held) report.conclude(subject->scenario.name(), page->findings.size());
    return code;
}

int report_two(const Arguments& arguments, Console& console) {
    const std::string names[2] = {arguments.positionals()[0], arguments.positionals()[1]};
    const std::string& file = arguments.positionals()[2];
    const Result<Scenario> scenario = load_scenario(file);
    if (!scenario.ok()) return turn_down(console, scenario.errors());
    std::vector<JudgedPage> pages;
    std::string called[2];
    for (std::size_t i = 0; i < 2; ++i) {
        const Result<std::string> semantics = semantics_named(names[i]);
        if (!semantics.ok()) return turn_down(console, semantics.errors());
        called[i] = *semantics;
        RunOptions options = run_options(arguments);
        options.semantics = *semantics;
        Result<JudgedPage> page = judged_page(*scenario, options, contract_choice(arguments));
        if (!page.ok()) return turn_down(console, page.errors());
        pages.push_back(std::move(*page));
    }
    interrupted();
    PageText text;
    text.title = scenario->name() + ": " + called[0] + " and " + called[1];
    for (const std::string& semantics : called) {
        text.commands.push_back("utsim replay " + shell_word(file) +
                                " --semantics=" + shell_word(semantics) + " --around={step},5");
    }
    Report report(arguments, console);
    const int code =
        report.write("--out", page_of_two(pages[0].run, pages[1].run, called, text), page_file);
    if (code == exit_held) report.conclude(scenario->name(), 0);
    return code;
}

}  // namespace

int verb_report(const Arguments& arguments, Console& console) {
    std::vector<Error> mistakes = check_run_options(arguments);
    const std::size_t words = arguments.has("--diff") ? 3 : 1;
    if (arguments.positionals().size() != words) {
        mistakes.push_back(usage_error(
            "E-CLI-044",
            words == 3 ? "--diff needs two semantics and a scenario" : "a report is about one file",
            "utsim report FILE, or utsim report --diff A B FILE"));
    }
    if (!arguments.has("--out") && !arguments.has("--perfetto")) {
        mistakes.push_back(
            usage_error("E-CLI-045", "it is not said where the report goes", "--out=page.html"));
    }
    if (!mistakes.empty()) return turn_down(console, mistakes, exit_usage);
    return arguments.has("--diff") ? report_two(arguments, console)
                                   : report_one(arguments, console, arguments.positionals()[0]);
}

}  // namespace utsim::cli

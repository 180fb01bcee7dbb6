// SPDX-License-Identifier: MIT
// `utsim report`: a run as a page, or as what the Perfetto UI opens.
#include <functional>
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

/// What is run, and the commands that show it again.
struct Subject {
    Scenario scenario;
    RunOptions options;
    std::vector<std::string> commands;
    std::string fingerprint;  ///< of a trace that has one: the run has to come to the same
};

std::string replay_command(const Scenario& scenario, const Arguments& arguments) {
    return reproduce_command(scenario, arguments, arguments.text("--schedule")) +
           (arguments.has("--seed") ? " --seed=" + arguments.text("--seed") : "");
}

Result<Subject> subject_of(const Arguments& arguments, const std::string& file) {
    UTSIM_TRY(text, read_scenario_or_trace(file));
    if (!looks_like_trace(text)) {
        UTSIM_TRY(scenario, load_scenario_text(text, shown_name(file)));
        const std::string again = replay_command(scenario, arguments);
        return Subject{std::move(scenario), run_options(arguments), replay_commands(again), {}};
    }
    for (const char* option : {"--semantics", "--schedule", "--seed", "--granularity",
                               "--max-steps", "--max-instructions"}) {
        if (!arguments.has(option)) continue;
        return for_scenarios_only(option, file);
    }
    UTSIM_TRY(trace, RecordedTrace::read(text, shown_name(file)));
    UTSIM_TRY(input, input_of(trace, shown_name(file)));
    input.options.stop = &interrupt_flag();
    return Subject{std::move(input.scenario), std::move(input.options),
                   replay_commands("utsim replay " + file_argument(file)),
                   trace.claimed_fingerprint()};
}

/// Writes what was asked for, and says so.
class Report {
public:
    Report(const Arguments& arguments, Console& console)
        : arguments_(arguments),
          console_(console) {}

    using Take = std::function<void(std::string_view)>;

    /// `make` gives the text, piece by piece.
    int write(const std::string& option, const FileKind& kind,
              const std::function<void(const Take&)>& make) {
        if (!arguments_.has(option)) return exit_held;
        const std::string file = arguments_.text(option);
        std::size_t size = 0;
        const Result<Done> done = write_pieces(file, kind, make, size);
        if (!done.ok()) {
            console_.mistakes(done.errors());
            return code_of_files(done.errors(), exit_held);
        }
        files_.push_back(Json{{"file", file}, {"bytes", size}});
        if (!console_.json()) {
            console_.out(file + ": " + std::string(kind.name) + ", " + std::to_string(size) +
                         " bytes\n");
        }
        return exit_held;
    }

    /// `findings`: nothing where no run was judged.
    void conclude(const std::string& scenario, std::optional<std::size_t> findings) {
        if (!console_.json()) return;
        Json result{{"scenario", scenario}};
        if (findings.has_value()) result["findings"] = *findings;
        result["files"] = std::move(files_);
        console_.result("utsim.report/1", std::move(result));
    }

private:
    static Result<Done> write_pieces(const std::string& path, const FileKind& kind,
                                     const std::function<void(const Take&)>& make,
                                     std::size_t& size) {
        UTSIM_TRY(file, OutputFile::open(path, &kind));
        make([&](std::string_view piece) {
            size += piece.size();
            (void)file.write(piece);  // finish says what went wrong
        });
        return file.finish();
    }

    const Arguments& arguments_;
    Console& console_;
    Json files_ = Json::array();
};

int report_one(const Arguments& arguments, Console& console, const std::string& file) {
    Result<Subject> subject = subject_of(arguments, file);
    if (!subject.ok()) return refuse(console, subject.errors(), exit_rejected);
    Result<JudgedPage> page = judged_page(subject->scenario, subject->options,
                                          contract_choice(arguments), arguments.has("--out"));
    if (!page.ok()) return refuse(console, page.errors(), exit_rejected);
    interrupted();
    const RecordedTrace& trace = page->run.run.trace;
    if (!subject->fingerprint.empty() && trace.claimed_fingerprint() != subject->fingerprint) {
        console.err("utsim: the run differs from the trace; utsim replay " + file_argument(file) +
                    " shows where\n");
        return exit_diverged;
    }
    const std::string& title = subject->scenario.name().empty() ? file : subject->scenario.name();
    Report report(arguments, console);
    int code = report.write("--out", page_file, [&](const auto& take) {
        take(page_of(page->run, {title, page->findings, subject->commands}));
    });
    if (code == exit_held) {
        code = report.write("--perfetto", perfetto_file, [&](const auto& take) {
            write_perfetto(timeline_of(trace), title, take);
        });
    }
    if (code == exit_held) report.conclude(subject->scenario.name(), page->findings.size());
    return code;
}

int report_two(const Arguments& arguments, Console& console) {
    const std::vector<std::string>& words = arguments.positionals();
    const Result<Scenario> scenario = load_scenario(words[2]);
    if (!scenario.ok()) return refuse(console, scenario.errors(), exit_rejected);
    TwoSemantics names;
    std::vector<std::string> commands;
    for (std::string* name : {&names.a, &names.b}) {
        const Result<std::string> semantics = semantics_named(words[name == &names.a ? 0 : 1]);
        if (!semantics.ok()) return refuse(console, semantics.errors(), exit_rejected);
        *name = *semantics;
        commands.push_back(replay_command(*scenario, arguments) +
                           " --semantics=" + shell_word(*name) + " --around={step},5");
    }
    const Result<std::string> page =
        page_of_two(*scenario, run_options(arguments), names, std::move(commands));
    if (!page.ok()) return refuse(console, page.errors(), exit_rejected);
    interrupted();
    Report report(arguments, console);
    const int code = report.write("--out", page_file, [&](const auto& take) { take(*page); });
    if (code == exit_held) report.conclude(scenario->name(), std::nullopt);
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
    if (!mistakes.empty()) return refuse(console, mistakes, exit_usage);
    return arguments.has("--diff") ? report_two(arguments, console)
                                   : report_one(arguments, console, arguments.positionals()[0]);
}

}  // namespace utsim::cli

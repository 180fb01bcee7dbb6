// SPDX-License-Identifier: MIT
// `utsim diff`: the comparison is elsewhere; here are its options, what it prints, and the files in
// which it leaves what it found.
#include <utsim/diff.hpp>
#include <utsim/semantics.hpp>

#include <algorithm>
#include <filesystem>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/diff_pages.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/numbers.hpp"
#include "cli/output_file.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"
#include "cli/words.hpp"

namespace utsim::cli {

namespace {

DiffOptions diff_options(const Arguments& arguments, Console& console,
                         const std::atomic<bool>& stop) {
    DiffOptions options;
    options.granularity = arguments.text("--granularity");
    options.schedule = arguments.text("--schedule");
    options.seed = arguments.number_or("--seed", options.seed);
    options.runs = arguments.number_or("--runs", options.runs);
    options.threads = static_cast<unsigned>(arguments.number_or("--threads", options.threads));
    options.max_steps = arguments.number_or("--max-steps", 0);
    if (arguments.has("--budget")) options.budget_ms = *arguments.number("--budget") * 1000;
    options.stop = &stop;
    if (console.shows_progress()) {
        options.progress = [&console](const DiffProgress& progress) {
            console.progress("scenarios " + grouped(progress.scenarios) + "   schedules " +
                             grouped(progress.schedules) + "   kinds of difference " +
                             grouped(progress.differences) +
                             (progress.shrinking ? "   shrinking" : ""));
        };
    }
    return options;
}

// --- text ------------------------------------------------------------------------------------

void tell_side(Console& console, const std::string& name, const std::vector<std::string>& lines) {
    if (lines.empty()) console.out("  " + name + "  (nothing)\n");
    for (const std::string& line : lines) console.out("  " + name + "  " + line + "\n");
}

void tell_divergence(Console& console, const DiffReport& report, const DiffDivergence& divergence) {
    console.out(painted(console, "1", divergence.observer + " " + divergence.name) + "\n");
    const std::size_t width = std::max(report.a.size(), report.b.size());
    const auto padded = [&](std::string text) {
        text.resize(width, ' ');
        return text;
    };
    for (const std::string& line : divergence.before) {
        console.out("  " + padded("") + "  " + line + "\n");
    }
    tell_side(console, padded(report.a), divergence.a);
    tell_side(console, padded(report.b), divergence.b);
    console.out("  " + padded("") +
                (divergence.meets ? "  alike again from: " + divergence.meets_at + "\n"
                                  : "  and they do not meet again\n"));
}

void tell_costs(Console& console, const DiffReport& report, const DiffRun& run) {
    console.out("cost      " + report.a + " " + grouped(run.cost_a) + ", " + report.b + " " +
                grouped(run.cost_b));
    for (const DiffCost& cost : run.costs) {
        console.out("; " + cost.name + " " + grouped(cost.a) + "/" + grouped(cost.b));
    }
    console.out("\n");
}

void tell_run(const Arguments& arguments, Console& console, const DiffReport& report,
              const DiffRun& run) {
    const std::string order = run.schedule.empty() ? "" : "  schedule " + run.schedule;
    if (run.divergences.empty()) {
        console.out(painted(console, "32", "same") + "      " + run.scenario + order + "  (" +
                    counted(report.events, "event", "events") + ")\n");
    } else {
        console.out(painted(console, "1;33", "differs") + "   " + run.scenario + order + "\n");
    }
    for (const DiffDivergence& divergence : run.divergences) {
        tell_divergence(console, report, divergence);
    }
    if (!run.divergences.empty()) {
        console.out("ends      " + report.a + " " + run.end_a + ", " + report.b + " " + run.end_b +
                    "\n");
        if (run.comparable_until.has_value()) {
            console.out("schedules are comparable up to step " + grouped(*run.comparable_until) +
                        "; from there on events are aligned\n");
        }
        console.out("because   " +
                    (run.causes.empty() ? "(no choice alone)" : joined(run.causes, ", ")) + "\n");
    }
    for (const DiffClause& clause : run.clauses) {
        console.out("clause    " + clause.clause + " " + report.a + " " + clause.in_a + ", " +
                    report.b + " " + clause.in_b + ": " + clause.message + "\n");
    }
    if (!run.costs.empty()) tell_costs(console, report, run);
    if (run.divergences.empty()) return;
    console.out("again     " +
                diff_command(arguments, {report.a, report.b}, run.scenario, run.schedule) + "\n");
}

void tell_classes(const Arguments& arguments, Console& console, const DiffReport& report,
                  const std::vector<std::string>& files, const std::string& searched) {
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
        const DiffClass& found = report.classes[i];
        if (only_counted(report, found)) continue;
        console.out(painted(console, "1", joined(found.decisions, "+")) + "  " + found.kind +
                    "  (" + grouped(found.count) + ")\n");
        if (!found.direct) {
            console.out("  only between " + found.shows_a + " and " + found.shows_b + "\n");
        }
        if (!found.schedule.empty()) console.out("  schedule " + found.schedule + "\n");
        if (!files[i].empty()) console.out("  " + files[i] + "\n");
        const std::string& file = searched.empty() ? files[i] : searched;
        if (!file.empty() && found.direct) {
            const std::string& schedule = searched.empty() ? std::string() : found.schedule;
            console.out("  again  " +
                        diff_command(arguments, {report.a, report.b}, file, schedule) + "\n");
        }
    }
}

void tell_decisions(Console& console, const DiffReport& report) {
    for (const DiffDecision& decision : report.decisions) {
        std::string found = "not found";
        if (decision.found > 0) {
            found = "found " + grouped(decision.found);
        } else if (decision.with_others > 0) {
            found = "with others " + grouped(decision.with_others);
        }
        found.resize(std::max<std::size_t>(found.size(), 20), ' ');
        std::string name = decision.name;
        name.resize(std::max<std::size_t>(name.size(), 22), ' ');
        console.out(found + " " + name + " " + decision.value_a + " -> " + decision.value_b + "\n");
    }
}

/// `searched` is the file whose orders were searched; empty: scenarios were generated.
void tell_search(const Arguments& arguments, Console& console, const DiffReport& report,
                 const std::vector<std::string>& files, const std::string& searched) {
    tell_classes(arguments, console, report, files, searched);
    if (!report.classes.empty()) console.out("\n");
    tell_decisions(console, report);
    std::size_t more = 0;
    for (const DiffClass& found : report.classes) {
        more += only_counted(report, found) ? 1 : 0;
    }
    console.out(counted(report.classes.size(), "kind", "kinds") + " of difference" +
                (more > 0 ? " (" + grouped(more) + " of them only counted)" : "") + " in " +
                counted(report.scenarios, "scenario", "scenarios") + ", " +
                counted(report.schedules, "schedule", "schedules") + ", " +
                counted(report.events, "event", "events") + ".\n");
    if (report.out_of_time) console.out("The time budget ended before everything was tried.\n");
}

// --- JSON ------------------------------------------------------------------------------------

Json divergence_json(const DiffDivergence& divergence) {
    Json out;
    out["observer"] = divergence.observer;
    out["name"] = divergence.name;
    out["kind"] = divergence.kind;
    out["before"] = divergence.before;
    out["a"] = divergence.a;
    out["b"] = divergence.b;
    out["meets"] = divergence.meets;
    if (divergence.meets) out["meets_at"] = divergence.meets_at;
    return out;
}

Json run_json(const Arguments& arguments, const DiffReport& report, const DiffRun& run) {
    Json out;
    out["scenario"] = run.scenario;
    out["schedule"] = run.schedule;
    if (run.comparable_until.has_value()) out["comparable_until"] = *run.comparable_until;
    out["divergences"] = Json::array();
    for (const DiffDivergence& one : run.divergences) {
        out["divergences"].push_back(divergence_json(one));
    }
    out["causes"] = run.causes;
    out["clauses"] = Json::array();
    for (const DiffClause& clause : run.clauses) {
        out["clauses"].push_back({{"clause", clause.clause},
                                  {"a", clause.in_a},
                                  {"b", clause.in_b},
                                  {"message", clause.message}});
    }
    out["end"] = {{"a", run.end_a}, {"b", run.end_b}};
    out["cost"] = {{"a", run.cost_a}, {"b", run.cost_b}, {"parts", Json::array()}};
    for (const DiffCost& cost : run.costs) {
        out["cost"]["parts"].push_back(
            {{"name", cost.name}, {"a", cost.a}, {"b", cost.b}, {"units", cost.units}});
    }
    if (!run.divergences.empty()) {
        out["reproduce"] =
            diff_command(arguments, {report.a, report.b}, run.scenario, run.schedule);
    }
    return out;
}

Json class_json(const DiffClass& found, const std::string& file) {
    Json out;
    out["decisions"] = found.decisions;
    out["kind"] = found.kind;
    out["direct"] = found.direct;
    out["shows"] = {found.shows_a, found.shows_b};
    out["count"] = found.count;
    if (!found.schedule.empty()) out["schedule"] = found.schedule;
    if (!file.empty()) out["file"] = file;
    return out;
}

Json report_json(const Arguments& arguments, const DiffReport& report,
                 const std::vector<std::string>& files) {
    Json out;
    out["a"] = report.a;
    out["b"] = report.b;
    out["differs"] = report.differs();
    out["scenarios"] = report.scenarios;
    out["schedules"] = report.schedules;
    out["events"] = report.events;
    out["interrupted"] = report.interrupted;
    if (report.out_of_time) out["out_of_time"] = true;
    out["runs"] = Json::array();
    for (const DiffRun& run : report.runs) out["runs"].push_back(run_json(arguments, report, run));
    out["classes"] = Json::array();
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
        out["classes"].push_back(class_json(report.classes[i], i < files.size() ? files[i] : ""));
    }
    out["decisions"] = Json::array();
    for (const DiffDecision& decision : report.decisions) {
        out["decisions"].push_back({{"name", decision.name},
                                    {"a", decision.value_a},
                                    {"b", decision.value_b},
                                    {"found", decision.found},
                                    {"with_others", decision.with_others}});
    }
    return out;
}

// --- files -----------------------------------------------------------------------------------

/// Where the examples of the classes were left, and what went wrong with it.
struct ClassFiles {
    std::vector<std::string> names;  ///< in the order of the classes; empty: none
    std::vector<Error> mistakes;
};

/// Writes each class's scenario, as many as can be.
ClassFiles write_classes(const DiffReport& report, const std::string& dir) {
    ClassFiles files;
    files.names.resize(report.classes.size());
    if (dir.empty()) return files;
    FreeNames names;
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
        const DiffClass& found = report.classes[i];
        if (found.scenario.empty()) continue;
        const std::string name =
            dir + "/" +
            names.take(report.a + "-" + report.b + "-" + joined(found.decisions, "-"), ".json");
        const Result<Done> written = write_file(name, found.scenario, nullptr);
        if (written.ok()) {
            files.names[i] = name;
        } else {
            files.mistakes.insert(files.mistakes.end(), written.errors().begin(),
                                  written.errors().end());
        }
    }
    return files;
}

int exit_code_of(const DiffReport& report) {
    if (report.interrupted) return exit_interrupted;
    if (report.schedules == 0) return exit_nothing_ran;
    return report.differs() ? exit_violated : exit_held;
}

/// Each by the shortest text that says it.
Result<TwoSemantics> sides_of(const Arguments& arguments) {
    std::vector<Error> mistakes;
    std::string names[2];
    for (std::size_t i = 0; i < 2; ++i) {
        const Result<std::string> name = semantics_named(arguments.positionals()[i]);
        if (name.ok()) {
            names[i] = *name;
        } else {
            for (const Error& error : name.errors()) mistakes.push_back(error);
        }
    }
    if (!mistakes.empty()) return mistakes;
    return TwoSemantics{names[0], names[1]};
}

// --- the two ways ----------------------------------------------------------------------------

int generate(const Arguments& arguments, Console& console, const TwoSemantics& sides,
             const DiffOptions& options, DiffPages& pages) {
    if (arguments.has("--out")) {  // before anything is searched for what would be in it
        const Result<Done> made = make_folder(arguments.text("--out"));
        if (!made.ok()) return refuse(console, made.errors(), exit_unwritten);
    }
    const Result<DiffReport> report =
        diff_generated(*arguments.number("--generate"), sides.a, sides.b, options);
    interrupted();
    console.progress({});
    if (!report.ok()) {
        console.mistakes(report.errors());
        return exit_usage;
    }
    const ClassFiles files = write_classes(*report, arguments.text("--out"));
    if (console.json()) {
        console.result(
            "utsim.diff/1",
            Json{{"reports", Json::array({report_json(arguments, *report, files.names)})}});
    } else {
        tell_search(arguments, console, *report, files.names, {});
    }
    pages.add_classes(*report, nullptr);
    console.mistakes(files.mistakes);
    return pages.finish(sides, code_of_files(files.mistakes, exit_code_of(*report)));
}

int compare_files(const Arguments& arguments, Console& console, const TwoSemantics& sides,
                  const DiffOptions& options, DiffPages& pages) {
    const auto& words = arguments.positionals();
    const auto names = find_scenarios({words.begin() + 2, words.end()});
    if (!names.ok()) {
        console.mistakes(names.errors());
        return exit_rejected;
    }
    int code = names->empty() ? exit_nothing_ran : exit_held;
    Json all = Json::array();
    for (const std::string& name : *names) {
        const Result<Scenario> scenario = load_scenario(name);
        if (!scenario.ok()) {
            console.mistakes(scenario.errors());
            code = exit_rejected;
            continue;
        }
        const ReproduceContext context("utsim diff " + sides.a + " " + sides.b + " " +
                                       file_argument(name));
        const bool explores = arguments.has("--explore");
        const Result<DiffReport> report = explores
                                              ? diff_explore(*scenario, sides.a, sides.b, options)
                                              : diff(*scenario, sides.a, sides.b, options);
        interrupted();
        console.progress({});
        if (!report.ok()) {
            console.mistakes(report.errors());
            return exit_usage;
        }
        const std::vector<std::string> files(report->classes.size());
        if (console.json()) {
            all.push_back(report_json(arguments, *report, files));
        } else if (explores) {
            console.out(painted(console, "1", name) + "\n");
            tell_search(arguments, console, *report, files, name);
        } else {
            tell_run(arguments, console, *report, report->runs.front());
        }
        if (explores) {
            pages.add_classes(*report, &*scenario);
        } else {
            pages.add_run(*report, report->runs.front(), *scenario);
        }
        const int one = exit_code_of(*report);
        if (code == exit_held || one == exit_interrupted) code = one;
        if (one == exit_interrupted) break;
    }
    if (console.json()) {
        console.result("utsim.diff/1", Json{{"reports", std::move(all)}});
    }
    return pages.finish(sides, code);
}

}  // namespace

int verb_diff(const Arguments& arguments, Console& console) {
    const DiffOptions options = diff_options(arguments, console, interrupt_flag());
    const bool has_files = arguments.positionals().size() > 2;
    if (arguments.has("--generate") == has_files) {
        Error error;
        error.code = "E-DIFF-001";
        error.message = has_files ? "--generate makes its own scenarios, and there are files too"
                                  : "utsim diff needs scenarios, or --generate=N";
        error.hint = has_files ? "leave out one of them" : "there is nothing to compare";
        console.mistakes({error});
        return exit_usage;
    }
    const Result<TwoSemantics> sides = sides_of(arguments);
    if (!sides.ok()) {
        console.mistakes(sides.errors());
        const auto& words = arguments.positionals();
        const bool file = is_semantics_file_name(words[0]) || is_semantics_file_name(words[1]);
        return file ? exit_rejected : exit_usage;
    }
    Result<ReportFolder> folder = ReportFolder::open(arguments);
    if (!folder.ok()) {
        return refuse(console, folder.errors(), code_of_files(folder.errors(), exit_held));
    }
    DiffPages pages(arguments, console, std::move(*folder));
    return has_files ? compare_files(arguments, console, *sides, options, pages)
                     : generate(arguments, console, *sides, options, pages);
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
// `utsim museum`: the bugs of the past, each looked for by a check that knows nothing of it.
#include <utsim/check.hpp>
#include <utsim/explain.hpp>
#include <utsim/explore.hpp>
#include <utsim/semantics.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>
#include <tuple>

#include "base/suggest.hpp"
#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/judgement.hpp"
#include "cli/manual.hpp"
#include "cli/numbers.hpp"
#include "cli/output_file.hpp"
#include "cli/run_choices.hpp"
#include "cli/terminal_width.hpp"
#include "cli/verbs.hpp"
#include "cli/words.hpp"

namespace utsim::cli {

namespace {

constexpr std::uint64_t usual_time_ms = 60'000;

/// Of a scenario that is new: an old mistake is rather met in many scenarios than deep in one.
constexpr std::uint64_t few_states = 100;

using Bugs = std::vector<const QuirkInfo*>;

// tidy: allow clock (for people only: nothing that is found depends on it)
using Clock = std::chrono::steady_clock;

/// Those that are named, in the order of the table; all if none is.
Result<Bugs> chosen_bugs(const Arguments& arguments) {
    const std::vector<std::string>& words = arguments.positionals();
    std::vector<std::string_view> ids;
    for (const QuirkInfo& row : quirk_table()) ids.push_back(row.id);
    for (const std::string& word : words) {
        if (std::find(ids.begin(), ids.end(), word) != ids.end()) continue;
        std::string hint = did_you_mean(word, ids);
        if (hint.empty()) hint = "`utsim museum --list` prints them";
        return usage_error("E-CLI-032", "there is no bug '" + word + "' in the museum", hint);
    }
    Bugs bugs;
    for (const QuirkInfo& row : quirk_table()) {
        const bool named = std::find(words.begin(), words.end(), row.id) != words.end();
        if (words.empty() || named) bugs.push_back(&row);
    }
    return bugs;
}

std::string semantics_of(const QuirkInfo& bug) {
    return "F," +
           (bug.decision.empty() ? "quirk=" + std::string(bug.id) : std::string(bug.decision));
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size() + 2), ' ');
    return text;
}

/// `2009-08-30 to 2010-10-20`.
std::string lifetime(const QuirkInfo& bug) {
    if (bug.since.empty()) return "until " + std::string(bug.mended);
    return std::string(bug.since) + " to " + std::string(bug.mended);
}

Json row_json(const QuirkInfo& bug) {
    Json out{{"id", bug.id}, {"name", bug.name}};
    if (!bug.since.empty()) out["since"] = bug.since;
    out["mended"] = bug.mended;
    out["happened"] = bug.happened;
    out["why"] = bug.why;
    out["fix"] = bug.fix;
    out["needs"] = bug.needs;
    out["semantics"] = semantics_of(bug);
    if (bug.rung != 0) out["rung"] = bug.rung;
    return out;
}

// --- --list, --show --------------------------------------------------------------------------

int list_bugs(Console& console, const Bugs& bugs) {
    Json rows = Json::array();
    for (const QuirkInfo* bug : bugs) {
        rows.push_back(row_json(*bug));
        if (console.json()) continue;
        console.out(padded(std::string(bug->id), 6) + padded(lifetime(*bug), 26) +
                    std::string(bug->name) + "\n");
    }
    if (console.json()) console.result("utsim.museum-list/1", Json{{"bugs", rows}});
    return exit_held;
}

const BuiltinScenario* scenario_of(const QuirkInfo& bug) {
    const std::string prefix = "museum/" + lower(bug.id) + "-";
    for (const BuiltinScenario& one : builtin_scenarios()) {
        if (one.name.substr(0, prefix.size()) == prefix) return &one;
    }
    return nullptr;
}

/// What its scenario shows.
struct Played {
    std::string name;
    std::vector<std::string> broken;
    RecordedTrace trace;
};

Result<Played> play(const BuiltinScenario& builtin) {
    UTSIM_TRY(scenario, load_scenario_text(std::string(builtin.text),
                                           "builtin:" + std::string(builtin.name)));
    UTSIM_TRY(run, record_run(scenario, {}));
    const ContractVerdict verdict = judge_recorded(run, scenario, {}, ContractChoice::all());
    Played played{std::string(builtin.name), {}, run.trace};
    for (const Violation& violation : verdict.broken) {
        if (std::find(played.broken.begin(), played.broken.end(), violation.rule) ==
            played.broken.end()) {
            played.broken.push_back(violation.rule);
        }
    }
    return played;
}

void tell_bug(Console& console, const QuirkInfo& bug) {
    console.out(painted(console, "1", std::string(bug.id) + "  " + std::string(bug.name)) + "  " +
                lifetime(bug) + "\n");
    const auto paragraph = [&](const char* heading, std::string_view text) {
        console.out("  " + padded(heading, 10) + wrapped(text, 12, 12) + "\n");
    };
    paragraph("happened", bug.happened);
    paragraph("why", bug.why);
    paragraph("mended", bug.fix);
    paragraph("needs", bug.needs);
    paragraph("again", "--semantics=" + semantics_of(bug));
}

int show_bugs(Console& console, const Bugs& bugs) {
    Json rows = Json::array();
    for (const QuirkInfo* bug : bugs) {
        Json row = row_json(*bug);
        if (!console.json()) tell_bug(console, *bug);
        if (const BuiltinScenario* builtin = scenario_of(*bug)) {
            const Result<Played> played = play(*builtin);
            if (!played.ok()) {
                console.mistakes(played.errors());
                return exit_rejected;
            }
            row["scenario"] = played->name;
            row["broken"] = played->broken;
            row["told"] = Json::array();
            for (const ExplainedLine& line : explain(played->trace)) {
                row["told"].push_back(line.text);
            }
            if (!console.json()) {
                console.out("  " + padded("breaks", 10) + joined(played->broken, ", ") + "\n\n");
                console.out(explain_text(played->trace, terminal_width));
            }
        } else if (!console.json()) {
            console.out("  No scenario is kept for it: check has not found it yet.\n");
        }
        rows.push_back(std::move(row));
        if (!console.json() && bug != bugs.back()) console.out("\n");
    }
    if (console.json()) console.result("utsim.museum-show/1", Json{{"bugs", rows}});
    return exit_held;
}

// --- the search ------------------------------------------------------------------------------

/// What came of the search for one bug.
struct Hunt {
    const QuirkInfo* bug;
    CheckReport report;
    std::uint64_t ms = 0;
    std::string file;

    bool found() const { return !report.findings.empty(); }
    std::vector<std::string> clauses() const {
        std::vector<std::string> out;
        for (const CheckFinding& finding : report.findings) {
            if (std::find(out.begin(), out.end(), finding.clause) == out.end()) {
                out.push_back(finding.clause);
            }
        }
        return out;
    }
    /// The finding that is easiest to follow: one in which the final version breaks nothing else,
    /// and then the smallest.
    const CheckFinding& smallest() const {
        const auto size = [](const CheckFinding& f) {
            return std::tuple(broken_without(f), f.calls + f.callbacks + 2 * f.preemptions,
                              f.steps);
        };
        const CheckFinding* best = nullptr;
        for (const CheckFinding& finding : report.findings) {
            if (best == nullptr || size(finding) < size(*best)) best = &finding;
        }
        return *best;
    }

    static std::size_t broken_without(const CheckFinding& finding) {
        RunOptions options;
        options.semantics = "F";
        const Result<Scenario> scenario = load_scenario_text(finding.scenario, "finding");
        if (!scenario.ok()) return 1;
        const Result<JudgedRun> run = run_judged(*scenario, options, ContractChoice::all());
        return run.ok() ? run->contract.broken.size() : 1;
    }
};

Result<CheckOptions> search_options(const Arguments& arguments) {
    CheckOptions options;
    options.kept_by = "F";
    options.until_found = true;
    options.deep_states = few_states;
    options.seed = arguments.number_or("--seed", options.seed);
    options.time_ms = usual_time_ms;
    if (arguments.has("--time")) {
        options.time_ms = parse_duration(arguments.text("--time"));
        if (!options.time_ms) {
            return usage_error("E-CLI-014",
                               "--time takes a time, not '" + arguments.text("--time") + "'",
                               "90, 90s, 5m or 2h");
        }
    } else if (arguments.has("--count")) {
        options.time_ms.reset();
    }
    options.count = arguments.number_or("--count", ~std::uint64_t{0});
    options.jobs = static_cast<unsigned>(
        arguments.number_or("--jobs", std::max(1u, std::thread::hardware_concurrency())));
    options.stop = &interrupt_flag();
    return options;
}

/// Checks until there is a finding that is the bug's own: one that the final version keeps.
Result<Hunt> hunt(const QuirkInfo& bug, CheckOptions options, Console& console) {
    options.semantics = semantics_of(bug);
    Hunt hunt{&bug, {}, 0, {}};
    if (console.shows_progress()) {
        options.progress = [&](const CheckProgress& progress) {
            console.progress(std::string(bug.id) + "   scenarios " +
                             grouped(hunt.report.scenarios + progress.scenarios) + "   runs " +
                             grouped(hunt.report.runs + progress.runs));
        };
    }
    const Clock::time_point start = Clock::now();
    UTSIM_TRY(report, check(options));
    hunt.report = std::move(report);
    hunt.ms = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
    console.progress({});
    return hunt;
}

/// Leaves what shows the bug in `folder`, under the name that the museum's own scenarios have.
Result<Done> write_finding(Hunt& hunt, const std::string& folder) {
    if (folder.empty() || !hunt.found()) return Done{};
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        Error mistake = usage_error("E-CLI-022", "cannot be made: " + failed.message());
        mistake.file = folder;
        return mistake;
    }
    hunt.file = folder + "/" + lower(hunt.bug->id) + "-" + std::string(hunt.bug->name) + ".json";
    return write_file(hunt.file, hunt.smallest().scenario, nullptr);
}

void tell_hunt(Console& console, const Hunt& hunt, bool timing) {
    const std::string cost = counted(hunt.report.scenarios, "scenario", "scenarios") + ", " +
                             counted(hunt.report.runs, "run", "runs");
    std::string line =
        padded(std::string(hunt.bug->id), 6) + padded(std::string(hunt.bug->name), 42);
    if (hunt.found()) {
        const CheckFinding& small = hunt.smallest();
        line += painted(console, "32", "found") + "      " + joined(hunt.clauses(), ", ") +
                "\n      " + cost + "; " + small.clause + " with " +
                counted(small.calls, "call", "calls") + ", " +
                counted(small.callbacks, "callback", "callbacks") + ", " +
                counted(small.steps, "step", "steps") + ", " +
                counted(small.preemptions, "preemption", "preemptions");
    } else {
        line += painted(console, "1;31", "not found") + "\n      " + cost;
    }
    if (timing) {
        line += "; " + std::to_string(hunt.ms / 1000) + "." + std::to_string(hunt.ms % 1000 / 100) +
                " s";
    }
    console.out(line + "\n");
    console.flush();
}

Json hunt_json(const Hunt& hunt) {
    Json out{{"id", hunt.bug->id},
             {"name", hunt.bug->name},
             {"semantics", semantics_of(*hunt.bug)},
             {"found", hunt.found()},
             {"clauses", hunt.clauses()},
             {"scenarios", hunt.report.scenarios},
             {"runs", hunt.report.runs}};
    if (!hunt.found()) return out;
    const CheckFinding& small = hunt.smallest();
    Json one{{"clause", small.clause},
             {"message", small.message},
             {"functions", small.functions},
             {"calls", small.calls},
             {"callbacks", small.callbacks},
             {"steps", small.steps},
             {"preemptions", small.preemptions},
             {"schedule", small.schedule},
             {"story", small.story}};
    if (!hunt.file.empty()) one["file"] = hunt.file;
    one["scenario"] = Json::parse(small.scenario);
    out["smallest"] = std::move(one);
    return out;
}

int search(const Arguments& arguments, Console& console, const Bugs& bugs) {
    const Result<CheckOptions> options = search_options(arguments);
    if (!options.ok()) {
        console.mistakes(options.errors());
        return exit_usage;
    }
    Json rows = Json::array();
    std::uint64_t found = 0;
    bool stopped = false;
    std::vector<Error> mistakes;
    for (const QuirkInfo* bug : bugs) {
        Result<Hunt> one = hunt(*bug, *options, console);
        if (!one.ok()) {
            console.mistakes(one.errors());
            return exit_usage;
        }
        stopped = one->report.interrupted;
        const Result<Done> written = write_finding(*one, arguments.text("--out"));
        if (!written.ok()) {
            // What the other searches find is not lost for that.
            one->file.clear();
            mistakes.insert(mistakes.end(), written.errors().begin(), written.errors().end());
        }
        found += one->found() ? 1 : 0;
        if (console.json()) {
            rows.push_back(hunt_json(*one));
        } else {
            tell_hunt(console, *one, arguments.has("--timing"));
        }
        if (stopped) break;
    }
    interrupted();
    if (console.json()) {
        console.result("utsim.museum/1",
                       Json{{"bugs", rows}, {"found", found}, {"interrupted", stopped}});
    } else {
        console.out(grouped(found) + " of " + counted(bugs.size(), "bug", "bugs") + " found.\n");
    }
    console.mistakes(mistakes);
    if (!mistakes.empty()) return exit_unwritten;
    if (stopped) return exit_interrupted;
    return found == bugs.size() ? exit_held : exit_violated;
}

}  // namespace

int verb_museum(const Arguments& arguments, Console& console) {
    const Result<Bugs> bugs = chosen_bugs(arguments);
    if (!bugs.ok()) {
        console.mistakes(bugs.errors());
        return exit_usage;
    }
    if (arguments.has("--list")) return list_bugs(console, *bugs);
    if (arguments.has("--show")) return show_bugs(console, *bugs);
    return search(arguments, console, *bugs);
}

}  // namespace utsim::cli

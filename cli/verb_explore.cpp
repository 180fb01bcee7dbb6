// SPDX-License-Identifier: MIT
// `utsim explore`: the search is elsewhere; here are its options, its progress and its last words.
#include <utsim/explore.hpp>

#include <algorithm>
#include <thread>

#include "cli/arguments.hpp"
#include "cli/ci_report.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/explore_progress.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/judgement.hpp"
#include "cli/memory.hpp"
#include "cli/numbers.hpp"
#include "cli/report_folder.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

namespace {

ExploreStrategy strategy_named(const std::string& name) {
    if (name == "states") return ExploreStrategy::states;
    if (name == "exhaustive") return ExploreStrategy::exhaustive;
    if (name == "pos") return ExploreStrategy::pos;
    if (name == "pct") return ExploreStrategy::pct;
    return name == "random" ? ExploreStrategy::random : ExploreStrategy::automatic;
}

/// What a search may take of the memory that is left, so that there is room for its Worlds and for
/// what it does not count.
std::uint64_t room_for_search(unsigned jobs) {
    constexpr std::uint64_t mebibyte = 1 << 20;
    const std::uint64_t others = (6 + std::uint64_t{2} * jobs) * mebibyte;
    return (std::max(memory_left(), others) - others) / 2;
}

ExploreOptions explore_options(const Arguments& arguments, Console& console,
                               const std::atomic<bool>& stop) {
    ExploreOptions options;
    options.strategy = strategy_named(arguments.text("--strategy"));
    if (arguments.has("--preemptions")) {
        options.preemptions = static_cast<std::uint32_t>(*arguments.number("--preemptions"));
    }
    options.first = arguments.has("--first");
    options.audit = arguments.has("--audit");
    options.jobs = static_cast<unsigned>(
        arguments.number_or("--jobs", std::max(1u, std::thread::hardware_concurrency())));
    options.max_states = arguments.number_or("--states", options.max_states);
    // A search that has no room left says what it saw; a command that has none can only give up.
    options.memory = std::min(options.memory, room_for_search(options.jobs));
    if (arguments.has("--memory")) options.memory = *arguments.number("--memory") << 20;
    options.seed = arguments.number_or("--seed", options.seed);
    options.runs = arguments.number_or("--runs", options.runs);
    if (arguments.has("--budget")) options.budget_ms = *arguments.number("--budget") * 1000;
    options.faults = arguments.text("--faults");
    options.at_most = static_cast<std::uint32_t>(arguments.number_or("--at-most", 1));
    options.granularity = arguments.text("--granularity");
    options.quantum = arguments.number_or("--quantum", 1);
    options.semantics = arguments.text("--semantics");
    if (arguments.has("--contract")) options.contract = arguments.text("--contract");
    options.max_steps = arguments.number_or("--max-steps", 0);
    options.stop = &stop;
    if (console.shows_progress()) {
        options.progress = [&console,
                            line = ExploreProgressLine()](const ExploreProgress& progress) mutable {
            console.progress(line.text(progress));
        };
    }
    return options;
}

/// Of how many states there may be; empty where nobody has guessed.
std::string expected_text(const ExploreReport& report) {
    if (report.states_expected == 0) return {};
    return " of " + about(report.states_expected) + " or more";
}

std::string samples_text(const ExploreReport& report) {
    return grouped(report.samples) + (report.samples == 1 ? " run is" : " runs are") + " a sample";
}

std::string cut_text(const ExploreReport& report) {
    return "a limit of the scenario ended " + grouped(report.cut) +
           (report.cut == 1 ? " run" : " runs");
}

std::string first_gap_text(const ExploreReport& report) {
    switch (report.gap) {
        case ExploreGap::none:
            return {};
        case ExploreGap::sample:
            return samples_text(report);
        case ExploreGap::budget:
            return "the time budget ended";
        case ExploreGap::memory:
            return "--memory was used up";
        case ExploreGap::states:
            return std::string("more than --states states") +
                   (report.world_complete ? ", each state of the World seen in one way only" : "") +
                   ", and " + samples_text(report);
        case ExploreGap::first:
            return "the search stopped at the first finding";
        case ExploreGap::interrupted:
            return "the search was interrupted";
        case ExploreGap::cut:
            return cut_text(report);
    }
    return {};
}

/// Why the answer is not about all that was asked for; empty when it is.
std::string gap_text(const ExploreReport& report) {
    const bool more = report.cut != 0 && report.gap != ExploreGap::cut;
    return first_gap_text(report) + (more ? ", and " + cut_text(report) : "");
}

/// What was shown, in one sentence.
std::string verdict_text(const ExploreReport& report, const std::string& semantics) {
    const std::string what =
        report.findings.empty() ? "Nothing is violated" : "Nothing else is violated";
    const std::string under = " under " + semantics;
    if (report.exhaustive && report.all_orders) return what + " in any order" + under + ".";
    std::string text;
    if (report.complete_within.has_value()) {
        text = what + " within " + preemptions_text(*report.complete_within) + under;
        if (report.exhaustive) return text + ".";
        return text + "; beyond that not everything was seen: " + gap_text(report) + ".";
    }
    text = report.findings.empty() ? "Nothing was violated in what was seen"
                                   : "Not everything was seen";
    return text + under + ": " + gap_text(report) + ".";
}

/// Which utrace was simulated.
std::string semantics_of(const Arguments& arguments, const Scenario& scenario) {
    return arguments.has("--semantics") ? arguments.text("--semantics") : scenario.semantics();
}

/// What the verdict is about, beside orders.
std::string conditions(const Arguments& arguments, const Scenario& scenario) {
    std::string text = semantics_of(arguments, scenario);
    if (!arguments.has("--faults")) return text;
    return text + " with at most " + grouped(arguments.number_or("--at-most", 1)) +
           " of the faults " + arguments.text("--faults");
}

void tell_finding(const Arguments& arguments, Console& console, const Scenario& scenario,
                  const ExploreFinding& finding) {
    console.out(painted(console, "1;31", "VIOLATED") + "  " + finding.kind + ": " +
                finding.message + "\n");
    if (finding.line != 0) {
        console.out("at        " + scenario.file() + ":" + std::to_string(finding.line) + ":" +
                    std::to_string(finding.column) + "\n");
    }
    if (!finding.function.empty()) console.out("in        " + finding.function + "\n");
    console.out("found     " + finding.original_schedule + "\n");
    console.out("minimized " + finding.schedule + "  (" + grouped(finding.steps) + " steps)\n");
    if (!finding.fingerprint.empty()) console.out("fingerprint " + finding.fingerprint + "\n");
    console.out("reproduce " + reproduce_command(scenario, arguments, finding.schedule) + "\n\n");
}

std::string pct_text(const ExplorePct& pct) {
    std::string text = "pct: a defect of depth " + std::to_string(pct.depth) +
                       " is found by one run with a probability of at least 1/" +
                       grouped(pct.bound) + " (" + grouped(pct.runs_of_depth) + " of " +
                       grouped(pct.runs) + " runs; " + grouped(pct.actors) + " actors, " +
                       grouped(pct.choices) + " choices";
    if (pct.longer != 0) text += ", but " + grouped(pct.longer) + " had more";
    return text + ")";
}

void tell(const Arguments& arguments, Console& console, const Scenario& scenario,
          const ExploreReport& report) {
    for (const ExploreFinding& finding : report.findings) {
        tell_finding(arguments, console, scenario, finding);
    }
    if (arguments.has("--quiet") && report.verdict != ExploreVerdict::violated) return;
    console.out(grouped(report.schedules) +
                (report.schedules == 1 ? " schedule, " : " schedules, ") + grouped(report.steps) +
                " steps, longest " + grouped(report.deepest) + "\n");
    if (report.states != 0) {
        console.out(grouped(report.states) + " states" + expected_text(report) + ", " +
                    grouped(report.transitions) + " transitions, " +
                    grouped((report.memory >> 20) + 1) + " MiB\n");
    }
    if (report.not_kept != 0) {
        console.out("and others, " + grouped(report.not_kept) +
                    " times: a hundred findings are kept\n");
    }
    if (report.audit.has_value()) {
        const ExploreReport::Audit& audit = *report.audit;
        console.out("audit: " + grouped(audit.compared) + " visits compared word by word, " +
                    grouped(audit.mistaken) + " mistaken; at least " + grouped(audit.least_states) +
                    " of the states are different\n");
    }
    for (const ExploreAllowed& allowed : report.allowed) {
        console.out(allowed.clause + " was broken " + grouped(allowed.times) +
                    (allowed.times == 1 ? " time" : " times") + ", as \"may_break\" allows\n");
    }
    if (report.samples != 0) {
        console.out(grouped(report.different) + " of " + grouped(report.samples) +
                    " samples different\n");
    }
    if (report.pct.runs != 0) console.out(pct_text(report.pct) + "\n");
    console.out(verdict_text(report, conditions(arguments, scenario)) + "\n");
}

Json pct_json(const ExplorePct& pct) {
    Json out;
    out["runs"] = pct.runs;
    out["depth"] = pct.depth;
    out["runs_of_depth"] = pct.runs_of_depth;
    out["bound"] = pct.bound;
    out["actors"] = pct.actors;
    out["choices"] = pct.choices;
    out["longer"] = pct.longer;
    return out;
}

Json report_json(const Arguments& arguments, const Scenario& scenario,
                 const ExploreReport& report) {
    static constexpr const char* verdicts[] = {"held", "violated", "stopped"};
    Json out;
    out["scenario"] = scenario.name();
    out["semantics"] = semantics_of(arguments, scenario);
    if (arguments.has("--faults")) {
        out["faults"] = arguments.text("--faults");
        out["at_most"] = arguments.number_or("--at-most", 1);
    }
    out["verdict"] = verdicts[static_cast<std::size_t>(report.verdict)];
    out["exhaustive"] = report.exhaustive;
    out["all_orders"] = report.all_orders;
    if (report.complete_within.has_value()) out["complete_within"] = *report.complete_within;
    if (report.gap != ExploreGap::none) out["gap"] = gap_text(report);
    out["world_complete"] = report.world_complete;
    out["interrupted"] = report.interrupted;
    out["schedules"] = report.schedules;
    out["samples"] = report.samples;
    if (report.samples != 0) out["different"] = report.different;
    if (report.pct.runs != 0) out["pct"] = pct_json(report.pct);
    out["states"] = report.states;
    if (report.states_expected != 0) out["states_expected"] = report.states_expected;
    out["transitions"] = report.transitions;
    out["cut"] = report.cut;
    out["steps"] = report.steps;
    out["deepest"] = report.deepest;
    if (report.audit.has_value()) {
        out["audit"]["compared"] = report.audit->compared;
        out["audit"]["mistaken"] = report.audit->mistaken;
        out["audit"]["least_states"] = report.audit->least_states;
    }
    out["not_kept"] = report.not_kept;
    out["allowed"] = Json::array();
    for (const ExploreAllowed& allowed : report.allowed) {
        Json one;
        one["clause"] = allowed.clause;
        one["times"] = allowed.times;
        out["allowed"].push_back(std::move(one));
    }
    out["findings"] = Json::array();
    for (const ExploreFinding& finding : report.findings) {
        Json one;
        one["kind"] = finding.kind;
        one["message"] = finding.message;
        if (!finding.function.empty()) one["function"] = finding.function;
        one["schedule"] = finding.schedule;
        one["steps"] = finding.steps;
        one["original_schedule"] = finding.original_schedule;
        one["fingerprint"] = finding.fingerprint;
        one["times"] = finding.times;
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

CiCase case_of(const Arguments& arguments, const Scenario& scenario,
               const ExploreFinding& finding) {
    CiCase one;
    one.verdict = CiVerdict::failed;
    one.file = scenario.file();
    one.name = scenario.name() + ": " + finding.kind;
    one.message = finding.message;
    one.details = {"found " + finding.original_schedule, "minimized " + finding.schedule};
    one.reproduce = reproduce_command(scenario, arguments, finding.schedule);
    one.line = finding.line;
    one.column = finding.column;
    return one;
}

void add_cases(CiReport& ci, const Arguments& arguments, const Scenario& scenario,
               const ExploreReport& report, int code) {
    for (const ExploreFinding& finding : report.findings) {
        ci.add(case_of(arguments, scenario, finding));
    }
    if (!report.findings.empty()) return;
    CiCase none;
    none.file = scenario.file();
    none.name = scenario.name();
    if (code == exit_held) return ci.add(std::move(none));
    none.verdict = code == exit_interrupted ? CiVerdict::skipped : CiVerdict::failed;
    none.message = verdict_text(report, conditions(arguments, scenario));
    ci.add(std::move(none));
}

/// A page about each finding, made of the run under its schedule.
std::vector<Error> write_pages(ReportFolder& pages, const Arguments& arguments, Console& console,
                               const Scenario& scenario, const ExploreReport& report) {
    if (!pages.wanted()) return {};
    pages.search_ended(report.interrupted);
    for (const ExploreFinding& finding : report.findings) {
        IndexEntry entry;
        entry.title = finding.kind == "expect" ? "an expectation" : finding.kind;
        std::string name = finding.kind;
        if (!finding.function.empty()) {
            entry.title += " in " + finding.function;
            name += "-" + finding.function;
            entry.functions = {finding.function};
        }
        entry.clause = finding.kind;
        entry.message = finding.message;
        entry.steps = finding.steps;
        entry.command = reproduce_command(scenario, arguments, finding.schedule);
        pages.add_run(name, entry, scenario, found_options(arguments, finding.schedule),
                      contract_choice(arguments), replay_commands(entry.command));
    }
    return pages.finish(
        "Findings in " + scenario.name(), verdict_text(report, conditions(arguments, scenario)),
        console, arguments.has("--ktap") || (arguments.has("--quiet") && report.findings.empty()));
}

int exit_code_of(const Arguments& arguments, const ExploreReport& report) {
    if (report.interrupted) return exit_interrupted;
    if (!report.findings.empty()) return exit_violated;
    if (report.schedules == 0) return exit_nothing_ran;
    const std::string asked = arguments.text("--require");
    const bool reached =
        asked.empty() || (report.exhaustive && (asked != "all-orders" || report.all_orders));
    return reached ? exit_held : exit_inconclusive;
}

}  // namespace

int verb_explore(const Arguments& arguments, Console& console) {
    const std::vector<Error> mistakes = check_contract_option(arguments);
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    CiReport ci(arguments, console);
    const std::string& file = arguments.positionals()[0];
    const auto reject = [&](const std::vector<Error>& errors) {
        console.mistakes(errors);
        ci.add_mistakes(shown_name(file), errors);
        console.mistakes(ci.finish("rejected"));
        return exit_rejected;
    };
    const Result<Scenario> scenario = load_scenario(file);
    if (!scenario.ok()) return reject(scenario.errors());
    Result<ReportFolder> pages = ReportFolder::open(arguments);
    if (!pages.ok()) {
        return refuse(console, pages.errors(), code_of_files(pages.errors(), exit_held));
    }
    const ExploreOptions options = explore_options(arguments, console, interrupt_flag());
    const ReproduceContext context("utsim explore " + file_argument(scenario->file()));
    const Result<ExploreReport> report = explore(*scenario, options);
    interrupted();
    console.progress({});
    if (!report.ok()) return reject(report.errors());
    if (console.json()) {
        console.result("utsim.explore/1", report_json(arguments, *scenario, *report));
    } else if (!ci.ktap()) {
        tell(arguments, console, *scenario, *report);
    }
    const int code = exit_code_of(arguments, *report);
    add_cases(ci, arguments, *scenario, *report, code);
    const std::vector<Error> without_page =
        write_pages(*pages, arguments, console, *scenario, *report);
    console.mistakes(without_page);
    const std::vector<Error> unwritten =
        ci.finish(verdict_text(*report, conditions(arguments, *scenario)));
    console.mistakes(unwritten);
    if (!unwritten.empty()) return exit_unwritten;
    return code_of_files(without_page, pages->given_up() ? exit_interrupted : code);
}

}  // namespace utsim::cli

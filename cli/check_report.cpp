// SPDX-License-Identifier: MIT
// A finding is told from the outside in: what is broken, what was promised, how it came to that,
// how small it is, how to see it again.
#include "cli/check_report.hpp"

#include <algorithm>

#include "cli/numbers.hpp"
#include "cli/run_choices.hpp"
#include "cli/words.hpp"

namespace utsim::cli {

namespace {

std::string seconds(std::uint64_t ms) {
    return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100) + " s";
}

/// `in E3, E4, E5, F`, or since when if it was never mended.
std::string versions_text(const CheckFinding& finding) {
    if (finding.broken_in.empty()) return "in no recorded version";
    return "in " + joined(finding.broken_in, ", ");
}

void tell_story(Console& console, const std::vector<std::string>& story) {
    for (const std::string& sentence : story) console.out("    " + sentence + "\n");
}

void tell_finding(Console& console, const CheckFinding& finding, const std::string& file,
                  bool timing) {
    console.out(painted(console, "1;31", "BROKEN") + "  " + finding.clause + " by " + finding.by +
                " in " + joined(finding.functions, ", ") + ": " + finding.message + "\n");
    console.out("  " + finding.promise + "\n");
    tell_story(console, finding.story);
    console.out("  " + counted(finding.calls, "call", "calls") + ", " +
                counted(finding.callbacks, "callback", "callbacks") + ", " +
                counted(finding.steps, "step", "steps") + ", " +
                counted(finding.preemptions, "preemption", "preemptions") + "; " +
                versions_text(finding) + "\n");
    console.out("  in " + counted(finding.scenarios, "scenario", "scenarios") +
                ", first in number " + grouped(finding.index));
    if (timing) {
        console.out(" after " + seconds(finding.found_after_ms) + ", made small in " +
                    seconds(finding.minimized_in_ms));
    }
    console.out("\n");
    if (!file.empty()) console.out("  again  utsim replay " + file_argument(file) + "\n");
    console.out("\n");
}

void tell_not_small(Console& console, const CheckReport& report, const CheckMet& met) {
    console.out(painted(console, "1;31", "BROKEN") + "  " + met.clause + " in " + met.function +
                "\n  " + met.promise + "\n  " + not_small_text(report, met) + "\n\n");
}

void tell_coverage(Console& console, const CheckCoverage& coverage) {
    const auto reached = [](const std::vector<CheckCoverage::Item>& items) {
        return static_cast<std::uint64_t>(std::count_if(
            items.begin(), items.end(), [](const CheckCoverage::Item& i) { return i.reached; }));
    };
    const auto tell_missed = [&](const std::vector<CheckCoverage::Item>& items) {
        std::string missed;
        for (const CheckCoverage::Item& item : items) {
            if (!item.reached) missed += (missed.empty() ? "" : ", ") + item.id;
        }
        if (!missed.empty()) console.out("  never: " + missed + "\n");
    };
    console.out("Somebody else acted in " + grouped(reached(coverage.windows)) + " of " +
                counted(coverage.windows.size(), "window", "windows") + ".\n");
    tell_missed(coverage.windows);
    console.out(grouped(reached(coverage.clauses)) + " of " +
                counted(coverage.clauses.size(), "clause was", "clauses were") +
                " put to the test; " + counted(coverage.ways, "way", "ways") +
                " between scheduling points.\n");
    tell_missed(coverage.clauses);
}

Json coverage_json(const std::vector<CheckCoverage::Item>& items) {
    Json out = Json::array();
    for (const CheckCoverage::Item& item : items) {
        out.push_back({{"id", item.id}, {"what", item.what}, {"reached", item.reached}});
    }
    return out;
}

Json finding_json(const CheckFinding& finding, const std::string& file) {
    Json out;
    out["clause"] = finding.clause;
    out["promise"] = finding.promise;
    out["message"] = finding.message;
    out["by"] = finding.by;
    out["functions"] = finding.functions;
    out["schedule"] = finding.schedule;
    out["steps"] = finding.steps;
    out["switches"] = finding.switches;
    out["preemptions"] = finding.preemptions;
    out["calls"] = finding.calls;
    out["callbacks"] = finding.callbacks;
    out["index"] = finding.index;
    out["scenarios"] = finding.scenarios;
    out["broken_in"] = finding.broken_in;
    out["story"] = finding.story;
    if (!file.empty()) {
        out["file"] = file;
        out["reproduce"] = "utsim replay " + file_argument(file);
    }
    out["scenario"] = Json::parse(finding.scenario);
    return out;
}

Json size_json(const FailureSize& size) {
    return Json{{"bytes", size.bytes},
                {"switches", size.switches},
                {"calls", size.calls},
                {"callbacks", size.callbacks},
                {"steps", size.steps}};
}

}  // namespace

void tell_check(Console& console, const CheckReport& report, const std::vector<std::string>& files,
                const CheckTelling& telling) {
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        tell_finding(console, report.findings[i], files[i], telling.timing);
    }
    for (const CheckMet& met : report.not_small) tell_not_small(console, report, met);
    if (!telling.quiet) {
        console.out(counted(report.scenarios, "scenario", "scenarios") + ", " +
                    counted(report.runs, "run", "runs") + "; " + grouped(report.deep) +
                    " searched deeply (" + counted(report.states, "state", "states") + "), " +
                    grouped(report.kept) + " kept to be varied, " +
                    counted(report.unlawful, "run", "runs") + " with a broken duty left out.\n");
        tell_coverage(console, report.coverage);
    }
    if (report.interrupted) console.out("The check was interrupted.\n");
    console.out(check_verdict(report) + "\n");
}

bool has_found(const CheckReport& report) {
    return !report.findings.empty() || !report.not_small.empty();
}

std::string not_small_text(const CheckReport& report, const CheckMet& met) {
    const bool ended = report.interrupted || report.out_of_time;
    return std::string("not made small: ") +
           (ended ? "the check ended before" : "the block that does that is missing") + "; in " +
           counted(met.scenarios, "scenario", "scenarios") + ", as number " + grouped(met.index);
}

std::string missing_text(const MergedCheck& merged) {
    std::string text = grouped(merged.missing) + " of " +
                       counted(merged.missing + merged.blocks, "block", "blocks") + " missing:";
    for (const std::uint64_t number : merged.missing_blocks) text += " " + std::to_string(number);
    if (merged.missing > merged.missing_blocks.size()) text += " ...";
    return text;
}

std::string check_verdict(const CheckReport& report) {
    const std::string under =
        report.semantics + (report.kept_by.empty() ? "" : " and kept by " + report.kept_by);
    if (!has_found(report)) return "Nothing was found broken under " + under + ".";
    const std::size_t large = report.not_small.size();
    return counted(report.findings.size() + large, "finding", "findings") + " broken under " +
           under + (large == 0 ? "" : ", " + grouped(large) + " of them not made small") + ".";
}

Json check_json(const CheckReport& report, const std::vector<std::string>& files,
                const MergedCheck* merged) {
    Json out;
    out["semantics"] = report.semantics;
    if (!report.kept_by.empty()) out["kept_by"] = report.kept_by;
    out["interrupted"] = report.interrupted;
    out["out_of_time"] = report.out_of_time;
    out["scenarios"] = report.scenarios;
    out["runs"] = report.runs;
    out["deep"] = report.deep;
    out["states"] = report.states;
    out["kept"] = report.kept;
    out["unlawful"] = report.unlawful;
    out["findings"] = Json::array();
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        out["findings"].push_back(finding_json(report.findings[i], files[i]));
    }
    for (const CheckMet& met : report.not_small) {
        out["not_small"].push_back({{"clause", met.clause},
                                    {"promise", met.promise},
                                    {"function", met.function},
                                    {"index", met.index},
                                    {"scenarios", met.scenarios}});
    }
    if (merged != nullptr && merged->missing != 0) {
        out["missing"] = merged->missing;
        out["missing_blocks"] = merged->missing_blocks;
        out["repeated"] = merged->repeated;
        out["cut_off"] = merged->cut_off;
    }
    out["windows"] = coverage_json(report.coverage.windows);
    out["clauses"] = coverage_json(report.coverage.clauses);
    out["ways"] = report.coverage.ways;
    return out;
}

void tell_minimized(Console& console, const MinimizeReport& report, const std::string& file) {
    console.out(report.kind + ": " + report.message + "\n");
    if (report.finding.has_value()) tell_story(console, report.finding->story);
    const auto line = [&](const char* what, std::uint64_t before, std::uint64_t after) {
        std::string text = what;
        text.resize(10, ' ');
        console.out(text + grouped(before) + " -> " + grouped(after) + "\n");
    };
    line("bytes", report.before.bytes, report.after.bytes);
    line("steps", report.before.steps, report.after.steps);
    line("calls", report.before.calls, report.after.calls);
    line("callbacks", report.before.callbacks, report.after.callbacks);
    line("switches", report.before.switches, report.after.switches);
    console.out("in " + counted(report.runs, "run", "runs") + "\n");
    if (!file.empty()) console.out("again     utsim replay " + file_argument(file) + "\n");
}

Json minimized_json(const MinimizeReport& report, const std::string& file) {
    Json out;
    out["kind"] = report.kind;
    out["message"] = report.message;
    out["schedule"] = report.schedule;
    out["before"] = size_json(report.before);
    out["after"] = size_json(report.after);
    out["runs"] = report.runs;
    if (report.finding.has_value()) {
        out["functions"] = report.finding->functions;
        out["broken_in"] = report.finding->broken_in;
        out["story"] = report.finding->story;
    }
    if (!file.empty()) out["file"] = file;
    out["scenario"] = Json::parse(report.scenario);
    return out;
}

std::string finding_file_word(const CheckFinding& finding) {
    std::string name = finding.clause;
    for (const std::string& function : finding.functions) name += "-" + function;
    return file_word(name);
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
// What is printed here must not tell one process from the parts of many: `merge` prints what one
// `check` would have printed.
#include "cli/check_end.hpp"

#include <algorithm>
#include <filesystem>

#include "cli/check_report.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/judgement.hpp"
#include "cli/output_file.hpp"
#include "cli/run_choices.hpp"
#include "cli/words.hpp"

namespace utsim::cli {

namespace {

constexpr const char* usual_failures = ".utsim/failures";
constexpr std::size_t largest_finding = std::size_t{1} << 20;

/// As it is there already, from an earlier check or another part of this one.
bool is_there(const std::string& name, const std::string& text) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(name, error)) return false;
    const Result<std::string> there = read_input(name, largest_finding);
    return there.ok() && *there == text;
}

/// Leaves each finding in `folder`; the names go to `files`.
std::vector<Error> write_findings(const CheckReport& report, const std::string& folder,
                                  const FileKind* replaces, std::vector<std::string>& files) {
    files.assign(report.findings.size(), {});
    if (folder.empty() || report.findings.empty()) return {};
    const Result<Done> made = make_folder(folder);
    if (!made.ok()) return made.errors();
    std::vector<Error> mistakes;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        const std::string name = folder + "/" + finding_file_word(report.findings[i]) + ".json";
        const std::string& text = report.findings[i].scenario;
        if (!is_there(name, text)) {
            const Result<Done> written = write_file(name, text, replaces);
            if (!written.ok()) {
                mistakes.insert(mistakes.end(), written.errors().begin(), written.errors().end());
                continue;
            }
        }
        files[i] = name;
    }
    return mistakes;
}

/// What is broken as well, and the blocks that nobody has looked at.
void add_gaps(CiReport& ci, const CheckReport& report, const MergedCheck* merged) {
    for (const CheckMet& met : report.not_small) {
        CiCase one;
        one.verdict = CiVerdict::failed;
        one.name = met.clause + " in " + met.function;
        one.message = not_small_text(report, met);
        one.details = {met.promise};
        ci.add(std::move(one));
    }
    if (merged == nullptr || merged->missing == 0) return;
    CiCase one;
    one.verdict = CiVerdict::skipped;
    one.name = "all blocks of the check";
    one.message = missing_text(*merged);
    ci.add(std::move(one));
}

void add_cases(CiReport& ci, const CheckReport& report, const std::vector<std::string>& files,
               const MergedCheck* merged) {
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        const CheckFinding& finding = report.findings[i];
        CiCase one;
        one.verdict = CiVerdict::failed;
        one.file = files[i];
        one.name = finding.clause;
        for (const std::string& function : finding.functions) {
            one.name += (&function == &finding.functions.front() ? " in " : ", ") + function;
        }
        one.message = finding.message;
        one.details = {finding.promise};
        one.details.insert(one.details.end(), finding.story.begin(), finding.story.end());
        if (!files[i].empty()) one.reproduce = "utsim replay " + file_argument(files[i]);
        if (files[i].empty()) one.details.push_back(finding.scenario);
        ci.add(std::move(one));
    }
    add_gaps(ci, report, merged);
    const bool whole = merged == nullptr || merged->missing == 0;
    if (!report.findings.empty() || !report.not_small.empty() || !whole) return;
    CiCase none;
    none.name = "the contract under " + report.semantics;
    if (report.interrupted) {
        none.verdict = CiVerdict::skipped;
        none.message = "the check was interrupted";
    }
    ci.add(std::move(none));
}

/// A page about each finding, made of its scenario, which is left beside it.
void add_pages(ReportFolder& pages, const CheckReport& report) {
    if (!pages.wanted()) return;
    pages.search_ended(report.interrupted);
    for (const CheckFinding& finding : report.findings) {
        const std::string name = finding_file_word(finding);
        const std::string file = pages.keep_scenario(name, finding.scenario);
        const std::string command = "utsim replay " + file_argument(file);
        const IndexEntry entry{finding.clause + " in " + joined(finding.functions, ", "),
                               finding.clause,
                               finding.message,
                               finding.functions,
                               finding.story,
                               finding.steps,
                               {},
                               command};
        const Result<Scenario> scenario = load_scenario_text(finding.scenario, file);
        UTSIM_CHECK(scenario.ok(), "a finding's own scenario is rejected");
        pages.add_run(name, entry, *scenario, {}, ContractChoice::all(), replay_commands(command));
    }
}

}  // namespace

std::string failures_folder(const Arguments& arguments) {
    if (arguments.has("--no-failures")) return {};
    return arguments.has("--failures") ? arguments.text("--failures") : usual_failures;
}

int end_check(const Arguments& arguments, Console& console, const CheckReport& report,
              ReportFolder& pages, const MergedCheck* merged) {
    std::vector<std::string> files;
    std::vector<std::string> kept;
    const std::string out = arguments.text("--out");
    std::vector<Error> mistakes = write_findings(report, out, nullptr, files);
    // Those in the folder of failures are ours: a smaller or clearer one takes the place.
    const std::vector<Error> more =
        write_findings(report, failures_folder(arguments), &scenario_file, kept);
    mistakes.insert(mistakes.end(), more.begin(), more.end());
    if (out.empty()) files = kept;
    CiReport ci(arguments, console);
    add_cases(ci, report, files, merged);
    if (console.json()) {
        console.result("utsim.check/1", check_json(report, files, merged));
    } else if (!ci.ktap()) {
        tell_check(console, report, files, {arguments.has("--quiet"), arguments.has("--timing")});
    }
    add_pages(pages, report);
    const std::vector<Error> without_page =
        pages.finish("Findings under " + report.semantics, check_verdict(report), console,
                     ci.ktap() || (arguments.has("--quiet") && !has_found(report)));
    mistakes.insert(mistakes.end(), without_page.begin(), without_page.end());
    const std::vector<Error> unwritten = ci.finish(check_verdict(report));
    mistakes.insert(mistakes.end(), unwritten.begin(), unwritten.end());
    console.mistakes(mistakes);
    if (!mistakes.empty()) return exit_unwritten;
    if (report.interrupted || pages.given_up()) return exit_interrupted;
    return has_found(report) ? exit_violated : exit_held;
}

}  // namespace utsim::cli

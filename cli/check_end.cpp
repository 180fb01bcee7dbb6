// SPDX-License-Identifier: MIT
// What is printed here must not tell one process from the parts of many: `merge` prints what one
// `check` would have printed.
#include "cli/check_end.hpp"

#include <algorithm>
#include <filesystem>

#include "cli/check_report.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/output_file.hpp"
#include "cli/run_choices.hpp"

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
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        Error mistake = usage_error("E-CLI-022", "cannot be made: " + failed.message());
        mistake.file = folder;
        return {mistake};
    }
    std::vector<Error> mistakes;
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
        const std::string name = folder + "/" + finding_file_name(report.findings[i]);
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

void add_cases(CiReport& ci, const CheckReport& report, const std::vector<std::string>& files) {
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
        if (!files[i].empty()) one.reproduce = "utsim replay " + shell_word(files[i]);
        if (files[i].empty()) one.details.push_back(finding.scenario);
        ci.add(std::move(one));
    }
    if (!report.findings.empty()) return;
    CiCase none;
    none.name = "the contract under " + report.semantics;
    if (report.interrupted) {
        none.verdict = CiVerdict::skipped;
        none.message = "the check was interrupted";
    }
    ci.add(std::move(none));
}

}  // namespace

std::string failures_folder(const Arguments& arguments) {
    if (arguments.has("--no-failures")) return {};
    return arguments.has("--failures") ? arguments.text("--failures") : usual_failures;
}

int end_check(const Arguments& arguments, Console& console, const CheckReport& report) {
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
    add_cases(ci, report, files);
    if (console.json()) {
        console.result("utsim.check/1", check_json(report, files));
    } else if (!ci.ktap()) {
        tell_check(console, report, files, {arguments.has("--quiet"), arguments.has("--timing")});
    }
    const std::vector<Error> unwritten = ci.finish(check_verdict(report));
    mistakes.insert(mistakes.end(), unwritten.begin(), unwritten.end());
    console.mistakes(mistakes);
    if (!mistakes.empty()) return exit_unwritten;
    if (report.interrupted) return exit_interrupted;
    return report.findings.empty() ? exit_held : exit_violated;
}

}  // namespace utsim::cli

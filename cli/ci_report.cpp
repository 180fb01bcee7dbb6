// SPDX-License-Identifier: MIT
// Annotations go to standard error: GitHub reads both streams, and whoever reads the result from
// standard output gets nothing else.
#include "cli/ci_report.hpp"

#include <cstdlib>

#include "cli/arguments.hpp"
#include "cli/output_file.hpp"

namespace utsim::cli {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

}  // namespace

CiReport::CiReport(const Arguments& arguments, Console& console)
    : console_(console),
      title_("utsim " + std::string(arguments.command().name)),
      junit_(arguments.text("--junit")),
      ktap_(arguments.has("--ktap")),
      github_(environment("GITHUB_ACTIONS") == "true") {
    if (github_) step_summary_ = environment("GITHUB_STEP_SUMMARY");
}

void CiReport::add_mistakes(const std::string& file, const std::vector<Error>& errors) {
    CiCase one;
    one.verdict = CiVerdict::error;
    one.file = file;
    one.name = file;
    for (const Error& error : errors) {
        if (one.message.empty()) {
            one.message = error.message;
            one.line = error.line;
            one.column = error.column;
        }
        one.details.push_back((error.line == 0 ? ""
                                               : std::to_string(error.line) + ":" +
                                                     std::to_string(error.column) + ": ") +
                              error.message + " [" + error.code + "]");
    }
    cases_.push_back(std::move(one));
}

std::vector<Error> CiReport::finish(const std::string& summary) {
    std::vector<Error> mistakes;
    const auto note = [&](const Result<Done>& done) {
        if (done.ok()) return;
        mistakes.insert(mistakes.end(), done.errors().begin(), done.errors().end());
    };
    if (ktap_) console_.out(ktap_text(cases_));
    if (!junit_.empty()) note(write_file(junit_, junit_text(title_, cases_), &junit_file));
    if (github_) annotate();
    if (!step_summary_.empty()) {
        note(append_file(step_summary_, step_summary_text(title_, summary, cases_)));
    }
    return mistakes;
}

void CiReport::annotate() {
    for (const CiCase& one : cases_) {
        if (one.verdict != CiVerdict::ok) console_.err(annotation_text(one));
    }
}

}  // namespace utsim::cli

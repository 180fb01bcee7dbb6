// SPDX-License-Identifier: MIT
/// What a command has found, for machines that run tests: JUnit XML, KTAP, and on GitHub
/// annotations and a summary of the step.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/console.hpp"

namespace utsim::cli {

class Arguments;

enum class CiVerdict : unsigned char {
    ok,
    failed,   ///< something that is expected does not hold
    skipped,  ///< it says nothing: vacuous, or interrupted
    error,    ///< it could not be judged: the file is wrong
};

/// A scenario, or a finding.
struct CiCase {
    CiVerdict verdict = CiVerdict::ok;
    std::string file;  ///< empty: there is none
    std::string name;
    std::string message;               ///< the first thing to say
    std::vector<std::string> details;  ///< what else there is
    std::string reproduce;             ///< a command
    std::size_t line = 0;              ///< of `file`, 0 if there is none
    std::size_t column = 0;
};

class CiReport {
public:
    /// Looks at --junit and --ktap, and at the environment for GitHub's.
    CiReport(const Arguments& arguments, Console& console);

    /// Whether standard output is for KTAP, and so for nothing else.
    bool ktap() const { return ktap_; }
    void add(CiCase one) { cases_.push_back(std::move(one)); }
    /// A file that could not be read.
    void add_mistakes(const std::string& file, const std::vector<Error>& errors);
    /// Leaves everything where it belongs; `summary` is the last line of the text. Mistakes are
    /// files that cannot be written.
    std::vector<Error> finish(const std::string& summary);

private:
    void annotate();

    Console& console_;
    std::string title_;
    std::string junit_;
    std::string step_summary_;
    bool ktap_ = false;
    bool github_ = false;
    std::vector<CiCase> cases_;
};

/// The document of --junit.
std::string junit_text(const std::string& title, const std::vector<CiCase>& cases);
std::string ktap_text(const std::vector<CiCase>& cases);
/// A workflow command: `::error file=...,line=...::message`.
std::string annotation_text(const CiCase& one);
std::string step_summary_text(const std::string& title, const std::string& summary,
                              const std::vector<CiCase>& cases);

}  // namespace utsim::cli

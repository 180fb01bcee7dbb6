// SPDX-License-Identifier: MIT
/// `--report=DIR`: a folder with a page for each finding of a search, and an index before them.
///
/// Each file appears whole or not at all, and the index last: whatever ends the command, an index
/// speaks only of pages that are there.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/report_page.hpp"
#include "report/index_page.hpp"

namespace utsim::cli {

class ReportFolder {
public:
    /// Makes the folder of --report and sees whether it can be written, before anything is
    /// searched. Without the option nothing is written anywhere.
    static Result<ReportFolder> open(const Arguments& arguments);

    bool wanted() const { return !folder_.empty(); }
    /// Of the index; empty when none is wanted.
    std::string index() const { return wanted() ? folder_ + "/" + index_name : std::string(); }

    /// Leaves a scenario beside the pages; the name it has now, from where the command runs.
    std::string keep_scenario(const std::string& name, const std::string& text);
    /// A page about a run and what it breaks. `name` becomes its file's, made to fit.
    void add_run(const std::string& name, IndexEntry entry, const Scenario& scenario,
                 const RunOptions& options, const ContractChoice& choice,
                 std::vector<std::string> commands);
    /// A page about two.
    void add_two(const std::string& name, IndexEntry entry, const Scenario& scenario,
                 const RunOptions& options, const TwoSemantics& names,
                 std::vector<std::string> commands);
    /// A line of the index about the page that was added last.
    void add_line(IndexEntry entry);

    /// Writes the index, and says where it is unless `quiet`. What went wrong with all of it.
    std::vector<Error> finish(const std::string& title, const std::string& verdict,
                              Console& console, bool quiet = false);
    /// The exit code when something went wrong.
    static int exit_code(const std::vector<Error>& mistakes);

private:
    static constexpr const char* index_name = "index.html";
    std::string free_name(const std::string& name, const std::string& extension);
    void add(const std::string& name, IndexEntry entry, const Result<std::string>& page);
    void take(const std::vector<Error>& errors);

    std::string folder_;
    std::map<std::string, int> used_;
    std::vector<IndexEntry> entries_;
    std::set<std::string> clauses_;
    std::vector<Error> mistakes_;
};

}  // namespace utsim::cli

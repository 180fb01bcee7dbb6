// SPDX-License-Identifier: MIT
/// `--report=DIR`: a folder with a page for each finding of a search, and an index before them.
///
/// Each file appears whole or not at all, and the index last; an older one is gone before the first
/// page is replaced. Whatever ends the command, an index speaks only of pages that are there, and
/// that it was made with.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/report_page.hpp"
#include "cli/words.hpp"
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

    /// Whether Ctrl-C has ended the search that found what comes now. If so, its pages are made all
    /// the same; if not, Ctrl-C ends the making of pages from here on.
    void search_ended(bool interrupted);
    /// Whether it did: there are findings without a page.
    bool given_up() const { return given_up_; }

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
    /// A line of the index without a page.
    void add_line(IndexEntry entry);
    /// A line of the index about the page that was added last.
    void add_line_of_last(IndexEntry entry);

    /// Writes the index, and says where it is unless `quiet`; so does what the console has as its
    /// result. What went wrong with all of it.
    std::vector<Error> finish(const std::string& title, const std::string& verdict,
                              Console& console, bool quiet = false);

private:
    static constexpr const char* index_name = "index.html";
    bool stops();
    RunOptions watched(const RunOptions& options) const;
    void remove_old_index();
    void add(const std::string& name, IndexEntry entry, const Result<std::string>& page);
    void take(const std::vector<Error>& errors);

    std::string folder_;
    FreeNames names_;
    std::vector<IndexEntry> entries_;
    std::set<std::string> clauses_;
    std::vector<Error> mistakes_;
    bool search_interrupted_ = false;
    bool given_up_ = false;
    bool index_removed_ = false;
};

}  // namespace utsim::cli

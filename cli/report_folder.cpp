// SPDX-License-Identifier: MIT
// Runs are made again for their pages, with what the search has found as their schedules. A Ctrl-C
// that ended the search does not end these as well. One that comes while they are made does: what
// has no page yet gets a line of the index alone.
#include "cli/report_folder.hpp"

#include <filesystem>
#include <utility>

#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"

namespace utsim::cli {

Result<ReportFolder> ReportFolder::open(const Arguments& arguments) {
    ReportFolder folder;
    if (!arguments.has("--report")) return folder;
    folder.folder_ = arguments.text("--report");
    while (folder.folder_.size() > 1 && folder.folder_.back() == '/') folder.folder_.pop_back();
    UTSIM_TRY(made, make_folder(folder.folder_));
    static_cast<void>(made);
    // Opened and given up, it shows what would be wrong with it.
    UTSIM_TRY(index, OutputFile::open(folder.index(), &page_file));
    static_cast<void>(index);
    return folder;
}

void ReportFolder::search_ended(bool interrupted) {
    if (!given_up_) search_interrupted_ = interrupted;
}

bool ReportFolder::stops() {
    if (!search_interrupted_ && interrupted()) given_up_ = true;
    return given_up_;
}

RunOptions ReportFolder::watched(const RunOptions& options) const {
    RunOptions out = options;
    if (!search_interrupted_) out.stop = &interrupt_flag();
    return out;
}

/// What an earlier search has left speaks of pages that are about to be replaced. `open` has seen
/// that it is an index; what is no regular file stays, and is written to in the end.
void ReportFolder::remove_old_index() {
    if (std::exchange(index_removed_, true)) return;
    std::error_code failed;
    const auto state = std::filesystem::symlink_status(index(), failed);
    if (std::filesystem::is_regular_file(state)) std::filesystem::remove(index(), failed);
}

void ReportFolder::take(const std::vector<Error>& errors) {
    mistakes_.insert(mistakes_.end(), errors.begin(), errors.end());
}

std::string ReportFolder::keep_scenario(const std::string& name, const std::string& text) {
    remove_old_index();
    const std::string file = folder_ + "/" + names_.take(name, ".json");
    const Result<Done> done = write_file(file, text, &scenario_file);
    if (!done.ok()) take(done.errors());
    return file;
}

void ReportFolder::add(const std::string& name, IndexEntry entry, const Result<std::string>& page) {
    if (!page.ok()) {
        take(page.errors());
    } else {
        remove_old_index();
        const std::string file = names_.take(name, ".html");
        const Result<Done> done = write_file(folder_ + "/" + file, *page, &page_file);
        if (done.ok()) {
            entry.page = file;
        } else {
            take(done.errors());
        }
    }
    entries_.push_back(std::move(entry));
}

void ReportFolder::add_run(const std::string& name, IndexEntry entry, const Scenario& scenario,
                           const RunOptions& options, const ContractChoice& choice,
                           std::vector<std::string> commands) {
    if (stops()) return add_line(std::move(entry));
    Result<JudgedPage> page = judged_page(scenario, watched(options), choice);
    if (stops()) return add_line(std::move(entry));
    if (!page.ok()) return add(name, std::move(entry), page.errors());
    for (const PageFinding& finding : page->findings) clauses_.insert(finding.clause);
    const std::string title = scenario.name() + ": " + entry.title;
    add(name, std::move(entry),
        page_of(page->run, {title, page->findings, std::move(commands), index_name}));
}

void ReportFolder::add_two(const std::string& name, IndexEntry entry, const Scenario& scenario,
                           const RunOptions& options, const TwoSemantics& names,
                           std::vector<std::string> commands) {
    if (stops()) return add_line(std::move(entry));
    const Result<std::string> page =
        page_of_two(scenario, watched(options), names, std::move(commands), index_name);
    if (stops()) return add_line(std::move(entry));
    add(name, std::move(entry), page);
}

void ReportFolder::add_line(IndexEntry entry) { entries_.push_back(std::move(entry)); }

void ReportFolder::add_line_of_last(IndexEntry entry) {
    if (!entries_.empty()) entry.page = entries_.back().page;
    add_line(std::move(entry));
}

std::vector<Error> ReportFolder::finish(const std::string& title, const std::string& verdict,
                                        Console& console, bool quiet) {
    if (!wanted()) return {};
    const IndexText text{title, verdict, std::move(entries_), {clauses_.begin(), clauses_.end()}};
    const Result<Done> done = write_file(index(), index_of(text), &page_file);
    if (!done.ok()) take(done.errors());
    if (done.ok()) console.add_to_result("pages", index());
    if (done.ok() && !quiet && !console.json()) console.out("pages     " + index() + "\n");
    return std::move(mistakes_);
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
// Runs are made again for their pages, with what the search has found as their schedules. Ctrl-C
// has ended the search when that begins, so it does not end these; a second one ends the command.
#include "cli/report_folder.hpp"

#include <algorithm>
#include <filesystem>

#include "cli/exit_code.hpp"
#include "cli/output_file.hpp"
#include "cli/words.hpp"

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

std::string ReportFolder::free_name(const std::string& name, const std::string& extension) {
    constexpr std::size_t most = 120;
    std::string out = file_word(name).substr(0, most);
    if (out.empty() || out == "index" || out.front() == '.') out.insert(0, "finding");
    const int number = ++used_[out + extension];
    if (number > 1) out += "-" + std::to_string(number);
    return out + extension;
}

void ReportFolder::take(const std::vector<Error>& errors) {
    mistakes_.insert(mistakes_.end(), errors.begin(), errors.end());
}

std::string ReportFolder::keep_scenario(const std::string& name, const std::string& text) {
    const std::string file = folder_ + "/" + free_name(name, ".json");
    const Result<Done> done = write_file(file, text, &scenario_file);
    if (!done.ok()) take(done.errors());
    return file;
}

void ReportFolder::add(const std::string& name, IndexEntry entry, const Result<std::string>& page) {
    if (!page.ok()) {
        take(page.errors());
    } else {
        const std::string file = free_name(name, ".html");
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
    Result<JudgedPage> page = judged_page(scenario, options, choice);
    if (!page.ok()) return add(name, std::move(entry), page.errors());
    for (const PageFinding& finding : page->findings) clauses_.insert(finding.clause);
    const std::string title = scenario.name() + ": " + entry.title;
    add(name, std::move(entry),
        page_of(page->run, {title, page->findings, std::move(commands), index_name}));
}

void ReportFolder::add_two(const std::string& name, IndexEntry entry, const Scenario& scenario,
                           const RunOptions& options, const TwoSemantics& names,
                           std::vector<std::string> commands) {
    add(name, std::move(entry),
        page_of_two(scenario, options, names, std::move(commands), index_name));
}

void ReportFolder::add_line(IndexEntry entry) {
    if (!entries_.empty()) entry.page = entries_.back().page;
    entries_.push_back(std::move(entry));
}

std::vector<Error> ReportFolder::finish(const std::string& title, const std::string& verdict,
                                        Console& console, bool quiet) {
    if (!wanted()) return {};
    const IndexText text{title, verdict, std::move(entries_), {clauses_.begin(), clauses_.end()}};
    const Result<Done> done = write_file(index(), index_of(text), &page_file);
    if (!done.ok()) take(done.errors());
    if (done.ok() && !quiet && !console.json()) console.out("pages     " + index() + "\n");
    return std::move(mistakes_);
}

int ReportFolder::exit_code(const std::vector<Error>& mistakes) {
    return std::any_of(mistakes.begin(), mistakes.end(), is_write_error) ? exit_unwritten
                                                                         : exit_rejected;
}

}  // namespace utsim::cli

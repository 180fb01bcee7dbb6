// SPDX-License-Identifier: MIT
// `utsim merge`: the parts of a check put together. What it prints is what one process would have
// printed; what there is to say about the files goes to standard error.
#include <utsim/check.hpp>

#include "cli/arguments.hpp"
#include "cli/check_end.hpp"
#include "cli/check_report.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/numbers.hpp"
#include "cli/results_file.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

namespace {

void tell_missing(Console& console, const MergedCheck& merged) {
    if (merged.missing == 0) return;
    console.err("utsim: " + missing_text(merged) + "\n");
}

void tell_files(Console& console, const MergedCheck& merged) {
    if (merged.repeated != 0) {
        console.err("utsim: " + counted(merged.repeated, "line was", "lines were") +
                    " there already, and left out\n");
    }
    if (merged.cut_off != 0) {
        console.err("utsim: " + counted(merged.cut_off, "line is", "lines are") +
                    " not whole, and left out\n");
    }
    tell_missing(console, merged);
}

}  // namespace

int verb_merge(const Arguments& arguments, Console& console) {
    const Result<std::vector<std::string>> names = find_files(arguments.positionals(), {".jsonl"});
    if (!names.ok()) {
        console.mistakes(names.errors());
        return exit_rejected;
    }
    Result<ReportFolder> pages = ReportFolder::open(arguments);
    if (!pages.ok()) {
        return refuse(console, pages.errors(), code_of_files(pages.errors(), exit_held));
    }
    std::vector<CheckResults> files;
    for (const std::string& name : *names) {
        Result<std::string> text = read_input(name, largest_results);
        if (!text.ok()) {
            console.mistakes(text.errors());
            return exit_rejected;
        }
        files.push_back({shown_name(name), std::move(*text)});
    }
    const Result<MergedCheck> merged = merge_checks(files);
    if (!merged.ok()) {
        console.mistakes(merged.errors());
        return exit_rejected;
    }
    tell_files(console, *merged);
    const int code = end_check(arguments, console, merged->report, *pages, &*merged);
    return code == exit_held && merged->missing != 0 ? exit_inconclusive : code;
}

}  // namespace utsim::cli

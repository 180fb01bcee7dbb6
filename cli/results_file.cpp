// SPDX-License-Identifier: MIT
// Lines are added one by one, each with its end, so that whoever is stopped leaves whole lines and
// at most one piece.
#include "cli/results_file.hpp"

#include <filesystem>

#include "cli/files.hpp"
#include "cli/output_file.hpp"

namespace utsim::cli {

Result<ResultsFile> ResultsFile::open(const std::string& path) {
    ResultsFile file(path);
    bool cut_off = false;
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
        UTSIM_TRY(text, read_input(path, largest_results));
        UTSIM_TRY(lines, check_result_lines({path, text}));
        file.lines_ = std::move(lines);
        cut_off = !text.empty() && text.back() != '\n';
    }
    // A line without an end is of somebody who was stopped while writing it. What cannot be written
    // at all is better known before the work than after it.
    UTSIM_TRY(writable, append_file(path, cut_off ? "\n" : ""));
    (void)writable;
    return file;
}

void ResultsFile::add(const std::string& line) {
    const Result<Done> done = append_file(path_, line + "\n");
    if (!done.ok() && mistakes_.empty()) mistakes_ = done.errors();
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
/// The file that `--results` names: lines are added to it and nothing else is ever done to it.
#pragma once

#include <string>
#include <vector>

#include <utsim/check.hpp>
#include <utsim/result.hpp>

namespace utsim::cli {

inline constexpr std::size_t largest_results = std::size_t{1} << 32;

class ResultsFile {
public:
    /// Reads what is there already. A file of another kind is a mistake.
    static Result<ResultsFile> open(const std::string& path);

    /// Whole lines that were there.
    const std::vector<std::string>& lines() const { return lines_; }
    /// Adds a line, which is on the disk afterwards. Mistakes are kept.
    void add(const std::string& line);
    const std::vector<Error>& mistakes() const { return mistakes_; }

private:
    explicit ResultsFile(std::string path) : path_(std::move(path)) {}
    std::string path_;
    std::vector<std::string> lines_;
    std::vector<Error> mistakes_;
};

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
/// Files that commands read: what is named on the command line. `-` is standard input.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <utsim/result.hpp>
#include <utsim/scenario.hpp>

#include "trace/line_source.hpp"

namespace utsim::cli {

/// What messages call a file.
std::string shown_name(const std::string& path);
/// The whole file; at most `limit` bytes.
Result<std::string> read_input(const std::string& path, std::size_t limit);
/// A scenario or a trace, each with the limit of its kind.
Result<std::string> read_scenario_or_trace(const std::string& path);
/// The same, but of a trace only the beginning is read.
struct OpenedInput {
    std::string text;                   ///< of a scenario
    std::unique_ptr<LineSource> trace;  ///< its lines; null: it is no trace
};
Result<OpenedInput> open_scenario_or_trace(const std::string& path);
Result<Scenario> load_scenario(const std::string& path);
/// Files as they are, folders as the *.json below them, in order of name.
Result<std::vector<std::string>> find_scenarios(const std::vector<std::string>& paths);
/// The same of files whose names end otherwise.
Result<std::vector<std::string>> find_files(const std::vector<std::string>& paths,
                                            const std::vector<std::string>& extensions);

}  // namespace utsim::cli

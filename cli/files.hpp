// SPDX-License-Identifier: MIT
/// Files as commands take and leave them.
#pragma once

#include <string>
#include <vector>

#include <utsim/result.hpp>

namespace utsim::cli {

/// The whole file, or standard input for `-`. At most `limit` bytes.
Result<std::string> read_file(const std::string& path, std::size_t limit);
/// Writes a file that is either whole or not there. An existing one is replaced only if `replace`.
Result<Done> write_file(const std::string& path, const std::string& text, bool replace);
/// Files as they are, folders as the *.json below them, in order of name.
Result<std::vector<std::string>> find_scenarios(const std::vector<std::string>& paths);
/// The same of files whose names end otherwise.
Result<std::vector<std::string>> find_files(const std::vector<std::string>& paths,
                                            const std::vector<std::string>& extensions);

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
/// JSON Lines files, plain or compressed with gzip, by their names.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace utsim::conformance {

/// Members stay in the order of the file: it is the order in which tasks are made.
using Json = nlohmann::ordered_json;

/// One value a line. Throws std::runtime_error with the file's name.
std::vector<Json> read_json_lines(const std::string& path);
/// Compressed when the name ends in `.gz`.
void write_json_lines(const std::string& path, const std::vector<Json>& lines);

}  // namespace utsim::conformance

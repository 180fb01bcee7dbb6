// SPDX-License-Identifier: MIT
/// Reading a JSON file that a user names, and telling which format it has.
#pragma once

#include <string>
#include <string_view>

#include <utsim/result.hpp>

#include "scenario/json_value.hpp"
#include "scenario/problems.hpp"

namespace utsim {

/// The file's bytes; those behind the size limit are left out, for the JSON reader to refuse.
Result<std::string> read_input_file(const std::string& path);

/// False after saying so when the file is of a later version of the format `family`
/// (`utsim.scenario/`) than 1; other mistakes in "format" are left to the shape.
bool check_format(const JsonValue& root, std::string_view family, Problems& problems);

}  // namespace utsim

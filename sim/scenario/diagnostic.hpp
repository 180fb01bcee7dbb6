// SPDX-License-Identifier: MIT
/// How a user's mistake is shown: `file:line:col: error: what`, the JSON pointer, the source line,
/// a caret and what would be right.
#pragma once

#include <string>
#include <vector>

#include <utsim/result.hpp>

namespace utsim {

/// The text of one error, several lines, each ended by a newline.
std::string format_error(const Error& error, bool color = false);
/// All of them with an empty line between, and a count at the end.
std::string format_errors(const std::vector<Error>& errors, bool color = false);

}  // namespace utsim

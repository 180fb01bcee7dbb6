// SPDX-License-Identifier: MIT
/// The findings of which the reason is known: the promises that a version breaks itself, and the
/// duties that random engines and callers break.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace utsim::survey {

/// By clause: the reason.
using Known = std::map<std::string, std::string, std::less<>>;

/// What `path` says about `version`. A line is a list of versions (`*`: all) with commas between
/// them, a clause, and the reason in words; `#` begins a remark. Nothing, with a message on stderr,
/// if the file cannot be read or a line is not so.
std::optional<Known> read_known(const std::string& path, std::string_view version);

}  // namespace utsim::survey

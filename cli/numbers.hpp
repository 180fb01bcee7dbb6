// SPDX-License-Identifier: MIT
/// Numbers as people read and type them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace utsim::cli {

/// `48,211`.
std::string grouped(std::uint64_t number);
/// Rounded to what a guess is worth: `340`, `34,000`, `1.3 million`.
std::string about(std::uint64_t number);
/// `1 scenario`, `1,204 scenarios`.
std::string counted(std::uint64_t number, const std::string& one, const std::string& many);
/// Milliseconds: `90`, `90s`, `5m`, `2h`. Nothing for anything else, and for no time at all.
std::optional<std::uint64_t> parse_duration(std::string_view text);

}  // namespace utsim::cli

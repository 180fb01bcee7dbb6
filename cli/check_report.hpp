// SPDX-License-Identifier: MIT
/// How `check` and `minimize` say what they have found.
#pragma once

#include <string>
#include <vector>

#include <utsim/check.hpp>

#include "cli/console.hpp"

namespace utsim::cli {

struct CheckTelling {
    bool quiet = false;   ///< findings and the verdict only
    bool timing = false;  ///< also how long it took until each was found and small
};

/// `files` are where the findings were left, in their order; an empty name: nowhere.
void tell_check(Console& console, const CheckReport& report, const std::vector<std::string>& files,
                const CheckTelling& telling);
/// Whether anything is broken, made small or not.
bool has_found(const CheckReport& report);
/// `found, and not made small: the check ended before`, and in how many scenarios.
std::string not_small_text(const CheckReport& report, const CheckMet& met);
/// `2 of 9 blocks missing: 0 5`.
std::string missing_text(const MergedCheck& merged);
/// The last sentence of it.
std::string check_verdict(const CheckReport& report);
/// `merged` says of which files the report is made, if it is; whole ones are not told.
Json check_json(const CheckReport& report, const std::vector<std::string>& files,
                const MergedCheck* merged = nullptr);

void tell_minimized(Console& console, const MinimizeReport& report, const std::string& file);
Json minimized_json(const MinimizeReport& report, const std::string& file);

/// What a finding's files are called before the point: `c-212-finish_report`.
std::string finding_file_word(const CheckFinding& finding);

}  // namespace utsim::cli

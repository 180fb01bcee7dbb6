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
/// The last sentence of it.
std::string check_verdict(const CheckReport& report);
Json check_json(const CheckReport& report, const std::vector<std::string>& files);

void tell_minimized(Console& console, const MinimizeReport& report, const std::string& file);
Json minimized_json(const MinimizeReport& report, const std::string& file);

/// What a finding's files are called before the point: `c-212-finish_report`.
std::string finding_file_word(const CheckFinding& finding);

}  // namespace utsim::cli

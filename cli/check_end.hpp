// SPDX-License-Identifier: MIT
/// How `check` and `merge` end: findings are left in folders, and the report is printed.
#pragma once

#include <string>

#include <utsim/check.hpp>

#include "cli/arguments.hpp"
#include "cli/ci_report.hpp"
#include "cli/console.hpp"
#include "cli/report_folder.hpp"

namespace utsim::cli {

/// Where findings of earlier checks are; empty: nowhere.
std::string failures_folder(const Arguments& arguments);

/// Leaves the findings where --out, --failures, --report and --junit say and prints the report. The
/// code is that of the report, or that something could not be written.
/// `merged` says of which files the report is made, if it is.
int end_check(const Arguments& arguments, Console& console, const CheckReport& report,
              ReportFolder& pages, const MergedCheck* merged = nullptr);

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
/// The pages of `utsim diff`, and what they and its text have in common.
#pragma once

#include <string>

#include <utsim/diff.hpp>

#include "cli/report_folder.hpp"

namespace utsim::cli {

/// The command that shows the differences of this run again.
std::string diff_command(const Arguments& arguments, const TwoSemantics& sides,
                         const std::string& file, const std::string& schedule);

/// Of generated scenarios, those that were made small stand for the others.
bool only_counted(const DiffReport& report, const DiffClass& found);

/// Two runs side by side for each difference, where --report asks for that.
class DiffPages {
public:
    DiffPages(const Arguments& arguments, Console& console, ReportFolder folder)
        : arguments_(arguments),
          console_(console),
          folder_(std::move(folder)) {}

    /// A page about one run of a file, and a line for each who sees a difference in it.
    void add_run(const DiffReport& report, const DiffRun& run, const Scenario& scenario);
    /// A page for each kind of difference that has an example: in an order of `searched`, or, when
    /// that is null, in a scenario of its own, which is left beside it. The others are lines of the
    /// index.
    void add_classes(const DiffReport& report, const Scenario* searched);
    /// Writes the index. `code`, or that something could not be written, or was interrupted.
    int finish(const TwoSemantics& sides, int code);

private:
    std::vector<std::string> commands(const TwoSemantics& sides, const std::string& file,
                                      const std::string& schedule) const;
    void add_class(const DiffClass& found, const Scenario* searched);

    const Arguments& arguments_;
    Console& console_;
    ReportFolder folder_;
    std::size_t differences_ = 0;
};

}  // namespace utsim::cli

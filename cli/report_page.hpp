// SPDX-License-Identifier: MIT
/// Pages about runs: for `utsim report`, and for each finding of those that search.
#pragma once

#include <string>
#include <vector>

#include <utsim/scenario.hpp>
#include <utsim/simulation.hpp>

#include "cli/output_file.hpp"
#include "contract/contract.hpp"
#include "report/page.hpp"

namespace utsim::cli {

extern const FileKind page_file;
extern const FileKind perfetto_file;

/// A run that is ready to be drawn, and what it breaks.
struct JudgedPage {
    PageRun run;
    std::vector<PageFinding> findings;
};
/// `states`: with the state at each step, which a page shows and nothing else.
Result<JudgedPage> judged_page(const Scenario& scenario, const RunOptions& options,
                               const ContractChoice& choice, bool states = true);

struct TwoSemantics {
    std::string a;
    std::string b;
};
/// A page with a scenario's runs under two semantics side by side. What differs is the question
/// there, not what is broken: they are not judged. `commands` and `index` as in `PageText`.
Result<std::string> page_of_two(const Scenario& scenario, const RunOptions& options,
                                const TwoSemantics& names, std::vector<std::string> commands,
                                const std::string& index = {});

}  // namespace utsim::cli

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
Result<JudgedPage> judged_page(const Scenario& scenario, const RunOptions& options,
                               const ContractChoice& choice);

}  // namespace utsim::cli

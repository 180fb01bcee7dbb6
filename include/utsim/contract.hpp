// SPDX-License-Identifier: MIT
/// What the contract of utrace says about one run: which clauses were broken, and by whom.
///
/// The clauses are those of docs/contract.md; `Simulation::run_judged` of `<utsim/simulation.hpp>`
/// makes the report.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace utsim {

/// A clause that was broken; one for each clause and message, at the first time.
struct ContractBreach {
    std::string clause;       ///< `C-038`, `I5`
    std::string message;      ///< one sentence
    std::uint64_t step = 0;   ///< scheduling step of the event that broke it
    std::uint64_t since = 0;  ///< step of what was promised; `step` when there is no such event
    std::string by;           ///< `utrace`, the name of an engine, or `caller`
    bool duty = false;        ///< it binds engines and callers; the others bind utrace
    bool expected = false;    ///< the scenario says that this clause is broken
};

struct ContractReport {
    std::vector<ContractBreach> broken;  ///< in the order in which they were seen
    /// Clauses that the scenario expects to be broken, that were judged, and were not broken.
    std::vector<std::string> missing;
    /// Clauses that had a chance to be broken; the others say nothing about the run.
    std::vector<std::string> exercised;

    /// Nothing was broken but what the scenario expects, and all of that was.
    bool held() const {
        return missing.empty() && std::all_of(broken.begin(), broken.end(),
                                              [](const ContractBreach& b) { return b.expected; });
    }
};

}  // namespace utsim

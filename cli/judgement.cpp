// SPDX-License-Identifier: MIT
// Tells the monitors the recorded events once more.
#include "cli/judgement.hpp"

#include "contract/contract.hpp"
#include "trace/recorded_trace.hpp"

namespace utsim::cli {

namespace {

RunEnd end_named(const std::string& name) {
    for (int i = 0; i <= static_cast<int>(RunEnd::paused); ++i) {
        if (name == run_end_name(static_cast<RunEnd>(i))) return static_cast<RunEnd>(i);
    }
    return RunEnd::paused;
}

}  // namespace

std::vector<Violation> broken_invariants(const RecordedRun& run) {
    const Trace& trace = run.trace.data().trace;
    Contract contract(trace.names);
    for (std::uint64_t i = 0; i < trace.log.size(); ++i) contract.emit(trace.log.at(i));
    contract.finish(end_named(run.report.end), run.report.steps);
    return contract.violations();
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
// `explore`: the strategies behind one call. The exhaustive one raises its preemption bound one by
// one, so that what it finds has the fewest preemptions there are.
#include <utsim/explore.hpp>

#include <chrono>

#include "explore/search.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t runs_between_reports = 64;

// tidy: allow clock (it can only end a search: nothing that a run shows depends on it)
using Clock = std::chrono::steady_clock;

/// Ends searches, and tells how far they are.
class Watch {
public:
    Watch(const ExploreOptions& options, Trial& trial)
        : options_(options),
          trial_(trial),
          start_(Clock::now()) {}

    bool go_on() {
        if (options_.stop != nullptr && options_.stop->load()) {
            interrupted_ = true;
            return false;
        }
        if (++asked_ % runs_between_reports == 0 && options_.progress) {
            progress_.steps = trial_.steps();
            progress_.deepest = trial_.deepest();
            options_.progress(progress_);
        }
        return !out_of_time();
    }
    bool out_of_time() const {
        if (!options_.budget_ms.has_value()) return false;
        const auto spent = Clock::now() - start_;
        return spent > std::chrono::milliseconds(*options_.budget_ms);
    }
    bool interrupted() const { return interrupted_; }
    ExploreProgress& progress() { return progress_; }

private:
    const ExploreOptions& options_;
    Trial& trial_;
    Clock::time_point start_;
    std::uint64_t asked_ = 0;
    bool interrupted_ = false;
    ExploreProgress progress_;
};

ExploreFinding describe(Trial& trial, const SearchHit& hit, Watch& watch) {
    watch.progress().findings = 1;
    watch.progress().minimizing = true;
    const Schedule shortest = minimize(trial, hit, [&watch] { return watch.go_on(); });
    ExploreFinding finding;
    finding.kind = hit.failure.kind;
    finding.message = hit.failure.message;
    finding.pointer = hit.failure.pointer;
    finding.line = hit.failure.line;
    finding.column = hit.failure.column;
    finding.schedule = format_schedule(shortest);
    finding.original_schedule = format_schedule(hit.schedule);
    finding.fingerprint = trial.fingerprint(shortest, &finding.steps);
    return finding;
}

/// Searches by strategy until there is a hit or an end.
SearchResult search(Trial& trial, const ExploreOptions& options, Watch& watch,
                    ExploreReport& report) {
    std::uint64_t before = 0;  // schedules of smaller bounds
    const GoOn go_on = [&](const SearchResult& result) {
        watch.progress().schedules = before + result.schedules;
        return watch.go_on();
    };
    SearchResult result;
    if (options.strategy == ExploreStrategy::random) {
        result = search_random(trial, options.seed, options.runs, go_on);
        report.schedules = result.schedules;
        return result;
    }
    for (std::uint32_t bound = 0; bound <= options.preemptions; ++bound) {
        result = search_bound(trial, bound, go_on);
        before += result.schedules;
        report.schedules = before;
        const bool nothing_new = bound > 0 && result.schedules == 0;
        if (result.hit.has_value() || result.end == SearchEnd::stopped || nothing_new) break;
    }
    report.exhaustive = !result.hit.has_value() && result.end == SearchEnd::complete;
    return result;
}

}  // namespace

Result<ExploreReport> explore(const Scenario& scenario, const ExploreOptions& options) {
    RunOptions run_options;
    run_options.semantics = options.semantics;
    run_options.granularity = options.granularity;
    run_options.max_steps = options.max_steps;
    UTSIM_TRY(chosen, scenario_run_options(scenario, run_options));
    UTSIM_TRY(contract, ContractChoice::parse(options.contract));
    Trial trial(scenario, chosen, contract);
    Watch watch(options, trial);
    ExploreReport report;
    const SearchResult result = search(trial, options, watch, report);
    report.steps = trial.steps();
    report.deepest = trial.deepest();
    if (result.hit.has_value()) {
        report.verdict = ExploreVerdict::violated;
        report.findings.push_back(describe(trial, *result.hit, watch));
    } else if (result.end == SearchEnd::stopped) {
        report.verdict = ExploreVerdict::stopped;
    }
    report.interrupted = watch.interrupted();
    return report;
}

}  // namespace utsim

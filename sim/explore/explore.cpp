// SPDX-License-Identifier: MIT
// `explore`: the strategies behind one call. Those that are complete raise their preemption bound
// one by one, so that what they find has the fewest preemptions there are.
#include <utsim/explore.hpp>

#include <algorithm>
#include <chrono>

#include "explore/findings.hpp"
#include "explore/sample_tally.hpp"
#include "explore/search.hpp"
#include "scenario/faults.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t calls_between_looks = 32;
constexpr std::uint64_t looks_between_reports = 8;
constexpr std::uint32_t usual_preemptions = 2;
/// Behind the round with this bound there is none any more.
constexpr std::uint32_t last_bounded_round = 3;

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
        if (++asked_ % calls_between_looks != 0) return gap_ == ExploreGap::none;
        if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) {
            gap_ = ExploreGap::interrupted;
        } else if (out_of_time()) {
            gap_ = ExploreGap::budget;
        }
        if (asked_ / calls_between_looks % looks_between_reports == 0 && options_.progress) {
            progress_.steps = trial_.steps();
            progress_.deepest = trial_.deepest();
            options_.progress(progress_);
        }
        return gap_ == ExploreGap::none;
    }
    /// Nothing goes on any more, for this reason.
    void end(ExploreGap gap) { gap_ = gap; }
    ExploreGap gap() const { return gap_; }
    ExploreProgress& progress() { return progress_; }

private:
    bool out_of_time() const {
        if (!options_.budget_ms.has_value()) return false;
        return Clock::now() - start_ > std::chrono::milliseconds(*options_.budget_ms);
    }

    const ExploreOptions& options_;
    Trial& trial_;
    Clock::time_point start_;
    std::uint64_t asked_ = 0;
    ExploreGap gap_ = ExploreGap::none;
    ExploreProgress progress_;
};

/// One call of `explore`.
class Exploration final : public SearchClient {
public:
    Exploration(Trial& trial, const ExploreOptions& options)
        : trial_(trial),
          options_(options),
          watch_(options, trial) {
        limits_.memory = options.memory;
    }

    ExploreReport explore() {
        switch (options_.strategy) {
            case ExploreStrategy::automatic:
                max_states_ = options_.max_states;
                rounds(true);
                if (!report_.exhaustive && may_sample()) sample(Sampler::mixed);
                break;
            case ExploreStrategy::states:
                rounds(true);
                break;
            case ExploreStrategy::exhaustive:
                rounds(false);
                break;
            case ExploreStrategy::pos:
                sample(Sampler::pos);
                break;
            case ExploreStrategy::pct:
                sample(Sampler::pct);
                break;
            case ExploreStrategy::random:
                sample(Sampler::random);
                break;
        }
        if (report_.gap == ExploreGap::none) report_.gap = watch_.gap();
        if (report_.gap == ExploreGap::none && report_.cut != 0) report_.gap = ExploreGap::cut;
        report_.exhaustive = report_.exhaustive && report_.gap == ExploreGap::none;
        report_.interrupted = watch_.gap() == ExploreGap::interrupted;
        report_.steps = trial_.steps();
        report_.deepest = trial_.deepest();
        describe_findings();
        if (!report_.findings.empty()) {
            report_.verdict = ExploreVerdict::violated;
        } else if (report_.gap == ExploreGap::budget || report_.interrupted) {
            report_.verdict = ExploreVerdict::stopped;
        }
        return std::move(report_);
    }

    void found(const Failure& failure) override {
        findings_.add(failure, [this] { return trial_.schedule(); });
        watch_.progress().findings = findings_.items().size();
        if (options_.first) watch_.end(ExploreGap::first);
    }

    bool go_on(const SearchCounts& counts) override {
        watch_.progress().schedules = report_.schedules + counts.schedules;
        watch_.progress().states = counts.states;
        watch_.progress().memory = counts.memory;
        if (counts.states > max_states_) {
            report_.gap = ExploreGap::states;
            return false;
        }
        return watch_.go_on();
    }

private:
    /// Rounds of growing bounds, until one of them has left out nothing.
    void rounds(bool states) {
        const std::uint32_t last =
            options_.preemptions.value_or(states ? unbounded : usual_preemptions);
        for (std::uint32_t bound = 0;; ++bound) {
            if (states && last == unbounded && bound > last_bounded_round) bound = unbounded;
            watch_.progress().preemptions = bound;
            if (bound == unbounded) watch_.progress().preemptions.reset();
            const SearchResult result = states ? search_states(trial_, bound, limits_, *this)
                                               : search_bound(trial_, bound, limits_, *this);
            count(result.counts);
            if (result.end == SearchEnd::out_of_memory) report_.gap = ExploreGap::memory;
            if (result.end != SearchEnd::complete) return;
            report_.complete_within = bound;
            report_.all_orders = !result.bounded;
            if (!result.bounded || bound >= last) break;
        }
        if (report_.all_orders) report_.complete_within.reset();
        report_.exhaustive = true;
    }

    /// Whether it is a question of size only that not everything was seen.
    bool may_sample() const {
        return watch_.gap() == ExploreGap::none && !(options_.first && !findings_.empty());
    }

    void sample(Sampler sampler) {
        max_states_ = ~std::uint64_t{0};
        const SearchResult result =
            search_sampled(trial_, sampler, options_.seed, options_.runs, *this);
        count(result.counts);
        SampleTally tally;
        tally.add(result);
        tally.tell(report_);
        if (report_.gap == ExploreGap::none) report_.gap = ExploreGap::sample;
    }

    void count(const SearchCounts& counts) {
        report_.schedules += counts.schedules;
        report_.cut += counts.cut;
        report_.memory = std::max(report_.memory, counts.memory);
        if (counts.states <= report_.states) return;
        report_.states = counts.states;
        report_.transitions = counts.transitions;
    }

    void describe_findings() {
        watch_.progress().minimizing = true;
        for (const Findings::Item& item : findings_.items()) {
            report_.findings.push_back(describe(item));
        }
    }

    ExploreFinding describe(const Findings::Item& item) {
        const Failure& failure = item.hit.failure;
        const Schedule shortest = minimize(trial_, item.hit, [this] {
            // The first finding ends the search, not what is made of it.
            return options_.first || watch_.go_on();
        });
        ExploreFinding finding;
        finding.kind = failure.kind;
        finding.message = failure.message;
        finding.pointer = failure.pointer;
        finding.line = failure.line;
        finding.column = failure.column;
        finding.schedule = format_schedule(shortest);
        finding.original_schedule = format_schedule(item.hit.schedule);
        finding.fingerprint = trial_.fingerprint(shortest, &finding.steps);
        finding.times = item.times;
        return finding;
    }

    Trial& trial_;
    const ExploreOptions& options_;
    Watch watch_;
    SearchLimits limits_;
    std::uint64_t max_states_ = ~std::uint64_t{0};
    Findings findings_;
    ExploreReport report_;
};

}  // namespace

Result<ExploreReport> explore(const Scenario& scenario, const ExploreOptions& options) {
    RunOptions run_options;
    run_options.semantics = options.semantics;
    run_options.granularity = options.granularity;
    run_options.max_steps = options.max_steps;
    UTSIM_TRY(chosen, scenario_run_options(scenario, run_options));
    UTSIM_TRY(faults, parse_faults(options.faults, options.at_most));
    chosen.faults = faults;
    UTSIM_TRY(contract, ContractChoice::parse(options.contract));
    Trial trial(scenario, chosen, contract);
    return Exploration(trial, options).explore();
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// `explore`: the strategies behind one call. Those that are complete raise their preemption bound
// one by one, so that what they find has the fewest preemptions there are.
#include <utsim/explore.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "explore/explore_with.hpp"
#include "explore/findings.hpp"
#include "explore/sample_tally.hpp"
#include "explore/search.hpp"
#include "scenario/faults.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t calls_between_reports = 256;
constexpr std::uint32_t usual_preemptions = 2;
/// Behind the round with this bound there is none any more.
constexpr std::uint32_t last_bounded_round = 3;
constexpr std::uint64_t walks_of_a_part = 256;
/// Somebody may ask for more runs than there is memory for their parts.
constexpr std::size_t parts_at_once = 256;

// tidy: allow clock (it can only end a search: nothing that a run shows depends on it)
using Clock = std::chrono::steady_clock;

/// What all parts of a search share: whether they are to go on, and who is told how far they are.
class Watch {
public:
    explicit Watch(const ExploreOptions& options) : options_(options), start_(Clock::now()) {
        look();
        // A single run can be long, so somebody else has to look at the clock.
        if (options.stop != nullptr || options.budget_ms.has_value()) {
            guard_ = std::thread([this] { guard(); });
        }
    }
    ~Watch() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            done_ = true;
        }
        wake_.notify_all();
        if (guard_.joinable()) guard_.join();
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Whether nobody has ended the search from outside.
    bool go_on() const { return !over_.load(std::memory_order_relaxed); }
    /// Set when that has happened, for Worlds.
    const std::atomic<bool>& over() const { return over_; }
    ExploreGap gap() const { return gap_.load(std::memory_order_relaxed); }
    /// Shows `progress`, if somebody wants to see it; parts that run beside each other take turns.
    void show(const ExploreProgress& progress) {
        if (!options_.progress) return;
        const std::lock_guard<std::mutex> lock(mutex_);
        options_.progress(progress);
    }

private:
    void guard() {
        constexpr std::chrono::milliseconds between_looks(20);
        std::unique_lock<std::mutex> lock(mutex_);
        while (!done_ && go_on()) {
            wake_.wait_for(lock, between_looks);
            look();
        }
    }

    void look() {
        if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) {
            end(ExploreGap::interrupted);
        } else if (options_.budget_ms.has_value() &&
                   Clock::now() - start_ > std::chrono::milliseconds(*options_.budget_ms)) {
            end(ExploreGap::budget);
        }
    }
    void end(ExploreGap gap) {
        gap_.store(gap, std::memory_order_relaxed);
        over_.store(true, std::memory_order_relaxed);
    }

    const ExploreOptions& options_;
    Clock::time_point start_;
    std::atomic<ExploreGap> gap_ = ExploreGap::none;
    std::atomic<bool> over_ = false;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool done_ = false;
    std::thread guard_;
};

/// A part of a search that needs nothing of the others: a round, or some random walks.
class SearchPart final : public SearchClient {
public:
    using Search = std::function<SearchResult(Trial&, SearchClient&)>;

    SearchPart(const ExploreOptions& options, Watch& watch, std::uint64_t max_states)
        : options_(options),
          watch_(watch),
          max_states_(max_states) {}

    void run(Trial& trial, const Search& search) {
        trial_ = &trial;
        trial.world().set_interrupt(&watch_.over());
        const std::uint64_t steps = trial.steps();
        result_ = search(trial, *this);
        steps_ = trial.steps() - steps;
        deepest_ = trial.deepest();
        ran_ = true;
    }
    /// Nobody wants to know any more.
    void cancel() { cancelled_.store(true, std::memory_order_relaxed); }

    void found(const Failure& failure) override {
        if (failure.allowed) return allow(failure);
        findings_.add(failure, [this] { return trial_->schedule(); });
        progress_.findings = findings_.items().size();
        ends_at_first_ = options_.first;
    }

    bool go_on(const SearchCounts& counts) override {
        too_many_ = counts.states > max_states_;
        if (ends_at_first_ || too_many_ || !watch_.go_on()) return false;
        if (++asked_ % calls_between_reports == 0) {
            progress_.schedules = counts.schedules;
            progress_.states = counts.states;
            progress_.states_expected = std::max(counts.states, counts.estimate);
            progress_.memory = counts.memory;
            progress_.steps = trial_->steps();
            progress_.deepest = trial_->deepest();
            watch_.show(progress_);
        }
        return !cancelled_.load(std::memory_order_relaxed);
    }

    const SearchResult& result() const { return result_; }
    const Findings& findings() const { return findings_; }
    const std::vector<ExploreAllowed>& allowed() const { return allowed_; }
    std::uint64_t steps() const { return steps_; }
    std::uint64_t deepest() const { return deepest_; }
    ExploreProgress& progress() { return progress_; }
    bool ran() const { return ran_; }
    /// Why it has not come to its end.
    ExploreGap gap() const {
        if (result_.end == SearchEnd::complete) return ExploreGap::none;
        if (result_.end == SearchEnd::out_of_memory) return ExploreGap::memory;
        if (ends_at_first_) return ExploreGap::first;
        return too_many_ ? ExploreGap::states : watch_.gap();
    }

private:
    void allow(const Failure& failure) {
        for (ExploreAllowed& known : allowed_) {
            if (known.clause != failure.kind) continue;
            ++known.times;
            return;
        }
        allowed_.push_back({failure.kind, 1});
    }

    const ExploreOptions& options_;
    Watch& watch_;
    std::uint64_t max_states_;
    Trial* trial_ = nullptr;
    SearchResult result_;
    Findings findings_;
    std::vector<ExploreAllowed> allowed_;
    ExploreProgress progress_;
    std::uint64_t asked_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t deepest_ = 0;
    bool ends_at_first_ = false;
    bool too_many_ = false;
    bool ran_ = false;
    std::atomic<bool> cancelled_ = false;
};

/// One call of `explore`. Its parts run on several threads, each with a World of its own, and are
/// put together in an order that does not depend on who came first.
class Exploration {
public:
    Exploration(const ExploreOptions& options, std::function<std::unique_ptr<Trial>()> make_trial)
        : options_(options),
          make_trial_(std::move(make_trial)),
          watch_(options) {
        limits_.memory = options.memory;
        limits_.audit = options.audit;
    }

    ExploreReport explore() {
        switch (options_.strategy) {
            case ExploreStrategy::automatic:
                rounds(true, options_.max_states);
                if (!report_.exhaustive && may_sample()) {
                    world_states();
                    if (may_sample()) sample(Sampler::mixed);
                }
                break;
            case ExploreStrategy::states:
                rounds(true, ~std::uint64_t{0});
                break;
            case ExploreStrategy::exhaustive:
                rounds(false, ~std::uint64_t{0});
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
        if (report_.gap == ExploreGap::none && report_.cut != 0) report_.gap = ExploreGap::cut;
        report_.exhaustive = report_.exhaustive && report_.gap == ExploreGap::none;
        report_.interrupted = watch_.gap() == ExploreGap::interrupted;
        describe_findings();
        report_.not_kept = findings_.not_kept();
        if (!report_.findings.empty()) {
            report_.verdict = ExploreVerdict::violated;
        } else if (report_.gap == ExploreGap::budget || report_.interrupted) {
            report_.verdict = ExploreVerdict::stopped;
        }
        return std::move(report_);
    }

private:
    /// Lets `jobs` threads take what is to be done from `order`, in that order.
    void in_parallel(const std::vector<std::size_t>& order,
                     const std::function<void(Trial&, std::size_t)>& work) {
        std::atomic<std::size_t> next = 0;
        const auto worker = [&](Trial& trial) {
            for (std::size_t i = next++; i < order.size(); i = next++) work(trial, order[i]);
        };
        const std::size_t jobs = std::min<std::size_t>(std::max(options_.jobs, 1u), order.size());
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < jobs; ++i) {
            threads.emplace_back([&] { worker(*make_trial_()); });
        }
        if (trial_ == nullptr) trial_ = make_trial_();
        worker(*trial_);
        for (std::thread& thread : threads) thread.join();
    }

    /// Rounds of growing bounds, until one of them has left out nothing.
    void rounds(bool states, std::uint64_t max_states) {
        const std::uint32_t last =
            options_.preemptions.value_or(states ? unbounded : usual_preemptions);
        std::vector<std::uint32_t> bounds;
        for (std::uint32_t b = 0; b <= (last == unbounded ? last_bounded_round : last); ++b) {
            bounds.push_back(b);
        }
        if (last == unbounded) bounds.push_back(unbounded);

        std::vector<std::unique_ptr<SearchPart>> parts;
        for (const std::uint32_t bound : bounds) {
            parts.push_back(std::make_unique<SearchPart>(options_, watch_, max_states));
            if (bound != unbounded) parts.back()->progress().preemptions = bound;
        }
        // Alone, one after the other; else the largest early, as the others fit in beside it.
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < bounds.size(); ++i) order.push_back(i);
        if (options_.jobs > 1 && order.size() > 2) {
            order.pop_back();
            order.insert(order.begin() + 1, bounds.size() - 1);
        }
        std::atomic<std::size_t> final_round = bounds.size() - 1;
        in_parallel(order, [&](Trial& trial, std::size_t i) {
            if (i > final_round) return;
            parts[i]->run(trial, [&](Trial& t, SearchClient& client) {
                return states ? search_states(t, bounds[i], limits_, client)
                              : search_bound(t, bounds[i], limits_, client);
            });
            const SearchResult& result = parts[i]->result();
            const bool ends = result.end != SearchEnd::complete || !result.bounded;
            if (!ends) return;
            std::size_t expected = final_round;
            while (i < expected && !final_round.compare_exchange_weak(expected, i)) {}
            for (std::size_t later = i + 1; later < parts.size(); ++later) parts[later]->cancel();
        });
        for (std::size_t i = 0; i <= final_round; ++i) {
            if (!take(*parts[i])) return;
            if (report_.cut != 0) continue;  // some of its runs have not come to their end
            report_.complete_within = bounds[i];
            report_.all_orders = !parts[i]->result().bounded;
        }
        if (report_.all_orders) report_.complete_within.reset();
        report_.exhaustive = true;
    }

    /// Each state of the World once, whatever monitors remember: those are fewer, and what is found
    /// on the way is true, but that nothing is found says nothing of other ways to the same state.
    void world_states() {
        SearchLimits limits = limits_;
        limits.left_out.emplace_back("sink");
        SearchPart part(options_, watch_, options_.max_states);
        in_parallel({0}, [&](Trial& trial, std::size_t) {
            part.run(trial, [&](Trial& t, SearchClient& client) {
                return search_states(t, unbounded, limits, client);
            });
        });
        const ExploreGap gap = report_.gap;
        report_.world_complete = take(part);
        if (part.gap() == ExploreGap::none || part.gap() == ExploreGap::states) report_.gap = gap;
    }

    /// Whether it is a question of size only that not everything was seen.
    bool may_sample() const {
        return watch_.gap() == ExploreGap::none && !(options_.first && !findings_.empty());
    }

    void sample(Sampler sampler) {
        SampleTally tally;
        std::uint64_t first = 0;
        while (first < options_.runs && sample_some(sampler, first, tally)) {}
        tally.tell(report_);
        if (report_.gap == ExploreGap::none) report_.gap = ExploreGap::sample;
    }

    /// The next runs, from `first` on, which is moved behind them. False: it has not come to their
    /// end.
    bool sample_some(Sampler sampler, std::uint64_t& first, SampleTally& tally) {
        struct Share {
            std::uint64_t first, runs;
        };
        std::vector<Share> shares;
        std::vector<std::unique_ptr<SearchPart>> parts;
        std::vector<std::size_t> order;
        while (first < options_.runs && order.size() < parts_at_once) {
            shares.push_back({first, std::min(walks_of_a_part, options_.runs - first)});
            first += shares.back().runs;
            parts.push_back(std::make_unique<SearchPart>(options_, watch_, ~std::uint64_t{0}));
            order.push_back(order.size());
        }
        std::atomic<bool> over = false;
        in_parallel(order, [&](Trial& trial, std::size_t i) {
            if (over) return;
            parts[i]->run(trial, [&](Trial& t, SearchClient& client) {
                return search_sampled(t, sampler, options_.seed + shares[i].first, shares[i].runs,
                                      client);
            });
            if (parts[i]->result().end != SearchEnd::complete) over = true;
        });
        for (const auto& part : parts) {
            if (!part->ran()) return false;
            tally.add(part->result());
            if (!take(*part)) return false;
        }
        return true;
    }

    /// Puts a part behind those that were taken before. False: it has not come to its end.
    bool take(const SearchPart& part) {
        const SearchCounts& counts = part.result().counts;
        report_.schedules += counts.schedules;
        report_.cut += counts.cut;
        report_.memory = std::max(report_.memory, counts.memory);
        report_.steps += part.steps();
        report_.deepest = std::max(report_.deepest, part.deepest());
        findings_.add_all(part.findings());
        for (const ExploreAllowed& allowed : part.allowed()) {
            const auto known = std::find_if(
                report_.allowed.begin(), report_.allowed.end(),
                [&](const ExploreAllowed& one) { return one.clause == allowed.clause; });
            if (known != report_.allowed.end()) {
                known->times += allowed.times;
            } else {
                report_.allowed.push_back(allowed);
            }
        }
        if (counts.states > report_.states) {
            report_.states = counts.states;
            report_.transitions = counts.transitions;
            report_.states_expected =
                part.gap() == ExploreGap::none ? 0 : std::max(counts.states, counts.estimate);
            if (options_.audit) {
                report_.audit =
                    ExploreReport::Audit{counts.audited, counts.mistaken, counts.coarse};
            }
        }
        if (part.gap() != ExploreGap::none) report_.gap = part.gap();
        return part.gap() == ExploreGap::none;
    }

    void describe_findings() {
        ExploreProgress progress;
        progress.minimizing = true;
        progress.schedules = report_.schedules;
        progress.findings = findings_.items().size();
        for (const Findings::Item& item : findings_.items()) {
            watch_.show(progress);
            report_.findings.push_back(describe(item));
        }
    }

    ExploreFinding describe(const Findings::Item& item) {
        const Failure& failure = item.hit.failure;
        trial_->world().set_interrupt(&watch_.over());
        const Schedule shortest = without_endless_turns(
            minimize(*trial_, item.hit, [this] { return watch_.go_on(); }), item.hit.failure);
        ExploreFinding finding;
        finding.kind = failure.kind;
        finding.message = failure.message;
        finding.function = failure.function;
        finding.pointer = failure.pointer;
        finding.line = failure.line;
        finding.column = failure.column;
        finding.schedule = format_schedule(shortest);
        finding.original_schedule = format_schedule(item.hit.schedule);
        trial_->world().set_interrupt(nullptr);
        finding.fingerprint = trial_->fingerprint(shortest, &finding.steps);
        finding.times = item.times;
        return finding;
    }

    /// Who turns for ever does so by himself.
    Schedule without_endless_turns(const Schedule& schedule, const Failure& failure) {
        constexpr std::uint64_t many = 1000;
        if (schedule.stretches.empty() || schedule.stretches.back().steps < many) return schedule;
        Schedule shorter = schedule;
        shorter.stretches.pop_back();
        const std::vector<Failure> failures = trial_->try_schedule(shorter);
        const bool fails = std::any_of(failures.begin(), failures.end(),
                                       [&](const Failure& f) { return f.same_as(failure); });
        return fails ? shorter : schedule;
    }

    const ExploreOptions& options_;
    std::function<std::unique_ptr<Trial>()> make_trial_;
    std::unique_ptr<Trial> trial_;  ///< of the calling thread
    Watch watch_;
    SearchLimits limits_;
    Findings findings_;
    ExploreReport report_;
};

/// Of what may be broken, those that there are not.
std::vector<Error> unknown_clauses(const Scenario& scenario) {
    std::vector<Error> errors;
    for (const ScenarioData::MayBreak& clause : scenario.data().may_break) {
        if (find_clause(clause.clause) != all_clauses().size()) continue;
        Error error;
        error.code = "E-CON-001";
        error.message = "there is no clause \"" + clause.clause + "\"";
        error.hint = "docs/contract.md lists them";
        error.file = scenario.file();
        error.pointer = clause.place.pointer;
        error.line = clause.place.line;
        error.column = clause.place.column;
        errors.push_back(std::move(error));
    }
    return errors;
}

}  // namespace

Result<ExploreReport> explore_with(const Scenario& scenario, const ExploreOptions& options,
                                   const std::vector<AddedEngine>& added) {
    RunOptions run_options;
    run_options.semantics = options.semantics;
    run_options.granularity = options.granularity;
    run_options.quantum = options.quantum;
    run_options.max_steps = options.max_steps;
    UTSIM_TRY(chosen, scenario_run_options(scenario, run_options));
    chosen.any_order = true;
    UTSIM_TRY(faults, parse_faults(options.faults, options.at_most));
    chosen.faults = faults;
    UTSIM_TRY(contract, ContractChoice::parse(options.contract));
    const std::vector<Error> unknown = unknown_clauses(scenario);
    if (!unknown.empty()) return unknown;
    return Exploration(options,
                       [&] { return std::make_unique<Trial>(scenario, chosen, contract, added); })
        .explore();
}

Result<ExploreReport> explore(const Scenario& scenario, const ExploreOptions& options) {
    return explore_with(scenario, options, {});
}

}  // namespace utsim

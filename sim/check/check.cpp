// SPDX-License-Identifier: MIT
// A check goes in batches. What a batch looks at follows from its number and from what the batches
// before it have shown, and what it has shown is put together in the order of its scenarios. So any
// number of threads comes to the same, and the clock can only cut off the end.
//
// Of each scenario a few orders are run. One that shows something new (a way through the code, a
// window that somebody acts in, a clause that is put to the test) is kept: it is searched deeply,
// state by state, and later scenarios are made of it.
#include <utsim/check.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "base/check.hpp"
#include "base/random.hpp"
#include "check/finding.hpp"
#include "explore/search.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t batch_size = 256;
constexpr std::uint64_t small_batch = 32;
constexpr std::size_t most_kept = 4096;
constexpr std::uint64_t most_steps = 4000;  ///< of a run: longer ones go round in circles
constexpr std::uint32_t varied_of_ten = 5;
constexpr std::uint32_t deep_bound = 2;

// tidy: allow clock (it can only end a check: nothing that is found depends on it)
using Clock = std::chrono::steady_clock;

std::uint64_t ms_since(Clock::time_point start) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

/// A finding as it was met first.
struct Met {
    FindingKey key;
    Exhibit exhibit;
    std::uint64_t after_ms = 0;
};

/// What came of one scenario.
struct Look {
    bool done = false;
    std::string text;
    std::vector<std::uint32_t> fresh;
    std::vector<Met> met;
};

/// What came of a deep search.
struct DeepLook {
    bool done = false;
    std::vector<Met> met;
    std::uint64_t states = 0;
    std::uint64_t runs = 0;
};

/// Keeps what a search through the states of a scenario meets.
class DeepClient final : public SearchClient {
public:
    DeepClient(Trial& trial, std::uint64_t most, bool lawful, const std::atomic<bool>& over)
        : trial_(trial),
          most_(most),
          lawful_(lawful),
          over_(over) {}

    void found(const Failure& failure) override {
        if (find_clause(failure.kind) == all_clauses().size()) return;
        if (lawful_ && failure.duty) return;
        const FindingKey key{failure.kind, failure.function};
        const auto same = [&](const Met& m) { return m.key == key; };
        if (std::any_of(met.begin(), met.end(), same)) return;
        Order order;
        order.kind = Order::Kind::schedule;
        order.schedule = trial_.schedule();
        met.push_back({key, {{}, std::move(order), failure.message}, 0});
    }
    bool go_on(const SearchCounts& counts) override { return counts.states < most_ && !over_; }

    std::vector<Met> met;

private:
    Trial& trial_;
    std::uint64_t most_;
    bool lawful_;
    const std::atomic<bool>& over_;
};

class Check {
public:
    Check(const CheckOptions& options, NamedSemantics semantics,
          std::optional<NamedSemantics> kept_by, ContractChoice choice, ScenarioGenerator generator)
        : options_(options),
          semantics_(std::move(semantics)),
          kept_by_(std::move(kept_by)),
          choice_(std::move(choice)),
          generator_(std::move(generator)) {
        reducing_.semantics = semantics_;
        reducing_.kept_by = kept_by_ ? &*kept_by_ : nullptr;
        reducing_.lawful = lawful();
        reducing_.max_steps = most_steps;
    }

    CheckReport run() {
        report_.semantics = semantics_.name;
        if (kept_by_) report_.kept_by = kept_by_->name;
        for (unsigned i = 0; i < std::max(1u, options_.jobs); ++i) add_worker();
        try_first();
        const std::uint64_t size = options_.until_found ? small_batch : batch_size;
        for (std::uint64_t from = 0; from < options_.count && go_on(); from += size) {
            if (options_.until_found && !found_.empty()) break;
            batch(from, std::min(size, options_.count - from));
        }
        conclude();
        return std::move(report_);
    }

private:
    struct Worker {
        Worker(const Check& check, const FeatureSet& known)
            : watch(known),
              court(check.semantics_.semantics, check.choice_, most_steps, check.lawful()) {
            court.set_watch(&watch);
            if (!check.kept_by_) return;
            other = std::make_unique<Court>(check.kept_by_->semantics, check.choice_, most_steps,
                                            false);
        }
        WindowWatch watch;
        Court court;
        std::unique_ptr<Court> other;
    };

    bool lawful() const { return !options_.generator.unlawful; }
    void add_worker() { workers_.push_back(std::make_unique<Worker>(*this, known_)); }

    bool go_on() {
        if (over_) return false;
        if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) {
            report_.interrupted = true;
            over_ = true;
        } else if (options_.time_ms && ms_since(start_) >= *options_.time_ms) {
            report_.out_of_time = true;
            over_ = true;
        }
        return !over_;
    }

    /// Lets all workers take what is to be done, in its order.
    template <typename Work>
    void in_parallel(std::size_t count, const Work& work) {
        std::atomic<std::size_t> next = 0;
        const auto worker = [&](Worker& one) {
            for (std::size_t i = next++; i < count; i = next++) work(one, i);
        };
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < std::min(workers_.size(), count); ++i) {
            threads.emplace_back([&, i] { worker(*workers_[i]); });
        }
        worker(*workers_[0]);
        for (std::thread& thread : threads) thread.join();
    }

    bool ask() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return go_on();
    }

    // --- scenarios ----------------------------------------------------------------------------

    std::string text_of(std::uint64_t index) const {
        Random random(options_.seed * 0x9e3779b97f4a7c15ull + index);
        if (kept_.empty() || random.below(10) >= varied_of_ten) {
            return generator_.make(options_.seed, index);
        }
        const std::string& text = kept_[random.below(static_cast<std::uint32_t>(kept_.size()))];
        const std::string& other = kept_[random.below(static_cast<std::uint32_t>(kept_.size()))];
        return generator_.vary(text, other, random.next());
    }

    Order order_of(std::uint64_t index, std::uint64_t number) const {
        Order order;
        if (number == 0) return order;
        order.kind = number % 2 == 1 ? Order::Kind::event_walk : Order::Kind::walk;
        order.seed = (options_.seed * 1'000'003 + index) * 64 + number;
        return order;
    }

    /// Whether `key` is new to `met`, and `kept_by` keeps the clause here.
    bool counts(Worker& worker, const Scenario& scenario, const FindingKey& key, const Order& order,
                const std::vector<Met>& met) const {
        const auto same = [&](const Met& m) { return m.key == key; };
        if (std::any_of(met.begin(), met.end(), same)) return false;
        return worker.other == nullptr ||
               !breaks_in_some_order(*worker.other, scenario, key.clause, order);
    }

    void look(Worker& worker, std::uint64_t index, Look& out) {
        if (!ask()) return;
        out.text = text_of(index);
        const Result<Scenario> scenario = load_scenario_text(out.text, "generated");
        UTSIM_CHECK(scenario.ok(), "a generated scenario cannot be loaded");
        worker.watch.begin_scenario();
        worker.court.load(*scenario);
        for (std::uint64_t i = 0; i < options_.orders; ++i) {
            Order order = order_of(index, i);
            for (const Saying& saying : worker.court.judge(order)) {
                const FindingKey key = key_of(saying);
                if (!counts(worker, *scenario, key, order, out.met)) continue;
                out.met.push_back(
                    {key, {out.text, order, saying.violation.message}, ms_since(start_)});
            }
        }
        out.fresh = worker.watch.fresh();
        out.done = true;
    }

    void look_deeply(Worker& worker, const std::string& text, DeepLook& out) {
        if (!ask()) return;
        const Result<Scenario> scenario = load_scenario_text(text, "generated");
        ScenarioRunOptions run;
        run.semantics = semantics_.semantics;
        run.max_steps = most_steps;
        run.any_order = true;
        Trial trial(*scenario, run, choice_);
        trial.world().set_interrupt(&over_);
        DeepClient client(trial, options_.deep_states, lawful(), over_);
        const SearchResult result = search_states(trial, deep_bound, SearchLimits{}, client);
        out.states = result.counts.states;
        out.runs = result.counts.schedules;
        for (Met& met : client.met) {
            met.exhibit.text = text;
            met.after_ms = ms_since(start_);
            // The whole run has to be lawful, and so does what the other semantics makes of it.
            worker.court.load(*scenario);
            if (!worker.court.says(met.exhibit.order, met.key)) continue;
            if (!counts(worker, *scenario, met.key, met.exhibit.order, out.met)) continue;
            out.met.push_back(std::move(met));
        }
        out.done = true;
    }

    void batch(std::uint64_t from, std::uint64_t count) {
        std::vector<Look> looks(count);
        in_parallel(count,
                    [&](Worker& worker, std::size_t i) { look(worker, from + i, looks[i]); });
        std::vector<KeptScenario> kept;
        for (std::uint64_t i = 0; i < count && looks[i].done; ++i) {
            ++report_.scenarios;
            bool adds = false;
            for (const std::uint32_t feature : looks[i].fresh) adds |= known_.add(feature);
            for (const Met& met : looks[i].met) note(met, from + i);
            if (adds) kept.push_back({std::move(looks[i].text), from + i});
        }
        deep(kept);
        for (KeptScenario& one : kept) keep(std::move(one.text));
        minimize_new();
        show(false);
    }

    struct KeptScenario {
        std::string text;
        std::uint64_t index = 0;
    };

    void deep(const std::vector<KeptScenario>& kept) {
        if (options_.deep_states == 0) return;
        std::vector<DeepLook> looks(kept.size());
        in_parallel(kept.size(), [&](Worker& worker, std::size_t i) {
            look_deeply(worker, kept[i].text, looks[i]);
        });
        for (std::size_t i = 0; i < looks.size() && looks[i].done; ++i) {
            const DeepLook& look = looks[i];
            ++report_.deep;
            report_.states += look.states;
            deep_runs_ += look.runs;
            for (const Met& met : look.met) note(met, kept[i].index);
        }
    }

    void keep(std::string text) {
        ++report_.kept;
        if (kept_.size() < most_kept) {
            kept_.push_back(std::move(text));
        } else {
            kept_[report_.kept % most_kept] = std::move(text);
        }
    }

    // --- findings -----------------------------------------------------------------------------

    struct Known {
        Met met;
        std::uint64_t index = 0;
        std::uint64_t scenarios = 0;
        std::optional<CheckFinding> finding;
    };

    void note(const Met& met, std::uint64_t index) {
        const auto [at, is_new] = by_key_.emplace(met.key, found_.size());
        if (is_new) found_.push_back({met, index, 0, std::nullopt});
        ++found_[at->second].scenarios;
    }

    /// Makes small what was met since the last time.
    void minimize_new() {
        const std::size_t from = minimized_;
        minimized_ = found_.size();
        if (from == minimized_) return;
        show(true);
        in_parallel(minimized_ - from, [&](Worker&, std::size_t i) { minimize(found_[from + i]); });
    }

    void minimize(Known& known) const {
        const Clock::time_point start = Clock::now();
        ReduceOptions reducing = reducing_;
        // Not the clock: what is found must not depend on the machine.
        reducing.go_on = [this] {
            return options_.stop == nullptr || !options_.stop->load(std::memory_order_relaxed);
        };
        const Reduced reduced = reduce(known.met.exhibit, known.met.key, reducing);
        if (kept_by_ && is_broken_by_both(reduced, known.met.key)) return;
        known.finding = describe_finding(reduced, known.met.key, reducing);
        known.finding->index = known.index;
        known.finding->found_after_ms = known.met.after_ms;
        known.finding->minimized_in_ms = ms_since(start);
    }

    /// Now that it is small the other semantics can be looked at more closely.
    bool is_broken_by_both(const Reduced& reduced, const FindingKey& key) const {
        const Result<Scenario> scenario = load_scenario_text(reduced.text, "reduced");
        return breaks_in_some_state(*kept_by_, *scenario, key.clause, most_steps);
    }

    /// Scenarios of earlier checks, in their own order and in a few others.
    void try_first() {
        std::vector<Look> looks(options_.first.size());
        in_parallel(looks.size(), [&](Worker& worker, std::size_t i) {
            const Result<Scenario> scenario = load_scenario_text(options_.first[i], "earlier");
            if (!scenario.ok()) return;
            Look& out = looks[i];
            out.text = options_.first[i];
            worker.watch.begin_scenario();
            worker.court.load(*scenario);
            std::vector<Order> orders;
            const Result<Schedule> own = parse_schedule(scenario->schedule());
            if (own.ok()) orders.push_back({Order::Kind::schedule, 0, *own});
            for (std::uint64_t n = 0; n < options_.orders; ++n) orders.push_back(order_of(i, n));
            for (const Order& order : orders) {
                for (const Saying& saying : worker.court.judge(order)) {
                    const FindingKey key = key_of(saying);
                    if (!counts(worker, *scenario, key, order, out.met)) continue;
                    out.met.push_back(
                        {key, {out.text, order, saying.violation.message}, ms_since(start_)});
                }
            }
            out.fresh = worker.watch.fresh();
            out.done = true;
        });
        for (const Look& one : looks) {
            if (!one.done) continue;
            ++report_.scenarios;
            for (const std::uint32_t feature : one.fresh) known_.add(feature);
            for (const Met& met : one.met) note(met, 0);
            keep(one.text);
        }
        minimize_new();
    }

    // --- the report ---------------------------------------------------------------------------

    void show(bool minimizing) {
        if (!options_.progress) return;
        CheckProgress progress;
        progress.scenarios = report_.scenarios;
        progress.runs = runs();
        progress.kept = report_.kept;
        progress.findings = found_.size();
        progress.minimizing = minimizing;
        options_.progress(progress);
    }

    std::uint64_t runs() const {
        std::uint64_t sum = deep_runs_;
        for (const auto& worker : workers_) sum += worker->court.runs();
        return sum;
    }

    void conclude() {
        for (Known& known : found_) {
            if (!known.finding) continue;
            known.finding->scenarios = known.scenarios;
            // Two that were different as they were met may have come to the same.
            const auto same = [&](const CheckFinding& other) {
                return other.clause == known.finding->clause &&
                       other.functions == known.finding->functions;
            };
            const auto at = std::find_if(report_.findings.begin(), report_.findings.end(), same);
            if (at != report_.findings.end()) {
                at->scenarios += known.scenarios;
            } else {
                report_.findings.push_back(std::move(*known.finding));
            }
        }
        report_.runs = runs();
        for (const auto& worker : workers_) report_.unlawful += worker->court.unlawful();
        std::uint32_t feature = first_window_feature;
        for (const Window& window : windows()) {
            report_.coverage.windows.push_back(
                {std::string(window.id), std::string(window.where), known_.has(feature++)});
        }
        for (const std::size_t index : choice_.clauses) {
            const Clause& clause = *all_clauses()[index];
            if (!clause.has_monitor()) continue;
            report_.coverage.clauses.push_back({std::string(clause.id), std::string(clause.text),
                                                known_.has(static_cast<std::uint32_t>(index))});
        }
        for (std::uint32_t way = first_way_feature; way < FeatureSet::size; ++way) {
            report_.coverage.ways += known_.has(way) ? 1 : 0;
        }
    }

    const CheckOptions& options_;
    NamedSemantics semantics_;
    std::optional<NamedSemantics> kept_by_;
    ContractChoice choice_;
    ScenarioGenerator generator_;
    ReduceOptions reducing_;
    FeatureSet known_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::string> kept_;
    std::vector<Known> found_;
    std::map<FindingKey, std::size_t> by_key_;
    std::size_t minimized_ = 0;
    std::uint64_t deep_runs_ = 0;
    CheckReport report_;
    std::mutex mutex_;
    std::atomic<bool> over_ = false;
    Clock::time_point start_ = Clock::now();
};

}  // namespace

Result<CheckReport> check(const CheckOptions& options) {
    UTSIM_TRY(semantics, parse_semantics(options.semantics));
    std::optional<NamedSemantics> kept_by;
    if (!options.kept_by.empty()) {
        UTSIM_TRY(parsed, parse_semantics(options.kept_by));
        kept_by = parsed;
    }
    UTSIM_TRY(choice, ContractChoice::parse(options.contract));
    UTSIM_TRY(generator, ScenarioGenerator::create(options.generator));
    return Check(options, semantics, kept_by, choice, generator).run();
}

}  // namespace utsim

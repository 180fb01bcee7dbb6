// SPDX-License-Identifier: MIT
// A check is a sequence of blocks, and a block one of batches. What a batch looks at follows from
// its number and from what the batches of its block have shown before, and what it has shown is put
// together in the order of its scenarios. So any number of threads comes to the same, the clock can
// only cut off the end, and blocks can be shared out over processes that know nothing of each
// other.
//
// Of each scenario a few orders are run. One that shows something new (a way through the code, a
// window that somebody acts in, a clause that is put to the test) is kept: it is searched deeply,
// state by state, and later scenarios are made of it.
#include <utsim/check.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <thread>

#include "base/check.hpp"
#include "base/random.hpp"
#include "check/block.hpp"
#include "check/block_line.hpp"
#include "check/check_clock.hpp"
#include "check/deep_client.hpp"
#include "check/finding.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t batch_size = 256;
constexpr std::uint64_t small_batch = 32;
constexpr std::size_t most_kept = 4096;
constexpr std::uint64_t most_steps = 4000;  ///< of a run: longer ones go round in circles
constexpr std::uint32_t varied_of_ten = 5;
constexpr std::uint32_t deep_bound = 2;
/// Examples of a finding that are looked at in a block, as long as the other semantics turns out to
/// break the clause in them too.
constexpr std::uint32_t most_examples = 4;

class Check {
public:
    Check(const CheckOptions& options, NamedSemantics semantics,
          std::optional<NamedSemantics> kept_by, ContractChoice choice, ScenarioGenerator generator,
          CheckIdentity identity)
        : options_(options),
          identity_(std::move(identity)),
          semantics_(std::move(semantics)),
          kept_by_(std::move(kept_by)),
          choice_(std::move(choice)),
          generator_(std::move(generator)) {
        reducing_.semantics = semantics_;
        reducing_.kept_by = kept_by_ ? &*kept_by_ : nullptr;
        reducing_.lawful = lawful();
        reducing_.max_steps = most_steps;
        reducing_.go_on = [this] { return clock_.may_minimize(); };
    }

    CheckReport run() {
        for (unsigned i = 0; i < std::max(1u, options_.jobs); ++i) add_worker();
        std::map<std::uint64_t, CheckBlock> finished = finished_before();
        try_first();
        for (std::uint64_t n = 0; n < blocks_of(options_.count, size_) && clock_.go_on(); ++n) {
            if (!is_in_shard(n, options_.shard, options_.shards)) continue;
            const auto before = finished.find(n);
            if (before == finished.end()) {
                run_block(n);
            } else {
                sum_.add(std::move(before->second));
                finished.erase(before);
            }
        }
        clock_.dismiss();
        CheckReport report = sum_.report(choice_);
        report.semantics = semantics_.name;
        if (kept_by_) report.kept_by = kept_by_->name;
        report.interrupted = clock_.interrupted();
        report.out_of_time = clock_.out_of_time();
        return report;
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
        void begin_block() {
            runs_before = court.runs();
            unlawful_before = court.unlawful();
        }
        WindowWatch watch;
        Court court;
        std::unique_ptr<Court> other;
        std::uint64_t runs_before = 0;
        std::uint64_t unlawful_before = 0;
    };

    bool lawful() const { return !options_.generator.unlawful; }
    void add_worker() { workers_.push_back(std::make_unique<Worker>(*this, known_)); }

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

    // --- blocks -------------------------------------------------------------------------------

    /// Of this shard, as a line of earlier results says what came of them.
    std::map<std::uint64_t, CheckBlock> finished_before() const {
        std::map<std::uint64_t, CheckBlock> out;
        for (const std::string& line : options_.results) {
            std::optional<BlockLine> read = read_block_line(line);
            if (!read) continue;
            if (!is_in_shard(read->number, options_.shard, options_.shards)) continue;
            add_block(out, std::move(*read));
        }
        return out;
    }

    void begin_block() {
        block_ = {};
        known_ = {};
        kept_ = earlier_;
        examples_.clear();
        for (const auto& worker : workers_) worker->begin_block();
    }

    void end_block() {
        for (const auto& worker : workers_) {
            block_.runs += worker->court.runs() - worker->runs_before;
            block_.unlawful += worker->court.unlawful() - worker->unlawful_before;
        }
        block_.features = known_;
    }

    void run_block(std::uint64_t number) {
        begin_block();
        const std::uint64_t start = number * size_;
        const std::uint64_t end = start + std::min(size_, options_.count - start);
        const std::uint64_t step = options_.until_found ? small_batch : batch_size;
        for (std::uint64_t from = start; from < end && clock_.go_on(); from += step) {
            if (options_.until_found && sum_.findings() + new_findings() != 0) break;
            batch(from, std::min(step, end - from));
        }
        end_block();
        const bool whole = block_.scenarios == end - start && !clock_.stopped();
        if (whole && options_.block_done) {
            options_.block_done(block_line({identity_, number, block_}));
        }
        sum_.add(std::move(block_));
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

    /// Runs a scenario in these orders and keeps what is new.
    void judge(Worker& worker, const Scenario& scenario, const std::vector<Order>& orders,
               Look& out) const {
        worker.watch.begin_scenario();
        worker.court.load(scenario);
        for (const Order& order : orders) {
            if (clock_.over()) return;
            for (const Saying& saying : worker.court.judge(order)) {
                const FindingKey key = key_of(saying);
                if (!counts(worker, scenario, key, order, out.met)) continue;
                out.met.push_back({key, {out.text, order, saying.violation.message}, clock_.ms()});
            }
        }
        out.fresh = worker.watch.fresh();
        out.done = true;
    }

    std::vector<Order> orders_of(std::uint64_t index) const {
        std::vector<Order> orders;
        for (std::uint64_t i = 0; i < options_.orders; ++i) orders.push_back(order_of(index, i));
        return orders;
    }

    void look(Worker& worker, std::uint64_t index, Look& out) {
        if (!clock_.go_on()) return;
        out.text = text_of(index);
        const Result<Scenario> scenario = load_scenario_text(out.text, "generated");
        UTSIM_CHECK(scenario.ok(), "a generated scenario cannot be loaded");
        judge(worker, *scenario, orders_of(index), out);
    }

    void look_deeply(Worker& worker, const std::string& text, DeepLook& out) {
        if (!clock_.go_on()) return;
        const Result<Scenario> scenario = load_scenario_text(text, "generated");
        ScenarioRunOptions run;
        run.semantics = semantics_.semantics;
        run.max_steps = most_steps;
        run.any_order = true;
        Trial trial(*scenario, run, choice_);
        trial.world().set_interrupt(&clock_.over());
        DeepClient client(trial, options_.deep_states, lawful(), clock_.over());
        const SearchResult result = search_states(trial, deep_bound, SearchLimits{}, client);
        out.states = result.counts.states;
        out.runs = result.counts.schedules;
        out.done = !clock_.over();
        for (Met& met : client.met) {
            met.exhibit.text = text;
            met.after_ms = clock_.ms();
            // The whole run has to be lawful, and so does what the other semantics makes of it.
            worker.court.load(*scenario);
            if (!worker.court.says(met.exhibit.order, met.key)) continue;
            if (!counts(worker, *scenario, met.key, met.exhibit.order, out.met)) continue;
            out.met.push_back(std::move(met));
        }
    }

    void batch(std::uint64_t from, std::uint64_t count) {
        std::vector<Look> looks(count);
        in_parallel(count,
                    [&](Worker& worker, std::size_t i) { look(worker, from + i, looks[i]); });
        std::vector<KeptScenario> kept;
        for (std::uint64_t i = 0; i < count; ++i) {
            // What was met before somebody ended it is the first that there is to meet.
            for (const Met& met : looks[i].met) note(met, from + i);
            if (!looks[i].done) break;
            ++block_.scenarios;
            bool adds = false;
            for (const std::uint32_t feature : looks[i].fresh) adds |= known_.add(feature);
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
        for (std::size_t i = 0; i < looks.size(); ++i) {
            const DeepLook& look = looks[i];
            block_.deep += look.done ? 1 : 0;
            block_.states += look.states;
            block_.runs += look.runs;
            for (const Met& met : look.met) note(met, kept[i].index);
            if (!look.done) break;
        }
    }

    void keep(std::string text) {
        ++block_.kept;
        if (kept_.size() < most_kept) {
            kept_.push_back(std::move(text));
        } else {
            kept_[block_.kept % most_kept] = std::move(text);
        }
    }

    // --- findings -----------------------------------------------------------------------------

    /// How a finding of the block was met, and how many examples were in vain.
    struct Example {
        Met met;
        std::uint32_t in_vain = 0;
    };

    void note(const Met& met, std::uint64_t index) {
        const auto same = [&](const BlockFinding& one) { return one.key == met.key; };
        const auto at = std::find_if(block_.found.begin(), block_.found.end(), same);
        if (at == block_.found.end()) {
            block_.found.push_back({met.key, index, 1, false, std::nullopt});
            examples_.push_back({met});
            return;
        }
        ++at->scenarios;
        Example& example = examples_[static_cast<std::size_t>(at - block_.found.begin())];
        if (!is_in_vain(*at) || example.in_vain == most_examples) return;
        at->minimized = false;
        at->index = index;
        example.met = met;
    }

    /// Made small, it turned out that the other semantics breaks the clause too.
    static bool is_in_vain(const BlockFinding& one) { return one.minimized && !one.finding; }

    /// Makes small what was met since the last time, but for what an earlier block has found. What
    /// nobody has begun with when the check ends stays as it was met.
    void minimize_new() {
        std::vector<std::size_t> fresh;
        for (std::size_t i = 0; i < block_.found.size(); ++i) {
            const BlockFinding& one = block_.found[i];
            if (!one.minimized && !sum_.has_found(one.key)) fresh.push_back(i);
        }
        if (fresh.empty()) return;
        show(true);
        in_parallel(fresh.size(), [&](Worker&, std::size_t i) {
            if (!reducing_.go_on()) return;
            Example& example = examples_[fresh[i]];
            BlockFinding& one = block_.found[fresh[i]];
            minimize(example.met, one);
            if (is_in_vain(one)) ++example.in_vain;
        });
    }

    /// Of the block, beyond those of the blocks before.
    std::uint64_t new_findings() const {
        std::uint64_t count = 0;
        for (const BlockFinding& one : block_.found) {
            count += one.finding.has_value() && !sum_.has_found(one.key);
        }
        return count;
    }

    void minimize(const Met& met, BlockFinding& out) const {
        const std::uint64_t start = clock_.ms();
        const Reduced reduced = reduce(met.exhibit, met.key, reducing_);
        const bool in_vain = kept_by_ && is_broken_by_both(reduced, met.key);
        // Whether the other semantics keeps it is not known then.
        if (kept_by_ && !in_vain && !reducing_.go_on()) return;
        out.minimized = true;
        if (in_vain) return;
        out.finding = describe_finding(reduced, met.key, reducing_);
        out.finding->found_after_ms = met.after_ms;
        out.finding->minimized_in_ms = clock_.ms() - start;
    }

    /// Now that it is small the other semantics can be looked at more closely.
    bool is_broken_by_both(const Reduced& reduced, const FindingKey& key) const {
        const Result<Scenario> scenario = load_scenario_text(reduced.text, "reduced");
        return breaks_in_some_state(*kept_by_, *scenario, key.clause, reducing_);
    }

    /// Scenarios of earlier checks, in their own order and in a few others.
    void try_first() {
        if (options_.first.empty()) return;
        begin_block();
        std::vector<Look> looks(options_.first.size());
        in_parallel(looks.size(), [&](Worker& worker, std::size_t i) {
            if (!clock_.go_on()) return;
            const Result<Scenario> scenario = load_scenario_text(options_.first[i], "earlier");
            if (!scenario.ok()) return;
            std::vector<Order> orders = orders_of(i);
            const Result<Schedule> own = parse_schedule(scenario->schedule());
            if (own.ok()) orders.insert(orders.begin(), {Order::Kind::schedule, 0, *own});
            looks[i].text = options_.first[i];
            judge(worker, *scenario, orders, looks[i]);
        });
        for (const Look& one : looks) {
            for (const Met& met : one.met) note(met, 0);
            if (!one.done) continue;
            ++block_.scenarios;
            for (const std::uint32_t feature : one.fresh) known_.add(feature);
            keep(one.text);
        }
        minimize_new();
        end_block();
        sum_.add(std::move(block_));
        earlier_ = std::move(kept_);
    }

    // --- the report ---------------------------------------------------------------------------

    void show(bool minimizing) {
        if (!options_.progress) return;
        CheckProgress progress;
        progress.scenarios = sum_.so_far().scenarios + block_.scenarios;
        progress.runs = sum_.so_far().runs + block_.runs;
        for (const auto& worker : workers_) {
            progress.runs += worker->court.runs() - worker->runs_before;
        }
        progress.kept = sum_.so_far().kept + block_.kept;
        progress.findings = sum_.findings() + new_findings();
        progress.minimizing = minimizing;
        options_.progress(progress);
    }

    const CheckOptions& options_;
    CheckClock clock_{options_.stop, options_.time_ms};
    CheckIdentity identity_;
    /// Of a block. Whoever looks for one finding needs no parts, and so no blocks.
    std::uint64_t size_ =
        options_.until_found ? std::max<std::uint64_t>(options_.count, 1) : block_size;
    NamedSemantics semantics_;
    std::optional<NamedSemantics> kept_by_;
    ContractChoice choice_;
    ScenarioGenerator generator_;
    ReduceOptions reducing_;
    std::vector<std::unique_ptr<Worker>> workers_;
    CheckSum sum_;                      ///< of the blocks before
    std::vector<std::string> earlier_;  ///< scenarios that each block may vary from the start

    CheckBlock block_;               ///< the one that is being run
    FeatureSet known_;               ///< in it
    std::vector<std::string> kept_;  ///< in it
    std::vector<Example> examples_;  ///< of its findings, in their order
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
    if (options.shard == 0 || options.shard > options.shards) {
        Error error;
        error.code = "E-CHK-001";
        error.message = "there is no shard " + std::to_string(options.shard) + " of " +
                        std::to_string(options.shards);
        return error;
    }
    CheckIdentity identity = identity_of(options, semantics.name, kept_by ? kept_by->name : "");
    for (const std::string& line : options.results) {
        const std::optional<BlockLine> read = read_block_line(line);
        if (!read || read->identity == identity) continue;
        return another_check(options.results_file, "what is there", read->identity, identity);
    }
    return Check(options, semantics, kept_by, choice, generator, std::move(identity)).run();
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// While the scenario shrinks, any order will do that still shows the finding: a schedule means
// something else as soon as a part is gone. So the last order is followed as far as it goes, then
// the serial one and a few random ones are tried. When nothing can go any more, the states of what
// is left are few: a search through them, with no preemption, then with one, then with two, finds
// an order with the fewest. That is followed by another round of shrinking.
#include "check/reduce.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "explore/search.hpp"
#include "explore/shrink.hpp"

namespace utsim {

namespace {

constexpr int attempts_of_a_round = 3000;
constexpr int most_rounds = 4;
constexpr std::uint64_t most_runs = 100'000;
constexpr std::uint64_t walks = 12;
constexpr std::uint64_t most_states = 4000;
constexpr std::uint64_t most_other_states = 20'000;  ///< of the semantics that has to keep it
constexpr std::uint32_t most_bound = 2;

Order walk(std::uint64_t number) {
    Order order;
    order.kind = number % 2 == 0 ? Order::Kind::event_walk : Order::Kind::walk;
    order.seed = number;
    return order;
}

Order following(Schedule schedule) {
    Order order;
    order.kind = Order::Kind::schedule;
    order.schedule = std::move(schedule);
    return order;
}

/// Ends with the first run that fails in the way that is looked for.
class FirstOf final : public SearchClient {
public:
    FirstOf(Trial& trial, const FindingKey& key, const std::function<bool()>& go_on)
        : trial_(trial),
          key_(key),
          go_on_(go_on) {}
    void found(const Failure& failure) override {
        if (hit || failure.kind != key_.clause || failure.function != key_.function) return;
        hit = SearchHit{failure, trial_.schedule()};
    }
    bool go_on(const SearchCounts& counts) override {
        return !hit && counts.states < most_states && go_on_();
    }

    std::optional<SearchHit> hit;

private:
    Trial& trial_;
    const FindingKey& key_;
    const std::function<bool()>& go_on_;
};

class Reducer {
public:
    Reducer(const Exhibit& exhibit, const FindingKey& key, const ReduceOptions& options)
        : options_(options),
          key_(key),
          choice_(chosen(key, options.lawful)),
          court_(reducing_run(options, options.semantics), choice_, options.lawful),
          text_(exhibit.text),
          order_(exhibit.order) {
        if (options.kept_by == nullptr) return;
        other_ = std::make_unique<Court>(reducing_run(options, *options.kept_by), choice_, false);
    }

    Reduced reduce() {
        for (int round = 0; round < most_rounds && may_go_on(); ++round) {
            const std::string before = text_;
            shrink();
            rename();
            const bool fewer = fewest_preemptions();
            if (text_ == before && !fewer) break;
        }
        prescribe();
        Reduced out;
        out.text = text_;
        if (order_.kind == Order::Kind::schedule) out.schedule = order_.schedule;
        out.runs = court_.runs();
        return out;
    }

private:
    /// The clause alone, and the duties, as a run that breaks one does not count.
    static ContractChoice chosen(const FindingKey& key, bool lawful) {
        ContractChoice choice = *ContractChoice::parse(key.clause);
        if (!lawful) return choice;
        for (std::size_t i = 0; i < all_clauses().size(); ++i) {
            const Clause& clause = *all_clauses()[i];
            if (clause.bound != Bound::utrace && clause.has_monitor()) choice.clauses.push_back(i);
        }
        std::sort(choice.clauses.begin(), choice.clauses.end());
        choice.clauses.erase(std::unique(choice.clauses.begin(), choice.clauses.end()),
                             choice.clauses.end());
        return choice;
    }

    /// What could not be made small is still in the order in which it was met: a walk, which only
    /// whoever drew it can repeat.
    void prescribe() {
        if (order_.kind == Order::Kind::serial || order_.kind == Order::Kind::schedule) return;
        const Result<Scenario> scenario = load_scenario_text(text_, "reduced");
        court_.load(*scenario);
        if (court_.says(order_, key_)) order_ = as_schedule();
    }

    bool may_go_on() const { return court_.runs() < most_runs && options_.go_on(); }

    void shrink() {
        text_ = shrink_scenario(
            text_, [this](const Scenario& scenario) { return may_go_on() && shows(scenario); },
            attempts_of_a_round);
    }

    /// Whether `scenario` shows it in an order that is easily found; that is the order from then
    /// on.
    bool shows(const Scenario& scenario) {
        court_.load(scenario);
        std::optional<Order> found = order_that_shows();
        if (!found) return false;
        if (other_ != nullptr && breaks_in_some_order(*other_, scenario, key_.clause, *found)) {
            return false;
        }
        order_ = std::move(*found);
        return true;
    }

    std::optional<Order> order_that_shows() {
        if (court_.says(Order{}, key_)) return Order{};
        if (order_.kind == Order::Kind::serial) return std::nullopt;
        if (court_.says(order_, key_)) return as_schedule();
        for (std::uint64_t i = 0; i < walks; ++i) {
            if (court_.says(walk(i), key_)) return as_schedule();
        }
        return std::nullopt;
    }

    /// The last run.
    Order as_schedule() { return following(court_.stage().schedule()); }

    /// True when there is an order with fewer switches than the one at hand.
    bool fewest_preemptions() {
        if (order_.kind == Order::Kind::serial) return false;
        const Result<Scenario> scenario = load_scenario_text(text_, "reduced");
        Trial trial(*scenario, reducing_run(options_, options_.semantics), choice_);
        court_.load(*scenario);
        Schedule best = order_.schedule;
        const std::optional<SearchHit> hit = searched(trial);
        if (hit) best = minimize(trial, *hit, options_.go_on);
        if (!court_.says(following(best), key_)) return false;
        best = court_.stage().schedule();
        drop_tail(best);
        // The other semantics may keep the clause in the order at hand only.
        if (other_ != nullptr &&
            breaks_in_some_order(*other_, *scenario, key_.clause, following(best))) {
            return false;
        }
        const bool fewer = switches(best) < switches(order_.schedule);
        if (fewer || format_schedule(best) != format_schedule(order_.schedule))
            order_ = following(best);
        return fewer;
    }

    std::optional<SearchHit> searched(Trial& trial) {
        for (std::uint32_t bound = 0; bound <= most_bound; ++bound) {
            FirstOf client(trial, key_, options_.go_on);
            search_states(trial, bound, SearchLimits{}, client);
            if (client.hit) return client.hit;
            if (!options_.go_on()) break;
        }
        // Not within these; then at least the order at hand with fewer switches.
        for (const Failure& failure : trial.try_schedule(order_.schedule)) {
            if (failure.kind == key_.clause && failure.function == key_.function) {
                return SearchHit{failure, order_.schedule};
            }
        }
        return std::nullopt;
    }

    /// Leaves out what the serial order does by itself.
    void drop_tail(Schedule& best) {
        while (!best.stretches.empty()) {
            Schedule candidate = best;
            candidate.stretches.pop_back();
            if (!court_.says(following(candidate), key_)) return;
            best = std::move(candidate);
        }
    }

    /// Gives what is left the names that a person would give: `t1`, `e1`, `c1`.
    void rename() {
        using Json = nlohmann::ordered_json;
        const Json tree = Json::parse(text_);
        std::string text = text_;
        for (const auto& [list, letter] :
             {std::pair<const char*, char>{"tasks", 't'}, {"engines", 'e'}, {"controllers", 'c'}}) {
            if (!tree.contains(list) || !tree[list].is_array()) continue;
            int number = 0;
            for (const Json& one : tree[list]) {
                const std::string wanted = letter + std::to_string(++number);
                if (!one.contains("name") || one["name"] == wanted) continue;
                // The names that are there count up, so a smaller number is free.
                replace_all(text, one["name"].dump(), Json(wanted).dump());
            }
        }
        if (text == text_) return;
        const Result<Scenario> scenario = load_scenario_text(text, "renamed");
        if (scenario.ok() && shows(*scenario)) text_ = text;
    }

    static void replace_all(std::string& text, const std::string& from, const std::string& to) {
        for (std::size_t at = text.find(from); at != std::string::npos;
             at = text.find(from, at + to.size())) {
            text.replace(at, from.size(), to);
        }
    }

    const ReduceOptions& options_;
    const FindingKey& key_;
    ContractChoice choice_;
    Court court_;
    std::unique_ptr<Court> other_;
    std::string text_;
    Order order_;
};

}  // namespace

ScenarioRunOptions reducing_run(const ReduceOptions& options, const NamedSemantics& semantics) {
    ScenarioRunOptions run;
    run.semantics = semantics.semantics;
    run.max_steps = options.max_steps;
    run.granularity = options.granularity;
    run.faults = options.faults;
    run.any_order = true;
    return run;
}

bool breaks_in_some_state(const NamedSemantics& semantics, const Scenario& scenario,
                          const std::string& clause, const ReduceOptions& options) {
    struct Client final : SearchClient {
        Client(const std::string& id, const std::function<bool()>& go_on)
            : clause(id),
              goes_on(go_on) {}
        void found(const Failure& failure) override { broken |= failure.kind == clause; }
        bool go_on(const SearchCounts& counts) override {
            return !broken && counts.states < most_other_states && goes_on();
        }
        const std::string& clause;
        const std::function<bool()>& goes_on;
        bool broken = false;
    } client(clause, options.go_on);
    Trial trial(scenario, reducing_run(options, semantics), *ContractChoice::parse(clause));
    for (std::uint32_t bound = 0; bound <= most_bound && !client.broken && options.go_on();
         ++bound) {
        search_states(trial, bound, SearchLimits{}, client);
    }
    return client.broken;
}

bool breaks_in_some_order(Court& court, const Scenario& scenario, std::string_view clause,
                          const Order& like) {
    court.load(scenario);
    if (court.breaks(Order{}, clause)) return true;
    if (like.kind != Order::Kind::serial && court.breaks(like, clause)) return true;
    for (std::uint64_t i = 0; i < walks; ++i) {
        if (court.breaks(walk(i), clause)) return true;
    }
    return false;
}

Reduced reduce(const Exhibit& exhibit, const FindingKey& key, const ReduceOptions& options) {
    return Reducer(exhibit, key, options).reduce();
}

}  // namespace utsim

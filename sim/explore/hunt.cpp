// SPDX-License-Identifier: MIT
// Workers share nothing but counters: which worker looks at a scenario follows from its number, and
// what is kept of a class does not depend on who met it first. So the result is the same for any
// number of threads.
#include "explore/hunt.hpp"

#include <algorithm>
#include <system_error>
#include <thread>

#include "base/check.hpp"
#include "explore/generate.hpp"
#include "explore/shrink.hpp"

namespace utsim {

namespace {

/// A generated scenario that takes longer goes round in circles.
constexpr std::uint64_t generated_steps = 4000;
constexpr std::uint64_t shrink_attempts = 600;
/// Of the classes with the same cause, so many are made small; the others are only counted.
constexpr std::size_t shrunk_of_a_cause = 3;
constexpr std::uint64_t steps_to_interrupt = 2000;

std::vector<Order> orders_for(std::uint64_t seed, std::uint64_t index) {
    Order walk;
    walk.kind = Order::Kind::event_walk;
    walk.seed = seed * 1'000'003 + index;
    Order fine = walk;
    fine.kind = Order::Kind::walk;
    return {Order{}, walk, fine};
}

/// The shortest beginning of what `order` makes of the run from which the rest follows by itself.
std::string exact_schedule(Duel& duel, const Scenario& scenario, const Semantics& semantics,
                           const Order& order) {
    duel.lead(scenario, semantics, order);
    const Schedule whole = duel.a().schedule();
    Order shorter;
    shorter.kind = Order::Kind::schedule;
    shorter.schedule = whole;
    Schedule best = whole;
    while (!shorter.schedule.stretches.empty()) {
        shorter.schedule.stretches.pop_back();
        duel.lead(scenario, semantics, shorter);
        if (duel.a().schedule().stretches != whole.stretches) break;
        best = shorter.schedule;
    }
    return best.stretches.empty() ? std::string() : format_schedule(best);
}

}  // namespace

bool Example::better_than(const Example& other) const {
    if (order.kind != other.order.kind) return order.kind < other.order.kind;
    if (size != other.size) return size < other.size;
    return index < other.index;
}

struct Hunt::Worker {
    explicit Worker(const DiffOptions& options, bool generated)
        : duel(options.granularity == "api"      ? Granularity::api
               : options.granularity == "access" ? Granularity::access
                                                 : Granularity::lock) {
        duel.set_max_steps(options.max_steps != 0 ? options.max_steps
                           : generated            ? generated_steps
                                                  : 0);
    }
    Duel duel;
    FoundClasses found;
    Tally tally;
};

bool Hunt::go_on() {
    if (options_.stop != nullptr && options_.stop->load()) interrupted_ = true;
    if (options_.budget_ms.has_value()) {
        // tidy: allow clock (it can only end a search: nothing that a run shows depends on it)
        const auto spent = std::chrono::steady_clock::now() - start_;
        if (spent > std::chrono::milliseconds(*options_.budget_ms)) out_of_time_ = true;
    }
    return !interrupted_ && !out_of_time_;
}

/// Runs `work` for each number below `count`, number 0 here and the others on threads of their own,
/// or here too where the system gives none.
void Hunt::share(unsigned count, const std::function<void(unsigned)>& work) {
    std::vector<std::thread> threads;
    unsigned started = 1;
    try {
        for (; started < count; ++started) threads.emplace_back(work, started);
    } catch (const std::system_error&) {
        // Then it takes longer.
    }
    work(0);
    for (unsigned number = started; number < count; ++number) work(number);
    for (std::thread& thread : threads) thread.join();
}

void Hunt::judge(Worker& worker, const Scenario& scenario, std::uint64_t index, std::size_t size,
                 const Order& order) {
    Duel& duel = worker.duel;
    ++worker.tally.schedules;
    ++schedules_;
    // A run that a limit ended says nothing about what comes behind it.
    if (duel.lead(scenario, a_.semantics, order) == RunEnd::limit) return;
    const bool same = duel.same(b_.semantics);
    worker.tally.events += duel.a().seen().seen().size();
    if (same) return;
    const Comparison difference = duel.compared();
    for (Cause& cause : attribute(duel, scenario, order, a_.semantics, b_.semantics, difference)) {
        const auto key = std::make_pair(decision_names(cause.rows), cause.kind);
        const Example example{index, order, size};
        FoundClass& found = worker.found[key];
        if (found.count++ == 0) {
            found.cause = std::move(cause);
            found.best = example;
            continue;
        }
        // An example that A and B themselves show is worth more than any other.
        const bool better =
            cause.direct != found.cause.direct ? cause.direct : example.better_than(found.best);
        if (!better) continue;
        found.cause = std::move(cause);
        found.best = example;
    }
}

void Hunt::merge(Worker& worker) {
    tally_.scenarios += worker.tally.scenarios;
    tally_.schedules += worker.tally.schedules;
    tally_.events += worker.tally.events;
    for (auto& [key, found] : worker.found) {
        FoundClass& known = classes_[key];
        const std::uint64_t count = known.count + found.count;
        const bool better = known.count == 0 || (found.cause.direct != known.cause.direct
                                                     ? found.cause.direct
                                                     : found.best.better_than(known.best));
        if (better) known = std::move(found);
        known.count = count;
    }
}

void Hunt::in_parallel(const std::function<void(unsigned, Worker&)>& work) {
    const unsigned count = std::max(1u, options_.threads);
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < count; ++i) {
        workers.push_back(std::make_unique<Worker>(options_, true));
    }
    share(count, [&](unsigned number) { work(number, *workers[number]); });
    for (const auto& worker : workers) merge(*worker);
}

void Hunt::generated(std::uint64_t count) {
    const std::uint64_t step = std::max(1u, options_.threads);
    in_parallel([&](unsigned number, Worker& worker) {
        for (std::uint64_t index = number; index < count && go_on(); index += step) {
            const std::string text = generate_scenario(options_.seed, index);
            const Result<Scenario> scenario = load_scenario_text(text, "generated");
            UTSIM_CHECK(scenario.ok(), "a generated scenario cannot be loaded");
            ++worker.tally.scenarios;
            ++scenarios_;
            for (const Order& order : orders_for(options_.seed, index)) {
                judge(worker, *scenario, index, text.size(), order);
            }
            if (number == 0 && options_.progress) {
                options_.progress({scenarios_, schedules_, worker.found.size(), false});
            }
        }
    });
    shrink_all([this](std::uint64_t index) { return generate_scenario(options_.seed, index); },
               false);
}

void Hunt::orders_of(const Scenario& scenario) {
    Worker worker(options_, false);
    ++worker.tally.scenarios;
    judge(worker, scenario, 0, 0, Order{});
    // One interruption, at each step, by each actor; behind it nobody is interrupted again.
    worker.duel.lead(scenario, a_.semantics, Order{});
    const Schedule serial = worker.duel.a().schedule();
    const std::uint32_t actors = worker.duel.a().world().actor_count();
    const std::uint64_t steps = std::min(serial.steps(), steps_to_interrupt);
    for (std::uint64_t at = 1; at < steps && go_on(); ++at) {
        Order order;
        order.kind = Order::Kind::schedule;
        std::uint64_t left = at;
        ActorId last;
        for (const Schedule::Stretch& stretch : serial.stretches) {
            const std::uint64_t taken = std::min(left, stretch.steps);
            if (taken == 0) break;
            order.schedule.append(stretch.actor, taken);
            last = stretch.actor;
            left -= taken;
        }
        for (std::uint32_t actor = 1; actor < actors && go_on(); ++actor) {
            if (ActorId{actor} == last) continue;
            Order interrupted = order;
            interrupted.schedule.append(ActorId{actor}, 1);
            judge(worker, scenario, at, at, interrupted);
        }
    }
    for (std::uint64_t run = 0; run < options_.runs && go_on(); ++run) {
        Order order;
        order.kind = run % 2 == 0 ? Order::Kind::event_walk : Order::Kind::walk;
        order.seed = options_.seed + run;
        judge(worker, scenario, run, 0, order);
        if (options_.progress) options_.progress({1, schedules_, worker.found.size(), false});
    }
    merge(worker);
    shrink_all([&](std::uint64_t) { return std::string(scenario.data().source); }, true);
}

void Hunt::shrink_all(const std::function<std::string(std::uint64_t)>& text_of, bool orders_only) {
    const auto better = [](const FoundClass* x, const FoundClass* y) {
        if (x->cause.direct != y->cause.direct) return x->cause.direct;
        if (x->best.order.kind != y->best.order.kind) {
            return x->best.order.kind < y->best.order.kind;
        }
        return x->count > y->count;
    };
    std::map<std::string, std::vector<FoundClass*>> by_cause;
    for (auto& [key, found] : classes_) {
        std::vector<FoundClass*>& list = by_cause[key.first];
        list.insert(std::upper_bound(list.begin(), list.end(), &found, better), &found);
    }
    std::vector<FoundClass*> wanted;
    for (auto& [names, list] : by_cause) {
        if (list.size() > shrunk_of_a_cause) list.resize(shrunk_of_a_cause);
        wanted.insert(wanted.end(), list.begin(), list.end());
    }
    std::atomic<std::size_t> next = 0;
    share(std::max(1u, options_.threads), [&](unsigned number) {
        for (std::size_t i = next++; i < wanted.size() && go_on(); i = next++) {
            if (number == 0 && options_.progress) {
                options_.progress({scenarios_, schedules_, classes_.size(), true});
            }
            shrink_one(*wanted[i], text_of(wanted[i]->best.index), orders_only);
        }
    });
}

void Hunt::shrink_one(FoundClass& found, const std::string& text, bool orders_only) {
    Worker worker(options_, !orders_only);
    Order order = found.best.order;
    const Cause& cause = found.cause;
    // Out of time, nothing smaller shows it any more: what there is by then is the answer.
    const auto shows_in = [&](const Scenario& scenario, const Order& candidate) {
        return go_on() &&
               shows(worker.duel, scenario, candidate, a_.semantics, b_.semantics, cause);
    };
    found.text = text;
    if (!orders_only) {
        const auto keeps = [&](const Scenario& scenario) {
            if (order.kind != Order::Kind::serial && shows_in(scenario, Order{})) {
                order = Order{};
                return true;
            }
            return shows_in(scenario, order);
        };
        found.text = shrink_scenario(text, keeps, static_cast<int>(shrink_attempts));
    }
    if (order.kind == Order::Kind::serial) return;
    const Result<Scenario> scenario = load_scenario_text(found.text, "shrunk");
    UTSIM_CHECK(scenario.ok(), "a shrunk scenario cannot be loaded");
    // From here on the order is a schedule that can be written down.
    const auto still_shows = [&](const Order& candidate) {
        return shows(worker.duel, *scenario, candidate, a_.semantics, b_.semantics, cause);
    };
    if (!still_shows(order)) return;
    const bool from_a = cause.direct || !cause.at_b;
    const Semantics leads =
        from_a ? a_.semantics : with_choices(b_.semantics, a_.semantics, cause.rows);
    worker.duel.lead(*scenario, leads, order);
    Order fixed;
    fixed.kind = Order::Kind::schedule;
    fixed.schedule = worker.duel.a().schedule();
    found.schedule = format_schedule(fixed.schedule);
    if (!still_shows(fixed)) return;
    for (std::size_t i = fixed.schedule.stretches.size(); i-- > 0 && go_on();) {
        Order fewer = fixed;
        fewer.schedule.stretches.clear();
        for (std::size_t j = 0; j < fixed.schedule.stretches.size(); ++j) {
            const Schedule::Stretch& stretch = fixed.schedule.stretches[j];
            if (j != i) fewer.schedule.append(stretch.actor, stretch.steps);
        }
        if (shows_in(*scenario, fewer)) fixed = std::move(fewer);
        i = std::min(i, fixed.schedule.stretches.size());
    }
    found.schedule = format_schedule(fixed.schedule);
    if (go_on()) found.schedule = exact_schedule(worker.duel, *scenario, leads, fixed);
}

}  // namespace utsim

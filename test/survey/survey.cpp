// SPDX-License-Identifier: MIT
// Workers share nothing: which worker looks at a scenario follows from its number, and which place
// of a finding is kept does not depend on who met it first. So the result is the same for any
// number of them.
#include "survey/survey.hpp"

#include <algorithm>
#include <thread>

#include "base/check.hpp"
#include "explore/generate.hpp"

namespace utsim::survey {

/// Notes at which event each violation came up.
class Court::Clerk final : public EventSink {
public:
    explicit Clerk(Contract& contract) : contract_(contract) {}
    void emit(const Event& event) override {
        contract_.emit(event);
        while (kinds.size() < contract_.violations().size()) kinds.push_back(event.kind);
    }
    std::uint64_t mark() const override { return contract_.mark(); }
    void rewind(std::uint64_t mark) override { contract_.rewind(mark); }

    std::vector<EventKind> kinds;

private:
    Contract& contract_;
};

void Court::load(const Scenario& scenario) {
    stage_.load(scenario, semantics_);
    if (heard_ == &stage_.world()) return;
    heard_ = &stage_.world();
    contract_ = std::make_unique<Contract>(stage_.names(), choice_);
    clerk_ = std::make_shared<Clerk>(*contract_);
    stage_.set_listener(clerk_.get());
}

const std::vector<Court::Saying>& Court::judge(const Order& order) {
    contract_->restart();
    clerk_->kinds.clear();
    const RunEnd end = stage_.run(order);
    contract_->finish(end, stage_.world().step());
    sayings_.clear();
    for (const Violation& violation : contract_->violations()) {
        const std::size_t at = sayings_.size();
        const bool late = at >= clerk_->kinds.size();
        sayings_.push_back(
            {violation, late ? std::string_view("end") : kind_info(clerk_->kinds[at]).name});
    }
    return sayings_;
}

bool Court::says(const Order& order, const FindingKey& key) {
    const std::vector<Saying>& all = judge(order);
    return std::any_of(all.begin(), all.end(), [&](const Saying& saying) {
        return key_of(saying.violation, saying.event) == key;
    });
}

std::vector<Order> orders_for(const Options& options, std::uint64_t index) {
    std::vector<Order> orders(1);
    for (std::uint64_t i = 1; i < options.orders; ++i) {
        Order order;
        order.kind = i % 2 == 1 ? Order::Kind::event_walk : Order::Kind::walk;
        order.seed = (options.seed * 1'000'003 + index) * 64 + i;
        orders.push_back(order);
    }
    return orders;
}

namespace {

void look_at(Court& court, const Options& options, std::uint64_t index, Survey& result) {
    const std::string text = generate_scenario(options.seed, index);
    const Result<Scenario> scenario = load_scenario_text(text, "generated");
    UTSIM_CHECK(scenario.ok(), "a generated scenario cannot be loaded");
    court.load(*scenario);
    for (const Order& order : orders_for(options, index)) {
        ++result.runs;
        for (const Court::Saying& saying : court.judge(order)) {
            Finding& finding = result.findings[key_of(saying.violation, saying.event)];
            const Place place{index, order, text.size()};
            if (finding.runs++ == 0 || place.better_than(finding.best)) {
                finding.best = place;
                finding.message = saying.violation.message;
                finding.duty = saying.violation.duty;
            }
            if (finding.last_scenario != index) ++finding.scenarios;
            finding.last_scenario = index;
        }
    }
}

}  // namespace

Survey survey(const Options& options) {
    const unsigned jobs = std::max(1u, options.jobs);
    std::vector<Survey> results(jobs);
    std::vector<std::thread> threads;
    const auto work = [&](unsigned number) {
        Court court(options.semantics.semantics, options.choice);
        for (std::uint64_t index = number; index < options.count; index += jobs) {
            look_at(court, options, index, results[number]);
        }
        results[number].events = court.stage().events();
    };
    for (unsigned i = 1; i < jobs; ++i) threads.emplace_back(work, i);
    work(0);
    for (std::thread& thread : threads) thread.join();
    for (unsigned i = 1; i < jobs; ++i) {
        merge(results[0].findings, results[i].findings);
        results[0].runs += results[i].runs;
        results[0].events += results[i].events;
    }
    return results[0];
}

}  // namespace utsim::survey

// SPDX-License-Identifier: MIT
// The clerk stands between the World and the contract, because where a violation comes up is known
// only while it does.
#include "check/court.hpp"

#include <algorithm>

#include "explore/trial.hpp"

namespace utsim {

namespace {

constexpr const char* end_of_run = "the end";

ScenarioRunOptions options_for(const Semantics& semantics, std::uint64_t steps) {
    ScenarioRunOptions run;
    run.semantics = semantics;
    run.max_steps = steps;
    return run;
}

}  // namespace

/// Notes at which event and in which function each violation came up.
class Court::Clerk final : public EventSink {
public:
    explicit Clerk(Court& court) : court_(court) {}
    void emit(const Event& event) override {
        Contract& contract = *court_.contract_;
        contract.emit(event);
        if (kinds.size() == contract.violations().size()) return;
        functions.resize(contract.violations().size(),
                         breach_place(court_.stage_.world(), event.kind));
        kinds.resize(contract.violations().size(), event.kind);
    }
    std::uint64_t mark() const override { return court_.contract_->mark(); }
    void rewind(std::uint64_t mark) override { court_.contract_->rewind(mark); }
    bool wants_each_instruction() const override {
        return court_.contract_->wants_each_instruction();
    }
    void restart() {
        kinds.clear();
        functions.clear();
    }

    std::vector<EventKind> kinds;
    std::vector<const char*> functions;

private:
    Court& court_;
};

Court::Court(const ScenarioRunOptions& run, const ContractChoice& choice, bool lawful)
    : run_(run),
      choice_(choice),
      lawful_(lawful),
      clerk_(std::make_unique<Clerk>(*this)) {
    stage_.set_options(run);
}

Court::Court(const Semantics& semantics, const ContractChoice& choice, std::uint64_t steps,
             bool lawful)
    : Court(options_for(semantics, steps), choice, lawful) {}

Court::~Court() = default;

void Court::load(const Scenario& scenario) {
    // A new World may well be where the old one was, so its address tells nothing.
    if (!stage_.load(scenario, run_.semantics)) return;
    contract_ = std::make_unique<Contract>(stage_.names(), choice_);
    stage_.set_listener(clerk_.get());
    stage_.world().set_observer(watch_);
}

void Court::set_watch(WindowWatch* watch) {
    watch_ = watch;
    if (contract_ != nullptr) stage_.world().set_observer(watch);
}

const std::vector<Saying>& Court::judge(const Order& order) {
    contract_->restart();
    clerk_->restart();
    if (watch_ != nullptr) watch_->begin_run();
    const RunEnd end = stage_.run(order);
    contract_->finish(end, stage_.world().step());
    if (watch_ != nullptr) note_exercised();
    sayings_.clear();
    const std::vector<Violation>& violations = contract_->violations();
    const bool duty_broken = std::any_of(violations.begin(), violations.end(),
                                         [](const Violation& v) { return v.duty; });
    if (lawful_ && duty_broken) {
        ++unlawful_;
        return sayings_;
    }
    for (std::size_t i = 0; i < violations.size(); ++i) {
        const bool late = i >= clerk_->kinds.size();
        sayings_.push_back({violations[i], late ? end_of_run : clerk_->functions[i],
                            late ? std::string_view("end") : kind_info(clerk_->kinds[i]).name});
    }
    return sayings_;
}

void Court::note_exercised() {
    for (const std::size_t clause : choice_.clauses) {
        if (contract_->exercised(clause) != 0) watch_->clause_exercised(clause);
    }
}

bool Court::says(const Order& order, const FindingKey& key) {
    const std::vector<Saying>& all = judge(order);
    return std::any_of(all.begin(), all.end(), [&](const Saying& s) { return key_of(s) == key; });
}

bool Court::breaks(const Order& order, std::string_view clause) {
    const std::vector<Saying>& all = judge(order);
    return std::any_of(all.begin(), all.end(),
                       [&](const Saying& s) { return s.violation.rule == clause; });
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// The contract listens to the run through a relay, because it needs the names of the World, and
// that is built after the options were given.
#include "explore/contract_run.hpp"

#include <algorithm>

#include "scenario/run.hpp"
#include "trace/fingerprint.hpp"
#include "trace/names.hpp"

namespace utsim {

namespace {

/// Passes events on to a sink that is known later.
class Relay final : public EventSink {
public:
    void set_target(EventSink& target) { target_ = &target; }
    void emit(const Event& event) override {
        if (target_ != nullptr) target_->emit(event);
    }
    std::uint64_t mark() const override { return target_ != nullptr ? target_->mark() : 0; }
    void rewind(std::uint64_t mark) override {
        if (target_ != nullptr) target_->rewind(mark);
    }
    bool wants_each_instruction() const override {
        return target_ != nullptr && target_->wants_each_instruction();
    }
    bool wants_arguments() const override {
        return target_ != nullptr && target_->wants_arguments();
    }

private:
    EventSink* target_ = nullptr;
};

/// Fingerprints what passes by.
class Witness final : public EventSink {
public:
    Witness(const World& world, EventSink* next) : names_(world), next_(next) {}
    void emit(const Event& event) override {
        fingerprint_.add(event, names_);
        if (next_ != nullptr) next_->emit(event);
    }
    std::uint64_t mark() const override { return next_ != nullptr ? next_->mark() : 0; }
    void rewind(std::uint64_t mark) override {
        if (next_ != nullptr) next_->rewind(mark);
    }
    std::string text() const { return fingerprint_.text(); }

private:
    WorldNames names_;
    EventSink* next_;
    Fingerprint fingerprint_;
};

bool is_chosen(const ContractChoice& choice, const std::string& id) {
    const std::size_t index = find_clause(id);
    if (index == all_clauses().size()) return true;  // a clause that there is not is never broken
    return std::find(choice.clauses.begin(), choice.clauses.end(), index) != choice.clauses.end();
}

}  // namespace

RunEnd run_end_named(const std::string& name) {
    for (int i = 0; i <= static_cast<int>(RunEnd::paused); ++i) {
        if (name == run_end_name(static_cast<RunEnd>(i))) return static_cast<RunEnd>(i);
    }
    return RunEnd::paused;
}

bool is_expected(const Violation& violation, const std::vector<ExpectedBreach>& expected) {
    return std::any_of(expected.begin(), expected.end(), [&](const ExpectedBreach& breach) {
        return breach.clause == violation.rule;
    });
}

ContractVerdict verdict_of(const Contract& contract, const ContractChoice& choice,
                           const std::vector<ExpectedBreach>& expected) {
    ContractVerdict verdict;
    verdict.broken = contract.violations();
    for (const Violation& violation : verdict.broken) {
        if (!is_expected(violation, expected)) verdict.unexpected.push_back(violation);
    }
    for (const ExpectedBreach& breach : expected) {
        const bool seen = std::any_of(verdict.broken.begin(), verdict.broken.end(),
                                      [&](const Violation& v) { return v.rule == breach.clause; });
        if (!seen && is_chosen(choice, breach.clause)) verdict.missing.push_back(breach);
    }
    verdict.exercised.resize(all_clauses().size());
    for (const std::size_t index : choice.clauses) {
        verdict.exercised[index] = contract.exercised(index);
    }
    return verdict;
}

Result<JudgedRun> run_judged(const Scenario& scenario, const RunOptions& options,
                             const ContractChoice& choice, std::string* fingerprint) {
    UTSIM_TRY(chosen, scenario_run_options(scenario, options));
    Relay relay;
    RunOptions relayed = options;
    relayed.sink = &relay;
    UTSIM_TRY(simulation, Simulation::create(scenario, relayed));
    Contract contract(simulation.world().names(), choice);
    Witness witness(simulation.world(), options.sink);
    contract.set_next(fingerprint != nullptr ? &witness : options.sink);
    relay.set_target(contract);
    JudgedRun run;
    run.report = simulation.run();
    if (fingerprint != nullptr) *fingerprint = witness.text();
    contract.finish(run_end_named(run.report.end), run.report.steps);
    run.contract =
        verdict_of(contract, choice, expected_breaches(scenario.data(), chosen.semantics));
    return run;
}

}  // namespace utsim

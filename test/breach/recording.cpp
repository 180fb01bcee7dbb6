// SPDX-License-Identifier: MIT
// The run has no judge: its events are written down first, and judged as often as somebody edits
// them.
#include "breach/recording.hpp"

#include <algorithm>

#include "explore/contract_run.hpp"
#include "support/forgetful.hpp"

namespace utsim::testing {

namespace {

class Keeper final : public EventSink {
public:
    explicit Keeper(Stream& stream) : stream_(stream) {}
    void emit(const Event& event) override {
        stream_.push_back({event, std::string(event.text)});
        stream_.back().event.text = {};
    }
    std::uint64_t mark() const override { return stream_.size(); }
    void rewind(std::uint64_t mark) override { stream_.resize(mark); }

private:
    Stream& stream_;
};

}  // namespace

Result<Recording> Recording::of(const Scenario& scenario, const RunOptions& options) {
    Recording recording;
    Parts& p = *recording.parts_;
    Keeper keeper(p.stream);
    RunOptions kept = options;
    kept.sink = &keeper;
    UTSIM_TRY(simulation, Simulation::create(scenario, kept));
    p.simulation = std::make_unique<Simulation>(std::move(simulation));
    const RunReport report = p.simulation->run();
    p.end = run_end_named(report.end);
    p.steps = report.steps;
    p.names = std::make_unique<EditedNames>(p.simulation->world().names());
    p.contract = std::make_unique<Contract>(*p.names);
    p.everybody = std::make_unique<Contract>(*p.names);
    p.everybody->call_everybody();
    p.contract->set_next(p.everybody.get());
    return recording;
}

const std::vector<Violation>& Recording::judge(const Stream& stream) {
    Contract& contract = *parts_->contract;
    contract.restart();
    parts_->everybody->restart();
    for (const Told& told : stream) {
        Event event = told.event;
        event.text = told.text;
        contract.emit(event);
    }
    contract.finish(parts_->end, parts_->steps);
    parts_->everybody->finish(parts_->end, parts_->steps);
    return contract.violations();
}

std::set<std::string> Recording::differs_by_tables() const {
    const Contract& a = *parts_->contract;
    const Contract& b = *parts_->everybody;
    std::set<std::string> ids;
    for (std::size_t i = 0; i < all_clauses().size(); ++i) {
        if (a.exercised(i) != b.exercised(i)) ids.emplace(all_clauses()[i]->id);
    }
    const auto said_by_one = [&ids](const Contract& one, const Contract& other) {
        for (const Violation& violation : one.violations()) {
            const auto same = [&](const Violation& v) {
                return v.rule == violation.rule && v.message == violation.message &&
                       v.step == violation.step && v.since == violation.since;
            };
            if (std::none_of(other.violations().begin(), other.violations().end(), same)) {
                ids.insert(violation.rule);
            }
        }
    };
    said_by_one(a, b);
    said_by_one(b, a);
    return ids;
}

std::string Recording::differs_when_forgetful(const Stream& stream, const ContractChoice& choice,
                                              std::uint64_t seed, const std::string& focus) const {
    Contract contract(*parts_->names, choice);
    Forgetful forgetful(*parts_->names, choice, seed, focus);
    for (const Told& told : stream) {
        Event event = told.event;
        event.text = told.text;
        contract.emit(event);
        forgetful.emit(event);
    }
    contract.finish(parts_->end, parts_->steps);
    forgetful.finish(parts_->end, parts_->steps);
    const std::string a = Forgetful::told(contract);
    const std::string b = Forgetful::told(forgetful.contract());
    return a == b ? "" : "said:\n" + a + "and, forgetful:\n" + b;
}

std::set<std::string> Recording::fields(const Stream& stream, const ContractChoice& choice) const {
    Forgetful forgetful(*parts_->names, choice, 0, "nothing");
    for (const Told& told : stream) {
        Event event = told.event;
        event.text = told.text;
        forgetful.emit(event);
    }
    return forgetful.names_of_fields();
}

std::set<std::string> clauses_in(const std::vector<Violation>& violations) {
    std::set<std::string> ids;
    for (const Violation& violation : violations) ids.insert(violation.rule);
    return ids;
}

}  // namespace utsim::testing

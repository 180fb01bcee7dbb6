// SPDX-License-Identifier: MIT
// The run has no judge: its events are written down first, and judged as often as somebody edits
// them.
#include "breach/recording.hpp"

#include "explore/contract_run.hpp"

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
    return recording;
}

const std::vector<Violation>& Recording::judge(const Stream& stream) {
    Contract& contract = *parts_->contract;
    contract.restart();
    for (const Told& told : stream) {
        Event event = told.event;
        event.text = told.text;
        contract.emit(event);
    }
    contract.finish(parts_->end, parts_->steps);
    return contract.violations();
}

std::set<std::string> clauses_in(const std::vector<Violation>& violations) {
    std::set<std::string> ids;
    for (const Violation& violation : violations) ids.insert(violation.rule);
    return ids;
}

}  // namespace utsim::testing

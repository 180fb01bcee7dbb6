// SPDX-License-Identifier: MIT
// The face of ScenarioRun for embedders. The World is built at the first run, when it is known
// which engines join; adding another one later builds it anew.
#include "scenario/simulation.hpp"

#include <algorithm>
#include <exception>

#include "sched/choosers.hpp"
#include "semantics/parse.hpp"

namespace utsim {

namespace {

Error option_error(const char* code, std::string message, std::string hint = {}) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.hint = std::move(hint);
    return error;
}

bool granularity_of(const std::string& word, Granularity& out) {
    if (word == "api") {
        out = Granularity::api;
    } else if (word == "lock") {
        out = Granularity::lock;
    } else if (word == "access") {
        out = Granularity::access;
    } else {
        return false;
    }
    return true;
}

/// Tells the listeners, and behind them a sink. An exception must not leave the fiber that an event
/// comes from: it is kept until the run is over, and nobody is told any more.
class Audience final : public EventSink {
public:
    Audience(World& world, const std::vector<Simulation::Listener>& listeners, EventSink* next)
        : world_(world),
          listeners_(listeners),
          next_(next) {}

    void emit(const Event& event) override {
        tell(event);
        if (next_ != nullptr) next_->emit(event);
    }
    std::uint64_t mark() const override { return next_ != nullptr ? next_->mark() : 0; }
    void rewind(std::uint64_t mark) override {
        if (next_ != nullptr) next_->rewind(mark);
    }
    bool wants_each_instruction() const override {
        return !listeners_.empty() || (next_ != nullptr && next_->wants_each_instruction());
    }
    bool wants_arguments() const override {
        return !listeners_.empty() || (next_ != nullptr && next_->wants_arguments());
    }
    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    void tell(const Event& event) {
        if (thrown_) return;
        try {
            for (const Simulation::Listener& listener : listeners_) listener(event, world_.names());
        } catch (...) {
            thrown_ = std::current_exception();
            world_.request_stop("a listener threw");
        }
    }

    World& world_;
    const std::vector<Simulation::Listener>& listeners_;
    EventSink* next_;
    std::exception_ptr thrown_;
};

/// Runs, and lets the visitor look on the way.
RunEnd run_with(ScenarioRun& run, Chooser& chooser, StepVisitor* visitor) {
    if (visitor == nullptr) return run.run(chooser);
    World& world = run.world();
    RunEnd end = RunEnd::paused;
    for (;;) {
        const std::uint64_t step = visitor->next_visit(world.step());
        if (step != ~std::uint64_t{0}) world.pause_at(step);
        end = run.run(chooser);
        // A chooser can pause as well, and then the step has not been reached.
        if (end != RunEnd::paused || world.step() < step) break;
        visitor->visit(world);
    }
    visitor->at_end(world);
    return end;
}

}  // namespace

const char* verdict_name(Verdict verdict) {
    switch (verdict) {
        case Verdict::held:
            return "held";
        case Verdict::violated:
            return "violated";
        case Verdict::vacuous:
            return "vacuous";
    }
    return "?";
}

std::size_t RunReport::violations() const {
    return static_cast<std::size_t>(
        std::count_if(expectations.begin(), expectations.end(),
                      [](const ExpectationResult& e) { return e.verdict == Verdict::violated; }));
}

std::size_t RunReport::vacuous() const {
    return static_cast<std::size_t>(
        std::count_if(expectations.begin(), expectations.end(),
                      [](const ExpectationResult& e) { return e.verdict == Verdict::vacuous; }));
}

Result<ScenarioRunOptions> scenario_run_options(const Scenario& scenario,
                                                const RunOptions& options) {
    ScenarioRunOptions result;
    const std::string& semantics =
        options.semantics.empty() ? scenario.semantics() : options.semantics;
    UTSIM_TRY(named, parse_semantics(semantics));
    result.semantics = named.semantics;
    const std::string& word =
        options.granularity.empty() ? scenario.granularity() : options.granularity;
    if (!granularity_of(word, result.granularity)) {
        return option_error("E-RUN-002", "unknown granularity \"" + word + "\"",
                            "api, lock or access");
    }
    result.quantum = options.quantum;
    result.max_steps = options.max_steps;
    result.max_instructions = options.max_instructions;
    result.any_order = !options.schedule.empty() || options.seed.has_value();
    return result;
}

Result<Simulation> Simulation::create(const Scenario& scenario, const RunOptions& options) {
    auto parts = std::make_unique<Parts>(scenario);
    UTSIM_TRY(run_options, scenario_run_options(scenario, options));
    parts->options = options;
    parts->run_options = run_options;
    UTSIM_TRY(order, run_order(scenario, options));
    parts->run_options.faults = order.faults();
    parts->order = std::move(order);
    parts->sink = options.sink;
    parts->stop = options.stop;
    parts->visitor = options.visitor;
    return Simulation(std::move(parts));
}

Simulation::Simulation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Simulation::Simulation(Simulation&&) noexcept = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;
Simulation::~Simulation() = default;

void Simulation::add_engine_maker(EngineSpec spec, std::size_t size, std::size_t align,
                                  Maker maker) {
    parts_->added.push_back({std::move(spec), size, align, std::move(maker)});
    parts_->run.reset();
}

const EngineOps* Simulation::find_engine(std::string_view name) const {
    for (const AddedEngine& engine : parts_->added) {
        if (engine.spec.name == name && parts_->run != nullptr)
            return parts_->run->engine_ops(name);
    }
    return nullptr;
}

World& Simulation::world() { return parts_->built().world(); }

void Simulation::listen(Listener listener) { parts_->listeners.push_back(std::move(listener)); }

const NameTable& Simulation::names() { return world().names(); }

RunReport Simulation::run() { return run_into(parts_->sink); }

/// `first` hears the events behind the listeners.
RunReport Simulation::run_into(EventSink* first) {
    Parts& p = *parts_;
    ScenarioRun& run = p.built();
    Audience audience(run.world(), p.listeners, first);
    run.restart();
    run.set_sink(p.listeners.empty() ? first : &audience);
    run.world().set_interrupt(p.stop);
    const RunChooser chooser(p.order);
    const RunEnd end = run_with(run, *chooser, p.visitor);
    run.finish(end);
    run.set_sink(nullptr);
    audience.rethrow();
    RunReport report = run.report(end);
    if (const auto divergence = chooser.divergence()) {
        report.end_detail = "the schedule cannot be followed at step " +
                            std::to_string(divergence->step) +
                            ": the actor that it wants cannot run";
        report.end_as_expected = false;
    }
    return report;
}

Result<RunReport> run_scenario(const Scenario& scenario, const RunOptions& options) {
    UTSIM_TRY(simulation, Simulation::create(scenario, options));
    return simulation.run();
}

}  // namespace utsim

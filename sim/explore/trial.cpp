// SPDX-License-Identifier: MIT
// A run is judged by three: the contract, the scenario's expectations, and whether it ended
// as the scenario says it should.
#include "explore/trial.hpp"

#include <algorithm>

#include "trace/event_log.hpp"
#include "trace/fingerprint.hpp"

namespace utsim {

namespace {

constexpr const char* end_of_run = "the end";

}  // namespace

const char* breach_place(World& world, EventKind kind) {
    if (!world.on_fiber()) return end_of_run;
    const bool about_utrace = kind <= EventKind::engine_detached;
    return about_utrace || kind == EventKind::bug ? world.current().point.function : "the kernel";
}

Trial::Trial(const Scenario& scenario, const ScenarioRunOptions& options,
             const ContractChoice& contract, std::vector<AddedEngine> added)
    : run_(scenario, options, std::move(added)),
      contract_(run_.world().names(), contract),
      expected_(expected_breaches(scenario.data(), options.semantics)) {
    for (const ScenarioData::MayBreak& clause : scenario.data().may_break) {
        may_break_.push_back(clause.clause);
    }
    run_.set_sink(listener());
    contract_.on_violation(
        [](void* trial, EventKind kind, std::size_t count) {
            static_cast<Trial*>(trial)->note_places(kind, count);
        },
        this);
}

void Trial::note_places(EventKind kind, std::size_t count) {
    // Time may have jumped back: then what stands behind is of a future that never came.
    places_.resize(contract_.violations().size() - count);
    places_.resize(places_.size() + count, breach_place(run_.world(), kind));
}

EventSink* Trial::listener() { return contract_.judges() ? &contract_ : nullptr; }

void Trial::restart() {
    run_.restart();
    contract_.restart();
    places_.clear();
}

Schedule Trial::schedule() const { return schedule_so_far(const_cast<Trial*>(this)->world()); }

std::vector<Failure> Trial::judge(RunEnd end) {
    const std::uint64_t steps = world().step();
    ++runs_;
    steps_ += steps;
    deepest_ = std::max(deepest_, steps);
    const std::string detail = world().end_detail();
    run_.finish(end);
    contract_.finish(end, steps);
    std::vector<Failure> failures = broken_so_far();
    const bool as_expected = run_.ends_as_expected(end);
    if (cut_short(end)) return failures;  // it has not shown what it would have come to
    if (run_.violated()) {
        for (const ExpectationResult& result : run_.results()) {
            if (result.verdict != Verdict::violated) continue;
            std::string message = result.what;
            if (!result.message.empty()) message += ": " + result.message;
            failures.push_back(
                {"expect", message, result.pointer, result.line, result.column, false});
        }
    }
    if (!as_expected) {
        Failure failure;
        failure.kind = run_end_name(end);
        failure.message = detail.empty() ? "the run ended in a " + failure.kind : detail;
        if (end == RunEnd::livelock) failure.subject = world().names().actor(world().last_ran());
        failures.push_back(std::move(failure));
    }
    return failures;
}

bool Trial::cut_short(RunEnd end) const {
    return end == RunEnd::stopped || (end == RunEnd::limit && !run_.ends_as_expected(end));
}

std::vector<Failure> Trial::broken_so_far() {
    std::vector<Failure> failures;
    // What the scenario says is broken need not be so under every schedule.
    const std::vector<Violation>& violations = contract_.violations();
    for (std::size_t i = 0; i < violations.size(); ++i) {
        const Violation& violation = violations[i];
        if (is_expected(violation, expected_)) continue;
        const bool allowed =
            std::find(may_break_.begin(), may_break_.end(), violation.rule) != may_break_.end();
        const std::string place = i < places_.size() ? places_[i] : end_of_run;
        failures.push_back(
            {violation.rule, violation.message, {}, 0, 0, allowed, place, violation.duty});
    }
    return failures;
}

std::vector<Failure> Trial::try_schedule(const Schedule& schedule) {
    restart();
    ScheduleChooser chooser(schedule);
    const RunEnd end = go(chooser);
    if (chooser.divergence().has_value()) return {};
    return judge(end);
}

std::string Trial::fingerprint(const Schedule& schedule, std::uint64_t* steps) {
    Recorder recorder;
    run_.set_sink(&recorder);
    run_.restart();
    ScheduleChooser chooser(schedule);
    const RunEnd end = go(chooser);
    *steps = world().step();
    run_.finish(end);
    const std::string text = fingerprint_of(recorder.log(), world().names()).text();
    run_.set_sink(listener());
    return text;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// A breach goes the way of those that a check finds. All else, an expectation or a bad end, is
// shrunk under the eyes of a trial; an expectation itself stays as it is written.
#include <utsim/check.hpp>
#include <utsim/trace.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "check/finding.hpp"
#include "explore/contract_run.hpp"
#include "explore/search.hpp"
#include "explore/shrink.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

namespace {

constexpr int most_attempts = 3000;
constexpr std::uint64_t walks_to_lose_it = 12;

std::string plain(const std::string& text) {
    auto tree = nlohmann::ordered_json::parse(text);
    for (const char* member : {"$schema", "title", "note", "semantics", "schedule"}) {
        tree.erase(member);
    }
    return tree.dump();
}

/// How the failing run was made, beside its schedule.
struct Circumstances {
    NamedSemantics semantics;
    std::string granularity;
    ScenarioRunOptions run;
};

Result<FailureSize> size_of(const std::string& text, const std::string& schedule,
                            const Circumstances& how) {
    UTSIM_TRY(scenario, load_scenario_text(text, "measured"));
    RunOptions run;
    run.semantics = how.semantics.name;
    run.granularity = how.granularity;
    run.schedule = schedule;
    UTSIM_TRY(recorded, record_run(scenario, run));
    FailureSize size;
    size.bytes = text.size();
    size.steps = recorded.report.steps;
    if (const Result<Schedule> ran = parse_schedule(recorded.report.schedule); ran.ok()) {
        size.switches = switches(*ran);
    }
    for (std::size_t i = 0; i < recorded.trace.size(); ++i) {
        const RecordedTrace::Entry entry = recorded.trace.event(i);
        size.calls += entry.kind == "api" && !entry.actor.empty();
        size.callbacks += entry.kind == "callback";
    }
    return size;
}

/// Shrinks what is no breach.
class FailureShrinker {
public:
    FailureShrinker(std::string text, Schedule schedule, Failure failure,
                    const ScenarioRunOptions& options, const std::function<bool()>& go_on)
        : text_(std::move(text)),
          schedule_(std::move(schedule)),
          failure_(std::move(failure)),
          options_(options),
          go_on_(go_on) {}

    Reduced shrink() {
        // From here on the schedule says all, also what was left to turns.
        shows(*load_scenario_text(text_, "failing"));
        text_ = shrink_scenario(
            text_, [this](const Scenario& scenario) { return go_on_() && shows(scenario); },
            most_attempts, "expect");
        const Scenario scenario = *load_scenario_text(text_, "shrunk");
        Trial trial(scenario, options_, ContractChoice::none());
        const Schedule best = minimize(trial, {failure_, schedule_}, go_on_);
        return {text_, best, runs_ + trial.runs()};
    }

private:
    bool shows(const Scenario& scenario) {
        Trial trial(scenario, options_, ContractChoice::none());
        const bool found = shows_so(trial);
        runs_ += trial.runs();
        return found;
    }

    bool shows_so(Trial& trial) {
        if (fails_so(trial, trial.try_schedule(Schedule{}))) return true;
        if (fails_so(trial, trial.try_schedule(schedule_))) return true;
        for (std::uint64_t i = 0; i < walks_to_lose_it; ++i) {
            trial.restart();
            RandomWalk walk(i);
            if (fails_so(trial, trial.judge(trial.go(walk)))) return true;
        }
        return false;
    }

    bool fails_so(Trial& trial, const std::vector<Failure>& failures) {
        for (const Failure& failure : failures) {
            const bool same = failure.kind == failure_.kind && failure.pointer == failure_.pointer;
            if (!same) continue;
            failure_ = failure;
            schedule_ = trial.schedule();
            return true;
        }
        return false;
    }

    std::string text_;
    Schedule schedule_;
    Failure failure_;
    ScenarioRunOptions options_;
    const std::function<bool()>& go_on_;
    std::uint64_t runs_ = 0;
};

/// The failing scenario as it was given.
class Patient {
public:
    Patient(std::string text, Schedule schedule, Circumstances how, const MinimizeOptions& options)
        : text_(std::move(text)),
          schedule_(std::move(schedule)),
          how_(std::move(how)),
          options_(options) {}

    Result<MinimizeReport> minimize(const std::string& file) {
        const std::function<bool()> go_on = [this] {
            return options_.stop == nullptr || !options_.stop->load(std::memory_order_relaxed);
        };
        MinimizeReport report;
        UTSIM_TRY(before, size_of(text_, schedule_text(schedule_), how_));
        report.before = before;
        const std::optional<Saying> saying = breach();
        if (saying) {
            of_breach(*saying, go_on, report);
        } else {
            const std::optional<Failure> failure = other_failure();
            if (!failure) return nothing_fails(file);
            of_failure(*failure, go_on, report);
        }
        UTSIM_TRY(after, size_of(report.scenario, report.schedule, how_));
        report.after = after;
        report.after.bytes = plain(report.scenario).size();
        return report;
    }

private:
    static std::string schedule_text(const Schedule& schedule) {
        return is_serial(schedule) ? "" : format_schedule(schedule);
    }

    Order order() const {
        Order order;
        if (is_serial(schedule_)) return order;
        order.kind = Order::Kind::schedule;
        order.schedule = schedule_;
        return order;
    }

    std::optional<Saying> breach() const {
        Court court(how_.run, ContractChoice::all(), false);
        court.load(*load_scenario_text(text_, "failing"));
        for (const Saying& saying : court.judge(order())) {
            if (options_.clause.empty() || saying.violation.rule == options_.clause) return saying;
        }
        return std::nullopt;
    }

    std::optional<Failure> other_failure() const {
        if (!options_.clause.empty()) return std::nullopt;
        Trial trial(*load_scenario_text(text_, "failing"), how_.run, ContractChoice::none());
        const std::vector<Failure> failures = trial.try_schedule(schedule_);
        if (failures.empty()) return std::nullopt;
        return failures.front();
    }

    void of_breach(const Saying& saying, const std::function<bool()>& go_on,
                   MinimizeReport& report) const {
        ReduceOptions reducing;
        reducing.semantics = how_.semantics;
        reducing.granularity = how_.run.granularity;
        reducing.granularity_word = how_.granularity;
        reducing.faults = how_.run.faults;
        reducing.lawful = false;
        reducing.max_steps = 0;
        reducing.go_on = go_on;
        const FindingKey key = key_of(saying);
        const Reduced reduced = reduce({text_, order(), saying.violation.message}, key, reducing);
        report.finding = describe_finding(reduced, key, reducing);
        report.kind = key.clause;
        report.message = report.finding->message;
        report.scenario = report.finding->scenario;
        report.schedule = report.finding->schedule;
        report.runs = reduced.runs;
    }

    void of_failure(const Failure& failure, const std::function<bool()>& go_on,
                    MinimizeReport& report) const {
        const Reduced reduced =
            FailureShrinker(text_, schedule_, failure, how_.run, go_on).shrink();
        report.kind = failure.kind;
        report.message = failure.message;
        report.schedule = schedule_text(reduced.schedule);
        report.runs = reduced.runs;
        report.scenario = lay_out_scenario(with_granularity(reduced.text, how_.granularity),
                                           failure.kind + ": " + failure.message, {},
                                           how_.semantics.name, report.schedule);
    }

    Error nothing_fails(const std::string& file) const {
        Error error;
        error.code = "E-MIN-001";
        error.message = options_.clause.empty()
                            ? "nothing fails in this run, so there is nothing to make small"
                            : options_.clause + " is not broken in this run";
        error.hint =
            "utsim explore looks for an order in which something does; "
            "--schedule takes it";
        error.file = file;
        return error;
    }

    std::string text_;
    Schedule schedule_;
    Circumstances how_;
    const MinimizeOptions& options_;
};

}  // namespace

Result<MinimizeReport> minimize_scenario(const std::string& text, const std::string& file,
                                         const MinimizeOptions& options) {
    UTSIM_TRY(scenario, load_scenario_text(text, file));
    const std::string& wanted =
        options.semantics.empty() ? scenario.semantics() : options.semantics;
    UTSIM_TRY(semantics, parse_semantics(wanted));
    UTSIM_TRY(schedule,
              parse_schedule(options.schedule.empty() ? scenario.schedule() : options.schedule));
    RunOptions run;
    run.semantics = wanted;
    run.schedule = options.schedule;
    run.granularity = options.granularity;
    UTSIM_TRY(chosen, scenario_run_options(scenario, run));
    chosen.faults = faults_in(schedule);
    const std::string& word =
        options.granularity.empty() ? scenario.granularity() : options.granularity;
    return Patient(plain(text), schedule, {semantics, word, chosen}, options).minimize(file);
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Orders of a program, and what comes of them. The first run preempts nobody; the others follow
// probabilistic concurrency testing with as many choices as the first one had, so that what needs
// few switches is met soon however long the program runs.
#include "explore/outcomes.hpp"

#include <algorithm>
#include <chrono>

#include "explore/pct.hpp"
#include "scenario/run.hpp"
#include "sched/schedule.hpp"

namespace utsim {

namespace {

/// Task 0 is init; those of the scenario follow.
constexpr std::int64_t first_task = 1;

/// Of those who wait when a run ends, whoever still could go on: not the dead, not the timers.
std::string who_waits(std::string_view all) {
    constexpr std::string_view between = "; ";
    std::string out;
    while (!all.empty()) {
        const std::string_view one = all.substr(0, all.find(between));
        all.remove_prefix(std::min(all.size(), one.size() + between.size()));
        const bool dead = one.find(" waits for its end") != std::string_view::npos;
        if (dead || one.substr(0, one.find(' ')) == "timers") continue;
        if (!out.empty()) out += between;
        out += one;
    }
    return out;
}

/// Listens for output and for the end of the first task's process.
class OutcomeListener final : public EventSink {
public:
    explicit OutcomeListener(EventSink* next) : next_(next) {}

    void emit(const Event& event) override {
        if (event.kind == EventKind::output) out_.output += event.text;
        if (event.kind == EventKind::exit && event.value[0] == first_task) code_ = event.value[1];
        if (event.kind == EventKind::end_task && event.value[0] == first_task) {
            ended_ = event.value[2] != 0;
        }
        if (next_ != nullptr) next_->emit(event);
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}

    Outcome outcome(const RunReport& report) {
        constexpr std::int64_t signal_bits = 0x7f;
        Outcome out = std::move(out_);
        out.end = report.end;
        if (ended_) {
            const std::int64_t signal = code_ & signal_bits;
            out.status = static_cast<int>(signal != 0 ? 128 + signal : code_ >> 8 & 0xff);
        } else {
            out.detail = who_waits(report.end_detail);
        }
        return out;
    }

private:
    EventSink* next_;
    Outcome out_;
    std::int64_t code_ = 0;
    bool ended_ = false;
};

std::uint64_t switches_in(const Schedule& schedule) { return schedule.stretches.size(); }

/// A scenario built once and run many times.
class Runs {
public:
    Runs(const Scenario& scenario, const ScenarioRunOptions& options, const std::atomic<bool>* stop)
        : run_(scenario, options),
          stop_(stop) {
        run_.judge_expectations(false);
    }

    Outcome once(Chooser& chooser, Schedule* schedule) {
        OutcomeListener listener(nullptr);
        run_.restart();
        run_.set_sink(&listener);
        run_.world().set_interrupt(stop_);
        const RunEnd end = run_.run(chooser);
        run_.finish(end);
        *schedule = schedule_so_far(run_.world());
        RunReport report;
        report.end = run_end_name(end);
        report.end_detail = run_.world().end_detail();
        run_.set_sink(nullptr);
        return listener.outcome(report);
    }

    Outcome follow(const Schedule& schedule) {
        ScheduleChooser chooser(schedule, nullptr);
        Schedule followed;
        Outcome outcome = once(chooser, &followed);
        if (chooser.divergence()) outcome.end = "diverged";
        return outcome;
    }

private:
    ScenarioRun run_;
    const std::atomic<bool>* stop_;
};

/// Cuts the end off a schedule, and then single stretches out of it, as long as the outcome stays.
Schedule fewer_switches(Runs& runs, Schedule schedule, const Outcome& wanted) {
    constexpr int most_attempts = 400;
    int attempts = 0;
    const auto keeps = [&](const Schedule& candidate) {
        return ++attempts <= most_attempts && runs.follow(candidate) == wanted;
    };
    const auto prefix = [&](std::size_t count) {
        Schedule cut = schedule;
        cut.stretches.resize(count);
        return cut;
    };
    std::size_t low = 0;
    std::size_t high = schedule.stretches.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        (keeps(prefix(middle)) ? high : low) = middle + (keeps(prefix(middle)) ? 0 : 1);
    }
    if (keeps(prefix(high))) schedule = prefix(high);
    for (std::size_t i = schedule.stretches.size(); i-- > 0;) {
        Schedule without = schedule;
        without.stretches.erase(without.stretches.begin() + static_cast<std::ptrdiff_t>(i));
        Schedule joined = without;
        joined.stretches.clear();
        for (const Schedule::Stretch& s : without.stretches) joined.append(s.actor, s.steps);
        if (keeps(joined)) {
            schedule = std::move(joined);
            i = std::min(i, schedule.stretches.size());
        }
    }
    return schedule;
}

}  // namespace

Result<Outcome> run_outcome(const Scenario& scenario, const RunOptions& options,
                            std::string* schedule) {
    OutcomeListener listener(options.sink);
    RunOptions listened = options;
    listened.sink = &listener;
    UTSIM_TRY(simulation, Simulation::create(scenario, listened));
    const RunReport report = simulation.run();
    if (schedule != nullptr) *schedule = report.schedule;
    return listener.outcome(report);
}

Result<OutcomeReport> search_outcomes(const Scenario& scenario, const RunOptions& options,
                                      const OutcomeSearch& search) {
    // tidy: allow clock (it can only end a search: nothing that a run shows depends on it)
    using Clock = std::chrono::steady_clock;
    UTSIM_TRY(run_options, scenario_run_options(scenario, options));
    run_options.any_order = true;
    Runs runs(scenario, run_options, options.stop);
    OutcomeReport report;
    std::vector<Schedule> schedules;
    const auto begin = Clock::now();
    const auto time_is_over = [&] {
        const std::chrono::duration<double> spent = Clock::now() - begin;
        return search.seconds > 0 && spent.count() > search.seconds;
    };
    std::uint64_t choices = 0;
    for (std::uint64_t n = 0; n < search.runs && !report.met; ++n) {
        const std::uint64_t seed = n == 0 ? 0 : search.first_seed + n - 1;
        PctChooser pct;
        Serial serial;
        Schedule schedule;
        pct.start(seed, std::max<std::uint64_t>(choices, 1));
        Outcome outcome = runs.once(n == 0 ? static_cast<Chooser&>(serial) : pct, &schedule);
        if (options.stop != nullptr && options.stop->load()) {
            report.interrupted = true;
            break;
        }
        choices = n == 0 ? schedule.steps() : std::max(choices, pct.choices());
        ++report.runs;
        const auto known =
            std::find_if(report.found.begin(), report.found.end(),
                         [&](const OutcomeFound& found) { return found.outcome == outcome; });
        const auto index = static_cast<std::size_t>(known - report.found.begin());
        if (known == report.found.end()) {
            report.found.push_back({outcome, 0, seed, {}, 0});
            schedules.push_back(schedule);
        } else if (switches_in(schedule) < switches_in(schedules[index])) {
            schedules[index] = schedule;
        }
        ++report.found[index].count;
        if (search.until && search.until(outcome)) {
            report.met = true;
            report.met_at = index;
        }
        if (search.progress) search.progress(report.runs, report.found.size());
        if (time_is_over()) break;
    }
    for (std::size_t i = 0; i < report.found.size(); ++i) {
        const bool wanted = !search.until || (report.met && i == report.met_at);
        if (wanted) schedules[i] = fewer_switches(runs, schedules[i], report.found[i].outcome);
        report.found[i].schedule = format_schedule(schedules[i]);
        report.found[i].switches = switches_in(schedules[i]);
    }
    return report;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Orders of a program, and what comes of them. The first run preempts nobody; the others follow
// probabilistic concurrency testing with as many choices as the first one had, so that what needs
// few switches is met soon however long the program runs.
#include "explore/outcomes.hpp"

#include <algorithm>
#include <chrono>

#include "explore/pct.hpp"
#include "kernel/task.hpp"
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
        run_.set_sink(nullptr);
        return listener.take(run_end_name(end), run_.world().end_detail());
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
        if (keeps(prefix(middle))) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if (keeps(prefix(high))) schedule = prefix(high);
    for (std::size_t i = schedule.stretches.size(); i-- > 0;) {
        Schedule without = prefix(i);
        for (std::size_t later = i + 1; later < schedule.stretches.size(); ++later) {
            without.append(schedule.stretches[later].actor, schedule.stretches[later].steps);
        }
        if (!keeps(without)) continue;
        schedule = std::move(without);
        i = std::min(i, schedule.stretches.size());
    }
    return schedule;
}

}  // namespace

void OutcomeListener::emit(const Event& event) {
    const bool of_first = event.value[0] == first_task;
    if (event.kind == EventKind::output) out_.output += event.text;
    if (event.kind == EventKind::exit && of_first) code_ = event.value[1];
    if (event.kind == EventKind::end_task && of_first) ended_ = event.value[2] != EXIT_ALIVE;
    if (next_ != nullptr) next_->emit(event);
}

Outcome OutcomeListener::take(const std::string& end, const std::string& detail) {
    constexpr std::int64_t signal_bits = 0x7f;
    out_.end = end;
    if (ended_) {
        const std::int64_t signal = code_ & signal_bits;
        out_.status = static_cast<int>(signal != 0 ? 128 + signal : code_ >> 8 & 0xff);
    } else {
        out_.detail = who_waits(detail);
    }
    return std::move(out_);
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

// SPDX-License-Identifier: MIT
// Orders of a program, and what comes of them. The first run preempts nobody; the others switch
// where it matters who goes on (explore/place_chooser.hpp), so that what needs few switches is met
// soon however long the program runs.
#include "explore/outcomes.hpp"

#include <algorithm>
#include <chrono>

#include "explore/place_chooser.hpp"
#include "kernel/task.hpp"
#include "scenario/faults.hpp"
#include "scenario/run.hpp"
#include "sched/schedule.hpp"

namespace utsim {

namespace {

/// Task 0 is init; those of the scenario follow.
constexpr std::int64_t first_task = 1;

constexpr std::string_view between = "; ";
constexpr std::string_view waits_for = " waits for ";

/// Of what a World says of its end, whoever still could go on (not the dead, not the timers), and
/// what is about nobody.
void read_detail(std::string_view all, Outcome& out) {
    while (!all.empty()) {
        const std::string_view one = all.substr(0, all.find(between));
        all.remove_prefix(std::min(all.size(), one.size() + between.size()));
        const std::size_t at = one.find(waits_for);
        if (at == std::string_view::npos) {
            if (!out.detail.empty()) out.detail += between;
            out.detail += one;
            continue;
        }
        const std::string_view who = one.substr(0, at);
        const std::string_view where = one.substr(at + waits_for.size());
        if (where.starts_with("its end") || who == "timers") continue;
        out.waits.push_back({std::string(who), std::string(where)});
    }
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

/// Makes a schedule shorter as long as what is wanted stays. What it leaves out is left to who goes
/// on when nobody is interrupted.
class Shortening {
public:
    Shortening(Runs& runs, Schedule schedule, std::function<bool(const Outcome&)> keeps)
        : runs_(runs),
          schedule_(std::move(schedule)),
          keeps_(std::move(keeps)) {}

    /// Several rounds: what one takes away lets the next one take away more.
    Schedule shortest() {
        leave_out_others();
        cut_end();
        for (std::size_t before = ~std::size_t{0}; schedule_.stretches.size() < before;) {
            before = schedule_.stretches.size();
            for (std::size_t i = schedule_.stretches.size(); i-- > 0;) {
                if (take_out(i) || move(i, later(i)) || move(i, earlier(i))) {
                    i = std::min(i, schedule_.stretches.size());
                }
            }
            cut_end();
        }
        cut_last_steps();
        return schedule_;
    }

private:
    using Stretches = std::vector<Schedule::Stretch>;

    bool attempt(Schedule candidate) {
        constexpr int most_attempts = 600;
        if (++attempts_ > most_attempts || !keeps_(runs_.follow(candidate))) return false;
        schedule_ = std::move(candidate);
        return true;
    }

    /// The least number of what is counted, up to `count`, that `with` can do with.
    template <typename With>
    void least(std::uint64_t count, const With& with) {
        std::uint64_t low = 0;
        while (low < count) {
            const std::uint64_t middle = low + (count - low) / 2;
            if (attempt(with(middle))) {
                count = middle;
            } else {
                low = middle + 1;
            }
        }
    }

    void cut_end() {
        const Schedule whole = schedule_;
        least(whole.stretches.size(), [&](std::uint64_t count) {
            Schedule cut = whole;
            cut.stretches.resize(count);
            return cut;
        });
    }

    void cut_last_steps() {
        if (schedule_.stretches.empty()) return;
        const Schedule whole = schedule_;
        least(whole.stretches.back().steps - 1, [&](std::uint64_t steps) {
            Schedule cut = whole;
            cut.stretches.back().steps = steps + 1;
            return cut;
        });
    }

    /// Those of the other choices, faults for example, that are not needed.
    void leave_out_others() {
        for (std::size_t i = schedule_.others.size(); i-- > 0;) {
            Schedule without = schedule_;
            without.others.erase(without.others.begin() + static_cast<std::ptrdiff_t>(i));
            attempt(std::move(without));
        }
    }

    /// The schedule made of these, in which neighbours of one actor are one stretch.
    Schedule of(const Stretches& stretches) const {
        Schedule made;
        made.others = schedule_.others;
        made.turn = schedule_.turn;
        for (const Schedule::Stretch& one : stretches) {
            if (one.steps != 0) made.append(one.actor, one.steps);
        }
        return made;
    }

    bool take_out(std::size_t i) {
        Stretches left = schedule_.stretches;
        left[i].steps = 0;
        return attempt(of(left));
    }

    /// Where the same actor goes on, or went on before; `i` when it does not.
    std::size_t later(std::size_t i) const {
        for (std::size_t at = i + 1; at < schedule_.stretches.size(); ++at) {
            if (schedule_.stretches[at].actor == schedule_.stretches[i].actor) return at;
        }
        return i;
    }
    std::size_t earlier(std::size_t i) const {
        for (std::size_t at = i; at-- > 0;) {
            if (schedule_.stretches[at].actor == schedule_.stretches[i].actor) return at;
        }
        return i;
    }

    bool move(std::size_t from, std::size_t to) {
        if (from == to) return false;
        Stretches moved = schedule_.stretches;
        moved[to].steps += moved[from].steps;
        moved[from].steps = 0;
        return attempt(of(moved));
    }

    Runs& runs_;
    Schedule schedule_;
    std::function<bool(const Outcome&)> keeps_;
    int attempts_ = 0;
};

/// What of an outcome has to stay while its schedule gets shorter.
std::function<bool(const Outcome&)> the_same(const OutcomeSearch& search, const Outcome& wanted) {
    if (!search.until) return [wanted](const Outcome& o) { return o == wanted; };
    return [until = search.until, end = wanted.end](const Outcome& o) {
        return o.end == end && until(o);
    };
}

}  // namespace

std::string why_unfinished(const Outcome& outcome) {
    std::string text = outcome.detail;
    for (const Waiting& one : outcome.waits) {
        if (!text.empty()) text += between;
        text += one.who;
        text += waits_for;
        text += one.where;
    }
    return text;
}

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
        out_.signal = static_cast<int>(code_ & signal_bits);
        out_.status = out_.signal != 0 ? 128 + out_.signal : static_cast<int>(code_ >> 8 & 0xff);
    } else {
        read_detail(detail, out_);
    }
    return std::move(out_);
}

namespace {

// tidy: allow clock (it can only end a search: nothing that a run shows depends on it)
using Clock = std::chrono::steady_clock;

class Search {
public:
    Search(const Scenario& scenario, const ScenarioRunOptions& run_options,
           const RunOptions& options, const OutcomeSearch& search, Schedule usual)
        : runs_(scenario, run_options, options.stop),
          stop_(options.stop),
          search_(search),
          usual_(std::move(usual)) {}

    OutcomeReport go() {
        for (std::uint64_t n = 0; n < search_.runs && !report_.met && !is_over(); ++n) {
            note(run(n), n);
        }
        if (report_.met) look_for_shorter();
        if (!report_.interrupted) shorten();
        for (std::size_t i = 0; i < report_.found.size(); ++i) {
            report_.found[i].schedule = format_schedule(schedules_[i]);
            report_.found[i].switches = switches_in(schedules_[i]);
        }
        return std::move(report_);
    }

private:
    struct Ran {
        Outcome outcome;
        Schedule schedule;
    };

    bool is_stopped() const { return stop_ != nullptr && stop_->load(); }

    bool is_over() {
        report_.interrupted = is_stopped();
        const std::chrono::duration<double> spent = Clock::now() - begin_;
        return report_.interrupted || (search_.seconds > 0 && spent.count() > search_.seconds);
    }

    std::uint64_t seed_of(std::uint64_t n) const { return n == 0 ? 0 : search_.first_seed + n - 1; }

    Ran run(std::uint64_t n) {
        Ran ran;
        ScheduleChooser first(usual_);
        chooser_.start(seed_of(n), expected_);
        ran.outcome = runs_.once(n == 0 ? static_cast<Chooser&>(first) : chooser_, &ran.schedule);
        if (n == 0) ran.schedule = usual_;
        expected_.expect(chooser_.met());
        return ran;
    }

    void note(const Ran& ran, std::uint64_t n) {
        if (is_stopped()) return;  // it did not come to its end
        ++report_.runs;
        std::vector<OutcomeFound>& found = report_.found;
        const auto known = std::find_if(found.begin(), found.end(), [&](const OutcomeFound& one) {
            return one.outcome == ran.outcome;
        });
        const auto index = static_cast<std::size_t>(known - found.begin());
        if (known == found.end()) {
            found.push_back({ran.outcome, 0, seed_of(n), {}, 0});
            schedules_.push_back(ran.schedule);
        } else if (switches_in(ran.schedule) < switches_in(schedules_[index])) {
            schedules_[index] = ran.schedule;
        }
        ++found[index].count;
        if (search_.until && search_.until(ran.outcome)) {
            report_.met = true;
            report_.met_at = index;
        }
        if (search_.progress) search_.progress(report_.runs, found.size());
    }

    /// The first that meets the condition seldom has the fewest switches: some more runs cost
    /// little.
    void look_for_shorter() {
        constexpr std::uint64_t more = 400;
        Schedule& best = schedules_[report_.met_at];
        const OutcomeFound& met = report_.found[report_.met_at];
        const auto keeps = the_same(search_, met.outcome);
        for (std::uint64_t n = report_.runs; n < report_.runs + more && !is_over(); ++n) {
            Ran ran = run(n);
            const bool shorter = switches_in(ran.schedule) < switches_in(best);
            if (shorter && keeps(ran.outcome)) best = std::move(ran.schedule);
        }
    }

    void shorten() {
        for (std::size_t i = 0; i < report_.found.size(); ++i) {
            OutcomeFound& found = report_.found[i];
            const bool wanted = !search_.until || (report_.met && i == report_.met_at);
            if (!wanted || found.seed == 0 || is_over()) continue;
            const auto keeps = the_same(search_, found.outcome);
            Shortening shortening(runs_, schedules_[i],
                                  [&](const Outcome& o) { return !is_over() && keeps(o); });
            schedules_[i] = shortening.shortest();
            Outcome shown = runs_.follow(schedules_[i]);
            if (!is_stopped()) found.outcome = std::move(shown);
        }
    }

    Runs runs_;
    const std::atomic<bool>* stop_;
    const OutcomeSearch& search_;
    Schedule usual_;
    PlaceCounts expected_;
    PlaceChooser chooser_;
    OutcomeReport report_;
    std::vector<Schedule> schedules_;  ///< of each of `found`
    Clock::time_point begin_ = Clock::now();
};

}  // namespace

Result<OutcomeReport> search_outcomes(const Scenario& scenario, const RunOptions& options,
                                      const OutcomeSearch& search) {
    UTSIM_TRY(run_options, scenario_run_options(scenario, options));
    run_options.any_order = true;
    UTSIM_TRY(faults, parse_faults(search.faults, search.at_most));
    run_options.faults = faults;
    Schedule usual;
    if (!options.schedule.empty()) {
        UTSIM_TRY(parsed, parse_schedule(options.schedule));
        usual = parsed;
    }
    return Search(scenario, run_options, options, search, std::move(usual)).go();
}

}  // namespace utsim

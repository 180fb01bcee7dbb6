// SPDX-License-Identifier: MIT
/// What a program does in different orders: its exit status, its output, or that it never ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <utsim/result.hpp>
#include <utsim/scenario.hpp>
#include <utsim/simulation.hpp>

namespace utsim {

/// Somebody who could still go on when a run ended.
struct Waiting {
    std::string who;
    std::string where;  ///< for what, and at which point

    bool operator==(const Waiting&) const = default;
};

/// How one run of a scenario with a program came out.
struct Outcome {
    static constexpr int never_ended = -1;

    /// Of the scenario's first task: the exit code, 128 and the signal that killed it, or
    /// `never_ended`.
    int status = never_ended;
    int signal = 0;              ///< that killed it, or 0
    std::string end;             ///< of the run: `quiet`, `limit`, ...
    std::string detail;          ///< which limit, when the task did not end
    std::vector<Waiting> waits;  ///< and who waits, if that is why
    std::string output;          ///< all that was written, by whomever, in order

    bool hangs() const { return status == never_ended; }
    bool operator==(const Outcome&) const = default;
};

/// Why the task did not end: `main waits for child at schedule:do_wait; ...`, or which limit.
std::string why_unfinished(const Outcome& outcome);

/// Gathers the outcome of a run from its events, and hands them on.
class OutcomeListener final : public EventSink {
public:
    /// `next` may be null.
    explicit OutcomeListener(EventSink* next) : next_(next) {}
    void emit(const Event& event) override;
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool wants_each_instruction() const override {
        return next_ != nullptr && next_->wants_each_instruction();
    }
    bool wants_arguments() const override { return next_ != nullptr && next_->wants_arguments(); }
    /// When the run has ended: as what, and the World's words for it.
    Outcome take(const std::string& end, const std::string& detail);

private:
    EventSink* next_;
    Outcome out_;
    std::int64_t code_ = 0;
    bool ended_ = false;
};

struct OutcomeFound {
    Outcome outcome;
    std::uint64_t count = 0;
    std::uint64_t seed = 0;  ///< the first that came to it; 0: the order of the options
    std::string schedule;    ///< the shortest run of those that came to it, then fewer switches
    std::uint64_t switches = 0;
};

struct OutcomeSearch {
    std::uint64_t first_seed = 1;
    std::uint64_t runs = 1000;
    double seconds = 0;  ///< 0: no limit
    /// What else may happen in an order: `time-passes`, `kill`, ..., with commas between them.
    std::string faults;
    std::uint32_t at_most = 1;  ///< of these in one run
    /// Ends the search when it says yes; null: nothing does.
    std::function<bool(const Outcome&)> until;
    /// Asked for after each run; may be empty.
    std::function<void(std::uint64_t runs, std::size_t distinct)> progress;
};

struct OutcomeReport {
    std::vector<OutcomeFound> found;  ///< in the order in which they were met
    std::uint64_t runs = 0;
    bool met = false;  ///< `until` said yes, to the last of `found` that was met
    std::size_t met_at = 0;
    bool interrupted = false;
};

/// Runs the scenario in many orders: first in that of `options`, then in random ones that preempt
/// where it matters (`PlaceChooser`), by seed. The schedule of what is met has as few switches as
/// could be found.
Result<OutcomeReport> search_outcomes(const Scenario& scenario, const RunOptions& options,
                                      const OutcomeSearch& search);

}  // namespace utsim

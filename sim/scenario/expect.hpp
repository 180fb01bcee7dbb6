// SPDX-License-Identifier: MIT
/// Judging a run by what its scenario expects: an observer of the event stream.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <utsim/simulation.hpp>

#include "event/event.hpp"
#include "scenario/scenario.hpp"
#include "sched/world.hpp"

namespace utsim {

/// Passes every event on to `next`, and remembers what the expectations need. Follows the World
/// when time jumps back.
class ExpectMonitor final : public EventSink {
public:
    /// With `any_order`, what is expected of the scenario's own order alone does not count.
    ExpectMonitor(const Scenario& scenario, const Semantics& semantics, const NameTable& names,
                  bool any_order);
    ~ExpectMonitor();

    void set_next(EventSink* next) { next_ = next; }

    void emit(const Event& event) override;
    std::uint64_t mark() const override;
    void rewind(std::uint64_t mark) override;
    void remembers(SinkMemory& memory) const override;
    bool wants_each_instruction() const override;
    EventSink* hears_instructions() override;
    bool wants_arguments() const override { return next_ != nullptr && next_->wants_arguments(); }

    /// Forgets everything: a new run begins.
    void restart();

    /// Something that must never happen has happened.
    bool violated() const { return violations_ != 0; }
    /// How far an expectation of the scenario has come.
    struct Progress {
        std::uint64_t count = 0;  ///< events that fitted; for `order`, how many of its patterns
        std::uint64_t step = 0;   ///< of the last of them
    };
    const Progress& progress(std::size_t index) const { return progress_[index]; }
    /// Whether it is about the semantics of this run.
    bool applies(std::size_t index) const { return applies_[index]; }
    /// What `task` has written to its descriptors 1 and 2.
    const std::string& output(std::string_view task) const;

private:
    /// How something was at the latest mark: kept once for each mark, and not at all before the
    /// first, so that a long run costs no more than a short one.
    struct Change {
        enum class Kind : std::uint8_t { progress, output } kind = Kind::progress;
        std::size_t index = 0;
        Progress before;
        std::size_t length = 0;
        std::size_t kept_at = 0;  ///< number of marks when it was kept the time before
    };
    struct Output {
        std::string task;
        std::string text;
        std::size_t kept_at = 0;  ///< number of marks when a Change of it was kept
    };
    const EventPattern* wanted(std::size_t index) const;
    bool fits(const EventPattern& pattern, const Event& event) const;
    bool field_fits(const FieldMatch& match, const Event& event) const;
    void advance(std::size_t index, const Event& event);
    void keep_progress(std::size_t index);
    void keep_output(std::size_t index);
    void note_output(const Event& event);

    Scenario scenario_;
    const NameTable& names_;
    EventSink* next_ = nullptr;
    std::vector<bool> applies_;  ///< by expectation
    std::vector<Progress> progress_;
    std::vector<std::size_t> kept_at_;  ///< by expectation: number of marks when one was kept
    std::vector<Output> outputs_;
    std::vector<Change> changes_;
    /// Each call of `mark` is remembered: between two of them nothing of ours may have changed, but
    /// the sink behind has moved on.
    struct Mark {
        std::size_t changes = 0;
        std::uint64_t violations = 0;
        std::uint64_t next = 0;
    };
    mutable std::vector<Mark> marks_;
    std::uint64_t violations_ = 0;
};

/// Whether an expectation of `scenario` is about runs under `semantics`.
bool applies_under(const ScenarioData& scenario, const Expectation& expectation,
                   const Semantics& semantics);

/// Everything that `scenario` expects, judged at the end of a run: the steps, the controllers that
/// never came to their end, then `expect`, in the order of the file.
std::vector<ExpectationResult> judge(const Scenario& scenario, const ExpectMonitor& monitor,
                                     const ScriptContext& context, RunEnd end);

/// A clause of the contract that the scenario says is broken.
struct ExpectedBreach {
    std::string clause;
    SourcePlace place;
};
/// Those that it says so of under `semantics`.
std::vector<ExpectedBreach> expected_breaches(const ScenarioData& scenario,
                                              const Semantics& semantics);

/// Whether `end` is what the scenario says: `quiet`, unless an expectation says otherwise.
bool is_expected_end(const ScenarioData& scenario, const ExpectMonitor& monitor, RunEnd end);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// A trace that is written while the run goes on: a run of any length takes no more memory than its
/// names do.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <utsim/scenario.hpp>
#include <utsim/simulation.hpp>
#include <utsim/trace.hpp>

#include "event/event.hpp"
#include "trace/fingerprint.hpp"
#include "trace/narrowing.hpp"
#include "trace/recorded_trace.hpp"

namespace utsim {

class JsonWriter;
class World;

/// Gets whole lines. False: nobody reads them any more, the run may stop.
using TraceOutput = std::function<bool(std::string_view lines)>;

enum class TraceForm : std::uint8_t { nothing, text, jsonl };

/// The sink that writes, counts and fingerprints. One run each. Columns are as wide as what will
/// stand in them, so they alone are written when the run has ended.
class TraceStream final : public EventSink {
public:
    TraceStream(TraceForm form, const TraceTextOptions& options, TraceOutput out);
    ~TraceStream() override;

    /// Names as they were when events first used them; complete for what was emitted so far.
    const TraceNames& names() const { return kept_.names(); }

    /// Shows only a part. Before `start`; JSON Lines have neither header nor last line then, as
    /// they are no trace that could be run again.
    void narrow(Narrowing narrowing);
    const Narrowing& narrowing() const { return narrowing_; }

    /// Writes the beginning. `world` names things and is stopped when nobody reads; both it and
    /// `next`, who hears the events after this (or null), outlive the run.
    void start(World& world, const TraceHeader& header, EventSink* next);
    void emit(const Event& event) override;
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override;
    bool wants_each_instruction() const override {
        return !run_.counts() || (next_ != nullptr && next_->wants_each_instruction());
    }
    bool wants_arguments() const override { return true; }
    /// The run is over: what is counted is told. Before `events` and `fingerprint` are asked for.
    void end_of_events();
    /// Writes the end.
    void finish(const TraceEnd& end);
    /// Writes what is begun; of a run that was stopped nothing else is to be said.
    void break_off();

    std::uint64_t events() const { return events_; }
    std::string fingerprint() const { return fingerprint_.text(); }

private:
    void take(const Event& event);
    void write(const Event& event);
    void hand_out();

    TraceForm form_;
    TraceTextOptions options_;
    TraceOutput out_;
    NameKeeper kept_;
    std::optional<WorldNames> live_;
    std::unique_ptr<TextWriter> text_;
    std::unique_ptr<JsonWriter> json_;
    EventLog for_columns_;
    Narrowing narrowing_;
    bool narrows_ = false;
    InstructionRun run_{false};
    std::string scratch_;
    Fingerprint fingerprint_;
    std::uint64_t events_ = 0;
    World* world_ = nullptr;
    EventSink* next_ = nullptr;
    bool unread_ = false;
};

/// Runs `scenario` and writes its trace to `stream`; nothing is kept. `options.sink` hears the
/// events after the stream. `pack`: the trace carries the files that processes find; too many are
/// an error without a code.
Result<RunReport> stream_run(const Scenario& scenario, const RunOptions& options,
                             TraceStream& stream, bool pack = false);

}  // namespace utsim

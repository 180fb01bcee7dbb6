// SPDX-License-Identifier: MIT
/// Holds a run against a trace, line by line, and stops it where they part.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include <utsim/trace.hpp>

#include "event/event.hpp"
#include "trace/instruction_run.hpp"
#include "trace/json_writer.hpp"
#include "trace/line_source.hpp"
#include "trace/reader.hpp"

namespace utsim {

class TraceStream;
class World;

/// The first line that differs.
struct ReplayDifference {
    std::size_t line = 0;  ///< 1-based, in the trace
    std::string expected;  ///< what the trace has; empty when it ends here
    std::string actual;    ///< what the run made; empty when the run ended here
};

/// A sink for the run that is checked. `lines` and `reader` stand behind the header, and every line
/// goes through the reader before it is compared; they and `names` outlive this. Time must not jump
/// back while it listens.
class ReplayChecker final : public EventSink {
public:
    /// Once `stop` is set nothing more is compared; null: nobody sets it.
    ReplayChecker(LineSource& lines, TraceReader& reader, const TraceNames& names,
                  const std::atomic<bool>* stop = nullptr);

    /// The trace tells instructions with nothing between them in one event. Before the run.
    void count_instructions() { run_.set_counts(true); }
    /// Stops `world` at the first difference.
    void watch(World* world) { world_ = world; }

    void emit(const Event& event) override;
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override;
    bool wants_each_instruction() const override { return !run_.counts(); }
    bool wants_arguments() const override { return true; }

    /// The run is over; before `finish`.
    void end_of_events();
    /// Checks the last line. Once, after the run.
    void finish(const TraceEnd& end);

    const std::optional<ReplayDifference>& difference() const { return difference_; }
    std::size_t lines_checked() const { return line_; }
    /// The trace has no last line, or somebody interrupted its run: what is there was checked.
    bool cut_off() const { return cut_off_; }
    /// A line was no line of a trace: the reader knows more.
    bool malformed() const { return malformed_; }

private:
    bool over() const {
        return difference_ || cut_off_ || malformed_ || (stop_ != nullptr && stop_->load());
    }
    bool was_interrupted(std::string_view line, std::string_view actual);
    void stop(const char* why);
    void take(const Event& event);
    void check(std::string_view lines);
    bool next_line(std::string_view& line);

    LineSource& lines_;
    TraceReader& reader_;
    std::size_t line_ = 1;
    JsonWriter writer_;
    InstructionRun run_{false};
    std::string scratch_;
    World* world_ = nullptr;
    const std::atomic<bool>* stop_;
    bool cut_off_ = false;
    bool malformed_ = false;
    std::optional<ReplayDifference> difference_;
};

/// Who else takes part in a replay: a visitor, and a sink that hears what the run tells.
struct ReplayCompany {
    StepVisitor* visitor = nullptr;
    EventSink* sink = nullptr;
};

/// What the run of a trace was made from.
struct TraceInput {
    Scenario scenario;
    RunOptions options;
};
/// From its header; `file` is what messages call the trace.
Result<TraceInput> input_of(const RecordedTrace& trace, const std::string& file);

/// As the public `replay_trace`, without holding the whole trace. `shown` writes the run while it
/// is compared, if it is not null; it goes on to what differs and no further.
Result<ReplayReport> replay_lines(LineSource& lines, const std::string& file, TraceStream* shown,
                                  const std::atomic<bool>* stop = nullptr,
                                  const ReplayCompany& company = {});

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// What is behind the public `RecordedTrace`.
#pragma once

#include <utsim/trace.hpp>

#include "trace/instruction_run.hpp"
#include "trace/narrowing.hpp"
#include "trace/text_writer.hpp"
#include "trace/trace.hpp"

namespace utsim {

struct RecordedTrace::Data {
    Trace trace;
};

/// How the writers of text call the same.
TextOptions text_options(const TraceTextOptions& options);

/// What `narrowing` leaves of it in JSON Lines; all of it is what `jsonl` gives, or else there is
/// neither header nor last line.
std::string narrowed_lines(const RecordedTrace& trace, Narrowing narrowing);

/// The names that the events of one run speak of, each as it was when it was first used.
class NameKeeper {
public:
    void look_at(const TraceNames& names) { live_ = &names; }
    void see(const Event& event);
    const StoredNames& names() const { return kept_; }

private:
    const TraceNames* live_ = nullptr;
    StoredNames kept_;
};

/// Keeps the events of one run and the names they speak of.
class NamedRecorder final : public EventSink {
public:
    /// `counts`: instructions with nothing between them are one event. Then time must not jump
    /// back.
    explicit NamedRecorder(const TraceNames& names, bool counts = false) : run_(counts) {
        kept_.look_at(names);
    }
    void emit(const Event& event) override;
    std::uint64_t mark() const override { return log_.size(); }
    void rewind(std::uint64_t mark) override;
    bool wants_each_instruction() const override { return !run_.counts(); }
    bool wants_arguments() const override { return true; }
    /// The run is over.
    void end_of_events();

    const EventLog& log() const { return log_; }
    const StoredNames& kept_names() const { return kept_.names(); }

private:
    InstructionRun run_;
    EventLog log_;
    NameKeeper kept_;
};

/// Stands in for a sink that can be made only when there is a World to name things.
class Relay final : public EventSink {
public:
    void emit(const Event& event) override {
        if (next_ != nullptr) next_->emit(event);
    }
    std::uint64_t mark() const override { return next_ != nullptr ? next_->mark() : 0; }
    void rewind(std::uint64_t mark) override {
        if (next_ != nullptr) next_->rewind(mark);
    }
    bool wants_each_instruction() const override {
        return next_ != nullptr && next_->wants_each_instruction();
    }
    bool wants_arguments() const override { return next_ != nullptr && next_->wants_arguments(); }
    void set_next(EventSink* next) { next_ = next; }

private:
    EventSink* next_ = nullptr;
};

}  // namespace utsim

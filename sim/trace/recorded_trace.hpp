// SPDX-License-Identifier: MIT
/// What is behind the public `RecordedTrace`.
#pragma once

#include <utsim/trace.hpp>

#include "trace/trace.hpp"

namespace utsim {

struct RecordedTrace::Data {
    Trace trace;
};

/// Keeps the events of one run and the names they speak of, each as it was when it was first used.
class NamedRecorder final : public EventSink {
public:
    explicit NamedRecorder(const TraceNames& names) : names_(names) {}
    void emit(const Event& event) override;
    std::uint64_t mark() const override { return log_.size(); }
    void rewind(std::uint64_t mark) override { log_.truncate(mark); }

    const EventLog& log() const { return log_; }
    const StoredNames& kept_names() const { return kept_; }

private:
    const TraceNames& names_;
    EventLog log_;
    StoredNames kept_;
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
    void set_next(EventSink* next) { next_ = next; }

private:
    EventSink* next_ = nullptr;
};

}  // namespace utsim

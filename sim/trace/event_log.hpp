// SPDX-License-Identifier: MIT
/// Events kept in memory: an append-only log that can be cut back when time jumps back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"

namespace utsim {

/// Packed: an event costs its used fields, not all ten.
class EventLog {
public:
    void append(const Event& event);
    /// Forgets every event from `count` on.
    void truncate(std::uint64_t count);
    void clear() { truncate(0); }
    std::uint64_t size() const { return rows_.size(); }
    /// The event; its text is valid until the log changes.
    Event at(std::uint64_t index) const;

private:
    struct Row {
        std::uint64_t step;
        std::uint64_t value_at;
        std::uint64_t text_at;
        std::uint32_t actor;
        EventKind kind;
    };
    std::vector<Row> rows_;
    std::vector<std::int64_t> values_;
    std::string text_;
};

/// The sink that remembers.
class Recorder final : public EventSink {
public:
    void emit(const Event& event) override { log_.append(event); }
    std::uint64_t mark() const override { return log_.size(); }
    void rewind(std::uint64_t mark) override { log_.truncate(mark); }

    const EventLog& log() const { return log_; }
    EventLog& log() { return log_; }

private:
    EventLog log_;
};

/// Passes events on to two sinks, for a run that is recorded and judged at once.
class Tee final : public EventSink {
public:
    Tee(EventSink& first, EventSink& second) : first_(first), second_(second) {}
    void emit(const Event& event) override {
        first_.emit(event);
        second_.emit(event);
    }
    std::uint64_t mark() const override;
    void rewind(std::uint64_t mark) override;
    bool wants_each_instruction() const override {
        return first_.wants_each_instruction() || second_.wants_each_instruction();
    }
    bool wants_arguments() const override {
        return first_.wants_arguments() || second_.wants_arguments();
    }

private:
    struct Marks {
        std::uint64_t first;
        std::uint64_t second;
    };
    EventSink& first_;
    EventSink& second_;
    mutable std::vector<Marks> marks_;
};

/// Number of fields that events of `kind` have.
std::size_t field_count(EventKind kind);

}  // namespace utsim

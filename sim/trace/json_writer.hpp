// SPDX-License-Identifier: MIT
/// Writes a trace as JSON Lines: a header, one line an event, a last line with the fingerprint.
///
/// Where an event names an actor, task or engine for the first time, a line
/// `{"name":"task","id":3,"is":"child","pid":103}` goes before it.
#pragma once

#include <memory>
#include <string>

#include "event/event.hpp"
#include "trace/trace.hpp"

namespace utsim {

/// Appends lines (each with its line end) to a string that the caller writes out. The same calls
/// give the same bytes on every compiler. `names` outlives it.
class JsonWriter {
public:
    explicit JsonWriter(const TraceNames& names);
    ~JsonWriter();

    void header(std::string& out, const TraceHeader& header);
    void event(std::string& out, const Event& event);
    void end(std::string& out, const TraceEnd& end);

private:
    class Aliases;
    std::unique_ptr<Aliases> aliases_;
};

/// The whole trace as one text.
std::string write_jsonl(const TraceHeader& header, const EventLog& log, const TraceNames& names,
                        const TraceEnd& end);

}  // namespace utsim

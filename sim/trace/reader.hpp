// SPDX-License-Identifier: MIT
/// Reads JSON Lines traces back. A file is somebody's input: every mistake in it is an Error with
/// line and column, and nothing it holds can crash or exhaust us.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <utsim/result.hpp>

#include "trace/trace.hpp"

namespace utsim {

/// How large a trace may be. Each limit has a message that says it.
struct TraceLimits {
    static constexpr std::size_t file_bytes = std::size_t{1} << 30;
    static constexpr std::size_t line_bytes = std::size_t{32} << 20;  ///< the header holds a file
    static constexpr std::size_t ids = 65'536;                        ///< of each sort of name
};

/// Reads a trace line by line.
class TraceReader {
public:
    /// `file` is what messages call it. Without `keeps_events` only header, names and end are kept.
    TraceReader(const std::string& file, bool keeps_events);
    ~TraceReader();

    /// The next line, without its end. False when it is wrong: then `error` says why, and no other
    /// line is read.
    bool read_line(std::string_view line);
    const Error& error() const;
    /// What was read so far.
    Trace& trace();

private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

/// The trace in `text`; `file` is what messages call it. Stops at the first mistake: the lines
/// after a bad one would be judged by names that are missing.
Result<Trace> read_trace(std::string_view text, const std::string& file);

/// What is wrong with a trace without lines.
Error empty_trace(const std::string& file);

/// True when `text` begins as a trace does, so that a command can tell it from a scenario.
bool looks_like_trace(std::string_view text);

}  // namespace utsim

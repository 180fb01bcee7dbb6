// SPDX-License-Identifier: MIT
/// What a trace is apart from its events: where it came from, and how the run ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trace/event_log.hpp"
#include "trace/names.hpp"

namespace utsim {

/// The header line. It has everything that the run can be made from again.
struct TraceHeader {
    std::string version;   ///< of utsim
    std::string scenario;  ///< name
    std::string scenario_digest;
    std::string scenario_file;  ///< as the user spelt it; empty when there is none
    std::string semantics;      ///< "F", or a preset with overrides
    std::string semantics_digest;
    std::string granularity;  ///< api, lock or access
    std::string chooser;      ///< serial, random or schedule
    std::string schedule;     ///< what was asked for, when `chooser` is schedule
    std::optional<std::uint64_t> seed;
    std::uint64_t quantum = 1;  ///< of the walk from that seed
    std::uint64_t max_steps = 0;
    std::uint64_t max_instructions = 0;
    bool counts_instructions = false;  ///< those with nothing between them are one event
    std::string source;                ///< the text of the scenario, so that a trace alone replays
    /// Files that the scenario needs: name, and size with digest.
    std::vector<std::pair<std::string, std::string>> files;
    std::string
        packed;  ///< what processes find, where the trace holds it (process/packed_tree.hpp)

    bool operator==(const TraceHeader&) const = default;
};

/// The last line.
struct TraceEnd {
    std::string end;  ///< quiet, deadlock, ...
    std::string detail;
    std::uint64_t steps = 0;
    std::uint64_t events = 0;
    std::string schedule;  ///< what was run; replays the whole run
    std::string fingerprint;

    bool operator==(const TraceEnd&) const = default;
};

/// A whole trace in memory.
struct Trace {
    TraceHeader header;
    StoredNames names;
    EventLog log;
    /// Absent when the file was cut off.
    std::optional<TraceEnd> end;
};

inline constexpr const char* trace_format = "utsim.trace/1";

}  // namespace utsim

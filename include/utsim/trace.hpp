// SPDX-License-Identifier: MIT
/// Traces: record what a run let be seen, write and read it, fingerprint it, run it again and
/// compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>
#include <utsim/scenario.hpp>
#include <utsim/simulation.hpp>

namespace utsim {

/// How the text form is written.
struct TraceTextOptions {
    bool color = false;
    bool columns = false;    ///< a column for every actor and engine instead of lines
    bool full = false;       ///< also lock and cell events
    std::uint64_t from = 0;  ///< first and last step that is shown
    std::uint64_t until = ~std::uint64_t{0};
};

/// A trace in memory. Immutable, and cheap to copy.
class RecordedTrace {
public:
    struct Field {
        std::string name;
        std::string value;  ///< as the JSON form spells it, without quotes
    };
    /// One event in words.
    struct Entry {
        std::uint64_t step = 0;
        std::string actor;  ///< empty when nobody ran
        std::string kind;   ///< `callback`, `api`, ...
        std::vector<Field> fields;
    };

    /// Reads JSON Lines; `file` is what messages call them.
    static Result<RecordedTrace> read(std::string_view text, const std::string& file);

    const std::string& scenario() const;
    const std::string& semantics() const;
    /// The text of the scenario file.
    const std::string& source() const;
    /// What was run; empty when the trace was cut off.
    const std::string& schedule() const;
    /// What the last line says; empty when the trace was cut off.
    const std::string& claimed_fingerprint() const;
    /// Of the events that are here.
    std::string fingerprint() const;

    std::size_t size() const;
    Entry event(std::size_t index) const;

    /// JSON Lines, the same bytes for the same run everywhere.
    std::string jsonl() const;
    std::string text(const TraceTextOptions& options = {}) const;

    struct Data;
    explicit RecordedTrace(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
    const Data& data() const { return *data_; }

private:
    std::shared_ptr<const Data> data_;
};

/// True when `text` begins as a trace does, so that it is no scenario.
bool looks_like_trace(std::string_view text);

struct RecordedRun {
    RunReport report;
    RecordedTrace trace;
};

/// Runs `scenario` and keeps everything. `options.sink` hears the events too.
Result<RecordedRun> record_run(const Scenario& scenario, const RunOptions& options = {});

/// What came of running a trace again.
struct ReplayReport {
    bool same = false;
    bool cut_off = false;      ///< the trace has no last line, or its run was interrupted: what is
                               ///< there was compared
    bool interrupted = false;  ///< somebody ended it: what was run until then was compared
    std::size_t lines = 0;     ///< lines that were compared and are the same
    std::size_t line = 0;      ///< the first that differs
    std::string expected;      ///< as the trace has it; empty when the trace ends there
    std::string actual;        ///< as the run made it; empty when the run ended there
    std::string fingerprint;   ///< of the run, when it is the same
    std::string scenario;
    std::string semantics;
};

/// Runs the scenario that is in the trace in the same way again, and holds every line against it.
Result<ReplayReport> replay_trace(std::string_view text, const std::string& file);

}  // namespace utsim

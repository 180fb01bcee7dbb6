// SPDX-License-Identifier: MIT
/// A trace that goes to a file or to standard output while the run goes on, so that a run of any
/// length takes no memory for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/output_file.hpp"
#include "trace/stream.hpp"

namespace utsim::cli {

class TraceOutputFile {
public:
    /// `-` is standard output. What a mistake leaves is a stream that nobody reads.
    TraceOutputFile(const std::string& path, TraceForm form, Narrowing narrowing, Console& console);

    TraceOutputFile(const TraceOutputFile&) = delete;
    TraceOutputFile& operator=(const TraceOutputFile&) = delete;
    ~TraceOutputFile();

    TraceStream& stream() { return *stream_; }
    /// Should memory run out, the file gets what was written so far instead of nothing.
    void keep_when_out_of_memory();
    /// After the run: the file takes its place. What went wrong, if something did.
    std::vector<Error> finish();

private:
    bool take(std::string_view lines);
    void save();

    Console& console_;
    std::optional<OutputFile> file_;
    std::vector<Error> errors_;
    std::string pending_;
    bool kept_ = false;
    std::optional<TraceStream> stream_;
};

}  // namespace utsim::cli

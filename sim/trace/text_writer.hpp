// SPDX-License-Identifier: MIT
/// Writes a trace for people, in strace's manner.
///
///     [A 100]    3  => #2 debugger report_syscall_entry(SYSCALL_RUN|RESUME, write)  =
///     SYSCALL_RUN|STOP
///
/// A line says who ran (the schedule's letter, the pid), the step, and what happened. A call that
/// something else came into is `<unfinished ...>` and later `<... resumed>`.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "event/event.hpp"
#include "trace/event_text.hpp"
#include "trace/trace.hpp"

namespace utsim {

struct TextOptions {
    bool color = false;
    bool full = false;  ///< also lock and cell events
    std::uint64_t from = 0;
    std::uint64_t until = ~std::uint64_t{0};
};

class TextWriter {
public:
    TextWriter(const TraceNames& names, const TextOptions& options)
        : names_(names),
          options_(options) {}

    void header(std::string& out, const TraceHeader& header);
    void event(std::string& out, const Event& event);
    /// Also prints a call that is still open.
    void end(std::string& out, const TraceEnd& end);

private:
    /// A call whose line waits for its end to come next.
    struct OpenCall {
        bool waits = false;
        std::uint64_t step = 0;
        ActorId actor;
        EventText text;
    };

    void introduce(std::string& out, ActorId actor);
    void flush_open(std::string& out);
    bool was_begun(ActorId actor, const std::string& name);
    void close(std::string& out, const Event& event, const EventText& text);
    void print(std::string& out, std::uint64_t step, ActorId actor, const EventText& text,
               const std::string& line, const std::string& result);

    const TraceNames& names_;
    TextOptions options_;
    OpenCall open_;
    /// Calls that are under way, by actor and name: only they can be resumed.
    std::vector<std::pair<ActorId, std::string>> begun_;
    SyscallNames syscalls_;
    std::vector<bool> introduced_;
};

/// The whole trace as one text.
std::string write_text(const TraceHeader& header, const EventLog& log, const TraceNames& names,
                       const TraceEnd& end, const TextOptions& options);

/// A column for every actor and for every engine that was called: the run at a glance.
std::string write_columns(const EventLog& log, const TraceNames& names, const TextOptions& options);

}  // namespace utsim

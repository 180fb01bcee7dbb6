// SPDX-License-Identifier: MIT
// The run is written as a trace of its own, and the bytes are compared: what is the same to the
// last byte needs no opinion about what matters. A line of the trace is taken when the run has made
// its own, so that the place where they part is told at once, however long the rest is.
#include "trace/replay.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

ReplayChecker::ReplayChecker(LineSource& lines, TraceReader& reader, const TraceNames& names,
                             const std::atomic<bool>* stop)
    : lines_(lines),
      reader_(reader),
      writer_(names),
      stop_(stop) {}

bool ReplayChecker::next_line(std::string_view& line) {
    if (!lines_.next(line)) return false;
    ++line_;
    malformed_ = !reader_.read_line(line);
    return true;
}

void ReplayChecker::stop(const char* why) {
    if (world_ != nullptr) world_->request_stop(why);
}

void ReplayChecker::check(std::string_view lines) {
    while (!lines.empty() && !over()) {
        const std::string_view actual = take_line(lines);
        std::string_view expected;
        if (!next_line(expected)) {
            cut_off_ = true;
            stop("the trace ends here");
        } else if (malformed_) {
            stop("the trace goes on with what is no line of a trace");
        } else if (expected != actual) {
            ReplayDifference difference{line_, std::string(expected), std::string(actual)};
            if (was_interrupted(expected)) {
                line_ = difference.line - 1;
                cut_off_ = true;
                return stop("the trace was interrupted here");
            }
            difference_ = std::move(difference);
            stop("the run differs from the trace");
        }
    }
}

/// Whether with `line` begins what is told at the end of a run, and that is one which somebody
/// interrupted. Reads on to the end if it may be.
bool ReplayChecker::was_interrupted(std::string_view line) {
    constexpr std::string_view at_the_end[] = {R"({"name":)", R"("kind":"end_task")",
                                               R"("kind":"blocked")", R"("kind":"run_end")"};
    for (;;) {
        if (const auto& end = reader_.trace().end) {
            return end->end == "stopped" && end->detail == "interrupted";
        }
        const bool fits = std::any_of(
            std::begin(at_the_end), std::end(at_the_end),
            [&](std::string_view part) { return line.find(part) != std::string_view::npos; });
        if (!fits || !next_line(line) || malformed_) return false;
    }
}

void ReplayChecker::emit(const Event& event) {
    if (over()) return;
    scratch_.clear();
    writer_.event(scratch_, event);
    check(scratch_);
}

void ReplayChecker::rewind(std::uint64_t) {
    UTSIM_CHECK(false, "a replay does not jump back in time");
}

void ReplayChecker::finish(const TraceEnd& end) {
    if (over()) return;
    scratch_.clear();
    writer_.end(scratch_, end);
    check(scratch_);
    std::string_view more;
    if (!over() && next_line(more) && !malformed_) {
        difference_ = ReplayDifference{line_, std::string(more), {}};
    }
}

}  // namespace utsim

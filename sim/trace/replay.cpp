// SPDX-License-Identifier: MIT
// The run is written as a trace of its own, and the bytes are compared: what is the same to the
// last byte needs no opinion about what matters. A line of the trace is taken when the run has made
// its own, so that the place where they part is told at once, however long the rest is.
#include "trace/replay.hpp"

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

/// Where an `instruction` line begins to count, and how many it has; nothing of another line.
struct Counted {
    std::string_view from;
    std::uint64_t number = 0;

    explicit Counted(std::string_view line) {
        constexpr std::string_view key = R"("count":)";
        const std::size_t kind = line.find(R"("kind":"instruction")");
        const std::size_t count = line.find(key, std::min(kind, line.size()));
        if (kind == std::string_view::npos || count == std::string_view::npos) return;
        from = line.substr(kind, count - kind);
        const char* digits = line.data() + count + key.size();
        std::from_chars(digits, line.data() + line.size(), number);
    }
};

/// Whether `line` counts instructions from the same place on as `other`, but not as many.
bool counts_fewer(std::string_view line, std::string_view other) {
    const Counted a(line);
    const Counted b(other);
    return !a.from.empty() && a.from == b.from && a.number < b.number;
}

}  // namespace

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
            if (was_interrupted(expected, actual)) {
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
/// interrupted: instructions are told then as far as they came, of those that `actual` counts.
/// Reads on to the end if it may be.
bool ReplayChecker::was_interrupted(std::string_view line, std::string_view actual) {
    if (run_.counts() && counts_fewer(line, actual) && !next_line(line)) return !malformed_;
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
    run_.pass(event, [this](const Event& told) { take(told); });
}

void ReplayChecker::end_of_events() {
    run_.end([this](const Event& told) { take(told); });
}

void ReplayChecker::take(const Event& event) {
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

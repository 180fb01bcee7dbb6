// SPDX-License-Identifier: MIT
// The run is written as a trace of its own, and the bytes are compared: what is the same to the
// last byte needs no opinion about what matters.
#include "trace/replay.hpp"

#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

ReplayChecker::ReplayChecker(std::string_view text, const TraceNames& names)
    : rest_(text),
      writer_(names) {
    std::string_view header;
    (void)next_line(header);  // inputs, not results: the caller makes the run from them
}

bool ReplayChecker::next_line(std::string_view& line) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    return true;
}

void ReplayChecker::check(std::string_view lines) {
    while (!lines.empty() && !difference_ && !cut_off_) {
        const std::size_t end = lines.find('\n');
        const std::string_view actual = lines.substr(0, end);
        lines.remove_prefix(end + 1);
        std::string_view expected;
        if (!next_line(expected)) {
            cut_off_ = true;
            if (world_ != nullptr) world_->request_stop("the trace ends here");
        } else if (expected != actual) {
            difference_ = ReplayDifference{line_, std::string(expected), std::string(actual)};
            if (world_ != nullptr) world_->request_stop("the run differs from the trace");
        }
    }
}

void ReplayChecker::emit(const Event& event) {
    if (difference_ || cut_off_) return;
    scratch_.clear();
    writer_.event(scratch_, event);
    check(scratch_);
}

void ReplayChecker::rewind(std::uint64_t) {
    UTSIM_CHECK(false, "a replay does not jump back in time");
}

void ReplayChecker::finish(const TraceEnd& end) {
    if (difference_ || cut_off_) return;
    scratch_.clear();
    writer_.end(scratch_, end);
    check(scratch_);
    std::string_view more;
    if (!difference_ && !cut_off_ && next_line(more)) {
        difference_ = ReplayDifference{line_, std::string(more), {}};
    }
}

}  // namespace utsim

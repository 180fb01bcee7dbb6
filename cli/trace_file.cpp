// SPDX-License-Identifier: MIT
// The buffer holds the rest of what was read; a line that is longer than any may be is handed out
// as far as it was read, for the reader to refuse.
#include "cli/trace_file.hpp"

#include "trace/reader.hpp"

namespace utsim::cli {

bool FileLines::next(std::string_view& line) {
    std::size_t looked_at = at_;
    while (buffer_.find('\n', looked_at) == std::string::npos) {
        if (buffer_.size() - at_ > TraceLimits::line_bytes) break;
        buffer_.erase(0, at_);
        at_ = 0;
        looked_at = buffer_.size();
        if (!file_->read(buffer_)) break;
    }
    if (at_ == buffer_.size() || !file_->problem().empty()) return false;
    std::string_view rest = std::string_view(buffer_).substr(at_);
    line = take_line(rest);
    at_ = buffer_.size() - rest.size();
    return true;
}

}  // namespace utsim::cli

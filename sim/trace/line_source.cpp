// SPDX-License-Identifier: MIT
// Where lines end is decided here for whoever reads traces.
#include "trace/line_source.hpp"

namespace utsim {

std::string_view take_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

bool TextLines::next(std::string_view& line) {
    if (rest_.empty()) return false;
    line = take_line(rest_);
    return true;
}

}  // namespace utsim

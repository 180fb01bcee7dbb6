// SPDX-License-Identifier: MIT
/// Lines of a trace, one after the other, so that nobody has to hold all of them.
#pragma once

#include <string>
#include <string_view>

namespace utsim {

/// A line is handed out without its end; a CR before the line end is part of the end.
class LineSource {
public:
    virtual ~LineSource() = default;
    /// False at the end. `line` is valid until the next call.
    virtual bool next(std::string_view& line) = 0;
    /// Why there is no next line, when that is not the end of the file.
    virtual std::string problem() const { return {}; }
};

/// Of a text, which outlives it.
class TextLines final : public LineSource {
public:
    explicit TextLines(std::string_view text) : rest_(text) {}
    bool next(std::string_view& line) override;

private:
    std::string_view rest_;
};

/// Takes the first line, its end included, off `rest`; the line is without its end.
std::string_view take_line(std::string_view& rest);

}  // namespace utsim

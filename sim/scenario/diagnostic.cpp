// SPDX-License-Identifier: MIT
// The form of compilers and of bpftrace: what editors already know how to jump to.
#include "scenario/diagnostic.hpp"

#include <fmt/format.h>

#include "base/visible.hpp"

namespace utsim {

namespace {

constexpr std::size_t widest_line = 160;  // of source text that is shown
constexpr std::size_t longest_text =
    1000;  // of a message, a pointer or a hint: a key can be megabytes

/// Columns are counted in bytes, carets are printed in characters.
std::size_t characters(std::string_view bytes) {
    std::size_t count = 0;
    for (const char c : bytes) {
        if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++count;
    }
    return count;
}

/// Control characters would move the caret or the terminal.
std::string printable(std::string_view whole) {
    const std::string text = shortened(whole, longest_text);
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        result += byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
    return result;
}

std::string source_excerpt(const Error& error, const char* bold, const char* plain) {
    if (error.column - 1 > error.source_line.size() || error.column > widest_line) return {};
    std::string line = error.source_line;
    std::size_t shown = std::min(line.size(), widest_line);
    while (shown < line.size() && shown > 0 &&
           (static_cast<unsigned char>(line[shown]) & 0xc0) == 0x80) {
        --shown;
    }
    const bool cut = shown < line.size();
    line.resize(shown);
    const std::string_view whole = line;
    const std::size_t before = characters(whole.substr(0, error.column - 1));
    const std::size_t under = std::max<std::size_t>(
        1, characters(whole.substr(std::min(error.column - 1, whole.size()), error.length)));
    std::string text = fmt::format("{:5} | {}{}\n", error.line, printable(whole), cut ? "..." : "");
    text += fmt::format("      | {:{}}{}^{:~<{}}{}", "", before, bold, "", under - 1, plain);
    if (!error.hint.empty()) text += " " + printable(error.hint);
    return text + "\n";
}

}  // namespace

std::string format_error(const Error& error, bool color) {
    const char* red = color ? "\033[1;31m" : "";
    const char* bold = color ? "\033[1m" : "";
    const char* plain = color ? "\033[0m" : "";
    std::string text;
    if (!error.file.empty()) {
        text += bold + printable(error.file);
        if (error.line != 0) text += fmt::format(":{}:{}", error.line, error.column);
        text += std::string(":") + plain + " ";
    }
    text += fmt::format("{}error:{} {}", red, plain, printable(error.message));
    if (!error.code.empty()) text += " [" + error.code + "]";
    text += "\n";
    if (!error.pointer.empty()) text += "  at " + printable(error.pointer) + "\n";
    std::string excerpt;
    if (error.line != 0) excerpt = source_excerpt(error, red, plain);
    text += excerpt;
    if (excerpt.empty() && !error.hint.empty()) text += "  " + printable(error.hint) + "\n";
    return text;
}

std::string format_errors(const std::vector<Error>& errors, bool color) {
    std::string text;
    for (const Error& error : errors) text += format_error(error, color) + "\n";
    text +=
        fmt::format("{} error{}. Nothing was run.\n", errors.size(), errors.size() == 1 ? "" : "s");
    return text;
}

}  // namespace utsim

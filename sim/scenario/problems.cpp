// SPDX-License-Identifier: MIT
// Errors are found in the order of the checks, and told in the order of the file. Those that will
// not be told are not kept either.
#include "scenario/problems.hpp"

#include <algorithm>
#include <tuple>

#include "base/visible.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

std::string_view line_of(std::string_view text, std::size_t line) {
    std::size_t begin = 0;
    for (std::size_t i = 1; i < line; ++i) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string_view::npos) return {};
        begin = end + 1;
    }
    std::string_view found = text.substr(begin, text.find('\n', begin) - begin);
    if (found.ends_with('\r')) found.remove_suffix(1);
    return found;
}

namespace {

constexpr std::size_t longest_quoted = 1000;  // a key can be megabytes

/// How many bytes the character at `at` has; 0 when it is not UTF-8.
std::size_t character_length(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if (at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 0;
    }
    return length;
}

/// Messages are UTF-8 also where the file is not. No byte is added, so columns stay right.
std::string readable(std::string_view line) {
    std::string result(line);
    for (std::size_t i = 0; i < result.size();) {
        const std::size_t length = character_length(result, i);
        if (length == 0) result[i] = '?';
        i += std::max<std::size_t>(1, length);
    }
    return result;
}

bool comes_before(const Error& a, const Error& b) {
    return std::tie(a.line, a.column, a.code, a.message) <
           std::tie(b.line, b.column, b.code, b.message);
}

}  // namespace

void Problems::add(int code, const JsonValue& value, std::string message, std::string hint) {
    if (!wants(value.place)) return pass_over();
    add_at(code, value.place, value.pointer(), std::move(message), std::move(hint));
}

void Problems::add_at_key(int code, const JsonMember& member, std::string message,
                          std::string hint) {
    if (!wants(member.key_place)) return pass_over();
    add_at(code, member.key_place, member.value.pointer(), std::move(message), std::move(hint));
}

void Problems::add_at(int code, const TextPlace& place, const std::string& pointer,
                      std::string message, std::string hint) {
    Error error;
    error.code = "E-SCN-" + std::to_string(code);
    error.message = shortened(message, longest_quoted);
    error.file = file_;
    error.line = place.line;
    error.column = place.column;
    error.length = place.length;
    error.pointer = shortened(pointer, longest_quoted);
    error.hint = shortened(hint, longest_quoted);
    ++count_;
    errors_.push_back(std::move(error));
    std::push_heap(errors_.begin(), errors_.end(), comes_before);
    if (errors_.size() <= ScenarioLimits::errors) return;
    std::pop_heap(errors_.begin(), errors_.end(), comes_before);
    errors_.pop_back();
}

bool Problems::wants(const TextPlace& place) const {
    if (errors_.size() < ScenarioLimits::errors) return true;
    const Error& last = errors_.front();
    return std::tie(place.line, place.column) <= std::tie(last.line, last.column);
}

bool Problems::said_of(const JsonValue& value) const {
    return errors_.size() >= ScenarioLimits::errors ||
           std::any_of(errors_.begin(), errors_.end(), [&](const Error& error) {
               return error.line == value.place.line && error.column == value.place.column;
           });
}

std::vector<Error> Problems::take() {
    std::sort_heap(errors_.begin(), errors_.end(), comes_before);
    for (Error& error : errors_) {
        error.source_line = readable(line_of(text_, error.line));
        const std::size_t width = error.source_line.size();
        const std::size_t room = error.column <= width ? width - error.column + 1 : 1;
        error.length = std::clamp<std::size_t>(error.length, 1, room);
    }
    return std::move(errors_);
}

}  // namespace utsim

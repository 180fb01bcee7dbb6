// SPDX-License-Identifier: MIT
// Control characters are those of ASCII but for line ends and tabs, DEL, and those of Latin 1 in
// UTF-8, which a terminal may take for the beginning of a command as well.
#include "base/visible.hpp"

#include <algorithm>

namespace utsim {

namespace {

constexpr char digits[] = "0123456789abcdef";

bool is_plain(unsigned char byte) {
    return (byte >= 0x20 && byte < 0x7f) || byte == '\n' || byte == '\t';
}

void append_hex(std::string& out, const char* start, unsigned char byte) {
    out += start;
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

/// Length of a colour sequence at the start of `text`; 0 when there is none.
std::size_t color_length(std::string_view text) {
    if (!text.starts_with("\x1b[")) return 0;
    const std::size_t end = text.find_first_not_of("0123456789;", 2);
    if (end == std::string_view::npos) return 0;
    return text[end] == 'm' ? end + 1 : 0;
}

}  // namespace

std::size_t character_length(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    const bool too_large = first == 0xf4 && byte(1) > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

std::string visible(std::string_view text, Keep keep) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto plain = std::find_if_not(text.begin(), text.end(), [](char c) {
            return is_plain(static_cast<unsigned char>(c));
        });
        const auto before = static_cast<std::size_t>(plain - text.begin());
        out += text.substr(0, before);
        text.remove_prefix(before);
        if (text.empty()) break;
        const auto first = static_cast<unsigned char>(text[0]);
        std::size_t length = character_length(text);
        const std::size_t color = keep == Keep::colors ? color_length(text) : 0;
        if (color != 0) {
            length = color;
            out += text.substr(0, length);
        } else if (length == 0) {
            append_hex(out, "\\x", first);
            length = 1;
        } else if (length == 1) {
            append_hex(out, "\\u00", first);
        } else if (first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0) {
            append_hex(out, "\\u00", static_cast<unsigned char>(text[1]));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return out;
}

std::string shortened(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return std::string(text);
    const auto inside = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
    };
    std::size_t head = limit * 3 / 4;
    std::size_t tail = text.size() - limit / 4;
    while (head > 0 && inside(head)) --head;
    while (tail < text.size() && inside(tail)) ++tail;
    return std::string(text.substr(0, head)) + "[... " + std::to_string(tail - head) +
           " bytes ...]" + std::string(text.substr(tail));
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Numbers and strings as JSON and the text form spell them.
#include "trace/json_text.hpp"

#include <charconv>

namespace utsim {

namespace {

constexpr char digits[] = "0123456789abcdef";

template <typename Integer>
void append_integer(std::string& out, Integer value, int base) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, base).ptr;
    out.append(buffer, end);
}

/// Length of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
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

void append_escape(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    out += "\\u00";
    out += digits[(static_cast<unsigned char>(c) >> 4) & 15];
    out += digits[static_cast<unsigned char>(c) & 15];
}

}  // namespace

void append_decimal(std::string& out, std::int64_t value) { append_integer(out, value, 10); }
void append_unsigned(std::string& out, std::uint64_t value) { append_integer(out, value, 10); }

void append_hex(std::string& out, std::uint64_t value) {
    out += "0x";
    append_integer(out, value, 16);
}

void append_hex_bytes(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        out += digits[(static_cast<unsigned char>(c) >> 4) & 15];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const char c = text[0];
        const bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
        if (plain) {
            out += c;
            text.remove_prefix(1);
            continue;
        }
        const std::size_t length = sequence_length(text);
        if (length > 1) {
            out.append(text.substr(0, length));
        } else if (length == 1) {
            append_escape(out, c);
        } else {
            out += '?';
        }
        text.remove_prefix(length > 1 ? length : 1);
    }
    out += '"';
}

}  // namespace utsim

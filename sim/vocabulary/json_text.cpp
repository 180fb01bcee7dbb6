// SPDX-License-Identifier: MIT
// Numbers and strings as JSON and the text form spell them.
#include "vocabulary/json_text.hpp"

#include <charconv>

#include "base/visible.hpp"

namespace utsim {

namespace {

constexpr char digits[] = "0123456789abcdef";

template <typename Integer>
void append_integer(std::string& out, Integer value, int base) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, base).ptr;
    out.append(buffer, end);
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
        const std::size_t length = character_length(text);
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
        const std::size_t length = character_length(text);
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

// SPDX-License-Identifier: MIT
// Numbers and texts in the spelling of strace.
#include "process/argument_text.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace utsim {

void ArgumentText::text(std::string_view text) {
    if (text.empty()) return;
    const std::size_t fits = std::min(text.size(), room_ - size_);
    std::memcpy(out_ + size_, text.data(), fits);
    size_ += fits;
}

namespace {

constexpr std::size_t longest_number = 32;

template <typename T>
std::string_view printed(char (&room)[longest_number], const char* format, T value) {
    const int size = std::snprintf(room, sizeof room, format, value);
    return {room, static_cast<std::size_t>(size)};
}

}  // namespace

void ArgumentText::decimal(std::int64_t value) {
    char room[longest_number];
    text(printed(room, "%" PRId64, value));
}

void ArgumentText::unsigned_decimal(std::uint64_t value) {
    char room[longest_number];
    text(printed(room, "%" PRIu64, value));
}

void ArgumentText::hex(std::uint64_t value) {
    char room[longest_number];
    text(value == 0 ? "0" : printed(room, "0x%" PRIx64, value));
}

void ArgumentText::octal(std::uint64_t value) {
    char room[longest_number];
    text(printed(room, value == 0 ? "%" PRIo64 : "0%" PRIo64, value));
}

void ArgumentText::address(std::uint64_t value) {
    if (value == 0) return text("NULL");
    hex(value);
}

void ArgumentText::quoted(std::string_view bytes, bool more) {
    text("\"");
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        constexpr std::string_view escaped = "\n\t\r\"\\";
        constexpr std::string_view letters = "ntr\"\\";
        const std::size_t at = escaped.find(c);
        if (at != std::string_view::npos) {
            text("\\");
            text(letters.substr(at, 1));
        } else if (byte >= 0x20 && byte < 0x7f) {
            text({&c, 1});
        } else {
            char room[longest_number];
            text(printed(room, "\\%o", byte));
        }
    }
    text(more ? "\"..." : "\"");
}

void ArgumentText::signal(std::uint64_t number) {
    const char* name = number <= 64 ? signal_name(static_cast<int>(number)) : nullptr;
    if (name != nullptr) return text(name);
    decimal(static_cast<std::int64_t>(number));
}

}  // namespace utsim

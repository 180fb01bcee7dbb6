// SPDX-License-Identifier: MIT
// Byte by byte. A `$` inside a packet begins a new one: whatever came before was cut off.
#include "debug/packet.hpp"

#include <algorithm>

#include "vocabulary/json_text.hpp"

namespace utsim::debug {

namespace {

constexpr char digits[] = "0123456789abcdef";

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

PacketReader::Item PacketReader::next(std::string_view& bytes) {
    while (!bytes.empty()) {
        const char c = bytes.front();
        if (place_ == Place::lost) return Item::too_long;
        bytes.remove_prefix(1);
        switch (place_) {
            case Place::outside:
                if (c == '+') return Item::ack;
                if (c == '-') return Item::nak;
                if (c == '\x03') return Item::interrupt;
                if (c != '$') break;
                place_ = Place::inside;
                payload_.clear();
                sum_ = 0;
                break;
            case Place::inside:
                if (c == '$') {
                    payload_.clear();
                    sum_ = 0;
                } else if (c == '#') {
                    place_ = Place::first_digit;
                } else if (payload_.size() == most) {
                    place_ = Place::lost;
                    return Item::too_long;
                } else {
                    payload_ += c;
                    sum_ = static_cast<std::uint8_t>(sum_ + static_cast<std::uint8_t>(c));
                }
                break;
            case Place::first_digit:
                claimed_ = digit_of(c);
                place_ = Place::second_digit;
                break;
            case Place::second_digit:
                place_ = Place::outside;
                return at_end(c);
            case Place::lost:
                break;
        }
    }
    return place_ == Place::lost ? Item::too_long : Item::nothing;
}

PacketReader::Item PacketReader::at_end(char digit) {
    const int second = digit_of(digit);
    const bool good = claimed_ >= 0 && second >= 0 && claimed_ * 16 + second == sum_;
    return good ? Item::packet : Item::damaged;
}

std::string packet_of(std::string_view payload) {
    std::uint8_t sum = 0;
    for (const char c : payload) {
        sum = static_cast<std::uint8_t>(sum + static_cast<std::uint8_t>(c));
    }
    std::string packet = "$" + std::string(payload) + "#";
    packet += digits[sum >> 4];
    packet += digits[sum & 15];
    return packet;
}

std::string escaped(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (const char c : bytes) {
        if (c == '#' || c == '$' || c == '}' || c == '*') {
            out += '}';
            out += static_cast<char>(c ^ 0x20);
        } else {
            out += c;
        }
    }
    return out;
}

std::string unescaped(std::string_view payload) {
    std::string out;
    out.reserve(payload.size());
    for (std::size_t i = 0; i < payload.size(); ++i) {
        if (payload[i] == '}' && i + 1 < payload.size()) {
            out += static_cast<char>(payload[++i] ^ 0x20);
        } else {
            out += payload[i];
        }
    }
    return out;
}

std::string hex_of(std::string_view bytes) {
    std::string out;
    append_hex_bytes(out, bytes);
    return out;
}

std::optional<std::string> bytes_of_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit_of(text[i]);
        const int low = digit_of(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

std::string hex_number(std::uint64_t value) {
    std::string out;
    do {
        out += digits[value & 15];
        value >>= 4;
    } while (value != 0);
    std::reverse(out.begin(), out.end());
    return out;
}

bool PayloadReader::take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
}

bool PayloadReader::take(std::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
}

std::optional<std::uint64_t> PayloadReader::hex() {
    std::uint64_t value = 0;
    std::size_t count = 0;
    while (count < rest_.size() && digit_of(rest_[count]) >= 0) {
        if (value >> 60 != 0) return std::nullopt;
        value = value * 16 + static_cast<std::uint64_t>(digit_of(rest_[count++]));
    }
    if (count == 0) return std::nullopt;
    rest_.remove_prefix(count);
    return value;
}

std::string_view PayloadReader::until(char end) {
    const std::size_t at = rest_.find(end);
    const std::string_view part = rest_.substr(0, at);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + 1);
    return part;
}

namespace {

std::optional<std::int64_t> part_of_name(PayloadReader& reader) {
    if (reader.take('-')) {
        if (reader.hex() != 1) return std::nullopt;
        return -1;
    }
    const std::optional<std::uint64_t> value = reader.hex();
    if (!value || *value > 0x7fffffff) return std::nullopt;
    return static_cast<std::int64_t>(*value);
}

}  // namespace

std::optional<ThreadName> thread_name(PayloadReader& reader) {
    ThreadName name;
    if (!reader.take('p')) {
        const std::optional<std::int64_t> tid = part_of_name(reader);
        if (!tid) return std::nullopt;
        name.tid = *tid;
        if (*tid == -1) name.pid = -1;
        return name;
    }
    const std::optional<std::int64_t> pid = part_of_name(reader);
    if (!pid) return std::nullopt;
    name.pid = *pid;
    name.tid = -1;
    if (!reader.take('.')) return name;
    const std::optional<std::int64_t> tid = part_of_name(reader);
    if (!tid) return std::nullopt;
    name.tid = *tid;
    return name;
}

}  // namespace utsim::debug

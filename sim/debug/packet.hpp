// SPDX-License-Identifier: MIT
/// Packets of the gdb remote protocol: `$payload#checksum`, and what stands between them.
///
/// Whoever is at the other end is not trusted: bytes that are no packet are passed over, a packet
/// that is too long is an end, and nothing that comes makes more than one packet's worth of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace utsim::debug {

/// Takes bytes apart as they come.
class PacketReader {
public:
    /// What a packet may be long. gdb is told a quarter of it, and sends no more.
    static constexpr std::size_t most = 64 * 1024;

    enum class Item : std::uint8_t {
        nothing,  ///< more bytes are needed
        packet,
        ack,
        nak,
        interrupt,  ///< Ctrl-C
        damaged,    ///< a packet whose checksum is wrong
        too_long,   ///< no more can be read
    };

    /// Takes the first bytes of `bytes` away, up to the end of one item.
    Item next(std::string_view& bytes);
    /// Of the last item that was a packet, as it came: see `unescaped`.
    const std::string& payload() const { return payload_; }

private:
    enum class Place : std::uint8_t { outside, inside, first_digit, second_digit, lost };
    Item at_end(char digit);

    Place place_ = Place::outside;
    std::string payload_;
    std::uint8_t sum_ = 0;
    int claimed_ = 0;
};

/// `$payload#checksum`. The payload must be escaped where it is binary or text.
std::string packet_of(std::string_view payload);
/// What would be taken for the end of a packet is spelt `}` and the byte with bit 5 changed.
std::string escaped(std::string_view bytes);
std::string unescaped(std::string_view payload);

/// Two digits for each byte.
std::string hex_of(std::string_view bytes);
/// Nothing when it is not that.
std::optional<std::string> bytes_of_hex(std::string_view digits);
/// The shortest hexadecimal number.
std::string hex_number(std::uint64_t value);

/// Reads a payload from left to right.
class PayloadReader {
public:
    explicit PayloadReader(std::string_view text) : rest_(text) {}
    std::string_view rest() const { return rest_; }
    bool at_end() const { return rest_.empty(); }
    bool take(char c);
    bool take(std::string_view word);
    /// Up to 64 bits; nothing when there is none, or it is longer.
    std::optional<std::uint64_t> hex();
    /// Up to `end`, which is taken away too; all of it when there is none.
    std::string_view until(char end);

private:
    std::string_view rest_;
};

/// Whom a packet is about: of `-1`, all; of 0, anybody.
struct ThreadName {
    std::int64_t pid = 0;
    std::int64_t tid = 0;
};
/// `p3e8.3e8`, `p3e8` (all of it), `-1`, `3e8`.
std::optional<ThreadName> thread_name(PayloadReader& reader);

}  // namespace utsim::debug

// SPDX-License-Identifier: MIT
/// The few pieces of text that the writers are made of. They append, and nothing depends on a
/// locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace utsim {

void append_decimal(std::string& out, std::int64_t value);
void append_unsigned(std::string& out, std::uint64_t value);
/// `0x1f`, lower case, without leading zeros.
void append_hex(std::string& out, std::uint64_t value);
/// Two hexadecimal digits a byte.
void append_hex_bytes(std::string& out, std::string_view bytes);
bool is_utf8(std::string_view text);
/// A JSON string with its quotes. Bytes that are not UTF-8 become `?`.
void append_json_string(std::string& out, std::string_view text);

}  // namespace utsim

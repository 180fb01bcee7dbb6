// SPDX-License-Identifier: MIT
/// Text of others (guests, files, names) in a form that does nothing to a terminal and is not
/// endless.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace utsim {

/// Length of the well-formed UTF-8 character that `text` begins with; 0 when there is none.
std::size_t character_length(std::string_view text);

/// What may stay as it is besides printable characters, line ends and tabs.
enum class Keep : unsigned char { text, colors };

/// `text` with control characters spelt out: `\u001b`, and `\xff` for what is not UTF-8. With
/// `Keep::colors`, sequences that only choose a colour stay.
std::string visible(std::string_view text, Keep keep = Keep::text);

/// `text`, or its beginning and its end with how many bytes were left out between them.
std::string shortened(std::string_view text, std::size_t limit);

}  // namespace utsim

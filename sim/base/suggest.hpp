// SPDX-License-Identifier: MIT
/// "Did you mean": the known word that is nearest to what somebody typed.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace utsim {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest of `words`, or nothing when none is near. Case does not count.
std::string_view nearest_word(std::string_view typed, std::span<const std::string_view> words);

/// `did you mean WORD?`, or an empty text.
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> words);

}  // namespace utsim

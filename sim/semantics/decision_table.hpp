// SPDX-License-Identifier: MIT
/// The decision points as data: what is decided, between what, and what each version chose.
///
/// `utsim semantics list`, docs/semantics.md, the schema and the loader's checks are made from it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "semantics/semantics.hpp"

namespace utsim {

struct ValueInfo {
    std::string_view name;
    std::string_view meaning;  ///< what then happens, in one or two sentences
};

inline constexpr std::size_t max_values = 3;
inline constexpr std::size_t era_count = 6;

struct DecisionInfo {
    std::string_view name;                     ///< `area.point`, as the command line has it
    std::string_view question;                 ///< what is decided
    std::string_view source;                   ///< rule of the spec, entry of the history
    std::array<ValueInfo, max_values> values;  ///< unused ones have an empty name
    std::array<std::uint8_t, era_count> eras;  ///< the choice of E1, E2, E3, E4, E5, F

    std::size_t value_count() const;
    std::optional<std::uint8_t> find_value(std::string_view value) const;
};

/// All decision points, in the order of `Choices`.
std::span<const DecisionInfo> decision_table();
/// The row called `name`, or null.
const DecisionInfo* find_decision(std::string_view name);

/// Two choices that cannot be together.
struct Contradiction {
    std::string_view decision;
    std::string_view value;
    std::string_view other;
    std::string_view other_value;
    std::string_view reason;  ///< a sentence without a full stop
};
std::span<const Contradiction> contradictions();

}  // namespace utsim

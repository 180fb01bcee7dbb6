// SPDX-License-Identifier: MIT
/// How a row of the decision table says what the six recorded versions chose.
#pragma once

#include "semantics/decision_table.hpp"

namespace utsim {

/// The six choices, E1 to F, as the enumerators that they are.
template <typename Decision>
constexpr std::array<std::uint8_t, era_count> eras(Decision e1, Decision e2, Decision e3,
                                                   Decision e4, Decision e5, Decision f) {
    return {static_cast<std::uint8_t>(e1), static_cast<std::uint8_t>(e2),
            static_cast<std::uint8_t>(e3), static_cast<std::uint8_t>(e4),
            static_cast<std::uint8_t>(e5), static_cast<std::uint8_t>(f)};
}
/// All six agree: the alternative comes from the mail or the history.
template <typename Decision>
constexpr std::array<std::uint8_t, era_count> always(Decision value) {
    return eras(value, value, value, value, value, value);
}
/// Changed once, between E1 and E2, E2 and E3, ...
template <typename Decision>
constexpr auto from_e2(Decision before, Decision after) {
    return eras(before, after, after, after, after, after);
}
template <typename Decision>
constexpr auto from_e3(Decision before, Decision after) {
    return eras(before, before, after, after, after, after);
}
template <typename Decision>
constexpr auto from_e4(Decision before, Decision after) {
    return eras(before, before, before, after, after, after);
}
template <typename Decision>
constexpr auto from_e5(Decision before, Decision after) {
    return eras(before, before, before, before, after, after);
}
template <typename Decision>
constexpr auto from_f(Decision before, Decision after) {
    return eras(before, before, before, before, before, after);
}

}  // namespace utsim

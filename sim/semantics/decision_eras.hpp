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
/// Changed once: `first` is the index of the first version that chose `after`.
template <std::size_t first, typename Decision>
constexpr std::array<std::uint8_t, era_count> changed_in(Decision before, Decision after) {
    std::array<std::uint8_t, era_count> chosen{};
    for (std::size_t i = 0; i < era_count; ++i) {
        chosen[i] = static_cast<std::uint8_t>(i < first ? before : after);
    }
    return chosen;
}
/// All six agree: the alternative comes from the mail or the history.
template <typename Decision>
constexpr auto always(Decision value) {
    return changed_in<0>(value, value);
}
template <typename Decision>
constexpr auto from_e2(Decision before, Decision after) {
    return changed_in<1>(before, after);
}
template <typename Decision>
constexpr auto from_e3(Decision before, Decision after) {
    return changed_in<2>(before, after);
}
template <typename Decision>
constexpr auto from_e4(Decision before, Decision after) {
    return changed_in<3>(before, after);
}
template <typename Decision>
constexpr auto from_e5(Decision before, Decision after) {
    return changed_in<4>(before, after);
}
template <typename Decision>
constexpr auto from_f(Decision before, Decision after) {
    return changed_in<5>(before, after);
}

}  // namespace utsim

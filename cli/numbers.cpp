// SPDX-License-Identifier: MIT
// Thousands get commas, as numbers of runs and states are long.
#include "cli/numbers.hpp"

#include "cli/arguments.hpp"

namespace utsim::cli {

std::string grouped(std::uint64_t number) {
    std::string out = std::to_string(number);
    for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, 1, ',');
    return out;
}

std::string about(std::uint64_t number) {
    constexpr std::uint64_t million = 1'000'000;
    std::uint64_t unit = 1;
    while (number / unit >= 100) unit *= 10;
    const std::uint64_t rounded = (number + unit / 2) / unit * unit;
    if (rounded < million) return grouped(rounded);
    const std::string whole = grouped(rounded / million);
    if (rounded >= 10 * million) return whole + " million";
    return whole + "." + std::to_string(rounded % million / (million / 10)) + " million";
}

std::string counted(std::uint64_t number, const std::string& one, const std::string& many) {
    return grouped(number) + " " + (number == 1 ? one : many);
}

std::optional<std::uint64_t> parse_duration(std::string_view text) {
    constexpr std::uint64_t most_seconds = 1'000'000'000;
    std::uint64_t unit = 1;
    if (!text.empty()) {
        const char last = text.back();
        if (last == 'm') unit = 60;
        if (last == 'h') unit = 3600;
        if (last == 's' || unit != 1) text.remove_suffix(1);
    }
    const std::optional<std::uint64_t> number = parse_number(text);
    if (!number || *number == 0 || *number > most_seconds / unit) return std::nullopt;
    return *number * unit * 1000;
}

}  // namespace utsim::cli

// SPDX-License-Identifier: MIT
/// Two observations of the same inputs: where each observer's view first differs, and where the
/// two meet again.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "explore/observation.hpp"

namespace utsim {

/// Everything that one observer sees, as places in `Observation::seen()`.
struct View {
    ObserverKind who{};
    std::string name;  ///< of the engine, task or controller; `kernel` for the machine
    std::vector<std::uint32_t> seen;
};

/// The views of an observation, by kind and name; two engines of one name are one observer.
std::vector<View> views_of(const Observation& observation, const NameTable& names);

/// The first difference in what one observer sees.
struct Divergence {
    ObserverKind who{};
    std::string name;
    std::vector<std::uint32_t> seen_a;  ///< the whole view, as places in `seen()`
    std::vector<std::uint32_t> seen_b;
    std::size_t at = 0;  ///< place in both views; may be the end of one
    bool meets = false;
    std::size_t meets_a = 0;  ///< from here on the views are alike for some events, or to their end
    std::size_t meets_b = 0;
    std::string what_a;  ///< the first event that differs, in general words; `nothing` at an end
    std::string what_b;

    /// Equal for differences that are the same but for the names in them.
    std::string kind() const;
};

struct Comparison {
    /// One for each observer that sees a difference, the earliest in A first.
    std::vector<Divergence> divergences;
    bool same() const { return divergences.empty(); }
};

/// Whether nobody sees a difference. Cheap when they are alike in every detail.
bool look_alike(const Observation& a, const NameTable& names_a, const Observation& b,
                const NameTable& names_b);

Comparison compare(const Observation& a, const NameTable& names_a, const Observation& b,
                   const NameTable& names_b);

/// Finds where two sequences meet again behind their first difference: the nearest places (by the
/// sum of what is passed over) from which `run` events, or all that are left on both sides, agree.
/// `alike(i, j)` compares the i-th of the one with the j-th of the other.
template <typename Alike>
bool meet_again(std::size_t at, std::size_t size_a, std::size_t size_b, Alike alike,
                std::size_t& meets_a, std::size_t& meets_b) {
    constexpr std::size_t run = 3;
    constexpr std::size_t farthest = 400;
    const auto agrees = [&](std::size_t i, std::size_t j) {
        std::size_t n = 0;
        while (i + n < size_a && j + n < size_b && n < run && alike(i + n, j + n)) ++n;
        if (n == run) return true;
        return n > 0 && i + n == size_a && j + n == size_b;
    };
    for (std::size_t passed = 1; passed <= farthest; ++passed) {
        for (std::size_t i = 0; i <= passed; ++i) {
            const std::size_t left = at + i;
            const std::size_t right = at + passed - i;
            if (left >= size_a || right >= size_b || !agrees(left, right)) continue;
            meets_a = left;
            meets_b = right;
            return true;
        }
    }
    return false;
}

/// The first field in which two events of one kind differ, with its values; `name` is empty when
/// none does.
struct DifferingField {
    std::string name;
    std::string a;
    std::string b;
};
DifferingField differing_field(const Observed& a, const NameTable& names_a, const Observed& b,
                               const NameTable& names_b);

/// What an observed event is in words without names: `utrace_control(STOP) = -EINPROGRESS`.
std::string general_words(const Observed& observed, const NameTable& names);

}  // namespace utsim

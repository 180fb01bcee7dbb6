// SPDX-License-Identifier: MIT
// A word is near when a third of its letters, at most, would have to change.
#include "base/suggest.hpp"

#include <algorithm>
#include <vector>

namespace utsim {

namespace {

constexpr std::size_t longest_word = 64;  // nobody mistypes longer ones, and the work is quadratic

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string_view nearest_word(std::string_view typed, std::span<const std::string_view> words) {
    if (typed.empty() || typed.size() > longest_word) return {};
    const std::string low = lower(typed);
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, typed.size() / 3) + 1;
    for (const std::string_view word : words) {
        if (word.size() > longest_word) continue;
        const std::size_t distance = edit_distance(low, lower(word));
        if (distance < best_distance) {
            best_distance = distance;
            best = word;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string_view> words) {
    const std::string_view word = nearest_word(typed, words);
    return word.empty() ? std::string() : "did you mean " + std::string(word) + "?";
}

}  // namespace utsim

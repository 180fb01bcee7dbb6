// SPDX-License-Identifier: MIT
/// Choices by the table of weights.
///
/// Who draws names a row or a group; a name that is not in the table does not compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "explore/generator_weights.hpp"

namespace utsim {

/// A row of the table, by its name: `op.clone`.
struct WeightRow {
    std::size_t index;
    consteval WeightRow(const char* name) : index(find_weight(name)) {
        if (index == weight_count) throw "no such row in the table of weights";
    }
};

/// The words of one group: `op`.
struct WeightGroup {
    std::size_t first;
    std::size_t last;
    consteval WeightGroup(const char* name) : first(0), last(0) {
        while (first < weight_count && !is_word_of(generator_rows[first], name)) ++first;
        if (first == weight_count) throw "no such group in the table of weights";
        last = first;
        while (last < weight_count && is_word_of(generator_rows[last], name)) ++last;
    }
};

/// `Source` makes 64 random bits at a time, in `next`.
template <typename Source>
class Draws {
public:
    /// `weights` has a number for each row of the table, and outlives this.
    Draws(const Source& random, const std::uint32_t* weights)
        : random_(random),
          weights_(weights) {}

    /// One of 0 to `count` - 1.
    std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>(((random_.next() >> 32) * count) >> 32);
    }

    /// As often out of a hundred times as the row says.
    bool chance(WeightRow row) { return below(100) < weights_[row.index]; }
    /// The same, and never without the condition; it takes a number out of the stream all the same.
    bool chance_if(bool condition, WeightRow row) {
        return below(100) < (condition ? weights_[row.index] : 0);
    }

    /// A word of the group, by weight, but none of `without`; an empty one when nothing is left.
    std::string_view draw(WeightGroup group, std::initializer_list<WeightRow> without = {}) {
        const auto weight = [&](std::size_t index) {
            for (const WeightRow& row : without) {
                if (row.index == index) return std::uint32_t{0};
            }
            return weights_[index];
        };
        std::uint32_t sum = 0;
        for (std::size_t i = group.first; i < group.last; ++i) sum += weight(i);
        std::uint32_t drawn = below(sum);
        for (std::size_t i = group.first; i < group.last; ++i) {
            if (drawn < weight(i)) return word_of(generator_rows[i]);
            drawn -= weight(i);
        }
        return {};
    }

private:
    Source random_;
    const std::uint32_t* weights_;
};

}  // namespace utsim

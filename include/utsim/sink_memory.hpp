// SPDX-License-Identifier: MIT
/// What a sink remembers, put down for a search that tells states apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace utsim {

/// Numbers count as they are. Of moments (numbers of steps) only the order counts: two runs that
/// came to the same in a different number of steps are in the same state.
class SinkMemory {
public:
    static constexpr std::uint64_t never = ~std::uint64_t{0};

    void clear() {
        words_.clear();
        moments_.clear();
    }
    void number(std::uint64_t value) { words_.push_back(value); }
    /// A step, or `never`.
    void moment(std::uint64_t step) {
        if (step != never) moments_.push_back(words_.size());
        words_.push_back(step);
    }
    /// Puts all of it behind `out`, each moment as its place among them.
    void append_to(std::vector<std::uint64_t>& out);

private:
    std::vector<std::uint64_t> words_;
    std::vector<std::size_t> moments_;  ///< where they stand in `words_`
    std::vector<std::uint64_t> order_;
};

}  // namespace utsim

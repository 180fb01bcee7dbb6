// SPDX-License-Identifier: MIT
/// What a sink remembers, put down for a search that tells states apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace utsim {

/// Numbers count as they are. Of moments (numbers of steps) and of counts (how often something has
/// happened so far) only the order counts: two runs that came to the same in a different number of
/// steps, or of repetitions, are in the same state.
class SinkMemory {
public:
    static constexpr std::uint64_t never = ~std::uint64_t{0};

    /// Forgets all; the next step will be `now`.
    void clear(std::uint64_t now = never);
    /// The step that comes next, or that is under way.
    std::uint64_t now() const { return now_; }
    void number(std::uint64_t value) { words_.push_back(value); }
    /// A step, or `never`.
    void moment(std::uint64_t step) {
        if (step != never) moments_.places.push_back(words_.size());
        words_.push_back(step);
    }
    void count(std::uint64_t value) {
        counts_.places.push_back(words_.size());
        words_.push_back(value);
    }
    /// Puts all of it behind `out`, each moment and count as its place among its like.
    void append_to(std::vector<std::uint64_t>& out);

private:
    struct Ranked {
        std::vector<std::size_t> places;  ///< where they stand in `words_`
        std::vector<std::uint64_t> order;
    };
    void rank(Ranked& all);

    std::uint64_t now_ = never;
    std::vector<std::uint64_t> words_;
    Ranked moments_;
    Ranked counts_;
};

}  // namespace utsim

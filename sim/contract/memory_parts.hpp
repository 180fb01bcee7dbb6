// SPDX-License-Identifier: MIT
/// Which clauses remember together, for a search that tells states apart.
///
/// Each clause goes by the facts that name it as a reader, by those that all go by, and by the
/// numbers that its monitor keeps. What another clause goes by makes no difference to it, so a
/// search need not meet every memory of one together with every memory of the other. A part for
/// each clause would cost as many keys; clauses that go by much the same share one.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "contract/dispatch.hpp"
#include "contract/fact.hpp"

namespace utsim {

class MemoryParts {
public:
    static constexpr std::size_t most = 8;
    static constexpr std::size_t most_pieces = std::size_t{1} << most;
    /// A bit for each part.
    using Set = std::uint8_t;

    explicit MemoryParts(const Dispatch& dispatch);

    std::size_t count() const { return count_; }
    std::size_t of_slot(std::size_t slot) const { return part_of_[slot]; }
    /// What the same parts go by lies together in a piece. Piece 0 is everybody's; those from 1 on
    /// are what each part alone goes by; then come those of several.
    std::size_t pieces() const { return readers_.size(); }
    Set readers(std::size_t piece) const { return readers_[piece]; }
    std::size_t piece_of(Fact fact) const { return piece_of_[fact.index]; }
    std::size_t piece_of_slot(std::size_t slot) const { return std::size_t{1} + part_of_[slot]; }

private:
    std::size_t count_ = 0;
    std::vector<std::uint8_t> part_of_;  ///< by slot
    std::vector<Set> readers_;           ///< by piece; of the first it does not matter
    std::array<std::uint8_t, fact_count> piece_of_{};
};

}  // namespace utsim

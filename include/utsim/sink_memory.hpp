// SPDX-License-Identifier: MIT
/// What a sink remembers, put down for a search that tells states apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace utsim {

/// Numbers count as they are. Of moments (numbers of steps) and of counts (how often something has
/// happened so far) only the order counts: two runs that came to the same in a different number of
/// steps, or of repetitions, are in the same state.
///
/// A sink may ask several questions, each of which goes by its own memory and by nothing that the
/// others know. Then it tells who asks, and says of each *piece* whose it is. A state is known as
/// soon as each asker has been in it with the same memory, if not all of them in the same run:
/// memories add up, and do not multiply.
class SinkMemory {
public:
    static constexpr std::uint64_t never = ~std::uint64_t{0};
    /// A bit for each asker.
    using Askers = std::uint32_t;
    static constexpr std::size_t most_askers = 32;
    /// The piece that is everybody's. It is where things go if nothing is said.
    static constexpr std::size_t common = 0;

    /// Forgets all; the next step will be `now`.
    void clear(std::uint64_t now = never);
    /// The step that comes next, or that is under way.
    std::uint64_t now() const { return now_; }

    /// Somebody else who asks. Each costs a search as much as a state does, so there should be few;
    /// those behind the 32nd are one.
    Askers add_asker();
    /// Begins a piece that these go by, for `into`.
    std::size_t add_piece(Askers askers);
    /// What comes next belongs to this piece. A sink that passes on to another one ends with
    /// `common`.
    void into(std::size_t piece) { to_ = piece; }

    void number(std::uint64_t value) { pieces_[to_].words.push_back(value); }
    /// A step, or `never`.
    void moment(std::uint64_t step) {
        Piece& piece = pieces_[to_];
        if (step != never) piece.moments.push_back(piece.words.size());
        piece.words.push_back(step);
    }
    void count(std::uint64_t value) {
        Piece& piece = pieces_[to_];
        piece.counts.push_back(piece.words.size());
        piece.words.push_back(value);
    }

    std::size_t askers() const { return askers_; }
    std::size_t pieces() const { return used_; }
    Askers askers_of(std::size_t piece) const { return pieces_[piece].askers; }
    /// What is in a piece, each moment and count as its place among its like there. Nothing may be
    /// put into it afterwards.
    std::span<const std::uint64_t> words(std::size_t piece);
    /// Puts all of it behind `out`, each piece with its length.
    void append_to(std::vector<std::uint64_t>& out);

private:
    struct Piece {
        Askers askers = 0;
        std::vector<std::uint64_t> words;
        std::vector<std::size_t> moments;  ///< where they stand in `words`
        std::vector<std::size_t> counts;
    };
    void rank(std::vector<std::uint64_t>& words, std::vector<std::size_t>& places);

    std::uint64_t now_ = never;
    std::vector<Piece> pieces_{1};  ///< `used_` of them; the others keep their buffers
    std::size_t used_ = 1;
    std::size_t askers_ = 0;
    std::size_t to_ = common;
    std::vector<std::uint64_t> order_;  ///< for `rank`
};

}  // namespace utsim

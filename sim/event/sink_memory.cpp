// SPDX-License-Identifier: MIT
// Moments and counts become their ranks: sorted once, then looked up.
#include <utsim/sink_memory.hpp>

#include <algorithm>

namespace utsim {

void SinkMemory::clear(std::uint64_t now) {
    now_ = now;
    used_ = 0;
    askers_ = 0;
    add_piece(~Askers{0});
    to_ = common;
}

SinkMemory::Askers SinkMemory::add_asker() {
    askers_ = std::min(askers_ + 1, most_askers);
    return Askers{1} << (askers_ - 1);
}

std::size_t SinkMemory::add_piece(Askers askers) {
    if (used_ == pieces_.size()) pieces_.emplace_back();
    Piece& piece = pieces_[used_];
    piece.askers = askers;
    piece.words.clear();
    piece.moments.clear();
    piece.counts.clear();
    return used_++;
}

void SinkMemory::rank(std::vector<std::uint64_t>& words, std::vector<std::size_t>& places) {
    if (places.empty()) return;
    order_.clear();
    for (const std::size_t at : places) order_.push_back(words[at]);
    std::sort(order_.begin(), order_.end());
    order_.erase(std::unique(order_.begin(), order_.end()), order_.end());
    for (const std::size_t at : places) {
        const auto place = std::lower_bound(order_.begin(), order_.end(), words[at]);
        words[at] = static_cast<std::uint64_t>(place - order_.begin());
    }
    places.clear();
}

std::span<const std::uint64_t> SinkMemory::words(std::size_t piece) {
    Piece& from = pieces_[piece];
    rank(from.words, from.moments);
    rank(from.words, from.counts);
    return from.words;
}

void SinkMemory::append_to(std::vector<std::uint64_t>& out) {
    for (std::size_t piece = 0; piece < used_; ++piece) {
        const std::span<const std::uint64_t> all = words(piece);
        out.push_back(all.size());
        out.insert(out.end(), all.begin(), all.end());
    }
}

}  // namespace utsim

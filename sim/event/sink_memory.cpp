// SPDX-License-Identifier: MIT
// Moments and counts become their ranks: sorted once, then looked up.
#include <utsim/sink_memory.hpp>

#include <algorithm>

namespace utsim {

void SinkMemory::clear(std::uint64_t now) {
    now_ = now;
    words_.clear();
    moments_.places.clear();
    counts_.places.clear();
}

void SinkMemory::rank(Ranked& all) {
    all.order.clear();
    for (const std::size_t at : all.places) all.order.push_back(words_[at]);
    std::sort(all.order.begin(), all.order.end());
    all.order.erase(std::unique(all.order.begin(), all.order.end()), all.order.end());
    for (const std::size_t at : all.places) {
        const auto place = std::lower_bound(all.order.begin(), all.order.end(), words_[at]);
        words_[at] = static_cast<std::uint64_t>(place - all.order.begin());
    }
}

void SinkMemory::append_to(std::vector<std::uint64_t>& out) {
    rank(moments_);
    rank(counts_);
    out.insert(out.end(), words_.begin(), words_.end());
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Moments become their rank: sorted once, then looked up.
#include <utsim/sink_memory.hpp>

#include <algorithm>

namespace utsim {

void SinkMemory::append_to(std::vector<std::uint64_t>& out) {
    order_.clear();
    for (const std::size_t at : moments_) order_.push_back(words_[at]);
    std::sort(order_.begin(), order_.end());
    order_.erase(std::unique(order_.begin(), order_.end()), order_.end());
    for (const std::size_t at : moments_) {
        const auto place = std::lower_bound(order_.begin(), order_.end(), words_[at]);
        words_[at] = static_cast<std::uint64_t>(place - order_.begin());
    }
    out.insert(out.end(), words_.begin(), words_.end());
}

}  // namespace utsim

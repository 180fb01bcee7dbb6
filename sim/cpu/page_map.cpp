// SPDX-License-Identifier: MIT
// Two sorted vectors, searched by halving. A guest has a handful of regions and one leaf per
// 256 KiB it touched, so this beats any tree here, and copying one is two block copies.
#include "cpu/page_map.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "cpu/address_space.hpp"

namespace utsim::cpu {

std::size_t PageMap::first_region_behind(std::uint64_t address) const {
    const auto found = std::upper_bound(
        regions.begin(), regions.end(), address,
        [](std::uint64_t wanted, const Region& region) { return wanted < region.end; });
    return static_cast<std::size_t>(found - regions.begin());
}

const Region* PageMap::region_at(std::uint64_t address) const {
    const std::size_t i = first_region_behind(address);
    return i < regions.size() && regions[i].begin <= address ? &regions[i] : nullptr;
}

bool PageMap::any_region_in(std::uint64_t begin, std::uint64_t end) const {
    const std::size_t i = first_region_behind(begin);
    return i < regions.size() && regions[i].begin < end;
}

std::uint64_t PageMap::highest_gap(std::uint64_t length, std::uint64_t bottom,
                                   std::uint64_t top) const {
    std::uint64_t gap_end = top;
    for (std::size_t i = regions.size(); i-- > 0 && gap_end > bottom;) {
        const Region& region = regions[i];
        if (region.begin >= top) continue;
        if (region.end < gap_end && gap_end - region.end >= length) break;
        gap_end = std::min(gap_end, region.begin);
    }
    return gap_end > bottom && gap_end - bottom >= length ? gap_end - length : 0;
}

void PageMap::split_at(std::uint64_t address) {
    const std::size_t i = first_region_behind(address);
    if (i == regions.size() || regions[i].begin >= address) return;
    Region upper = regions[i];
    upper.begin = address;
    regions[i].end = address;
    if (upper.object != nullptr) upper.object->add_use();
    regions.insert(regions.begin() + static_cast<std::ptrdiff_t>(i) + 1, upper);
}

void PageMap::cut(std::uint64_t begin, std::uint64_t end) {
    split_at(begin);
    split_at(end);
    const auto first = regions.begin() + static_cast<std::ptrdiff_t>(first_region_behind(begin));
    auto last = first;
    for (; last != regions.end() && last->begin < end; ++last) {
        if (last->object != nullptr) last->object->drop_use();
    }
    regions.erase(first, last);
}

void PageMap::insert(const Region& region) {
    UTSIM_CHECK(!any_region_in(region.begin, region.end), "a region was put over another");
    const std::size_t i = first_region_behind(region.begin);
    regions.insert(regions.begin() + static_cast<std::ptrdiff_t>(i), region);
    if (region.object != nullptr) region.object->add_use();
    merge(region.begin, region.end);
}

void PageMap::merge(std::uint64_t begin, std::uint64_t end) {
    // Start with the region that ends at `begin`, which may continue into the range.
    std::size_t i = begin == 0 ? 0 : first_region_behind(begin - 1);
    while (i + 1 < regions.size() && regions[i].begin <= end) {
        Region& left = regions[i];
        const Region& right = regions[i + 1];
        if (left.never_written != right.never_written) {
            ++i;
            continue;
        }
        const bool joined = left.end == right.begin && left.protection == right.protection &&
                            left.kind == right.kind && left.object == right.object &&
                            left.shift == right.shift && left.is_private == right.is_private;
        if (!joined) {
            ++i;
            continue;
        }
        left.end = right.end;
        if (left.object != nullptr) left.object->drop_use();
        regions.erase(regions.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
}

std::size_t PageMap::first_leaf_behind(std::uint64_t address) const {
    const auto found = std::upper_bound(
        leaves.begin(), leaves.end(), address,
        [](std::uint64_t wanted, const LeafAt& at) { return wanted < at.begin + PageLeaf::span; });
    return static_cast<std::size_t>(found - leaves.begin());
}

PageLeaf* PageMap::leaf_at(std::uint64_t address) const {
    const std::size_t i = first_leaf_behind(address);
    return i < leaves.size() && leaves[i].begin <= address ? leaves[i].leaf : nullptr;
}

}  // namespace utsim::cpu

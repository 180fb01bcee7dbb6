// SPDX-License-Identifier: MIT
// Memory as one number, for telling apart the states that a search has seen. Each page remembers
// its own digest until it is written; a page that holds only zeroes counts like one that was never
// touched, except that both sides must also agree in how many pages count against the limit.
#include "base/digest.hpp"
#include "cpu/address_space.hpp"

namespace utsim::cpu {

namespace {

/// Little-endian on every host; compiles to one load here.
std::uint64_t word_at(const std::uint8_t* bytes) {
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word |= std::uint64_t{bytes[i]} << (8 * i);
    return word;
}

std::uint64_t digest_of(const Page& page) {
    std::uint64_t state = 0x9e3779b97f4a7c15;
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < page_size; i += 8) {
        const std::uint64_t word = word_at(page.bytes + i);
        any |= word;
        state = (state ^ word) * 0xff51afd7ed558ccd;
        state ^= state >> 32;
    }
    if (any == 0) return 0;
    return state == 0 ? 1 : state;
}

}  // namespace

std::uint64_t AddressSpace::digest() const {
    // Whoever writes next has to ask, and so marks the page's digest as stale.
    if (uses_ != 0) {
        pool_->disarm_writes();
    } else if (tlb_->owner == this) {
        tlb_->disarm_writes();
    }
    Digest digest;
    digest.add(map_->heap_begin);
    digest.add(map_->heap_end);
    digest.add(map_->resident);
    digest.add(number_);
    for (const Region& region : map_->regions) {
        digest.add(region.begin);
        digest.add(region.end);
        digest.add(std::uint64_t{region.is_private} << 16 | std::uint64_t{region.protection} << 8 |
                   static_cast<std::uint8_t>(region.kind));
        if (region.object == nullptr) continue;
        digest.add(region.shift | (region.never_written ? 1 : 0));  // of whole pages
        digest.add(region.object->digest());
    }
    for (const PageMap::LeafAt& at : map_->leaves) {
        if (at.leaf->away != 0) {
            digest.add(at.begin | 1);
            digest.add(at.leaf->away);
        }
        for (unsigned slot = 0; slot < PageLeaf::pages; ++slot) {
            Page* page = at.leaf->page[slot];
            if (page == nullptr) continue;
            if (!page->digest_known) {
                page->digest = digest_of(*page);
                page->digest_known = true;
            }
            if (page->digest == 0) continue;
            digest.add(at.begin + slot * page_size);
            digest.add(page->digest);
        }
    }
    return digest.value();
}

}  // namespace utsim::cpu

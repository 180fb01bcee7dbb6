// SPDX-License-Identifier: MIT
// The accesses. Each first asks the TLB; `resolve` and `resolve_write` answer what it does not
// know: find the region, check its rights, find or make the page, and enter it. The mapping calls
// are in address_space_map.cpp.
#include "cpu/address_space.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "cpu/breakpoint.hpp"

namespace utsim::cpu {

AddressSpace::AddressSpace(PagePool& pool, PageMap* map)
    : pool_(&pool),
      map_(map),
      tlb_(&pool.tlb_[pool.next_tlb_++ % PagePool::tlbs]),
      live_index_(static_cast<std::uint32_t>(pool.live_.size())) {
    pool.live_.push_back({this, map});
}

AddressSpace* AddressSpace::create(Arena& arena, PagePool& pool) {
    return arena.make<AddressSpace>(pool, pool.new_map());
}

AddressSpace* AddressSpace::clone(Arena& arena) {
    if (!pool_->charge(map_->resident)) return nullptr;
    if (tlb_->owner == this) tlb_->disarm_writes();
    ++map_->references;
    for (const Region& region : map_->regions) {
        if (region.object != nullptr) region.object->add_use();
    }
    return arena.make<AddressSpace>(*pool_, map_);
}

void AddressSpace::release() {
    UTSIM_CHECK(map_ != nullptr, "an address space was released twice");
    if (tlb_->owner == this) {
        tlb_->flush();
        tlb_->owner = nullptr;
    }
    drop_uses();
    pool_->resident_ -= map_->resident;
    pool_->release(map_);
    map_ = nullptr;
    ++pool_->code_epoch_;
    std::vector<PagePool::Live>& live = pool_->live_;
    live[live_index_] = live.back();
    live[live_index_].space->live_index_ = live_index_;
    live.pop_back();
}

PageMap& AddressSpace::own_map() {
    if (map_->references > 1) {
        map_ = pool_->unshare(map_);
        pool_->live_[live_index_].map = map_;
    }
    return *map_;
}

Page* AddressSpace::page_at(std::uint64_t address) const {
    const PageLeaf* leaf = map_->leaf_at(address);
    return leaf == nullptr ? nullptr : leaf->page[PageLeaf::slot(address)];
}

namespace {

/// A file's memory has regions as far as the file goes, and one elsewhere; what is shared without a
/// file has none and no end.
bool is_behind_end(const AddressSpace& object, std::uint64_t address) {
    if (object.region_at(address) != nullptr) return false;
    bool has_end = false;
    object.for_each_region([&](const Region&) { has_end = true; });
    return has_end;
}

bool shows_nothing(const Region& region, std::uint64_t address) {
    return region.object != nullptr && is_behind_end(*region.object, address + region.shift);
}

}  // namespace

const Region* AddressSpace::permit(std::uint64_t address, Access access, MemoryFault& fault) const {
    const Region* region = map_->region_at(address);
    FaultKind kind = FaultKind::unmapped;
    if (region != nullptr) {
        const std::uint8_t rights = region->protection;
        const bool allowed = access == Access::read    ? rights != Protection::none
                             : access == Access::write ? (rights & Protection::write) != 0
                                                       : (rights & Protection::exec) != 0;
        const PageLeaf* leaf = map_->leaf_at(address);
        const bool away = leaf != nullptr && (leaf->away >> PageLeaf::slot(address) & 1) != 0;
        const bool ended = allowed && shows_nothing(*region, address);
        if (allowed && !away && !ended) return region;
        kind = allowed ? FaultKind::away : FaultKind::protection;
        if (ended) kind = FaultKind::unmapped;
    } else if (!is_canonical(address)) {
        kind = FaultKind::not_canonical;
    }
    // A page that nobody has written counts as absent, but for what it is to execute.
    const bool present = kind == FaultKind::protection && region->protection != Protection::none &&
                         (access == Access::fetch || page_in(*region, address) != nullptr);
    fault = {address, present, access, kind};
    return nullptr;
}

namespace {

/// What becomes of an access that failed at `address`, with `n` bytes left: one that leaves the
/// canonical addresses is refused before any page is looked at.
bool failed(std::uint64_t address, std::size_t n, MemoryFault& fault) {
    if (is_canonical(address) && !is_canonical(address + n - 1)) {
        fault.kind = FaultKind::not_canonical;
    }
    return false;
}

}  // namespace

std::uint8_t* AddressSpace::resolve(std::uint64_t address, Access access,
                                    MemoryFault& fault) const {
    const Region* region = permit(address, access, fault);
    if (region == nullptr) return nullptr;
    const std::uint64_t page_address = page_of(address);
    Page* page = page_in(*region, address);
    if (page == nullptr) page = &pool_->zero_page_;
    // Others who share the page have to ask before they write to what is code here.
    if (region->object != nullptr && access == Access::fetch) pool_->disarm_writes(page);
    const bool watched = is_watched(address);
    if (watched && access != Access::fetch) return page->bytes;
    PageTlb::Entry& entry = tlb().take(address);
    if (entry.read_tag != page_address) entry = {};
    entry.read_tag = watched ? PageTlb::no_page : page_address;
    entry.page = page;
    entry.bytes = page->bytes;
    if (access == Access::fetch) {
        entry.fetch_tag = page_address;
        entry.write_tag = PageTlb::no_page;
    }
    return entry.bytes;
}

std::uint8_t* AddressSpace::resolve_write(std::uint64_t address, MemoryFault& fault) {
    const Region* region = permit(address, Access::write, fault);
    if (region == nullptr) return nullptr;
    Page* page = writable_page_in(*region, address);
    if (page == nullptr) {
        fault = {address, false, Access::write, FaultKind::out_of_memory};
        return nullptr;
    }
    if (is_watched(address)) return page->bytes;
    PageTlb::Entry& entry = tlb().take(address);
    entry = {page_of(address), page_of(address), PageTlb::no_page, page->bytes, page};
    return page->bytes;
}

PageLeaf& AddressSpace::own_leaf(PageMap& map, std::uint64_t address) {
    const std::size_t i = map.first_leaf_behind(address);
    if (i == map.leaves.size() || map.leaves[i].begin > address) {
        const std::uint64_t begin = address / PageLeaf::span * PageLeaf::span;
        map.leaves.insert(map.leaves.begin() + static_cast<std::ptrdiff_t>(i),
                          {begin, pool_->new_leaf()});
    } else {
        map.leaves[i].leaf = pool_->unshare(map.leaves[i].leaf);
    }
    return *map.leaves[i].leaf;
}

Page* AddressSpace::writable_page(std::uint64_t address, Page* shown) {
    // A page that did not exist was read, perhaps decoded, as what it shows.
    Page* before = page_at(address);
    if (before == nullptr) {
        if (!pool_->charge(1)) return nullptr;
        before = shown != nullptr ? shown : &pool_->zero_page_;
    }
    PageMap& map = own_map();
    Page*& page = own_leaf(map, address).page[PageLeaf::slot(address)];
    if (page == nullptr) {
        page = shown != nullptr ? pool_->copy_of(*shown) : pool_->new_page();
        ++map.resident;
    } else {
        page = pool_->unshare(page);
    }
    page->digest_known = false;
    if (page == before) {
        pool_->drop_code(page);
    } else if (before->code != nullptr) {
        ++pool_->code_epoch_;
    }
    PageTlb::Entry& entry = tlb_->at(address);
    const bool known = entry.read_tag == page_of(address) || entry.fetch_tag == page_of(address);
    if (tlb_->owner == this && known) entry = {};
    if (uses_ != 0) pool_->forget_page(before, page);
    return page;
}

void AddressSpace::arm(DataWatch& watch) {
    PageTlb& known = tlb();
    known.watch = &watch;
    watch.for_each_page([&](std::uint64_t page) {
        PageTlb::Entry& entry = known.at(page);
        if (entry.read_tag == page) entry = {};
    });
}

bool AddressSpace::is_watched(std::uint64_t address) const {
    return tlb_->watch != nullptr && tlb_->watch->is_on_page(page_of(address));
}

bool AddressSpace::read(std::uint64_t address, void* out, std::size_t n, MemoryFault& fault) const {
    if (tlb_->watch != nullptr) [[unlikely]]
        tlb_->watch->note(address, n, false);
    auto* to = static_cast<std::uint8_t*>(out);
    while (n > 0) {
        const std::uint64_t offset = address & page_mask;
        const std::size_t part = std::min<std::size_t>(n, page_size - offset);
        const PageTlb::Entry& entry = tlb().at(address);
        const std::uint8_t* bytes = entry.read_tag == page_of(address)
                                        ? entry.bytes
                                        : resolve(address, Access::read, fault);
        if (bytes == nullptr) return failed(address, n, fault);
        std::memcpy(to, bytes + offset, part);
        to += part;
        address += part;
        n -= part;
    }
    return true;
}

bool AddressSpace::check(std::uint64_t address, std::size_t n, Access access, MemoryFault& fault) {
    for (std::size_t done = 0; done < n;) {
        const std::uint64_t at = address + done;
        const PageTlb::Entry& entry = tlb().at(at);
        const std::uint64_t tag = access == Access::read    ? entry.read_tag
                                  : access == Access::write ? entry.write_tag
                                                            : entry.fetch_tag;
        if (tag != page_of(at)) {
            const std::uint8_t* bytes =
                access == Access::write ? resolve_write(at, fault) : resolve(at, access, fault);
            if (bytes == nullptr) return failed(at, n - done, fault);
        }
        done += page_size - (at & page_mask);
    }
    return true;
}

bool AddressSpace::write(std::uint64_t address, const void* in, std::size_t n, MemoryFault& fault) {
    if (tlb_->watch != nullptr) [[unlikely]]
        tlb_->watch->note(address, n, true);
    // Only a write that stays in one page can go ahead without a look at the others.
    const bool one_page = n <= page_size - (address & page_mask);
    if (!one_page && !check(address, n, Access::write, fault)) return false;
    const auto* from = static_cast<const std::uint8_t*>(in);
    while (n > 0) {
        const std::uint64_t offset = address & page_mask;
        const std::size_t part = std::min<std::size_t>(n, page_size - offset);
        const PageTlb::Entry& entry = tlb().at(address);
        std::uint8_t* bytes =
            entry.write_tag == page_of(address) ? entry.bytes : resolve_write(address, fault);
        if (bytes == nullptr) return failed(address, n, fault);
        std::memcpy(bytes + offset, from, part);
        from += part;
        address += part;
        n -= part;
    }
    return true;
}

bool AddressSpace::fetch(std::uint64_t address, std::uint8_t out[15], std::size_t& got,
                         MemoryFault& fault) const {
    got = 0;
    while (got < 15) {
        const std::uint64_t at = address + got;
        const Page* page = code_page(at, fault);
        if (page == nullptr) break;
        const std::uint64_t offset = at & page_mask;
        const std::size_t part = std::min<std::size_t>(15 - got, page_size - offset);
        std::memcpy(out + got, page->bytes + offset, part);
        got += part;
    }
    return got > 0;
}

Page* AddressSpace::resolve_code(std::uint64_t address, MemoryFault& fault) const {
    return resolve(address, Access::fetch, fault) != nullptr ? tlb().at(address).page : nullptr;
}

std::size_t AddressSpace::read_force(std::uint64_t address, void* out, std::size_t n) const {
    auto* to = static_cast<std::uint8_t*>(out);
    std::size_t done = 0;
    while (done < n) {
        const Region* region = map_->region_at(address + done);
        if (region == nullptr || shows_nothing(*region, address + done)) break;
        const std::uint64_t offset = (address + done) & page_mask;
        const std::size_t part = std::min<std::size_t>(n - done, page_size - offset);
        const Page* page = page_in(*region, address + done);
        const std::uint8_t* bytes = page != nullptr ? page->bytes : pool_->zero_page_.bytes;
        std::memcpy(to + done, bytes + offset, part);
        done += part;
    }
    return done;
}

std::size_t AddressSpace::write_force(std::uint64_t address, const void* in, std::size_t n) {
    const auto* from = static_cast<const std::uint8_t*>(in);
    std::size_t done = 0;
    while (done < n) {
        const Region* region = map_->region_at(address + done);
        if (region == nullptr || shows_nothing(*region, address + done)) break;
        // Others would see it: there is no copy of its own to write to.
        const bool shared = region->object != nullptr && !region->is_private;
        if (shared && (region->protection & Protection::write) == 0) break;
        const std::uint64_t offset = (address + done) & page_mask;
        const std::size_t part = std::min<std::size_t>(n - done, page_size - offset);
        Page* page = writable_page_in(*region, address + done);
        if (page == nullptr) break;
        std::memcpy(page->bytes + offset, from + done, part);
        done += part;
    }
    return done;
}

}  // namespace utsim::cpu

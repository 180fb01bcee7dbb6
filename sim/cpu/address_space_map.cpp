// SPDX-License-Identifier: MIT
// The mapping calls, as a deterministic Linux without address randomisation answers them. Each
// checks everything first, then makes the map its own and edits the region list; pages of removed
// regions are given back at once.
#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "cpu/address_space.hpp"

namespace utsim::cpu {

namespace {

constexpr bool is_page_aligned(std::uint64_t address) { return (address & page_mask) == 0; }

/// Whether `[address, address + length)` are user addresses at all.
constexpr bool is_user_range(std::uint64_t address, std::uint64_t length) {
    return length <= user_end && address <= user_end - length;
}

}  // namespace

void AddressSpace::forget_translations() {
    if (uses_ != 0) pool_->flush_tlbs();
    if (tlb_->owner == this) tlb_->flush();
    ++pool_->code_epoch_;
}

AddressSpace* AddressSpace::create_shared(Arena& arena, PagePool& pool, std::uint64_t number) {
    AddressSpace* object = create(arena, pool);
    object->uses_ = 1;
    object->number_ = number;
    return object;
}

void AddressSpace::drop_use() {
    UTSIM_CHECK(uses_ != 0, "shared memory was given up too often");
    if (--uses_ != 0) return;
    pool_->flush_tlbs();
    release();
}

void AddressSpace::drop_uses() {
    for (const Region& region : map_->regions) {
        if (region.object != nullptr) region.object->drop_use();
    }
}

AddressSpace::Key AddressSpace::key_of(std::uint64_t address) const {
    const Region* region = map_->region_at(address);
    if (region == nullptr || region->object == nullptr || region->is_private) {
        return {this, address};
    }
    return {region->object, address + region->shift};
}

PageMap& AddressSpace::map_to_change() {
    forget_translations();
    return own_map();
}

void AddressSpace::clear() {
    forget_translations();
    drop_uses();
    PageMap* empty = pool_->new_map();
    pool_->resident_ -= map_->resident;
    pool_->release(map_);
    map_ = empty;
    pool_->live_[live_index_].map = empty;
}

void AddressSpace::drop_pages(PageMap& map, std::uint64_t begin, std::uint64_t end) {
    const std::size_t first = map.first_leaf_behind(begin);
    std::size_t i = first;
    std::size_t kept = first;
    for (; i < map.leaves.size() && map.leaves[i].begin < end; ++i) {
        PageMap::LeafAt& at = map.leaves[i];
        bool any_left = false;
        std::uint64_t dropped = 0;
        at.leaf = pool_->unshare(at.leaf);
        for (unsigned slot = 0; slot < PageLeaf::pages; ++slot) {
            Page*& page = at.leaf->page[slot];
            if (page == nullptr) continue;
            const std::uint64_t address = at.begin + slot * page_size;
            if (address < begin || address >= end) {
                any_left = true;
                continue;
            }
            pool_->release(page);
            page = nullptr;
            at.leaf->away &= ~(std::uint64_t{1} << slot);
            ++dropped;
        }
        map.resident -= dropped;
        pool_->resident_ -= dropped;
        if (any_left) {
            map.leaves[kept++] = at;
        } else {
            pool_->release(at.leaf);
        }
    }
    map.leaves.erase(map.leaves.begin() + static_cast<std::ptrdiff_t>(kept),
                     map.leaves.begin() + static_cast<std::ptrdiff_t>(i));
}

bool AddressSpace::is_free(std::uint64_t begin, std::uint64_t end) const {
    if (map_->any_region_in(begin, end)) return false;
    const std::size_t next = map_->first_region_behind(end);
    if (next == map_->regions.size()) return true;
    const Region& region = map_->regions[next];
    return region.kind != RegionKind::stack || region.begin - end >= stack_guard_size;
}

std::int64_t AddressSpace::replace(std::uint64_t begin, std::uint64_t end, Region region) {
    if (map_->regions.size() >= region_limit) return map_error::no_memory;
    PageMap& map = map_to_change();
    if (map.any_region_in(begin, end)) {
        map.cut(begin, end);
        drop_pages(map, begin, end);
    }
    region.begin = begin;
    region.end = end;
    if (region.object != nullptr) region.shift -= begin;
    map.insert(region);
    return static_cast<std::int64_t>(begin);
}

std::int64_t AddressSpace::map(std::uint64_t address, std::uint64_t length, std::uint8_t protection,
                               Placement placement, RegionKind kind) {
    return place(address, length, placement, {.protection = protection, .kind = kind});
}

std::int64_t AddressSpace::map_shared(std::uint64_t address, std::uint64_t length,
                                      std::uint8_t protection, Placement placement,
                                      AddressSpace& object, std::uint64_t offset) {
    return place(address, length, placement,
                 {.protection = protection, .object = &object, .shift = offset});
}

std::int64_t AddressSpace::map_private(std::uint64_t address, std::uint64_t length,
                                       std::uint8_t protection, Placement placement,
                                       AddressSpace& object, std::uint64_t offset) {
    return place(
        address, length, placement,
        {.protection = protection, .is_private = true, .object = &object, .shift = offset});
}

void AddressSpace::move_pages(std::uint64_t from, std::uint64_t to, std::uint64_t length) {
    PageMap& map = map_to_change();
    const std::uint64_t end = from + length;
    for (std::uint64_t at = from; at < end; at += page_size) {
        const std::size_t i = map.first_leaf_behind(at);
        if (i == map.leaves.size() || map.leaves[i].begin >= end) break;
        at = std::max(at, map.leaves[i].begin);
        const unsigned slot = PageLeaf::slot(at);
        if (map.leaves[i].leaf->page[slot] == nullptr) continue;
        PageLeaf& old = own_leaf(map, at);
        Page* page = std::exchange(old.page[slot], nullptr);
        const std::uint64_t away = old.away >> slot & 1;
        old.away &= ~(std::uint64_t{1} << slot);
        const std::uint64_t moved = at - from + to;
        PageLeaf& leaf = own_leaf(map, moved);
        leaf.page[PageLeaf::slot(moved)] = page;
        leaf.away |= away << PageLeaf::slot(moved);
    }
}

void AddressSpace::drop_copies(std::uint64_t begin, std::uint64_t end) {
    for (const PagePool::Live& live : pool_->live_) {
        AddressSpace& space = *live.space;
        for (std::size_t i = 0; i < space.map_->regions.size(); ++i) {
            const Region& region = space.map_->regions[i];
            if (region.object != this || !region.is_private) continue;
            const std::uint64_t shift = region.shift;
            const std::uint64_t first = std::max(begin, region.begin + shift);
            const std::uint64_t last = std::min(end, region.end + shift);
            if (first < last) space.drop_pages(space.map_to_change(), first - shift, last - shift);
        }
    }
}

std::int64_t AddressSpace::place(std::uint64_t address, std::uint64_t length, Placement placement,
                                 const Region& region) {
    if (length == 0 || region.protection > Protection::all) return map_error::invalid;
    if (length > user_end) return map_error::no_memory;
    length = page_round_up(length);
    const bool low = placement == Placement::low_hint;
    if (placement != Placement::hint && !low) {
        if (!is_page_aligned(address)) return map_error::invalid;
        if (!is_user_range(address, length)) return map_error::no_memory;
        if (address < lowest_address) return map_error::not_permitted;
        if (placement == Placement::fixed_no_replace &&
            map_->any_region_in(address, address + length)) {
            return map_error::exists;
        }
        return replace(address, address + length, region);
    }
    address = page_of(address);
    if (address != 0) address = std::max(address, lowest_address);
    constexpr std::uint64_t low_begin = 0x40000000, low_end = 0x80000000;
    const bool fits = is_user_range(address, length) && (!low || address + length <= low_end);
    if (address == 0 || !fits || !is_free(address, address + length)) {
        address =
            map_->highest_gap(length, low ? low_begin : lowest_address, low ? low_end : mmap_top);
        if (address == 0) return map_error::no_memory;
    }
    return replace(address, address + length, region);
}

std::int64_t AddressSpace::unmap(std::uint64_t address, std::uint64_t length) {
    if (!is_page_aligned(address) || length == 0) return map_error::invalid;
    if (!is_user_range(address, length)) return map_error::invalid;
    const std::uint64_t end = address + page_round_up(length);
    if (!map_->any_region_in(address, end)) return 0;
    const Region* around = map_->region_at(address);
    const bool splits = around != nullptr && around->begin < address && around->end > end;
    if (splits && map_->regions.size() >= region_limit) return map_error::no_memory;
    PageMap& map = map_to_change();
    map.cut(address, end);
    drop_pages(map, address, end);
    return 0;
}

std::int64_t AddressSpace::protect(std::uint64_t address, std::uint64_t length,
                                   std::uint8_t protection) {
    if (!is_page_aligned(address) || protection > Protection::all) return map_error::invalid;
    if (length == 0) return 0;
    if (!is_user_range(address, length)) return map_error::no_memory;
    const std::uint64_t wanted_end = address + page_round_up(length);
    std::uint64_t end = address;
    std::int64_t stopped = map_error::no_memory;
    for (std::size_t i = map_->first_region_behind(address);
         i < map_->regions.size() && map_->regions[i].begin <= end && end < wanted_end; ++i) {
        if (map_->regions[i].never_written && (protection & Protection::write) != 0) {
            stopped = map_error::no_access;
            break;
        }
        end = std::min(map_->regions[i].end, wanted_end);
    }
    if (end == address) return stopped;
    if (map_->regions.size() + 2 > region_limit) return map_error::no_memory;
    PageMap& map = map_to_change();
    map.split_at(address);
    map.split_at(end);
    for (std::size_t i = map.first_region_behind(address);
         i < map.regions.size() && map.regions[i].begin < end; ++i) {
        map.regions[i].protection = protection;
    }
    map.merge(address, end);
    return end == wanted_end ? 0 : stopped;
}

void AddressSpace::forbid_writing(std::uint64_t address, std::uint64_t length) {
    const std::uint64_t end = page_round_up(address + length);
    PageMap& map = map_to_change();
    map.split_at(address);
    map.split_at(end);
    for (std::size_t i = map.first_region_behind(address);
         i < map.regions.size() && map.regions[i].begin < end; ++i) {
        map.regions[i].never_written = true;
    }
    map.merge(address, end);
}

std::int64_t AddressSpace::forget(std::uint64_t address, std::uint64_t length) {
    if (!is_page_aligned(address) || !is_user_range(address, length)) return map_error::invalid;
    const std::uint64_t end = address + page_round_up(length);
    if (length != 0) drop_pages(map_to_change(), address, end);
    std::uint64_t mapped = address;
    for (std::size_t i = map_->first_region_behind(address);
         i < map_->regions.size() && map_->regions[i].begin <= mapped && mapped < end; ++i) {
        mapped = map_->regions[i].end;
    }
    return mapped >= end ? 0 : map_error::no_memory;
}

void AddressSpace::set_heap(std::uint64_t begin) {
    PageMap& map = map_to_change();
    map.heap_begin = map.heap_end = page_round_up(begin);
}

std::uint64_t AddressSpace::brk(std::uint64_t address) {
    const std::uint64_t old = map_->heap_end;
    if (address < map_->heap_begin || map_->heap_begin == 0) return old;
    if (address > user_end) return old;
    const std::uint64_t old_end = page_round_up(old);
    const std::uint64_t new_end = page_round_up(address);
    if (new_end > old_end) {
        if (!is_free(old_end, new_end)) return old;
        constexpr std::uint8_t rights = Protection::read | Protection::write;
        const Region heap{.protection = rights, .kind = RegionKind::heap};
        if (replace(old_end, new_end, heap) < 0) return old;
    } else if (new_end < old_end) {
        if (unmap(new_end, old_end - new_end) != 0) return old;
    }
    own_map().heap_end = address;
    return address;
}

std::int64_t AddressSpace::map_stack(std::uint8_t protection) {
    return map(stack_top - stack_size, stack_size, protection, Placement::fixed_no_replace,
               RegionKind::stack);
}

void AddressSpace::send_away(std::uint64_t address, std::uint64_t length) {
    PageMap& map = map_to_change();
    const std::uint64_t end = address + length;
    for (std::size_t i = map.first_leaf_behind(address);
         i < map.leaves.size() && map.leaves[i].begin < end; ++i) {
        PageMap::LeafAt& at = map.leaves[i];
        at.leaf = pool_->unshare(at.leaf);
        for (unsigned slot = 0; slot < PageLeaf::pages; ++slot) {
            const std::uint64_t page_address = at.begin + slot * page_size;
            const bool inside = page_address + page_size > address && page_address < end;
            if (inside && at.leaf->page[slot] != nullptr) {
                at.leaf->away |= std::uint64_t{1} << slot;
            }
        }
    }
}

bool AddressSpace::is_away(std::uint64_t address) const {
    const PageLeaf* leaf = map_->leaf_at(address);
    return leaf != nullptr && (leaf->away >> PageLeaf::slot(address) & 1) != 0;
}

void AddressSpace::read_in(std::uint64_t address) {
    if (map_->leaf_at(address) == nullptr) return;
    PageMap& map = own_map();
    PageLeaf*& leaf = map.leaves[map.first_leaf_behind(address)].leaf;
    leaf = pool_->unshare(leaf);
    leaf->away &= ~(std::uint64_t{1} << PageLeaf::slot(address));
}

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
// Reference counts on three levels (map, leaf, page) and free lists below them. A level is
// writable for whoever holds the only reference to it and to everything above it; that is why
// taking a snapshot or a clone has to disarm the write tags of the TLBs.
#include "cpu/page_pool.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.hpp"
#include "cpu/address_space.hpp"

namespace utsim::cpu {

namespace {
constexpr std::size_t pages_per_slab = 16;
}

void PageSnapshot::swap(PageSnapshot& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(live_, other.live_);
    std::swap(resident_, other.resident_);
}

void PageSnapshot::clear() {
    if (pool_ == nullptr) return;
    for (const Live& live : live_) pool_->release(live.map);
    live_.clear();
    --pool_->snapshots_;
    pool_ = nullptr;
    resident_ = 0;
}

PagePool::PagePool(std::uint64_t page_limit) : page_limit_(page_limit) {
    std::memset(zero_page_.bytes, 0, sizeof zero_page_.bytes);
    zero_page_.references = 1;
}

PagePool::~PagePool() {
    UTSIM_CHECK(snapshots_ == 0, "a snapshot of guest memory outlived its world");
    drop_all();
    drop_code(&zero_page_);
    free_dropped_code();
}

void PagePool::take(PageSnapshot& snapshot) {
    for (const Live& live : live_) ++live.map->references;
    snapshot.clear();
    snapshot.pool_ = this;
    ++snapshots_;
    snapshot.live_ = live_;
    snapshot.resident_ = resident_;
    disarm_writes();
}

void PagePool::restore(const PageSnapshot& snapshot) {
    UTSIM_CHECK(snapshot.pool_ == this, "guest memory restored from another world's snapshot");
    for (const Live& live : snapshot.live_) ++live.map->references;
    release_live();
    live_ = snapshot.live_;
    resident_ = snapshot.resident_;
}

void PagePool::drop_all() {
    release_live();
    live_.clear();
    resident_ = 0;
}

void PagePool::release_live() {
    for (const Live& live : live_) release(live.map);
    for (PageTlb& tlb : tlb_) {
        tlb.flush();
        tlb.owner = nullptr;
    }
    ++code_epoch_;
}

void PagePool::flush_tlbs() {
    for (PageTlb& tlb : tlb_) tlb.flush();
}

void PagePool::disarm_writes() {
    for (PageTlb& tlb : tlb_) tlb.disarm_writes();
}

void PagePool::disarm_writes(const Page* page) {
    for (PageTlb& tlb : tlb_) {
        tlb.for_each([&](PageTlb::Entry& entry) {
            if (entry.page == page) entry.write_tag = PageTlb::no_page;
        });
    }
}

void PagePool::forget_page(const Page* before, const Page* now) {
    for (PageTlb& tlb : tlb_) {
        tlb.for_each([&](PageTlb::Entry& entry) {
            if (entry.page == now) entry.fetch_tag = PageTlb::no_page;
            if (entry.page == before && before != now) entry = {};
        });
    }
}

bool PagePool::charge(std::uint64_t pages) {
    if (pages > page_limit_ - resident_) return false;
    resident_ += pages;
    return true;
}

PageMap* PagePool::new_map() {
    if (free_maps_.empty()) {
        map_store_.push_back(std::make_unique<PageMap>());
        // Room for every map there is, so that giving one back never allocates.
        free_maps_.reserve(map_store_.size());
        free_maps_.push_back(map_store_.back().get());
    }
    PageMap* map = free_maps_.back();
    free_maps_.pop_back();
    map->references = 1;
    return map;
}

void PagePool::release(PageMap* map) {
    if (--map->references > 0) return;
    for (const PageMap::LeafAt& at : map->leaves) release(at.leaf);
    map->leaves.clear();
    map->regions.clear();
    map->resident = map->heap_begin = map->heap_end = 0;
    free_maps_.push_back(map);
}

PageMap* PagePool::unshare(PageMap* map) {
    if (map->references == 1) return map;
    PageMap* own = new_map();
    own->resident = map->resident;
    own->heap_begin = map->heap_begin;
    own->heap_end = map->heap_end;
    own->regions = map->regions;
    own->leaves = map->leaves;
    for (const PageMap::LeafAt& at : own->leaves) ++at.leaf->references;
    --map->references;
    return own;
}

PageLeaf* PagePool::new_leaf() {
    if (free_leaves_ == nullptr) {
        leaf_store_.push_back(std::make_unique<PageLeaf>());
        leaf_store_.back()->references = 1;
        return leaf_store_.back().get();
    }
    PageLeaf* leaf = std::exchange(free_leaves_, free_leaves_->next_free);
    *leaf = PageLeaf{};
    leaf->references = 1;
    return leaf;
}

void PagePool::release(PageLeaf* leaf) {
    if (--leaf->references > 0) return;
    for (Page* page : leaf->page) {
        if (page != nullptr) release(page);
    }
    leaf->next_free = std::exchange(free_leaves_, leaf);
}

PageLeaf* PagePool::unshare(PageLeaf* leaf) {
    if (leaf->references == 1) return leaf;
    PageLeaf* own = new_leaf();
    own->away = leaf->away;
    for (unsigned i = 0; i < PageLeaf::pages; ++i) {
        own->page[i] = leaf->page[i];
        if (own->page[i] != nullptr) ++own->page[i]->references;
    }
    --leaf->references;
    return own;
}

Page* PagePool::raw_page() {
    if (free_pages_ == nullptr) {
        // Default-initialised: the bytes are written before anybody can read them.
        page_slabs_.push_back(std::unique_ptr<Page[]>(new Page[pages_per_slab]));
        for (std::size_t i = pages_per_slab; i-- > 0;) {
            Page* page = &page_slabs_.back()[i];
            page->next_free = std::exchange(free_pages_, page);
        }
    }
    Page* page = std::exchange(free_pages_, free_pages_->next_free);
    page->references = 1;
    page->digest_known = false;
    ++host_pages_;
    return page;
}

Page* PagePool::new_page() {
    Page* page = raw_page();
    std::memset(page->bytes, 0, sizeof page->bytes);
    return page;
}

Page* PagePool::copy_of(const Page& page) {
    Page* copy = raw_page();
    std::memcpy(copy->bytes, page.bytes, sizeof copy->bytes);
    return copy;
}

void PagePool::release(Page* page) {
    if (--page->references > 0) return;
    drop_code(page);
    page->next_free = std::exchange(free_pages_, page);
    --host_pages_;
}

Page* PagePool::unshare(Page* page) {
    if (page->references == 1) return page;
    Page* own = copy_of(*page);
    --page->references;
    return own;
}

void PagePool::drop_code(Page* page) {
    if (page->code == nullptr) return;
    dropped_code_.push_back({std::exchange(page->code, nullptr), page->drop_code});
    ++code_epoch_;
}

void PagePool::free_dropped_code() {
    for (const DroppedCode& dropped : dropped_code_) dropped.drop(dropped.code);
    dropped_code_.clear();
}

}  // namespace utsim::cpu

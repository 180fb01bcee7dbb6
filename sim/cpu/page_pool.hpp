// SPDX-License-Identifier: MIT
/// The host memory behind all guests of one World, and its part in a snapshot.
///
/// The pool knows every live address space and which map it uses, so a World saves all guest
/// memory with `take` and gets it back with `restore`, both in time proportional to the number of
/// spaces. The arena bytes, which hold the AddressSpace objects themselves, are the World's to
/// copy; the order of the two does not matter, as neither call looks into the arena.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "cpu/page.hpp"
#include "cpu/page_map.hpp"
#include "cpu/page_tlb.hpp"

namespace utsim::cpu {

class AddressSpace;
class PagePool;

/// One reference to each map that was in use when it was taken. Restore it as often as you like;
/// dropping it frees what nobody else uses. It must not outlive its pool.
class PageSnapshot {
public:
    PageSnapshot() = default;
    ~PageSnapshot() { clear(); }
    PageSnapshot(PageSnapshot&& other) noexcept { swap(other); }
    PageSnapshot& operator=(PageSnapshot&& other) noexcept {
        swap(other);
        return *this;
    }
    /// Forgets what was taken and keeps the capacity for the next `take`.
    void clear();

private:
    friend class PagePool;
    struct Live {
        AddressSpace* space;
        PageMap* map;
    };
    void swap(PageSnapshot& other) noexcept;

    PagePool* pool_ = nullptr;
    std::vector<Live> live_;
    std::uint64_t resident_ = 0;
};

class PagePool {
public:
    /// Pages that the guests of one World may hold together (64 MiB), counted per address space
    /// as if nothing was shared: so a guest never notices how many snapshots exist.
    static constexpr std::uint64_t default_page_limit = 16384;

    explicit PagePool(std::uint64_t page_limit = default_page_limit);
    ~PagePool();
    PagePool(const PagePool&) = delete;
    PagePool& operator=(const PagePool&) = delete;

    /// Saves the guest memory of all live spaces into `snapshot`, replacing what it held.
    void take(PageSnapshot& snapshot);
    /// Makes the spaces of `snapshot` the live ones, with the bytes they had.
    void restore(const PageSnapshot& snapshot);
    /// Ends a run: forgets every live space (their arena is about to be rewound).
    void drop_all();

    /// Pages that guests hold now, and may hold.
    std::uint64_t resident() const { return resident_; }
    std::uint64_t page_limit() const { return page_limit_; }
    /// Host pages in use, counting a shared one once and including those only snapshots hold.
    std::uint64_t host_pages() const { return host_pages_; }
    std::size_t live_spaces() const { return live_.size(); }

    /// Changes whenever bytes that were decoded, or the map of any space, may have changed.
    /// An interpreter that remembers a CodePage compares this after every write it makes.
    std::uint64_t code_epoch() const { return code_epoch_; }
    /// Frees decoded code that was dropped. Call it where no instruction is being executed.
    void free_dropped_code();

private:
    friend class AddressSpace;
    friend class PageSnapshot;
    using Live = PageSnapshot::Live;
    static constexpr std::size_t tlbs = 8;

    // `release` gives up one reference; `unshare` turns one reference into a copy of the caller's
    // own, unless it is that already.
    PageMap* new_map();
    void release(PageMap* map);
    PageMap* unshare(PageMap* map);
    PageLeaf* new_leaf();
    void release(PageLeaf* leaf);
    PageLeaf* unshare(PageLeaf* leaf);
    Page* new_page();  ///< zeroed
    Page* copy_of(const Page& page);
    Page* raw_page();
    void release(Page* page);
    Page* unshare(Page* page);
    /// Takes the decoded form away from `page`; it is freed by `free_dropped_code`.
    void drop_code(Page* page);

    /// False when the limit forbids `pages` more.
    bool charge(std::uint64_t pages);
    void release_live();
    // Of memory that is shared, any TLB may know a page.
    void flush_tlbs();
    /// Whoever writes next has to ask: to any page, or to `page`.
    void disarm_writes();
    void disarm_writes(const Page* page);
    /// `before` is `now` from here on, and about to be written: not code that may be kept.
    void forget_page(const Page* before, const Page* now);

    struct DroppedCode {
        CodePage* code;
        DropCode drop;
    };

    std::uint64_t page_limit_;
    std::uint64_t resident_ = 0;
    std::uint64_t host_pages_ = 0;
    std::uint64_t code_epoch_ = 1;
    std::vector<Live> live_;
    std::uint32_t next_tlb_ = 0;
    std::size_t snapshots_ = 0;
    PageTlb tlb_[tlbs];
    Page zero_page_;  ///< what pages that were never written read as

    std::vector<DroppedCode> dropped_code_;
    std::vector<std::unique_ptr<Page[]>> page_slabs_;
    std::vector<std::unique_ptr<PageLeaf>> leaf_store_;
    std::vector<std::unique_ptr<PageMap>> map_store_;
    Page* free_pages_ = nullptr;
    PageLeaf* free_leaves_ = nullptr;
    std::vector<PageMap*> free_maps_;
};

}  // namespace utsim::cpu

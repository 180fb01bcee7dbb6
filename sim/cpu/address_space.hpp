// SPDX-License-Identifier: MIT
/// A guest's memory: flat 47-bit user addresses, 4 KiB pages with permissions, copied on write.
///
/// The object is a small handle in the World's arena; regions, page table and bytes are host
/// objects that clones and snapshots share (cpu/page_map.hpp, cpu/page_pool.hpp). Anonymous
/// memory is zero on demand: mapping a gibibyte costs one region, and reading what was never
/// written costs no page.
///
/// Host pointers into pages are good until the next call that can change the map or write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/arena.hpp"
#include "cpu/page.hpp"
#include "cpu/page_fault.hpp"
#include "cpu/page_map.hpp"
#include "cpu/page_pool.hpp"
#include "cpu/page_tlb.hpp"

namespace utsim::cpu {

/// Results of the mapping calls: an address or 0 on success, else the negative Linux error.
namespace map_error {
inline constexpr std::int64_t not_permitted = -1;  ///< -EPERM
inline constexpr std::int64_t no_memory = -12;     ///< -ENOMEM
inline constexpr std::int64_t no_access = -13;     ///< -EACCES
inline constexpr std::int64_t exists = -17;        ///< -EEXIST
inline constexpr std::int64_t invalid = -22;       ///< -EINVAL
}  // namespace map_error

/// How `map` treats the address it is given.
enum class Placement : std::uint8_t {
    hint,              ///< take it if free, else the highest free place
    low_hint,          ///< MAP_32BIT: the same, below two gibibytes
    fixed,             ///< MAP_FIXED: replace what is there
    fixed_no_replace,  ///< MAP_FIXED_NOREPLACE: fail with -EEXIST if anything is there
};

class AddressSpace {
public:
    /// `mmap` fills downwards from here: what Linux chooses for an 8 MiB stack without ASLR.
    static constexpr std::uint64_t mmap_top = 0x7ffff7fff000;
    /// Nothing is mapped below (vm.mmap_min_addr).
    static constexpr std::uint64_t lowest_address = 0x10000;
    static constexpr std::uint64_t stack_top = user_end;
    static constexpr std::uint64_t stack_size = std::uint64_t{8} << 20;
    /// Below the stack; no mapping is ever placed there, so running off the stack always faults.
    static constexpr std::uint64_t stack_guard_size = std::uint64_t{1} << 20;
    /// Regions one space may have; more give -ENOMEM (vm.max_map_count).
    static constexpr std::size_t region_limit = 4096;

    /// An empty space. Whoever owns it calls `release` once, or the World ends the run.
    static AddressSpace* create(Arena& arena, PagePool& pool);
    /// What fork makes: equal memory, shared until one side writes. Null when the World's page
    /// limit does not allow another copy (fork then fails with -ENOMEM).
    AddressSpace* clone(Arena& arena);
    /// Gives all memory back; the object must not be used again.
    void release();
    /// Forgets all regions and pages, for exec.
    void clear();

    // -- Memory that several spaces share is a space itself, without regions: what a file holds,
    // or what MAP_SHARED | MAP_ANONYMOUS made. It lives until its last user lets go.

    /// One with one use, the caller's. `number` tells it from others in digests.
    static AddressSpace* create_shared(Arena& arena, PagePool& pool, std::uint64_t number);
    void add_use() { ++uses_; }
    void drop_use();
    /// What tells one place from all others, however it is mapped: for futexes.
    struct Key {
        const AddressSpace* space;
        std::uint64_t address;
        bool operator==(const Key&) const = default;
    };
    Key key_of(std::uint64_t address) const;

    // -- The guest's accesses: checked against permissions, all or nothing across page edges.

    bool read(std::uint64_t address, void* out, std::size_t n, MemoryFault& fault) const;
    bool write(std::uint64_t address, const void* in, std::size_t n, MemoryFault& fault);
    /// Up to 15 instruction bytes. True when `got >= 1`; if `got < 15`, `fault` says what is wrong
    /// with the byte after those.
    bool fetch(std::uint64_t address, std::uint8_t out[15], std::size_t& got,
               MemoryFault& fault) const;
    /// Whether the whole access would succeed; a write makes the pages exist. For
    /// read-modify-write instructions, which fault as writes before they change anything.
    bool check(std::uint64_t address, std::size_t n, Access access, MemoryFault& fault);

    /// `read` and `write` of a small integer, without a call on the usual path.
    template <typename T>
    bool load(std::uint64_t address, T& out, MemoryFault& fault) const;
    template <typename T>
    bool store(std::uint64_t address, T value, MemoryFault& fault);

    /// The host's bytes of [address, address + n), which lies in one page, or null when an access
    /// may fail or needs care. Good until the next call.
    const std::uint8_t* readable(std::uint64_t address, std::size_t n) const {
        const PageTlb::Entry& entry = tlb().at(address);
        const bool known = entry.read_tag == page_of(address) &&
                           page_of(address + n - 1) == page_of(address) && entry.bytes != nullptr;
        return known ? entry.bytes + (address & page_mask) : nullptr;
    }
    std::uint8_t* writable(std::uint64_t address, std::size_t n) {
        const PageTlb::Entry& entry = tlb().at(address);
        const bool known =
            entry.write_tag == page_of(address) && page_of(address + n - 1) == page_of(address);
        return known ? entry.bytes + (address & page_mask) : nullptr;
    }

    /// The page to execute at `address`, or null with `fault` set. The interpreter may give it
    /// decoded code (`code`, `drop_code`). Good until `code_epoch` changes; not to be kept across
    /// a scheduling point.
    Page* code_page(std::uint64_t address, MemoryFault& fault) const {
        const PageTlb::Entry& entry = tlb().at(address);
        if (entry.fetch_tag == page_of(address)) [[likely]]
            return entry.page;
        return resolve_code(address, fault);
    }
    /// The decoded code of the page of `address` if that page was the last one that
    /// `remember_code` was called for, and is as it was then; else null.
    CodePage* known_code(std::uint64_t address) const {
        const PageTlb& known = tlb();
        const bool good = known.code_tag == page_of(address) && known.code_epoch == code_epoch();
        return good ? known.code : nullptr;
    }
    void remember_code(std::uint64_t address, CodePage* code) const {
        PageTlb& known = tlb();
        known.code_tag = page_of(address);
        known.code_epoch = code_epoch();
        known.code = code;
    }
    std::uint64_t code_epoch() const { return pool_->code_epoch(); }
    /// See PagePool: for the interpreter, between two instructions.
    void free_dropped_code() {
        if (!pool_->dropped_code_.empty()) [[unlikely]]
            pool_->free_dropped_code();
    }

    /// Until `disarm` each `read`, `write`, `load` and `store` is told to `watch`. For the
    /// interpreter while it executes: what the kernel does on behalf of a call hits nothing.
    void arm(DataWatch& watch);
    void disarm() { tlb_->watch = nullptr; }

    // -- The kernel's accesses.

    /// Like a debugger's (FOLL_FORCE): ignores permissions, needs only a region. They return how
    /// many bytes were done before an unmapped page (or the page limit) stopped them.
    std::size_t read_force(std::uint64_t address, void* out, std::size_t n) const;
    std::size_t write_force(std::uint64_t address, const void* in, std::size_t n);

    // -- The kernel's mapping calls.

    std::int64_t map(std::uint64_t address, std::uint64_t length, std::uint8_t protection,
                     Placement placement = Placement::hint, RegionKind kind = RegionKind::mapping);
    /// Shows `object`'s memory from `offset` on.
    std::int64_t map_shared(std::uint64_t address, std::uint64_t length, std::uint8_t protection,
                            Placement placement, AddressSpace& object, std::uint64_t offset);
    /// The same, but a page that is written here is from then on the space's own.
    std::int64_t map_private(std::uint64_t address, std::uint64_t length, std::uint8_t protection,
                             Placement placement, AddressSpace& object, std::uint64_t offset);
    /// The pages of its own at `[from, from + length)` go to `to`, where it has none.
    void move_pages(std::uint64_t from, std::uint64_t to, std::uint64_t length);
    /// Of memory that is shared: who has made copies of pages in `[begin, end)` loses them, as the
    /// file ends before them.
    void drop_copies(std::uint64_t begin, std::uint64_t end);
    std::int64_t unmap(std::uint64_t address, std::uint64_t length);
    /// Regions before a hole are changed even if the call then fails, as on Linux.
    std::int64_t protect(std::uint64_t address, std::uint64_t length, std::uint8_t protection);
    /// No `protect` makes [address, address + length) writable any more.
    void forbid_writing(std::uint64_t address, std::uint64_t length);
    /// The space's own pages there are as if they had never been written (MADV_DONTNEED).
    std::int64_t forget(std::uint64_t address, std::uint64_t length);
    /// The new break, or the old one when it cannot be had (also for `address` 0): Linux's brk.
    std::uint64_t brk(std::uint64_t address);
    /// Where the heap starts: the page behind the image.
    void set_heap(std::uint64_t begin);
    /// Maps the stack below `stack_top`.
    std::int64_t map_stack(std::uint8_t protection = Protection::read | Protection::write);

    /// Simulated paging: after `send_away` the first access of each page fails with
    /// `FaultKind::away` until `read_in`. Bytes are kept. Only pages that exist are affected.
    void send_away(std::uint64_t address, std::uint64_t length);
    void read_in(std::uint64_t address);
    bool is_away(std::uint64_t address) const;

    /// Calls `visit(const Region&)` in address order.
    template <typename Visit>
    void for_each_region(Visit&& visit) const {
        for (const Region& region : map_->regions) visit(region);
    }
    /// The region that holds `address`, or null; good until the next change.
    const Region* region_at(std::uint64_t address) const { return map_->region_at(address); }
    /// Pages that hold bytes.
    std::uint64_t resident() const { return map_->resident; }
    /// A digest of all that decides what the guest will see; the same on every host. Pages that
    /// did not change since the last call are not read again.
    std::uint64_t digest() const;

private:
    // What lies outside the arena counts by its content. A space that was given back has none.
    template <typename V>
    friend void describe(V& v, AddressSpace& space) {
        v.aside("pool", space.pool_);
        v.aside("map", space.map_);
        v.derived("digest", space,
                  [](const AddressSpace& s) { return s.map_ != nullptr ? s.digest() : 0; });
        v.aside("tlb", space.tlb_);
        v.aside("live_index", space.live_index_);
        v.field("uses", space.uses_);
        v.aside("number", space.number_);  // in the digest
    }

    friend class ::utsim::Arena;
    friend class PagePool;
    AddressSpace(PagePool& pool, PageMap* map);

    PageTlb& tlb() const {
        if (tlb_->owner != this) [[unlikely]] {
            tlb_->flush();
            tlb_->owner = this;
        }
        return *tlb_;
    }
    PageMap& own_map();
    /// `own_map` for a change of regions: makes the TLB and interpreters forget what they knew.
    PageMap& map_to_change();
    void forget_translations();

    /// The slow paths: host bytes of the page of `address`, entered in the TLB, or null.
    std::uint8_t* resolve(std::uint64_t address, Access access, MemoryFault& fault) const;
    Page* resolve_code(std::uint64_t address, MemoryFault& fault) const;
    std::uint8_t* resolve_write(std::uint64_t address, MemoryFault& fault);
    /// The region of `address`, or null with `fault` set when the access is not allowed.
    const Region* permit(std::uint64_t address, Access access, MemoryFault& fault) const;
    /// Whether an armed data breakpoint lies in the page of `address`.
    bool is_watched(std::uint64_t address) const;
    /// The page of `address` for this space alone, without decoded code; null at the page limit.
    /// If there is none yet it begins as a copy of `shown`, or with zeroes when that is null.
    Page* writable_page(std::uint64_t address, Page* shown = nullptr);
    Page* page_at(std::uint64_t address) const;
    /// The same, wherever the pages of `region` are.
    Page* page_in(const Region& region, std::uint64_t address) const {
        if (region.object == nullptr) return page_at(address);
        Page* own = region.is_private ? page_at(address) : nullptr;
        return own != nullptr ? own : region.object->page_at(address + region.shift);
    }
    Page* writable_page_in(const Region& region, std::uint64_t address) {
        if (region.object == nullptr) return writable_page(address);
        if (!region.is_private) return region.object->writable_page(address + region.shift);
        return writable_page(address, region.object->page_at(address + region.shift));
    }
    /// The leaf of `address` for this map alone; a new one where there is none.
    PageLeaf& own_leaf(PageMap& map, std::uint64_t address);
    void drop_pages(PageMap& map, std::uint64_t begin, std::uint64_t end);
    /// Chooses a place for `region`, which says all but where, and puts it there.
    std::int64_t place(std::uint64_t address, std::uint64_t length, Placement placement,
                       const Region& region);
    std::int64_t replace(std::uint64_t begin, std::uint64_t end, Region region);
    void drop_uses();
    bool is_free(std::uint64_t begin, std::uint64_t end) const;

    PagePool* pool_;
    PageMap* map_;
    PageTlb* tlb_;
    std::uint32_t live_index_;
    std::uint32_t uses_ = 0;  ///< 0: a guest's own memory
    std::uint64_t number_ = 0;
};

template <typename T>
bool AddressSpace::load(std::uint64_t address, T& out, MemoryFault& fault) const {
    const PageTlb::Entry& entry = tlb().at(address);
    if (entry.read_tag == page_of(address + sizeof(T) - 1)) [[likely]] {
        std::memcpy(&out, entry.bytes + (address & page_mask), sizeof(T));
        return true;
    }
    return read(address, &out, sizeof(T), fault);
}

template <typename T>
bool AddressSpace::store(std::uint64_t address, T value, MemoryFault& fault) {
    const PageTlb::Entry& entry = tlb().at(address);
    if (entry.write_tag == page_of(address + sizeof(T) - 1)) [[likely]] {
        std::memcpy(entry.bytes + (address & page_mask), &value, sizeof(T));
        return true;
    }
    return write(address, &value, sizeof(T), fault);
}

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
/// Regions and page table of an address space: host objects that are shared until written.
///
/// A clone and a snapshot each take one reference to the whole map, whatever its size. The first
/// change afterwards copies the map (its region list and one pointer per 256 KiB in use), and a
/// write also copies the leaf and the page it hits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cpu/page.hpp"

namespace utsim::cpu {

/// Permissions as PROT_READ, PROT_WRITE and PROT_EXEC number them. As on hardware without
/// protection keys, a writable or executable page can also be read.
struct Protection {
    static constexpr std::uint8_t none = 0, read = 1, write = 2, exec = 4;
    static constexpr std::uint8_t all = read | write | exec;
};

enum class RegionKind : std::uint8_t { image, heap, mapping, stack };

class AddressSpace;

/// A run of pages with the same rights (the kernel's vm_area_struct).
struct Region {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint8_t protection = 0;
    RegionKind kind = RegionKind::mapping;
    /// A private mapping of `object`: what is written goes to a copy of the space's own.
    bool is_private = false;
    /// Whose pages these are; address `a` here is `a + shift` there. Null for memory of the
    /// space's own. Each region of a live space is one use of it.
    AddressSpace* object = nullptr;
    std::uint64_t shift = 0;
    /// A file that was opened for reading only: the region never becomes writable.
    bool never_written = false;

    bool operator==(const Region&) const = default;
};

/// 64 neighbouring pages; a null page reads as zeroes.
struct PageLeaf {
    static constexpr unsigned pages = 64;
    static constexpr std::uint64_t span = pages * page_size;

    int references = 0;
    std::uint64_t away = 0;  ///< bit i: page i must be read in before it can be used
    Page* page[pages] = {};
    PageLeaf* next_free = nullptr;

    static unsigned slot(std::uint64_t address) {
        return static_cast<unsigned>(address >> 12) & (pages - 1);
    }
};

struct PageMap {
    struct LeafAt {
        std::uint64_t begin;
        PageLeaf* leaf;
    };

    int references = 0;
    std::uint64_t resident = 0;    ///< pages that hold bytes
    std::uint64_t heap_begin = 0;  ///< where brk starts; 0 without an image
    std::uint64_t heap_end = 0;    ///< the current brk, not rounded
    std::vector<Region> regions;   ///< sorted, not overlapping
    std::vector<LeafAt> leaves;    ///< sorted

    /// The region that holds `address`, or null.
    const Region* region_at(std::uint64_t address) const;
    /// Index of the first region that ends behind `address`.
    std::size_t first_region_behind(std::uint64_t address) const;
    bool any_region_in(std::uint64_t begin, std::uint64_t end) const;
    /// The highest free place for `length` bytes between `bottom` and `top`, or 0.
    std::uint64_t highest_gap(std::uint64_t length, std::uint64_t bottom, std::uint64_t top) const;

    /// Makes `address` a border between regions, if it lies inside one.
    void split_at(std::uint64_t address);
    /// Removes what lies in `[begin, end)`; the rest of a region that is only partly in it stays.
    void cut(std::uint64_t begin, std::uint64_t end);
    /// Adds a region where there is none.
    void insert(const Region& region);
    /// Joins equal neighbours that touch in or around `[begin, end]`.
    void merge(std::uint64_t begin, std::uint64_t end);

    /// The leaf that covers `address`, or null.
    PageLeaf* leaf_at(std::uint64_t address) const;
    /// Index of the first leaf that ends behind `address`.
    std::size_t first_leaf_behind(std::uint64_t address) const;
};

}  // namespace utsim::cpu

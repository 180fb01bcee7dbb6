// SPDX-License-Identifier: MIT
// One aligned reservation per arena; pages become real when they are touched.
#include "base/arena.hpp"

#include <sys/mman.h>

#include <algorithm>

#include "base/out_of_memory.hpp"

namespace utsim {

Arena::Arena() {
    // Reserve twice the size and keep the aligned half: mmap has no alignment argument.
    void* wide =
        mmap(nullptr, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (wide == MAP_FAILED) out_of_memory("a world's address space");
    auto start = reinterpret_cast<std::uintptr_t>(wide);
    const std::uintptr_t aligned = (start + size - 1) & ~(std::uintptr_t{size} - 1);
    if (aligned > start) munmap(wide, aligned - start);
    const std::uintptr_t end = start + 2 * size;
    if (end > aligned + size) munmap(reinterpret_cast<void*>(aligned + size), end - aligned - size);
    base_ = reinterpret_cast<std::byte*>(aligned);
    if (mprotect(base_, size, PROT_READ | PROT_WRITE) != 0) out_of_memory("a world");
    *header_of(base_) = Header{this, 0};
}

Arena::~Arena() {
    munmap(base_, size);
    count_mapped_memory(-static_cast<std::int64_t>(counted_));
}

void Arena::count_use(std::size_t bytes) {
    counted_ += bytes;
    count_mapped_memory(static_cast<std::int64_t>(bytes));
}

void* Arena::allocate(std::size_t bytes, std::size_t align, const ObjectType* type) {
    align = std::max(align, least_align);
    const std::size_t start = (used_ + align - 1) & ~(align - 1);
    UTSIM_CHECK(bytes <= object_limit && start <= object_limit - bytes,
                "a world's arena is full; a limit should have stopped the run before");
    used_ = start + bytes;
    objects_.add({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(bytes), type});
    count_reach(used_, counted_objects_);
    if (object_limit - used_ < reserve && when_low != nullptr) when_low(owner);
    return base_ + start;
}

void Arena::count_reach(std::size_t used, std::size_t& counted) {
    if (used <= counted) return;
    constexpr std::size_t piece = std::size_t{1} << 18;
    const std::size_t more = (used - counted + piece - 1) & ~(piece - 1);
    counted += more;
    count_use(more);
}

void* Arena::allocate_fixed(std::size_t bytes, std::size_t align) {
    const std::size_t start = (fixed_used_ + align - 1) & ~(align - 1);
    UTSIM_CHECK(bytes <= fixed_limit && start <= fixed_limit - bytes,
                "the fixed part of a world's arena is full; a limit of the scenario should have "
                "stopped this");
    fixed_used_ = start + bytes;
    count_reach(fixed_used_, counted_fixed_);
    return base_ + start;
}

void Arena::clear_fixed() {
    std::memset(base_ + object_limit, 0, fixed_used_ - object_limit);
    fixed_used_ = object_limit;
}

void Arena::rewind(std::size_t mark) {
    UTSIM_CHECK(mark >= first_mark && mark <= used_, "arena rewound to a place it never was at");
    std::memset(base_ + mark, 0, used_ - mark);
    used_ = mark;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// `ArenaArray<T>`: a list in the arena that grows as it must.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "base/arena.hpp"

namespace utsim {

/// Plain data, in the arena itself. Growing moves the items; the place that they leave is lost
/// until the World's reset.
template <typename T>
struct ArenaArray {
    static_assert(std::is_trivially_copyable_v<T>);

    T* items = nullptr;
    std::uint32_t size = 0;
    std::uint32_t capacity = 0;

    T& operator[](std::uint32_t index) const { return items[index]; }
    T* begin() const { return items; }
    T* end() const { return items + size; }

    void add(Arena& arena, const T& item) {
        reserve(arena, size + 1);
        items[size++] = item;
    }
    /// Sets item `index`; those between the end and it are as they are made.
    void set(Arena& arena, std::uint32_t index, const T& item) {
        reserve(arena, index + 1);
        size = std::max(size, index + 1);
        items[index] = item;
    }

private:
    template <typename V>
    friend void describe(V& v, ArenaArray& array) {
        v.field("items", array.items);
        v.field("size", array.size);
        v.aside("capacity", array.capacity);
    }

    void reserve(Arena& arena, std::uint32_t wanted) {
        if (wanted <= capacity) return;
        capacity = std::max({8u, capacity * 2, wanted});
        T* larger = arena.make_array<T>(capacity);
        std::copy_n(items, size, larger);
        items = larger;
    }
};

}  // namespace utsim

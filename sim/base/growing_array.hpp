// SPDX-License-Identifier: MIT
/// A host array of plain data that grows at its end, as a schedule does with each switch.
///
/// It grows by `realloc`, which moves pages where a vector copies bytes: most of what a switch
/// between two tasks cost was the copy of the schedule so far, and its page faults.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>
#include <type_traits>

namespace utsim {

template <typename T>
class GrowingArray {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    GrowingArray() = default;
    GrowingArray(const GrowingArray&) = delete;
    GrowingArray& operator=(const GrowingArray&) = delete;
    ~GrowingArray() { std::free(items_); }

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    const T* data() const { return items_; }
    const T* begin() const { return items_; }
    const T* end() const { return items_ + size_; }
    const T& operator[](std::size_t i) const { return items_[i]; }
    const T& back() const { return items_[size_ - 1]; }

    void push_back(const T& item) {
        const T added = item;  // it may be one of ours
        if (size_ == capacity_) [[unlikely]]
            grow(size_ + 1);
        ::new (static_cast<void*>(items_ + size_++)) T(added);
    }
    void append(std::span<const T> more) {
        if (size_ + more.size() > capacity_) grow(size_ + more.size());
        for (const T& item : more) ::new (static_cast<void*>(items_ + size_++)) T(item);
    }
    /// Forgets all but the first `size`.
    void shorten(std::size_t size) { size_ = size; }
    void clear() { size_ = 0; }

private:
    void grow(std::size_t least) {
        std::size_t capacity = capacity_ < 16 ? 16 : 2 * capacity_;
        while (capacity < least) capacity *= 2;
        void* moved = std::realloc(static_cast<void*>(items_), capacity * sizeof(T));
        if (moved == nullptr) throw std::bad_alloc();
        items_ = static_cast<T*>(moved);
        capacity_ = capacity;
    }

    T* items_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace utsim

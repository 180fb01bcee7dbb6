// SPDX-License-Identifier: MIT
/// `Pool<T>`: small records that come and go, up to a fixed number, out of the arena.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/arena.hpp"

namespace utsim {

/// Lives in the arena itself. Memory is taken from the arena when it is first needed, so an idle
/// pool adds nothing to a snapshot.
template <typename T>
class Pool {
    static_assert(std::is_trivially_destructible_v<T>);

public:
    void init(std::uint32_t capacity) { capacity_ = capacity; }

    /// A fresh `T`, or null when `capacity` of them are out.
    T* take() {
        if (in_use_ == capacity_) return nullptr;
        ++in_use_;
        if (free_ == nullptr) return &Arena::of(this).template make<Slot>()->value;
        Slot* slot = free_;
        free_ = slot->next;
        return ::new (&slot->value) T();
    }

    /// Takes back what `take` gave out.
    void give_back(T* value) {
        Slot* slot = reinterpret_cast<Slot*>(value);  // the value is the slot's first member
        slot->next = free_;
        free_ = slot;
        --in_use_;
    }

    std::uint32_t in_use() const { return in_use_; }
    std::uint32_t capacity() const { return capacity_; }

private:
    struct Slot {
        T value;
        Slot* next = nullptr;

        template <typename V>
        friend void describe(V& v, Slot& slot) {
            v.field("value", slot.value);
            v.aside("next", slot.next);
        }
    };

    // Which of the free ones is taken next only decides an address.
    template <typename V>
    friend void describe(V& v, Pool& pool) {
        v.aside("free", pool.free_);
        v.field("capacity", pool.capacity_);
        v.field("in_use", pool.in_use_);
    }

    Slot* free_ = nullptr;
    std::uint32_t capacity_ = 0;
    std::uint32_t in_use_ = 0;
};

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// `Shared<T>`: a value that more than one actor can touch.
///
/// It reads and assigns like a T. With granularity `access` every read and write is a scheduling
/// point and is recorded; otherwise it costs one predictable branch. Cells live in the arena.
#pragma once

#include <type_traits>

#include "base/arena.hpp"

namespace utsim {

/// Reports an access to a watched cell (a scheduling point with granularity `access`).
void shared_access(const void* cell, bool write);

template <typename T>
class Shared {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    Shared() = default;
    Shared(T value) : value_(value) {}
    Shared(const Shared&) = delete;

    operator T() const { return load(); }
    T operator->() const
        requires std::is_pointer_v<T>
    {
        return load();
    }
    Shared& operator=(T value) {
        store(value);
        return *this;
    }
    Shared& operator=(const Shared& other) {
        store(other.load());
        return *this;
    }
    Shared& operator|=(T bits)
        requires std::is_integral_v<T>
    {
        store(static_cast<T>(load() | bits));
        return *this;
    }
    Shared& operator&=(T bits)
        requires std::is_integral_v<T>
    {
        store(static_cast<T>(load() & bits));
        return *this;
    }

    T load() const {
        if (Arena::watched(this)) [[unlikely]]
            shared_access(this, false);
        return value_;
    }
    void store(T value) {
        if (Arena::watched(this)) [[unlikely]]
            shared_access(this, true);
        value_ = value;
    }
    /// The value without the access: for observers, never for the modelled kernel.
    T peek() const { return value_; }
    /// Sets the value without the access: construction only.
    void init(T value) { value_ = value; }

private:
    template <typename V>
    friend void describe(V& v, Shared& cell) {
        v.field("", cell.value_);
    }

    T value_{};
};

}  // namespace utsim

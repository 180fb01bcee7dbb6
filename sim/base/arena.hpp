// SPDX-License-Identifier: MIT
/// The one block of memory that holds everything a run creates.
///
/// A World maps one Arena at one address for its life. Objects grow from the bottom, fiber stacks
/// sit at the top; a snapshot holds the used bottom part and the live part of every stack, and
/// ending a run forgets everything at once. Nothing in it is destroyed one by one, so only types
/// with trivial destructors may live here, and nothing in it may own memory elsewhere.
///
/// Between the two lies the fixed part: what is written once and only read from then on (programs,
/// plans, texts). Snapshots leave it alone, so it costs a search nothing however large it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "base/branching_log.hpp"
#include "base/check.hpp"
#include "base/object_type.hpp"

namespace utsim {

/// One allocation: where it lies, and what it was made for.
struct ArenaObject {
    std::uint32_t offset = 0;          ///< from the arena's base
    std::uint32_t size = 0;            ///< bytes, of all items
    const ObjectType* type = nullptr;  ///< of one item; null: just memory
};

class Arena {
public:
    /// Arenas are aligned to their size, so that `Arena::of` is one mask.
    static constexpr std::size_t size = std::size_t{1} << 28;
    /// Objects may fill this much,
    static constexpr std::size_t object_limit = std::size_t{1} << 25;
    /// what lies between there and here is fixed, and the rest is for stacks.
    static constexpr std::size_t fixed_limit = std::size_t{1} << 26;

    Arena();
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    /// The arena that `object` (which must live in one) belongs to.
    static Arena& of(const void* object) { return *header_of(object)->arena; }

    /// Zeroed memory, for items of `type` when that is known. The caller of `make` has checked
    /// `left()` where a user can cause the size.
    void* allocate(std::size_t bytes, std::size_t align, const ObjectType* type = nullptr);

    template <typename T, typename... Args>
    T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T>, "the arena destroys nothing");
        return ::new (allocate(sizeof(T), alignof(T), object_type<T>()))
            T(std::forward<Args>(args)...);
    }

    template <typename T>
    T* make_array(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>, "the arena destroys nothing");
        T* first = static_cast<T*>(allocate(sizeof(T) * count, alignof(T), object_type<T>()));
        for (std::size_t i = 0; i < count; ++i) ::new (first + i) T();
        return first;
    }

    /// The same for what is fixed: made before the World runs its first step, and complete by then.
    void* allocate_fixed(std::size_t bytes, std::size_t align);

    template <typename T, typename... Args>
    T* make_fixed(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T>, "the arena destroys nothing");
        return ::new (allocate_fixed(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    }

    template <typename T>
    T* make_fixed_array(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>, "the arena destroys nothing");
        T* first = static_cast<T*>(allocate_fixed(sizeof(T) * count, alignof(T)));
        for (std::size_t i = 0; i < count; ++i) ::new (first + i) T();
        return first;
    }

    /// Called at each allocation that leaves less than `reserve`, so that the owner can end what
    /// goes on before there is nothing left; may be null.
    void (*when_low)(void* owner) = nullptr;
    static constexpr std::size_t reserve = std::size_t{1} << 20;
    /// Counts memory of this arena that comes into use besides its objects (stacks).
    void count_use(std::size_t bytes);

    /// Everything that was allocated and not forgotten, from the bottom up. A snapshot takes a
    /// moment of it, since only its owner knows when time jumps.
    BranchingLog<ArenaObject>& objects() { return objects_; }
    const BranchingLog<ArenaObject>& objects() const { return objects_; }

    std::size_t used() const { return used_; }
    std::size_t left() const { return object_limit - used_; }
    std::byte* base() const { return base_; }
    bool contains(const void* p) const { return p >= base_ && p < base_ + size; }

    /// The World (or a test's stand-in) that owns this arena.
    void* owner = nullptr;

    /// Whether somebody wants to hear of every access to a shared cell. It sits in the arena's
    /// first bytes so that a cell finds it with one mask and one load.
    static bool watched(const void* object) { return header_of(object)->watched != 0; }
    void set_watched(bool on) { header_of(base_)->watched = on ? 1 : 0; }

    /// Forgets everything that was allocated after `mark` (a former `used()`), and zeroes it. The
    /// log of objects is the caller's business.
    void rewind(std::size_t mark);
    /// Forgets everything that is fixed, and zeroes it.
    void clear_fixed();
    /// Sets the used size when a snapshot has been copied back.
    void restore_used(std::size_t used) { used_ = used; }

    /// Every object starts at a multiple of this.
    static constexpr std::size_t least_align = 8;
    /// Where objects start: behind the pointer back to this Arena.
    static constexpr std::size_t first_mark = 64;

private:
    /// `used` is reached; `counted` was before.
    void count_reach(std::size_t used, std::size_t& counted);

    struct Header {
        Arena* arena;
        std::uint32_t watched;
    };
    static_assert(sizeof(Header) <= first_mark);

    static Header* header_of(const void* object) {
        const auto base = reinterpret_cast<std::uintptr_t>(object) & ~(std::uintptr_t{size} - 1);
        return reinterpret_cast<Header*>(base);
    }

    std::byte* base_ = nullptr;
    BranchingLog<ArenaObject> objects_;
    std::size_t used_ = first_mark;
    std::size_t fixed_used_ = object_limit;
    std::size_t counted_objects_ = 0;  ///< how far up objects have ever reached, in whole pieces
    std::size_t counted_fixed_ = object_limit;  ///< likewise what is fixed
    std::size_t counted_ = 0;                   ///< all that was told to `count_mapped_memory`
};

}  // namespace utsim

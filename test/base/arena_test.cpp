// SPDX-License-Identifier: MIT
// The arena: zeroed, aligned, found again from any object in it, and rewound.
#include "base/arena.hpp"

#include <memory>

#include "test/support/testing.hpp"

using utsim::Arena;

namespace {

struct Pair {
    int first = 7;
    std::uint64_t second = 0;
};

bool all_zero(const std::byte* p, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        if (p[i] != std::byte{0}) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("arena: objects are constructed in order and know their arena") {
    Arena arena;
    Pair* a = arena.make<Pair>();
    Pair* b = arena.make<Pair>(Pair{1, 2});
    CHECK(a->first == 7);
    CHECK(b->second == 2);
    CHECK(a < b);
    CHECK(arena.contains(a));
    CHECK_FALSE(arena.contains(&arena));
    CHECK(&Arena::of(a) == &arena);
    CHECK(&Arena::of(b) == &arena);
}

TEST_CASE("arena: two arenas share nothing") {
    Arena one;
    Arena two;
    auto* in_one = one.make<int>(1);
    auto* in_two = two.make<int>(2);
    CHECK(&Arena::of(in_one) == &one);
    CHECK(&Arena::of(in_two) == &two);
    CHECK_FALSE(one.contains(in_two));
}

TEST_CASE("arena: the same requests get the same offsets") {
    utsim::testing::check_property(
        "arena.offsets",
        [](const std::vector<std::uint8_t>& sizes) {
            Arena one;
            Arena two;
            for (std::uint8_t size : sizes) {
                const auto* a = static_cast<std::byte*>(one.allocate(size, 8));
                const auto* b = static_cast<std::byte*>(two.allocate(size, 8));
                RC_ASSERT(a - one.base() == b - two.base());
                RC_ASSERT(reinterpret_cast<std::uintptr_t>(a) % 8 == 0u);
            }
            RC_ASSERT(one.used() == two.used());
        },
        20);
}

TEST_CASE("arena: alignment is kept") {
    Arena arena;
    for (std::size_t align : {1u, 2u, 8u, 16u, 64u, 4096u}) {
        arena.allocate(1, 1);
        const auto address = reinterpret_cast<std::uintptr_t>(arena.allocate(3, align));
        CHECK(address % align == 0);
    }
}

TEST_CASE("arena: rewinding forgets and zeroes what came later") {
    Arena arena;
    arena.make<Pair>();
    const std::size_t mark = arena.used();
    auto* bytes = static_cast<std::byte*>(arena.allocate(10'000, 16));
    std::memset(bytes, 0xa5, 10'000);
    arena.rewind(mark);
    CHECK(arena.used() == mark);
    auto* again = static_cast<std::byte*>(arena.allocate(10'000, 16));
    CHECK(again == bytes);
    CHECK(all_zero(again, 10'000));
}

TEST_CASE("arena: arrays are value-initialised") {
    Arena arena;
    Pair* pairs = arena.make_array<Pair>(5);
    for (int i = 0; i < 5; ++i) CHECK(pairs[i].first == 7);
}

TEST_CASE("arena: left() counts down to the limit") {
    Arena arena;
    CHECK(arena.used() + arena.left() == Arena::object_limit);
    const std::size_t before = arena.left();
    arena.allocate(64, 8);
    CHECK(arena.left() == before - 64);
    arena.allocate(arena.left(), 1);
    CHECK(arena.left() == 0);
}

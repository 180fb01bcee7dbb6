// SPDX-License-Identifier: MIT
/// A stand-in for World that has only guest memory: an arena, a pool, and snapshots of both.
#pragma once

#include <cstring>
#include <vector>

#include "base/arena.hpp"
#include "cpu/address_space.hpp"
#include "cpu/page_pool.hpp"
#include "test/support/testing.hpp"

namespace utsim::cpu::testing {

struct MemoryWorld {
    explicit MemoryWorld(std::uint64_t page_limit = PagePool::default_page_limit)
        : pool(page_limit) {}

    struct Snapshot {
        PageSnapshot pages;
        std::vector<std::byte> arena;
    };

    AddressSpace& create() { return *AddressSpace::create(arena, pool); }

    void take(Snapshot& snapshot) {
        pool.take(snapshot.pages);
        snapshot.arena.assign(arena.base(), arena.base() + arena.used());
    }
    void restore(const Snapshot& snapshot) {
        // The pool does not care which comes first; let both orders be tested.
        const bool pages_first = snapshot.arena.size() % 32 == 0;
        if (pages_first) pool.restore(snapshot.pages);
        const std::size_t used = snapshot.arena.size();
        if (arena.used() > used) arena.rewind(used);
        std::memcpy(arena.base(), snapshot.arena.data(), used);
        arena.restore_used(used);
        if (!pages_first) pool.restore(snapshot.pages);
    }

    Arena arena;
    PagePool pool;
};

}  // namespace utsim::cpu::testing

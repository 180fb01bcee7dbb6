// SPDX-License-Identifier: MIT
// What fork and snapshots of guest memory cost, by how much memory the guest has: they should not
// depend on it. Also the accesses, with and without the TLB.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "base/arena.hpp"
#include "cpu/address_space.hpp"

using namespace utsim;
using namespace utsim::cpu;

namespace {

constexpr std::uint64_t base = 0x10000000;

/// Nanoseconds of CPU time per call: the best of several batches.
template <typename Body>
double measure(int calls, Body&& body) {
    double best = 1e18;
    for (int batch = 0; batch < 7; ++batch) {
        timespec start{}, end{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        for (int i = 0; i < calls; ++i) body();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        const double spent = static_cast<double>(end.tv_sec - start.tv_sec) * 1e9 +
                             static_cast<double>(end.tv_nsec - start.tv_nsec);
        best = std::min(best, spent / calls);
    }
    return best;
}

struct Guest {
    explicit Guest(std::uint64_t pages) : pool(1u << 20), space(AddressSpace::create(arena, pool)) {
        space->map(base, pages * page_size, Protection::read | Protection::write, Placement::fixed);
        for (std::uint64_t i = 0; i < pages; ++i) write(i);
    }
    void write(std::uint64_t page) {
        MemoryFault fault;
        space->store<std::uint64_t>(base + page * page_size, page + 1, fault);
    }

    Arena arena;
    PagePool pool;
    AddressSpace* space;
};

void fork_and_snapshot(std::uint64_t pages) {
    Guest guest(pages);
    const std::size_t mark = guest.arena.used();
    const int calls = 20000;

    const double clone = measure(calls, [&] {
        guest.space->clone(guest.arena)->release();
        guest.arena.rewind(mark);
    });
    const double clone_write = measure(calls, [&] {
        AddressSpace* child = guest.space->clone(guest.arena);
        MemoryFault fault;
        child->store<std::uint64_t>(base, 1, fault);
        child->release();
        guest.arena.rewind(mark);
    });
    PageSnapshot snapshot;
    const double take = measure(calls, [&] { guest.pool.take(snapshot); });
    std::vector<std::byte> arena(guest.arena.base(), guest.arena.base() + mark);
    const auto restore = [&] {
        guest.pool.restore(snapshot);
        std::copy(arena.begin(), arena.end(), guest.arena.base());
    };
    const double restore_only = measure(calls, restore);
    const double write_restore = measure(calls, [&] {
        guest.write(0);
        restore();
    });
    const double writes_restore = measure(calls / 4, [&] {
        for (std::uint64_t i = 0; i < 8; ++i) guest.write(i * pages / 8);
        restore();
    });
    std::printf("%9llu %7.2f %9.0f %13.0f %9.0f %9.0f %15.0f %16.0f\n",
                static_cast<unsigned long long>(pages),
                static_cast<double>(pages * page_size) / (1 << 20), clone, clone_write, take,
                restore_only, write_restore, writes_restore);
}

void accesses() {
    Guest guest(64);
    std::uint64_t sum = 0;
    MemoryFault fault;
    std::uint64_t at = 0;
    const int calls = 1000000;
    const double load = measure(calls, [&] {
        std::uint64_t word = 0;
        guest.space->load(base + at, word, fault);
        sum += word;
        at = (at + 520) & 0x3ffff & ~7ull;
    });
    const double store = measure(calls, [&] {
        guest.space->store(base + at, sum, fault);
        at = (at + 520) & 0x3ffff & ~7ull;
    });
    Guest wide(4096);
    const double miss = measure(calls, [&] {
        std::uint64_t word = 0;
        wide.space->load(base + at, word, fault);
        sum += word;
        at = (at + page_size * 64) % (4096 * page_size);
    });
    const double digest = measure(200, [&] { sum += guest.space->digest(); });
    std::printf(
        "\nload %.1f ns, store %.1f ns, load that misses the TLB %.1f ns; digest of 64 pages "
        "%.0f ns (%llx)\n",
        load, store, miss, digest, static_cast<unsigned long long>(sum & 0xf));
}

}  // namespace

int main() {
    std::printf("CPU time in ns, best of 7\n");
    std::printf("%9s %7s %9s %13s %9s %9s %15s %16s\n", "pages", "MiB", "clone", "clone+write",
                "snapshot", "restore", "write+restore", "8 writes+restore");
    for (const std::uint64_t pages : {8, 256, 4096, 16384}) fork_and_snapshot(pages);
    accesses();
}

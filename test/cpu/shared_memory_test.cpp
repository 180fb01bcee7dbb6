// SPDX-License-Identifier: MIT
// Memory that several spaces share: who sees what, through forks, snapshots and the page cache.
#include "test/cpu/memory_world.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

constexpr std::uint8_t rw = Protection::read | Protection::write;
constexpr std::uint64_t at = 0x10000000;

struct SharedWorld : MemoryWorld {
    AddressSpace& object = *AddressSpace::create_shared(arena, pool, 7);

    AddressSpace& showing(std::uint8_t protection = rw, std::uint64_t address = at) {
        AddressSpace& space = create();
        CHECK(space.map_shared(address, 4 * page_size, protection, Placement::fixed, object, 0) ==
              static_cast<std::int64_t>(address));
        return space;
    }
};

std::uint32_t load(const AddressSpace& space, std::uint64_t address) {
    std::uint32_t value = 0;
    MemoryFault fault;
    REQUIRE(space.load(address, value, fault));
    return value;
}

void store(AddressSpace& space, std::uint64_t address, std::uint32_t value) {
    MemoryFault fault;
    REQUIRE(space.store(address, value, fault));
}

}  // namespace

TEST_CASE("what one space writes all see, in turns", "[address_space][shared]") {
    SharedWorld world;
    AddressSpace& one = world.showing();
    AddressSpace& other = world.showing(rw, at + 0x100000);
    CHECK(load(one, at) == 0);
    CHECK(load(other, at + 0x100000) == 0);  // as a page that does not exist yet
    for (std::uint32_t i = 1; i < 5; ++i) {
        store(one, at, i);
        CHECK(load(other, at + 0x100000) == i);
        store(other, at + 0x100004, 10 * i);
        CHECK(load(one, at + 4) == 10 * i);
    }
    CHECK(world.pool.resident() == 1);
    CHECK(one.key_of(at + 8) == other.key_of(at + 0x100008));

    AddressSpace& child = *one.clone(world.arena);
    store(child, at, 99);
    CHECK(load(one, at) == 99);
    CHECK(load(other, at + 0x100000) == 99);
    CHECK(world.pool.resident() == 1);
}

TEST_CASE("shared memory goes back in time with the world", "[address_space][shared]") {
    SharedWorld world;
    AddressSpace& one = world.showing();
    AddressSpace& other = world.showing();
    store(one, at, 1);
    CHECK(load(other, at) == 1);
    MemoryWorld::Snapshot snapshot;
    world.take(snapshot);
    store(one, at, 2);
    CHECK(load(other, at) == 2);
    other.unmap(at, 4 * page_size);
    one.unmap(at + page_size, page_size);
    world.restore(snapshot);
    CHECK(load(other, at) == 1);
    store(other, at, 3);
    CHECK(load(one, at) == 3);
    CHECK(load(one, at + page_size) == 0);
    world.restore(snapshot);
    CHECK(load(one, at) == 1);
}

TEST_CASE("digests tell shared memory from equal memory", "[address_space][shared]") {
    SharedWorld world;
    AddressSpace& one = world.showing();
    AddressSpace& other = world.showing();
    CHECK(one.digest() == other.digest());
    store(other, at, 5);
    const std::uint64_t five = one.digest();
    CHECK(one.digest() == other.digest());
    store(other, at, 6);
    CHECK(one.digest() != five);
    store(one, at, 5);
    CHECK(other.digest() == five);

    AddressSpace& second_object = *AddressSpace::create_shared(world.arena, world.pool, 8);
    AddressSpace& apart = world.create();
    apart.map_shared(at, 4 * page_size, rw, Placement::fixed, second_object, 0);
    store(apart, at, 5);
    CHECK(apart.digest() != five);
}

TEST_CASE("code that others share is decoded afresh when it changes", "[address_space][shared]") {
    SharedWorld world;
    AddressSpace& writer = world.showing();
    AddressSpace& runner = world.showing(Protection::all);
    std::uint8_t bytes[15];
    std::size_t got = 0;
    MemoryFault fault;
    for (std::uint8_t i = 1; i < 4; ++i) {
        store(writer, at, i);
        REQUIRE(runner.fetch(at, bytes, got, fault));
        CHECK(bytes[0] == i);
        Page* page = runner.code_page(at, fault);
        REQUIRE(page != nullptr);
        page->code = reinterpret_cast<CodePage*>(bytes);
        page->drop_code = [](CodePage*) {};
        runner.remember_code(at, page->code);
        CHECK(runner.known_code(at) != nullptr);
        store(writer, at + 8, i);
        CHECK(runner.known_code(at) == nullptr);
        CHECK(runner.code_page(at, fault)->code == nullptr);
    }
    world.pool.free_dropped_code();
}

TEST_CASE("shared memory lives as long as somebody has it", "[address_space][shared]") {
    SharedWorld world;
    AddressSpace& one = world.showing();
    world.object.drop_use();  // the maker's
    AddressSpace& child = *one.clone(world.arena);
    store(one, at, 1);
    one.protect(at + page_size, page_size, Protection::read);
    one.unmap(at, page_size);
    CHECK(load(child, at) == 1);
    CHECK(one.unmap(at + page_size, 3 * page_size) == 0);
    CHECK(load(child, at) == 1);
    CHECK(world.pool.live_spaces() == 3);
    child.release();
    CHECK(world.pool.live_spaces() == 1);
    CHECK(world.pool.resident() == 0);
}

TEST_CASE("a debugger cannot write what is shared and read-only", "[address_space][shared]") {
    SharedWorld world;
    AddressSpace& one = world.showing(Protection::read);
    const std::uint32_t value = 1;
    CHECK(one.write_force(at, &value, sizeof value) == 0);
    std::uint32_t back = 9;
    CHECK(one.read_force(at, &back, sizeof back) == sizeof back);
    CHECK(back == 0);
    one.protect(at, page_size, rw);
    CHECK(one.write_force(at, &value, sizeof value) == sizeof value);
}

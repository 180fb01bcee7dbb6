// SPDX-License-Identifier: MIT
// What each call of AddressSpace answers, one case at a time.
#include "cpu/address_space.hpp"

#include <string>
#include <vector>

#include "test/cpu/memory_world.hpp"

using namespace utsim::cpu;
using utsim::cpu::testing::MemoryWorld;

namespace {

constexpr std::uint8_t read_write = Protection::read | Protection::write;
constexpr std::uint8_t read_exec = Protection::read | Protection::exec;

std::string regions_of(const AddressSpace& space) {
    std::string text;
    space.for_each_region([&](const Region& region) {
        char line[64];
        std::snprintf(line, sizeof line, "%llx-%llx %d\n",
                      static_cast<unsigned long long>(region.begin),
                      static_cast<unsigned long long>(region.end), region.protection);
        text += line;
    });
    return text;
}

}  // namespace

TEST_CASE("mmap fills downwards from a fixed top", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    CHECK(space.map(0, 0x1000, read_write) == 0x7ffff7ffe000);
    CHECK(space.map(0, 0x2001, Protection::read) == 0x7ffff7ffb000);
    CHECK(space.unmap(0x7ffff7ffe000, 0x1000) == 0);
    CHECK(space.map(0, 0x2000, read_write) == 0x7ffff7ff9000);
    CHECK(space.map(0, 0x1000, read_write) == 0x7ffff7ffe000);
}

TEST_CASE("a hint is taken when it is free", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    CHECK(space.map(0x400123, 0x1000, read_write) == 0x400000);
    CHECK(space.map(0x400000, 0x1000, read_write) == 0x7ffff7ffe000);
    CHECK(space.map(0x1, 0x1000, read_write) == 0x7ffff7ffd000);
    CHECK(space.map(0x1000, 0x1000, read_write) == 0x10000);
    REQUIRE(space.map_stack() == 0x7fffff7ff000);
    INFO("the gap below the stack stays free");
    CHECK(space.map(0x7fffff7fe000, 0x1000, read_write) == 0x7ffff7ffc000);
    CHECK(space.map(0x7fffff6fe000, 0x1000, read_write) == 0x7fffff6fe000);
}

TEST_CASE("wrong mapping calls get Linux's errors", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    CHECK(space.map(0, 0, read_write) == map_error::invalid);
    CHECK(space.map(0, 0x1000, 8) == map_error::invalid);
    CHECK(space.map(0, ~0ull, read_write) == map_error::no_memory);
    CHECK(space.map(0, user_end, read_write) == map_error::no_memory);
    CHECK(space.map(0x400001, 0x1000, read_write, Placement::fixed) == map_error::invalid);
    CHECK(space.map(0x1000, 0x1000, read_write, Placement::fixed) == map_error::not_permitted);
    CHECK(space.map(user_end, 0x1000, read_write, Placement::fixed) == map_error::no_memory);
    REQUIRE(space.map(0x400000, 0x2000, read_write, Placement::fixed) == 0x400000);
    CHECK(space.map(0x401000, 0x1000, read_write, Placement::fixed_no_replace) ==
          map_error::exists);
    CHECK(space.unmap(0x400000, 0) == map_error::invalid);
    CHECK(space.unmap(0x400001, 1) == map_error::invalid);
    CHECK(space.unmap(user_end, 0x1000) == map_error::invalid);
    CHECK(space.unmap(0x500000, 0x1000) == 0);
    CHECK(space.protect(0x400000, 0, Protection::read) == 0);
    CHECK(space.protect(0x400001, 1, Protection::read) == map_error::invalid);
    CHECK(space.protect(0x400000, 0x1000, 8) == map_error::invalid);
    CHECK(space.protect(0x500000, 0x1000, Protection::read) == map_error::no_memory);
    CHECK(regions_of(space) == "400000-402000 3\n");
}

TEST_CASE("regions split and join", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    REQUIRE(space.map(0x400000, 0x5000, read_write, Placement::fixed) == 0x400000);
    REQUIRE(space.protect(0x401000, 0x2000, Protection::read) == 0);
    CHECK(regions_of(space) == "400000-401000 3\n401000-403000 1\n403000-405000 3\n");
    REQUIRE(space.unmap(0x402000, 0x2000) == 0);
    CHECK(regions_of(space) == "400000-401000 3\n401000-402000 1\n404000-405000 3\n");
    INFO("what lies before the hole is changed although the call fails");
    CHECK(space.protect(0x401000, 0x4000, read_write) == map_error::no_memory);
    CHECK(regions_of(space) == "400000-402000 3\n404000-405000 3\n");
    REQUIRE(space.map(0x402000, 0x2000, read_write, Placement::fixed) == 0x402000);
    CHECK(regions_of(space) == "400000-405000 3\n");
}

TEST_CASE("brk grows, shrinks and stops at a neighbour", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    CHECK(space.brk(0) == 0);
    space.set_heap(0x404010);
    CHECK(space.brk(0) == 0x405000);
    CHECK(space.brk(0x405010) == 0x405010);
    MemoryFault fault;
    CHECK(space.store<std::uint64_t>(0x405008, 7, fault));
    CHECK(space.brk(0x407000) == 0x407000);
    CHECK(regions_of(space) == "405000-407000 3\n");
    CHECK(space.brk(0x404fff) == 0x407000);
    CHECK(space.brk(0x405000) == 0x405000);
    CHECK(regions_of(space).empty());
    CHECK(space.resident() == 0);
    REQUIRE(space.map(0x406000, 0x1000, read_write, Placement::fixed) == 0x406000);
    CHECK(space.brk(0x406001) == 0x405000);
    CHECK(space.brk(0x406000) == 0x406000);
    CHECK(space.brk(~0ull) == 0x406000);
}

TEST_CASE("a fault names the first bad byte and why", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    REQUIRE(space.map(0x400000, 0x1000, read_write, Placement::fixed) == 0x400000);
    REQUIRE(space.map(0x401000, 0x1000, Protection::read, Placement::fixed) == 0x401000);
    REQUIRE(space.map(0x402000, 0x1000, Protection::none, Placement::fixed) == 0x402000);
    MemoryFault fault;
    std::uint64_t word = 0;

    CHECK(space.store<std::uint64_t>(0x400ff8, ~0ull, fault));
    CHECK_FALSE(space.store<std::uint64_t>(0x400ffc, 0, fault));
    CHECK(fault.address == 0x401000);
    CHECK(fault.kind == FaultKind::protection);
    CHECK_FALSE(fault.present);
    CHECK(fault.access == Access::write);
    INFO("what nobody has written counts as absent, and so does what nobody may use");
    REQUIRE(space.write_force(0x401000, "abc", 3) == 3);
    REQUIRE(space.write_force(0x402000, "abc", 3) == 3);
    CHECK_FALSE(space.store<std::uint64_t>(0x401000, 0, fault));
    CHECK(fault.present);
    CHECK_FALSE(space.store<std::uint64_t>(0x402000, 0, fault));
    CHECK_FALSE(fault.present);
    INFO("a write that faults has written nothing");
    CHECK(space.load(0x400ff8, word, fault));
    CHECK(word == ~0ull);

    CHECK_FALSE(space.load(0x401ffc, word, fault));
    CHECK(fault.address == 0x402000);
    CHECK(fault.kind == FaultKind::protection);
    CHECK_FALSE(space.load(0x402ffc, word, fault));
    CHECK(fault.address == 0x402ffc);
    CHECK_FALSE(space.load(0x403ffc, word, fault));
    CHECK(fault.kind == FaultKind::unmapped);
    CHECK_FALSE(fault.present);
    CHECK_FALSE(space.load(0x800000000000, word, fault));
    CHECK(fault.kind == FaultKind::not_canonical);
    INFO("the border counts before the pages do");
    CHECK_FALSE(space.load(0x7ffffffffffc, word, fault));
    CHECK(fault.kind == FaultKind::not_canonical);
    CHECK_FALSE(space.store<std::uint64_t>(0x7ffffffffffc, 0, fault));
    CHECK(fault.kind == FaultKind::not_canonical);
    CHECK_FALSE(space.check(0x7ffffffffffc, 8, Access::write, fault));
    CHECK(fault.kind == FaultKind::not_canonical);
    CHECK_FALSE(space.load(0x7ffffffffff8, word, fault));
    CHECK(fault.kind == FaultKind::unmapped);
    CHECK_FALSE(space.load(0xffff800000000000, word, fault));
    CHECK(fault.kind == FaultKind::unmapped);
    CHECK_FALSE(space.load(~0ull - 3, word, fault));
    CHECK(fault.address == ~0ull - 3);
    CHECK(space.code_page(0x400000, fault) == nullptr);
    CHECK(fault.access == Access::fetch);
}

TEST_CASE("fetch stops where the next page cannot be executed", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    REQUIRE(space.map(0x400000, 0x1000, read_exec, Placement::fixed) == 0x400000);
    std::uint8_t bytes[15];
    std::size_t got = 0;
    MemoryFault fault;
    CHECK(space.fetch(0x400ff1, bytes, got, fault));
    CHECK(got == 15);
    CHECK(space.fetch(0x400ffd, bytes, got, fault));
    CHECK(got == 3);
    CHECK(fault.address == 0x401000);
    CHECK_FALSE(space.fetch(0x401000, bytes, got, fault));
    CHECK(got == 0);
}

TEST_CASE("a debugger's access ignores permissions, not holes", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    REQUIRE(space.map(0x400000, 0x1000, read_exec, Placement::fixed) == 0x400000);
    REQUIRE(space.map(0x401000, 0x1000, Protection::none, Placement::fixed) == 0x401000);
    const std::vector<std::uint8_t> in(0x1800, 0xcc);
    std::vector<std::uint8_t> out(0x1800);
    CHECK(space.write_force(0x400800, in.data(), in.size()) == 0x1800);
    CHECK(space.read_force(0x400800, out.data(), out.size()) == 0x1800);
    CHECK(in == out);
    CHECK(space.write_force(0x401800, in.data(), 0x1000) == 0x800);
    CHECK(space.read_force(0x402000, out.data(), 1) == 0);
}

TEST_CASE("memory is made when it is first written", "[address_space]") {
    MemoryWorld world(8);
    AddressSpace& space = world.create();
    REQUIRE(space.map(0x400000, 1ull << 30, read_write, Placement::fixed) == 0x400000);
    MemoryFault fault;
    std::uint64_t word = 1;
    for (std::uint64_t i = 0; i < 100; ++i) {
        CHECK(space.load(0x400000 + i * 0x100000, word, fault));
        CHECK(word == 0);
    }
    CHECK(space.resident() == 0);
    CHECK(world.pool.host_pages() == 0);
    for (std::uint64_t i = 0; i < 8; ++i) {
        CHECK(space.store<std::uint8_t>(0x400000 + i * 0x100000, 1, fault));
    }
    CHECK_FALSE(space.store<std::uint8_t>(0x10000000, 1, fault));
    CHECK(fault.kind == FaultKind::out_of_memory);
    CHECK(space.write_force(0x10000000, &word, 8) == 0);
    INFO("a clone counts as if nothing was shared");
    CHECK(space.clone(world.arena) == nullptr);
    CHECK(space.unmap(0x400000, 0x400000) == 0);
    CHECK(space.resident() == 4);
    AddressSpace* other = space.clone(world.arena);
    REQUIRE(other != nullptr);
    CHECK(world.pool.resident() == 8);
    CHECK(world.pool.host_pages() == 4);
    space.release();
    CHECK(world.pool.resident() == 4);
    other->clear();
    CHECK(world.pool.resident() == 0);
    CHECK(world.pool.host_pages() == 0);
}

TEST_CASE("pages are forgotten, and writing is forbidden for ever", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    REQUIRE(space.map(0x400000, 0x4000, read_write, Placement::fixed) == 0x400000);
    MemoryFault fault;
    std::uint64_t word = 0;
    for (const std::uint64_t at : {0x400000, 0x401000, 0x402000}) {
        REQUIRE(space.store<std::uint64_t>(at, at, fault));
    }
    CHECK(space.forget(0x401000, 0x1000) == 0);
    CHECK((space.load(0x401000, word, fault) && word == 0));
    CHECK((space.load(0x402000, word, fault) && word == 0x402000));
    CHECK(space.forget(0x403000, 0x2000) == map_error::no_memory);
    CHECK(space.forget(0x400001, 0x1000) == map_error::invalid);

    REQUIRE(space.protect(0x401000, 0x2000, Protection::read) == 0);
    space.forbid_writing(0x401000, 0x1000);
    CHECK(space.protect(0x401000, 0x1000, read_write) == map_error::no_access);
    CHECK(space.protect(0x400000, 0x3000, read_write) == map_error::no_access);
    CHECK(space.protect(0x402000, 0x1000, read_write) == 0);
    CHECK(space.protect(0x401000, 0x1000, read_exec) == 0);
    CHECK(space.map(0, 0x1000, read_write, Placement::low_hint) == 0x7ffff000);
}

TEST_CASE("the number of regions is limited", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    std::uint64_t at = 0x400000;
    while (space.map(at, 0x1000, read_write, Placement::fixed) > 0) at += 0x2000;
    std::size_t count = 0;
    space.for_each_region([&](const Region&) { ++count; });
    CHECK(count == AddressSpace::region_limit);
    CHECK(space.map(0, 0x1000, read_write) == map_error::no_memory);
    CHECK(space.unmap(0x400000, 0x1000) == 0);
}

TEST_CASE("pages that were sent away fault until they are read in", "[address_space]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    REQUIRE(space.map(0x400000, 0x3000, read_write, Placement::fixed) == 0x400000);
    MemoryFault fault;
    std::uint64_t word = 0;
    REQUIRE(space.store<std::uint64_t>(0x401000, 5, fault));
    AddressSpace* child = space.clone(world.arena);
    space.send_away(0x400000, 0x3000);
    CHECK(space.load(0x400000, word, fault));
    CHECK_FALSE(space.load(0x401008, word, fault));
    CHECK(fault.kind == FaultKind::away);
    CHECK_FALSE(fault.present);
    CHECK(child->load(0x401000, word, fault));
    space.read_in(0x401008);
    CHECK(space.load(0x401000, word, fault));
    CHECK(word == 5);
}

TEST_CASE("equal memory has equal digests", "[address_space]") {
    MemoryWorld world;
    AddressSpace& one = world.create();
    AddressSpace& two = world.create();
    MemoryFault fault;
    for (AddressSpace* space : {&one, &two}) {
        REQUIRE(space->map(0x400000, 0x3000, read_write, Placement::fixed) == 0x400000);
        REQUIRE(space->store<std::uint32_t>(0x401000, 9, fault));
    }
    CHECK(one.digest() == two.digest());
    REQUIRE(one.store<std::uint32_t>(0x401000, 10, fault));
    CHECK(one.digest() != two.digest());
    REQUIRE(one.store<std::uint32_t>(0x401000, 9, fault));
    CHECK(one.digest() == two.digest());
    REQUIRE(one.protect(0x402000, 0x1000, Protection::read) == 0);
    CHECK(one.digest() != two.digest());
}

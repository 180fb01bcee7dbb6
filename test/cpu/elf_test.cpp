// SPDX-License-Identifier: MIT
// Good and bad ELF files, what loading one maps, and what a program finds on its stack.
#include "cpu/elf.hpp"

#include <map>
#include <string>
#include <vector>

#include "cpu/assembler.hpp"
#include "test/cpu/elf_file.hpp"
#include "test/cpu/memory_world.hpp"

using namespace utsim;
using namespace utsim::cpu;
using utsim::cpu::testing::ElfFile;
using utsim::cpu::testing::MemoryWorld;

namespace {

std::string errors_of(const std::vector<std::byte>& bytes) {
    const Result<Image> image = read_elf(bytes, "prog");
    if (image.ok()) return "";
    std::string text;
    for (const Error& error : image.errors()) text += error.code + " " + error.message + "\n";
    return text;
}
std::string errors_of(const ElfFile& file) { return errors_of(file.bytes()); }

std::uint64_t word_at(AddressSpace& space, std::uint64_t address) {
    std::uint64_t word = 0;
    MemoryFault fault;
    REQUIRE(space.load(address, word, fault));
    return word;
}

std::string text_at(AddressSpace& space, std::uint64_t address) {
    std::string text;
    for (char c = 1; space.read_force(address++, &c, 1) == 1 && c != 0;) text += c;
    return text;
}

}  // namespace

TEST_CASE("a small static executable is read and loaded", "[elf]") {
    ElfFile file = ElfFile::small();
    file.contents.resize(0x1010, 0x90);
    file.headers[1].file_size = file.headers[1].memory_size = 0x1000;
    file.headers.push_back({1, 6, 0x2008, 0x403008, 8, 0x2000, 0x1000});
    file.headers.push_back({0x6474e551, 6, 0, 0, 0, 0, 16});
    const Result<Image> image = read_elf(file.bytes(), "prog");
    REQUIRE(image.ok());
    CHECK(image->entry == 0x401000);
    CHECK(image->header_address == 0x400040);
    CHECK(image->header_count == 4);
    CHECK_FALSE(image->executable_stack);
    CHECK(image->end() == 0x406000);

    MemoryWorld world;
    AddressSpace& space = world.create();
    REQUIRE(load_image(*image, space) == 0);
    CHECK(space.region_at(0x400000)->protection == Protection::read);
    CHECK(space.region_at(0x401000)->protection == (Protection::read | Protection::exec));
    CHECK(space.region_at(0x405fff)->protection == (Protection::read | Protection::write));
    CHECK(space.region_at(AddressSpace::stack_top - 1)->kind == RegionKind::stack);
    CHECK(word_at(space, 0x403008) == 0x9090909090909090);
    CHECK(word_at(space, 0x403010) == 0);
    CHECK(space.brk(0) == 0x406000);
    CHECK(load_image(*image, space) == map_error::exists);
}

TEST_CASE("a static PIE is moved to its fixed base", "[elf]") {
    ElfFile file = ElfFile::small();
    file.type = 3;
    file.entry = 0x1000;
    file.headers[0].address = 0;
    file.headers[1].address = 0x1000;
    const Result<Image> image = read_elf(file.bytes(), "prog");
    REQUIRE(image.ok());
    CHECK(image->entry == static_pie_base + 0x1000);
    CHECK(image->segments[0].address == static_pie_base);
    CHECK(image->header_address == static_pie_base + 0x40);
}

TEST_CASE("wrong files are refused with a reason", "[elf]") {
    const std::vector<std::byte> good = ElfFile::small().bytes();
    CHECK(errors_of(good).empty());
    CHECK(errors_of(std::vector<std::byte>{}) == "E-ELF-001 this is not an ELF file\n");
    CHECK(errors_of({good.begin(), good.begin() + 63}) ==
          "E-ELF-001 the file ends within its ELF header\n");
    const auto changed = [&](std::size_t at, int value) {
        std::vector<std::byte> bytes = good;
        bytes[at] = static_cast<std::byte>(value);
        return errors_of(bytes);
    };
    CHECK(changed(4, 1) == "E-ELF-002 this ELF file is not for 64-bit x86\n");
    CHECK(changed(18, 40) == "E-ELF-002 this ELF file is not for 64-bit x86\n");
    CHECK(changed(16, 1) == "E-ELF-003 this is an object file\n");
    CHECK(changed(16, 4) == "E-ELF-003 this is a core dump\n");
    CHECK(changed(54, 57) == "E-ELF-004 its program headers are not 56 bytes long\n");
    CHECK(changed(39, 0xff) == "E-ELF-004 its program headers lie outside of the file\n");
    CHECK(changed(56, 0) == "E-ELF-005 it has nothing that could be loaded\n");
    CHECK(changed(57, 1) == "E-ELF-012 it has more than 32 program headers\n");
    CHECK(changed(25, 0x20) == "E-ELF-011 its entry point 0x402000 is not in executable code\n");
}

TEST_CASE("a dynamically linked program is refused", "[elf]") {
    ElfFile file = ElfFile::small();
    const std::string loader = "/lib64/ld.so";
    file.contents.insert(file.contents.end(), loader.begin(), loader.end());
    file.contents.push_back(0);
    file.headers.push_back({3, 4, 0x1001, 0, 13, 13, 1});
    CHECK(errors_of(file) == "E-ELF-006 it is dynamically linked (needs /lib64/ld.so)\n");
    file.headers[2].offset = ~0ull;
    CHECK(errors_of(file) == "E-ELF-006 it is dynamically linked\n");
}

TEST_CASE("all wrong segments are reported", "[elf]") {
    ElfFile file = ElfFile::small();
    file.headers[0].file_size = 0x201;
    file.headers[1].offset = 0xfffffffffffff000;
    file.headers.push_back({1, 6, 0, 0x0, 0, 0x1000, 0x1000});
    file.headers.push_back({1, 6, 0, 0x7ffffffff000, 0, 0x1000, 0x1000});
    file.headers.push_back({1, 6, 0, 0xfffffffffffff000, 0, 0x2000, 0x1000});
    file.headers.push_back({1, 6, 0, 0x500000, 0, 1ull << 40, 0x1000});
    file.headers.push_back({1, 6, 0x10, 0x600000, 8, 8, 0x1000});
    CHECK(errors_of(file) ==
          "E-ELF-007 segment 0 is larger in the file than in memory\n"
          "E-ELF-007 segment 1 lies outside of the file\n"
          "E-ELF-008 segment 2 wants addresses that a program cannot have (0x0)\n"
          "E-ELF-008 segment 3 wants addresses that a program cannot have (0x7ffffffff000)\n"
          "E-ELF-008 segment 4 wants addresses that a program cannot have (0xfffffffffffff000)\n"
          "E-ELF-012 its segments take more than 256 MiB\n"
          "E-ELF-009 segment 6 cannot be mapped: address 0x600000 and offset 0x10 differ within a "
          "page\n");
}

TEST_CASE("segments that share a page are refused", "[elf]") {
    ElfFile file = ElfFile::small();
    file.headers.push_back({1, 6, 0, 0x401000, 0, 8, 0x1000});
    CHECK(errors_of(file) == "E-ELF-010 two segments share the page at 0x401000\n");
}

TEST_CASE("thread-local storage is described", "[elf]") {
    ElfFile file = ElfFile::small();
    file.headers.push_back({7, 4, 0, 0x400010, 8, 0x20, 8});
    const Result<Image> image = read_elf(file.bytes(), "prog");
    REQUIRE(image.ok());
    CHECK(image->tls.address == 0x400010);
    CHECK(image->tls.file_size == 8);
    CHECK(image->tls.size == 0x20);
    file.headers[2].address = 0x500000;
    CHECK(errors_of(file) == "E-ELF-013 its thread-local storage makes no sense\n");
}

TEST_CASE("any change to a file is refused or loads cleanly", "[elf]") {
    utsim::testing::check_property(
        "cpu/elf_changed",
        [] {
            ElfFile file = ElfFile::small();
            file.headers.push_back({1, 6, 0x1000, 0x403000, 1, 0x3000, 0x1000});
            file.headers.push_back({7, 4, 0, 0x400010, 8, 0x20, 8});
            std::vector<std::byte> bytes = file.bytes();
            const auto changes =
                *rc::gen::container<std::vector<std::pair<unsigned, std::uint8_t>>>(rc::gen::pair(
                    rc::gen::inRange(0u, 64u + 4 * 56), rc::gen::arbitrary<std::uint8_t>()));
            for (const auto& [at, value] : changes) bytes[at] = static_cast<std::byte>(value);
            if (*rc::gen::inRange(0, 4) == 0)
                bytes.resize(*rc::gen::inRange<std::size_t>(0, 0x1000));
            const Result<Image> image = read_elf(bytes, "prog");
            if (!image.ok()) {
                RC_ASSERT(!image.errors().empty());
                return;
            }
            MemoryWorld world(64);
            const std::int64_t loaded = load_image(*image, world.create());
            RC_ASSERT(loaded == 0 || loaded == map_error::no_memory);
        },
        1000);
}

TEST_CASE("the initial stack follows the ABI", "[elf]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    const Result<Image> image = read_elf(ElfFile::small().bytes(), "prog");
    REQUIRE(image.ok());
    REQUIRE(load_image(*image, space) == 0);
    const std::string_view arguments[] = {"prog", "one", ""};
    const std::string_view environment[] = {"HOME=/", "A=B"};
    InitialStack contents;
    contents.arguments = arguments;
    contents.environment = environment;
    contents.file = "./prog";
    contents.random = 7;
    const std::int64_t rsp = build_initial_stack(*image, space, contents);
    REQUIRE(rsp > 0);
    CHECK(rsp % 16 == 0);
    std::uint64_t at = static_cast<std::uint64_t>(rsp);
    const auto next = [&] { return word_at(space, (at += 8) - 8); };
    CHECK(next() == 3);
    CHECK(text_at(space, next()) == "prog");
    CHECK(text_at(space, next()) == "one");
    CHECK(text_at(space, next()).empty());
    CHECK(next() == 0);
    CHECK(text_at(space, next()) == "HOME=/");
    CHECK(text_at(space, next()) == "A=B");
    CHECK(next() == 0);
    std::map<std::uint64_t, std::uint64_t> auxiliary;
    for (std::uint64_t key = next(); key != 0; key = next()) auxiliary[key] = next();
    CHECK(next() == 0);
    CHECK(auxiliary[3] == image->header_address);
    CHECK(auxiliary[5] == 2);
    CHECK(auxiliary[6] == 4096);
    CHECK(auxiliary[9] == image->entry);
    CHECK(text_at(space, auxiliary[31]) == "./prog");
    CHECK(text_at(space, auxiliary[15]) == "x86_64");
    CHECK(auxiliary[25] % 16 == 0);
    CHECK(word_at(space, auxiliary[25]) != word_at(space, auxiliary[25] + 8));
    INFO("the random bytes are a function of the seed");
    const std::uint64_t random = word_at(space, auxiliary[25]);
    REQUIRE(build_initial_stack(*image, space, contents) == rsp);
    CHECK(word_at(space, auxiliary[25]) == random);
    contents.random = 8;
    REQUIRE(build_initial_stack(*image, space, contents) == rsp);
    CHECK(word_at(space, auxiliary[25]) != random);
}

TEST_CASE("arguments have a limit", "[elf]") {
    MemoryWorld world;
    AddressSpace& space = world.create();
    const Image image = make_image(std::vector<std::uint8_t>{0xc3}, 0x401000);
    REQUIRE(load_image(image, space) == 0);
    const std::string big(3 << 20, 'x');
    const std::string_view arguments[] = {big};
    InitialStack contents;
    contents.arguments = arguments;
    CHECK(build_initial_stack(image, space, contents) == stack_too_big);
}

TEST_CASE("assembly text becomes an image with names", "[elf]") {
    const Result<Assembly> assembly = assemble("data: dq 5\nstart: nop\nnop\n");
    REQUIRE(assembly.ok());
    const Image image = make_image(*assembly);
    CHECK(image.entry == 0x401008);
    CHECK(image.name_of(0x401009) == "start+1");
    CHECK(image.name_of(0x401000) == "data");
    CHECK(image.name_of(0x40100a).empty());
    CHECK(image.name_of(0x400fff).empty());
    MemoryWorld world;
    AddressSpace& space = world.create();
    REQUIRE(load_image(image, space) == 0);
    CHECK(word_at(space, 0x401000) == 5);
}

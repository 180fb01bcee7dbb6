// SPDX-License-Identifier: MIT
// Any bytes given as an ELF file are refused or become a program that loads within its limits.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.hpp"
#include "base/check.hpp"
#include "cpu/address_space.hpp"
#include "cpu/elf.hpp"

using namespace utsim;
using namespace utsim::cpu;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Arena arena;
    static PagePool pool(256);
    const Result<Image> image = read_elf(std::as_bytes(std::span(data, size)), "fuzz");
    if (!image.ok()) {
        UTSIM_CHECK(!image.errors().empty(), "an ELF file was refused without a reason");
        return 0;
    }
    const std::size_t mark = arena.used();
    AddressSpace* space = AddressSpace::create(arena, pool);
    if (load_image(*image, *space) == 0) {
        const std::string_view arguments[] = {"fuzz"};
        InitialStack contents;
        contents.arguments = arguments;
        build_initial_stack(*image, *space, contents);
        MemoryFault fault;
        space->code_page(image->entry, fault);
    }
    image->name_of(image->entry);
    pool.drop_all();
    arena.rewind(mark);
    return 0;
}

// SPDX-License-Identifier: MIT
/// A guest that is a few lines of assembly text: code, a page of data, a page of stack.
#pragma once

#include <cstdint>
#include <string_view>

#include "cpu/assembler.hpp"
#include "cpu/cpu.hpp"
#include "test/cpu/memory_world.hpp"

namespace utsim::cpu::testing {

struct SmallGuest {
    static constexpr std::uint64_t code = 0x401000, code_size = 0x2000;  // rwx
    static constexpr std::uint64_t data = 0x500000;                      // rw, one page
    static constexpr std::uint64_t read_only = data + page_size;         // r, one page
    static constexpr std::uint64_t stack = 0x600000;                     // rw, one page

    explicit SmallGuest(std::string_view text, std::uint64_t at = code) : memory(world.create()) {
        constexpr std::uint8_t read_write = Protection::read | Protection::write;
        memory.map(code, code_size, Protection::all, Placement::fixed);
        memory.map(data, page_size, read_write, Placement::fixed);
        memory.map(read_only, page_size, Protection::read, Placement::fixed);
        memory.map(stack, page_size, read_write, Placement::fixed);
        load(text, at);
        registers.rip = at;
        registers.rsp() = stack + page_size / 2;
        registers.rbx() = data;
    }

    void load(std::string_view text, std::uint64_t at) {
        const auto assembly = assemble(text, {at, ""});
        REQUIRE(assembly.ok());
        write(at, assembly->bytes);
    }
    void write(std::uint64_t at, const std::vector<std::uint8_t>& bytes) {
        REQUIRE(memory.write_force(at, bytes.data(), bytes.size()) == bytes.size());
    }
    std::uint64_t read(std::uint64_t at) {
        std::uint64_t value = 0;
        REQUIRE(memory.read_force(at, &value, sizeof value) == sizeof value);
        return value;
    }

    StepResult step() { return cpu::step(registers, debug, memory, environment); }
    /// Past what loads the flags, behind which a run stops.
    RunResult run(std::uint64_t limit = 1'000'000) {
        RunResult all = cpu::run(registers, debug, memory, environment, limit);
        while (all.last.flags_loaded && !all.last.debug_trap && all.retired < limit) {
            const RunResult more =
                cpu::run(registers, debug, memory, environment, limit - all.retired);
            all.retired += more.retired;
            all.last = more.last;
        }
        return all;
    }

    /// Where RIP is, relative to the code.
    std::uint64_t place() const { return registers.rip - code; }
    void set(std::uint64_t flags) { registers.rflags |= flags; }
    bool has(std::uint64_t flag) const { return (registers.rflags & flag) != 0; }

    MemoryWorld world;
    AddressSpace& memory;
    Registers registers;
    DebugState debug;
    Environment environment;
};

}  // namespace utsim::cpu::testing

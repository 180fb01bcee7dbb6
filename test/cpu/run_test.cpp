// SPDX-License-Identifier: MIT
// `run` is many calls of `step`: whatever the quantum, however the code changes under it, whatever
// bytes it is given.
#include "test/cpu/random_source.hpp"
#include "test/cpu/small_guest.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

constexpr const char* busy_loop = R"(
        mov ecx, 200
again:  lea rax, [rcx + rcx * 4]
        mov [rbx + rcx * 8], rax
        add rdx, [rbx + rcx * 8]
        rol rdx, 7
        push rdx
        call twist
        pop rsi
        mov rdi, rbx
        push rcx
        mov ecx, 3
        rep movsb
        pop rcx
        dec ecx
        jnz again
        syscall
twist:  xor rdx, rax
        bt edx, 3
        adc rdx, 0x1234
        lea rsi, [rbx + 64]
        mov [rsp + 8], rsi
        ret
)";

struct GuestPicture {
    Registers registers;
    DebugState debug;
    Environment environment;
    std::uint64_t memory;

    bool operator==(const GuestPicture&) const = default;
};

GuestPicture image_of(const SmallGuest& guest) {
    return {guest.registers, guest.debug, guest.environment, guest.memory.digest()};
}

}  // namespace

TEST_CASE("run is so many steps", "[run]") {
    SmallGuest whole(busy_loop);
    const RunResult result = whole.run();
    REQUIRE(result.last.outcome == Outcome::syscall);
    CHECK(result.retired == whole.environment.retired);

    SECTION("one by one") {
        SmallGuest guest(busy_loop);
        while (guest.step().outcome == Outcome::retired) {}
        CHECK(image_of(guest) == image_of(whole));
    }
    SECTION("in quanta of any size") {
        Random random(7);
        for (const std::uint64_t longest : {2, 3, 7, 50, 1000}) {
            SmallGuest guest(busy_loop);
            RunResult part;
            do {
                const std::uint64_t quantum = 1 + random.below(longest);
                part = guest.run(quantum);
                REQUIRE((part.last.outcome != Outcome::retired || part.retired == quantum));
            } while (part.last.outcome == Outcome::retired);
            CHECK(image_of(guest) == image_of(whole));
        }
    }
    SECTION("with TF set") {
        SmallGuest guest(busy_loop);
        guest.set(flag::tf);
        while (guest.run().last.debug_trap) guest.debug = DebugState{};
        guest.registers.rflags &= ~flag::tf;
        guest.registers.gpr[11] &= ~flag::tf;
        CHECK(image_of(guest) == image_of(whole));
    }
}

TEST_CASE("a run of nothing does nothing", "[run]") {
    SmallGuest guest("nop");
    const GuestPicture before = image_of(guest);
    CHECK(guest.run(0).retired == 0);
    CHECK(image_of(guest) == before);
}

TEST_CASE("code that changes itself runs as changed", "[run]") {
    SECTION("the next instruction") {
        SmallGuest guest("mov byte ptr [rel patch + 1], 7\n patch: mov eax, 1\n syscall");
        guest.run();
        CHECK(guest.registers.rax() == 7);
    }
    SECTION("by a push") {
        SmallGuest guest(
            "lea rsp, [rel patch + 8]\n mov rax, 0x050f00000009b8\n push rax\n"
            "patch: mov eax, 1\n syscall\n nop");
        guest.run();
        CHECK(guest.registers.rax() == 9);
    }
    SECTION("by a call, whose target is where it wrote") {
        // The return address that the call stores begins with the byte C0 or so; only that the
        // new bytes are executed matters: the old NOPs would run on to the UD2.
        SmallGuest guest(
            "lea rsp, [rel patch + 8]\n call patch\n patch: nop\n nop\n nop\n nop\n"
            "nop\n nop\n nop\n nop\n ud2");
        const RunResult result = guest.run(50);
        CHECK(guest.read(SmallGuest::code + 12) == SmallGuest::code + 12);
        CHECK(result.last.vector != vector::invalid_opcode);
    }
    SECTION("REP STOSB over itself") {
        SmallGuest guest(
            "lea rdi, [rel here - 2]\n mov ecx, 20\n mov eax, 0x90\n std\n cld\n"
            "here: rep stosb\n syscall");
        // The third iteration makes NOP, STOSB of it; that STOSB is followed by the SYSCALL.
        CHECK(guest.run().last.outcome == Outcome::syscall);
        CHECK(guest.registers.rdi() == SmallGuest::code + 21);
    }
    SECTION("REP STOSB over its own second page") {
        constexpr std::uint64_t edge = SmallGuest::code + page_size;
        SmallGuest guest("nop");
        guest.write(edge - 1, {0xf3, 0xaa, 0x0f, 0x05});  // becomes PAUSE, SYSCALL
        guest.registers.rip = edge - 1;
        guest.registers.rdi() = edge;
        guest.registers.rcx() = 20;
        guest.registers.rax() = 0x90;
        CHECK(guest.run().last.outcome == Outcome::syscall);
        CHECK(guest.registers.rdi() == edge + 1);
    }
    SECTION("from outside, between two runs") {
        SmallGuest guest("a: inc eax\n jmp a");
        guest.run(10);
        guest.load("a: inc edx\n jmp a", SmallGuest::code);
        guest.run(10);
        CHECK(guest.registers.rax() == 5);
        CHECK(guest.registers.rdx() == 5);
    }
}

TEST_CASE("REP MOVS sees that two addresses are one page", "[run]") {
    SmallGuest guest("mov ecx, 100\n rep movsb\n syscall");
    AddressSpace& object = *AddressSpace::create_shared(guest.world.arena, guest.world.pool, 7);
    constexpr std::uint64_t one = 0x700000, other = 0x710000;
    constexpr std::uint8_t read_write = Protection::read | Protection::write;
    for (const std::uint64_t at : {one, other}) {
        guest.memory.map_shared(at, page_size, read_write, Placement::fixed, object, 0);
    }
    guest.write(one, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    guest.registers.rsi() = one;
    guest.registers.rdi() = other + 3;
    guest.run();
    CHECK(guest.read(one + 60) == 0x0100020100020100);
}

TEST_CASE("privileged registers are #GP, those that do not exist #UD", "[run]") {
    const auto vector_of = [](const std::vector<std::uint8_t>& bytes) {
        SmallGuest guest("nop");
        guest.write(SmallGuest::code, bytes);
        return int{guest.step().vector};
    };
    for (const std::uint8_t code : {0x20, 0x22}) {
        for (const std::uint8_t cr : {0, 2, 3, 4}) {
            const auto modrm = static_cast<std::uint8_t>(0xc0 | cr << 3);
            CHECK(vector_of({0x0f, code, modrm}) == vector::general_protection);
            const int high = cr == 0 ? vector::general_protection : vector::invalid_opcode;
            CHECK(vector_of({0x44, 0x0f, code, modrm}) == high);  // CR8, and none
        }
        for (const std::uint8_t cr : {1, 5, 6, 7}) {
            const auto modrm = static_cast<std::uint8_t>(0xc0 | cr << 3);
            CHECK(vector_of({0x0f, code, modrm}) == vector::invalid_opcode);
        }
        CHECK(vector_of({0xf0, 0x0f, code, 0xd0}) == vector::invalid_opcode);
    }
    CHECK(vector_of({0x0f, 0x21, 0xf8}) == vector::general_protection);
    CHECK(vector_of({0x0f, 0x23, 0x00}) == vector::general_protection);
    CHECK(vector_of({0x44, 0x0f, 0x21, 0xc0}) == vector::invalid_opcode);
}

TEST_CASE("an instruction may cross pages", "[run]") {
    const std::uint64_t edge = SmallGuest::code + page_size;
    for (unsigned before = 1; before < 10; ++before) {
        SmallGuest guest("mov rax, 0x1122334455667788\n inc rax\n syscall", edge - before);
        CHECK(guest.run().last.outcome == Outcome::syscall);
        CHECK(guest.registers.rax() == 0x1122334455667789);
        INFO("the second page changes, the first does not");
        guest.load("mov rax, 0x1122334455667788\n dec rax\n syscall", edge - before);
        guest.registers.rip = edge - before;
        CHECK(guest.run().last.outcome == Outcome::syscall);
        CHECK(guest.registers.rax() == 0x1122334455667787);
    }
}

TEST_CASE("an instruction that runs off its page faults at the missing byte", "[run]") {
    const std::uint64_t end = SmallGuest::code + SmallGuest::code_size;
    SmallGuest guest("nop");
    guest.write(end - 3, {0x48, 0xb8, 0x11});
    guest.registers.rip = end - 3;
    const StepResult result = guest.step();
    CHECK(result.vector == vector::page_fault);
    CHECK(result.fault_address == end);
    CHECK(result.error_code == 0x14);
    CHECK(guest.registers.rip == end - 3);
}

TEST_CASE("time is the number of instructions", "[run]") {
    SmallGuest guest("nop\n nop\n rdtsc\n mov esi, eax\n nop\n rdtscp\n syscall");
    guest.environment.tsc_start = 1000;
    guest.environment.tsc_per_instruction = 10;
    guest.environment.tsc_aux = 5;
    guest.run();
    CHECK(guest.registers.rsi() == 1020);
    CHECK(guest.registers.rax() == 1050);
    CHECK(guest.registers.rcx() == SmallGuest::code + 12);
    CHECK(guest.environment.retired == 7);
}

TEST_CASE("random bytes never do worse than fault", "[run]") {
    Random random(3);
    for (int n = 0; n < 3000; ++n) {
        SmallGuest guest("nop");
        std::vector<std::uint8_t> bytes(SmallGuest::code_size);
        for (std::uint8_t& byte : bytes) byte = random.byte();
        guest.write(SmallGuest::code, bytes);
        for (std::uint64_t& value : guest.registers.gpr) {
            value = random.one_in(2) ? SmallGuest::data + random.below(page_size)
                                     : random.interesting();
        }
        // After an exception go on elsewhere, as if a handler had repaired it.
        for (int tries = 0; tries < 20; ++tries) {
            guest.registers.rip = SmallGuest::code + random.below(SmallGuest::code_size);
            const RunResult result = guest.run(200);
            REQUIRE(result.retired <= 200);
            REQUIRE((result.last.outcome != Outcome::retired || result.last.debug_trap ||
                     result.retired == 200));
        }
    }
}

TEST_CASE("running off the end of the code is a fault there, and counts nothing", "[run]") {
    const std::uint64_t end = SmallGuest::code + SmallGuest::code_size;
    SmallGuest guest("nop");
    guest.write(end - 3, {0x90, 0x90, 0x90});
    guest.registers.rip = end - 3;
    const RunResult result = guest.run(100);
    CHECK(result.retired == 3);
    CHECK(result.last.vector == vector::page_fault);
    CHECK(result.last.address == end);
    CHECK(result.last.fault_address == end);
    CHECK(guest.registers.rip == end);
}

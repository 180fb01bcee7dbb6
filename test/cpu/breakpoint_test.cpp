// SPDX-License-Identifier: MIT
// DR0 to DR7: what hits, when it is told, and what it has to do with TF, BTF, RF and MOV SS.
#include "cpu/breakpoint.hpp"

#include <string>

#include "test/cpu/small_guest.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

constexpr std::uint64_t data = SmallGuest::data;
enum : unsigned { len1 = 0, len2 = 1, len8 = 2, len4 = 3 };

void watch(SmallGuest& guest, unsigned n, std::uint64_t address, BreakOn on, unsigned length = 0) {
    guest.debug.dr[n] = address;
    guest.debug.dr7 |= std::uint64_t{1} << (2 * n);
    guest.debug.dr7 |= (static_cast<std::uint64_t>(on) | length << 2) << (16 + 4 * n);
}

std::string told(SmallGuest& guest, const StepResult& result) {
    std::string text;
    if (result.outcome == Outcome::syscall) text += "sys ";
    if (result.outcome == Outcome::exception) text += '!' + std::to_string(result.vector) + ' ';
    if (result.single_step) text += "step ";
    if (result.debug_trap) text += "trap ";
    text += std::to_string(result.breakpoints) + '@' + std::to_string(guest.place()) + ' ';
    return text;
}

/// What stops the guest, and where, in `instructions`; each stop is behind us as a kernel puts it.
std::string stops(SmallGuest& guest, int instructions, bool stepping) {
    std::string text;
    while (instructions > 0) {
        StepResult result;
        if (stepping) {
            result = guest.step();
            --instructions;
        } else {
            const RunResult run = utsim::cpu::run(guest.registers, guest.debug, guest.memory,
                                                  guest.environment, std::uint64_t(instructions));
            instructions -= static_cast<int>(run.retired);
            result = run.last;
        }
        if (result.outcome == Outcome::retired && !result.debug_trap) continue;
        text += told(guest, result);
        if (result.outcome != Outcome::exception) continue;
        if (result.breakpoints == 0 || result.trap) break;
        guest.registers.rflags |= flag::rf;
        instructions += stepping ? 1 : 0;
    }
    return text;
}

/// Both ways to go must see the same.
template <typename Prepare>
std::string both(std::string_view program, int instructions, Prepare prepare) {
    SmallGuest one(program), many(program);
    prepare(one);
    prepare(many);
    const std::string first = stops(one, instructions, true);
    CHECK(first == stops(many, instructions, false));
    CHECK(one.registers == many.registers);
    CHECK(one.debug == many.debug);
    return first;
}

std::string watched(std::string_view program, int instructions, std::uint64_t offset, BreakOn on,
                    unsigned length) {
    return both(program, instructions,
                [&](SmallGuest& guest) { watch(guest, 0, data + offset, on, length); });
}

}  // namespace

TEST_CASE("a breakpoint on execution stops before the instruction", "[breakpoint]") {
    const auto at_1 = [](SmallGuest& guest) {
        watch(guest, 1, SmallGuest::code + 1, BreakOn::execution);
    };
    CHECK(both("nop\n nop\n nop", 3, at_1) == "!1 2@1 ");
    SmallGuest guest("nop\n nop\n nop");
    at_1(guest);
    guest.step();
    CHECK(guest.step().outcome == Outcome::exception);
    CHECK(guest.debug.dr6 == 2);
    CHECK_FALSE(guest.has(flag::rf));
    guest.set(flag::rf);
    CHECK(guest.step().outcome == Outcome::retired);
    INFO("RF is good for one instruction");
    CHECK_FALSE(guest.has(flag::rf));
}

TEST_CASE("a breakpoint comes before what is wrong with the fetch", "[breakpoint]") {
    SmallGuest guest("nop");
    watch(guest, 0, 0x10000, BreakOn::execution);
    guest.registers.rip = 0x10000;
    CHECK(guest.step().vector == vector::debug);
    guest.set(flag::rf);
    CHECK(guest.step().vector == vector::page_fault);
}

TEST_CASE("a breakpoint on REP is for its first iteration", "[breakpoint]") {
    CHECK(both("mov ecx, 3\n mov rdi, rbx\n rep stosb\n nop", 6, [](SmallGuest& guest) {
              watch(guest, 0, SmallGuest::code + 8, BreakOn::execution);
          }) == "!1 1@8 ");
}

TEST_CASE("data breakpoints trap behind the access", "[breakpoint]") {
    CHECK(watched("mov [rbx], eax\n nop", 2, 0, BreakOn::write, len4) == "trap 1@2 ");
    CHECK(watched("mov eax, [rbx]\n nop", 2, 0, BreakOn::write, len4) == "");
    CHECK(watched("mov eax, [rbx]\n nop", 2, 0, BreakOn::access, len4) == "trap 1@2 ");
    INFO("any byte of the access, and nothing beside it");
    CHECK(watched("mov [rbx], rax\n nop", 2, 7, BreakOn::write, len1) == "trap 1@3 ");
    CHECK(watched("mov [rbx], rax\n nop", 2, 8, BreakOn::write, len8) == "");
    CHECK(watched("mov byte [rbx + 7], 1\n nop", 2, 0, BreakOn::write, len8) == "trap 1@4 ");
    CHECK(watched("mov byte [rbx + 7], 1\n nop", 2, 0, BreakOn::write, len4) == "");
    INFO("low bits of the address are ignored");
    CHECK(watched("mov byte [rbx], 1\n nop", 2, 3, BreakOn::write, len4) == "trap 1@3 ");
    INFO("I/O breakpoints match nothing here");
    CHECK(watched("mov [rbx], eax\n nop", 2, 0, BreakOn::input_output, len4) == "");
}

TEST_CASE("every kind of access counts", "[breakpoint]") {
    const auto stack = [](const char* program, std::uint64_t offset, BreakOn on) {
        return both(program, 2, [&](SmallGuest& guest) {
            watch(guest, 0, SmallGuest::stack + page_size / 2 + offset, on, len8);
        });
    };
    CHECK(stack("push rax\n nop", ~std::uint64_t{7}, BreakOn::write) == "trap 1@1 ");
    CHECK(stack("pop rax\n nop", 0, BreakOn::access) == "trap 1@1 ");
    CHECK(stack("call next\n next: nop", ~std::uint64_t{7}, BreakOn::write) == "trap 1@5 ");
    const auto hits = [](const char* program, std::uint64_t offset) {
        return watched(program, 2, offset, BreakOn::write, len1);
    };
    CHECK(hits("inc dword [rbx]\n nop", 3) == "trap 1@2 ");
    CHECK(hits("lock xadd [rbx], eax\n nop", 3) == "trap 1@4 ");
    INFO("it writes back what it found");
    CHECK(hits("cmpxchg [rbx], ecx\n nop", 3) == "trap 1@3 ");
    CHECK(hits("movups [rbx], xmm0\n nop", 15) == "trap 1@3 ");
    CHECK(hits("fxsave [rbx]\n nop", 300) == "trap 1@3 ");
    CHECK(hits("fxsave [rbx]\n nop", 511) == "");
    CHECK(hits("fstp tword [rbx]\n nop", 9) == "trap 1@2 ");
    CHECK(hits("lea rax, [rbx]\n nop", 0) == "");
}

TEST_CASE("an access over a page's edge is seen from both sides", "[breakpoint]") {
    SmallGuest guest("mov rax, [rbx + 0xffc]\n nop");
    watch(guest, 2, SmallGuest::read_only, BreakOn::access, len1);
    CHECK(told(guest, guest.step()) == "trap 4@7 ");
}

TEST_CASE("REP traps after the iteration", "[breakpoint]") {
    CHECK(watched("mov ecx, 40\n mov rdi, rbx\n rep stosb\n nop", 43, 20, BreakOn::write, len1) ==
          "trap 1@8 ");
    SmallGuest guest("mov ecx, 40\n mov rdi, rbx\n rep stosb\n nop");
    watch(guest, 0, data + 20, BreakOn::write);
    const RunResult run = guest.run();
    CHECK(run.last.repeating);
    CHECK(guest.registers.rcx() == 19);
}

TEST_CASE("several hits are told at once, also with a step", "[breakpoint]") {
    const auto two = [](SmallGuest& guest) {
        watch(guest, 0, data, BreakOn::write, len4);
        watch(guest, 3, data + 4, BreakOn::access, len4);
    };
    CHECK(both("mov [rbx], rax\n nop", 2, two) == "trap 9@3 ");
    CHECK(both("mov [rbx], rax\n nop", 2, [&](SmallGuest& guest) {
              two(guest);
              guest.set(flag::tf);
          }) == "step trap 9@3 step trap 0@4 ");
}

TEST_CASE("an instruction that faults hits nothing", "[breakpoint]") {
    SmallGuest guest("movsb");
    watch(guest, 0, data, BreakOn::access, len1);
    guest.registers.rsi() = data;
    guest.registers.rdi() = 0;
    CHECK(told(guest, guest.step()) == "!14 0@0 ");
    CHECK(guest.debug.dr6 == 0);
}

TEST_CASE("MOV SS holds a hit over the next instruction", "[breakpoint]") {
    const auto on_data = [](SmallGuest& guest) {
        guest.write(data, {0x2b, 0});
        watch(guest, 0, data, BreakOn::access, len2);
        watch(guest, 1, SmallGuest::code + 2, BreakOn::execution);
    };
    CHECK(both("mov ss, [rbx]\n nop\n nop", 3, on_data) == "trap 1@3 ");
    CHECK(both("mov ss, [rbx]\n syscall\n nop", 3, on_data) == "sys trap 1@4 ");
    CHECK(both("mov ss, [rbx]\n int3\n nop", 3, on_data) == "!3 trap 1@3 ");
    CHECK(both("mov ss, [rbx]\n ud2\n nop", 3, on_data) == "!6 0@2 ");
}

TEST_CASE("any #DB takes BTF away", "[breakpoint]") {
    SmallGuest guest("mov [rbx], eax\n nop");
    watch(guest, 0, data, BreakOn::write, len4);
    guest.set(flag::tf);
    guest.debug.btf = true;
    CHECK(told(guest, guest.step()) == "trap 1@2 ");
    CHECK_FALSE(guest.debug.btf);
}

TEST_CASE("POPF and IRET that read a watched byte", "[breakpoint]") {
    SmallGuest guest("popfq\n nop");
    watch(guest, 0, guest.registers.rsp(), BreakOn::access, len8);
    guest.write(guest.registers.rsp(), {0x02, 0x03});
    INFO("TF is for the next instruction, the hit for this one");
    CHECK(told(guest, guest.step()) == "trap 1@1 ");
    CHECK(told(guest, guest.step()) == "step trap 0@2 ");
}

TEST_CASE("the kernel's own accesses hit nothing", "[breakpoint]") {
    SmallGuest guest("mov [rbx + 8], eax\n nop");
    watch(guest, 0, data, BreakOn::access, len4);
    MemoryFault fault;
    std::uint32_t word = 1;
    guest.step();
    CHECK(guest.memory.write(data, &word, sizeof word, fault));
    CHECK(guest.memory.read(data, &word, sizeof word, fault));
    CHECK(told(guest, guest.step()) == "0@4 ");
    CHECK(guest.debug.dr6 == 0);
}

TEST_CASE("code beside a watched byte is executed and written as ever", "[breakpoint]") {
    // The store changes the instruction behind it, in a page with a watched byte.
    SmallGuest guest("mov byte [rel next], 0x90\n next: hlt\n nop");
    watch(guest, 0, SmallGuest::code + 0x800, BreakOn::access, len1);
    CHECK(told(guest, guest.step()) == "0@7 ");
    CHECK(told(guest, guest.step()) == "0@8 ");
    guest.registers.rip = SmallGuest::code + 7;
    guest.write(SmallGuest::code + 7, {0xf4});
    CHECK(told(guest, guest.step()) == "!13 0@7 ");
}

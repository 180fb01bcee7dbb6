// SPDX-License-Identifier: MIT
// When a #DB falls due: TF, BTF, and everything that is an exception to the rule.
#include "test/cpu/small_guest.hpp"

#include <string>

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

/// Runs with the registers as they are and describes every stop: the place of a trap, `sys@` and
/// `!vector@` for what else ended a call of `step`. At most `steps` steps.
std::string stops(SmallGuest& guest, int steps) {
    std::string text;
    for (int n = 0; n < steps; ++n) {
        const StepResult result = guest.step();
        const std::string place = std::to_string(guest.place());
        if (result.outcome == Outcome::syscall) text += "sys@" + place + ' ';
        if (result.outcome == Outcome::exception) {
            text += '!' + std::to_string(result.vector) + '@' + place + ' ';
        }
        if (result.debug_trap) text += place + ' ';
        if (result.outcome == Outcome::exception) break;
    }
    return text;
}

std::string stops_with_tf(std::string_view program, int steps) {
    SmallGuest guest(program);
    guest.set(flag::tf);
    return stops(guest, steps);
}

/// Block-stepping, armed again after every trap as a debugger does.
std::string block_stops(std::string_view program, int steps) {
    SmallGuest guest(program);
    guest.set(flag::tf);
    std::string text;
    for (int n = 0; n < steps; ++n) {
        guest.debug.btf = true;
        text += stops(guest, 1);
    }
    return text;
}

}  // namespace

TEST_CASE("without TF there is no trap", "[debug_trap]") {
    SmallGuest guest("nop\n nop\n jmp next\n next: nop");
    CHECK(stops(guest, 4) == "");
    CHECK(guest.debug == DebugState{});
}

TEST_CASE("TF traps after every instruction and sets DR6.BS", "[debug_trap]") {
    CHECK(stops_with_tf("nop\n mov eax, 1\n jmp short next\n next: cpuid", 4) == "1 6 8 10 ");
    SmallGuest guest("nop");
    guest.set(flag::tf);
    const StepResult result = guest.step();
    CHECK(result.outcome == Outcome::retired);
    CHECK(result.debug_trap);
    CHECK(guest.debug.dr6 == dr6_single_step);
    CHECK(guest.has(flag::tf));
}

TEST_CASE("POPF that sets TF traps after the next instruction", "[debug_trap]") {
    CHECK([] {
        SmallGuest guest("push 0x302\n popfq\n nop\n nop");
        return stops(guest, 4);
    }() == "7 8 ");
}

TEST_CASE("POPF that clears TF traps once more", "[debug_trap]") {
    // push imm32 is 5 bytes, popfq one.
    CHECK(stops_with_tf("push 0x202\n popfq\n nop\n nop", 4) == "5 6 ");
}

TEST_CASE("IRET is like POPF", "[debug_trap]") {
    SmallGuest sets(
        "flags equ 0x302\n mov rax, rsp\n push 0x2b\n push rax\n push flags\n push 0x33\n"
        "lea rcx, [rel to]\n push rcx\n iretq\n nop\n to: nop\n nop");
    for (int n = 0; n < 7; ++n) CHECK_FALSE(sets.step().debug_trap);
    const StepResult iret = sets.step();
    CHECK(iret.taken_branch);
    CHECK_FALSE(iret.debug_trap);
    CHECK(sets.has(flag::tf));
    CHECK(sets.step().debug_trap);
}

TEST_CASE("no trap comes after MOV SS and POP SS", "[debug_trap]") {
    const char* rest = "\n nop\n nop";
    CHECK(stops_with_tf(std::string("mov eax, 0x2b\n mov ss, ax") + rest, 4) == "5 8 9 ");
    INFO("as on AMD, a second MOV SS inhibits as well");
    CHECK(stops_with_tf(std::string("mov eax, 0x2b\n mov ss, ax\n mov ss, ax") + rest, 5) ==
          "5 10 11 ");
    SmallGuest guest("mov eax, 0x2b\n mov ss, ax\n nop");
    guest.step();
    guest.step();
    CHECK(guest.debug.mov_ss_shadow);
    guest.step();
    CHECK_FALSE(guest.debug.mov_ss_shadow);
}

TEST_CASE("MOV SS before a transfer, a system call, a breakpoint", "[debug_trap]") {
    const std::string head = "mov eax, 0x2b\n mov ss, ax\n ";
    CHECK(stops_with_tf(head + "jmp short next\n nop\n next: nop", 3) == "5 10 ");
    CHECK(stops_with_tf(head + "syscall\n nop", 4) == "5 sys@9 10 ");
    CHECK(stops_with_tf(head + "int3", 3) == "5 !3@8 ");
}

TEST_CASE("every iteration of REP is a step", "[debug_trap]") {
    SmallGuest guest("mov ecx, 3\n mov rdi, rbx\n rep stosb\n nop");
    guest.set(flag::tf);
    CHECK(stops(guest, 6) == "5 8 8 8 10 11 ");
    CHECK(guest.registers.rcx() == 0);
    CHECK(stops_with_tf("xor ecx, ecx\n rep stosb\n nop", 3) == "2 4 5 ");
}

TEST_CASE("REPE stops at the first difference", "[debug_trap]") {
    SmallGuest guest(
        "mov byte ptr [rbx + 1], 1\n mov rsi, rbx\n mov rdi, rbx\n add rdi, 8\n mov ecx, 5\n"
        "repe cmpsb");
    guest.run(5);
    guest.set(flag::tf);
    CHECK(guest.step().repeating);
    const StepResult second = guest.step();
    CHECK_FALSE(second.repeating);
    CHECK(guest.registers.rcx() == 3);
    CHECK_FALSE(guest.has(flag::zf));
}

TEST_CASE("SYSCALL saves TF in R11 and does not trap", "[debug_trap]") {
    SmallGuest guest("syscall\n nop");
    guest.set(flag::tf);
    CHECK(stops(guest, 2) == "sys@2 3 ");
    CHECK(guest.registers.gpr[11] == (flag::fixed | flag::interrupt | flag::tf));
    CHECK(guest.registers.rcx() == SmallGuest::code + 2);
}

TEST_CASE("INT3 and INT1 are traps of their own", "[debug_trap]") {
    CHECK(stops_with_tf("nop\n int3", 2) == "1 !3@2 ");
    SmallGuest guest("int1");
    guest.debug.btf = true;
    const StepResult result = guest.step();
    CHECK(result.vector == vector::debug);
    CHECK(guest.place() == 1);
    CHECK(guest.debug.dr6 == 0);
    CHECK_FALSE(guest.debug.btf);
}

TEST_CASE("a fault comes instead of the trap", "[debug_trap]") {
    CHECK(stops_with_tf("nop\n ud2", 2) == "1 !6@1 ");
    CHECK(stops_with_tf("xor ecx, ecx\n div ecx", 2) == "2 !0@2 ");
    CHECK(stops_with_tf("hlt", 1) == "!13@0 ");
    CHECK(stops_with_tf("mov eax, [0x1000]", 1) == "!14@0 ");
}

TEST_CASE("PUSHF shows TF", "[debug_trap]") {
    SmallGuest guest("pushfq");
    guest.set(flag::tf);
    guest.step();
    CHECK((guest.read(guest.registers.rsp()) & flag::tf) != 0);
}

TEST_CASE("BTF traps after taken transfers only", "[debug_trap]") {
    CHECK(block_stops("nop\n nop\n jmp short a\n nop\n a: nop", 4) == "5 ");
    INFO("a target that is the next instruction is a transfer as well");
    CHECK(block_stops("jmp short a\n a: nop", 2) == "2 ");
    CHECK(block_stops("xor eax, eax\n jz a\n a: jnz b\n b: nop", 4) == "4 ");
    CHECK(block_stops("call a\n nop\n a: ret", 3) == "6 5 ");
    CHECK(block_stops("mov ecx, 2\n a: loop a\n nop", 4) == "5 ");
    CHECK(block_stops("xor ecx, ecx\n jrcxz a\n nop\n a: nop", 3) == "5 ");
    CHECK(block_stops("lea rax, [rel a]\n jmp rax\n nop\n a: nop", 3) == "10 ");
}

TEST_CASE("BTF does not trap for REP, CMOV or a system call", "[debug_trap]") {
    CHECK(block_stops("mov ecx, 2\n mov rdi, rbx\n rep stosb\n cmovz eax, ecx\n nop", 6) == "");
    CHECK(block_stops("syscall\n nop", 2) == "sys@2 ");
    CHECK(block_stops("mov eax, 0x2b\n mov ss, ax\n jmp short a\n a: nop", 4) == "9 ");
}

TEST_CASE("a trap clears BTF, so single-stepping goes on", "[debug_trap]") {
    SmallGuest guest("nop\n jmp short a\n a: nop\n nop");
    guest.set(flag::tf);
    guest.debug.btf = true;
    CHECK(stops(guest, 4) == "3 4 5 ");
    CHECK_FALSE(guest.debug.btf);
}

TEST_CASE("BTF without TF does nothing", "[debug_trap]") {
    SmallGuest guest("jmp short a\n a: nop");
    guest.debug.btf = true;
    CHECK(stops(guest, 2) == "");
    CHECK(guest.debug.btf);
}

TEST_CASE("run stops at the trap", "[debug_trap]") {
    SmallGuest guest("mov ecx, 10\n a: dec ecx\n nop\n jnz a");
    guest.set(flag::tf);
    guest.debug.btf = true;
    const RunResult block = guest.run();
    CHECK(block.retired == 4);
    CHECK(block.last.debug_trap);
    CHECK(block.last.taken_branch);
    CHECK(guest.run().retired == 1);
}

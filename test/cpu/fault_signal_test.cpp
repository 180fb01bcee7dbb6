// SPDX-License-Identifier: MIT
// Each exception, made by a real instruction, and the signal Linux sends for it.
#include "cpu/fault_signal.hpp"

#include "test/cpu/small_guest.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

LinuxSignal signal_of(const char* text, std::uint64_t flags = 0) {
    SmallGuest guest(text);
    guest.set(flags);
    const StepResult result = guest.step();
    return linux_signal_for(result, guest.registers.rip);
}

constexpr std::uint64_t at = SmallGuest::code;

}  // namespace

TEST_CASE("exceptions become signals", "[fault_signal]") {
    CHECK(signal_of("ud2") == LinuxSignal{4, 2, at});                            // SIGILL
    CHECK(signal_of("div ecx") == LinuxSignal{8, 1, at});                        // SIGFPE
    CHECK(signal_of("hlt") == LinuxSignal{11, 128, 0});                          // SIGSEGV
    CHECK(signal_of("mov al, [abs 0x1234]") == LinuxSignal{11, 1, 0x1234});      // MAPERR
    CHECK(signal_of("mov [abs 0x501000], al") == LinuxSignal{11, 2, 0x501000});  // ACCERR
    CHECK(signal_of("int3") == LinuxSignal{5, 128, 0});                          // SIGTRAP
    CHECK(signal_of("int1") == LinuxSignal{5, 1, at + 1});                       // TRAP_BRKPT
    CHECK(signal_of("nop", flag::tf) == LinuxSignal{5, 2, at + 1});              // TRAP_TRACE
    CHECK(signal_of("mov eax, [rbx + 1]", flag::ac) == LinuxSignal{7, 1, 0});    // SIGBUS
    CHECK(signal_of("mov rsp, [rsp + 0x7fffffff]") == LinuxSignal{11, 1, 0x806007ff});
    CHECK(signal_of("nop") == LinuxSignal{});
    CHECK(signal_of("syscall") == LinuxSignal{});
}

TEST_CASE("a bad stack address is SIGBUS", "[fault_signal]") {
    SmallGuest guest("push rax");
    guest.registers.rsp() = std::uint64_t{1} << 50;
    const StepResult result = guest.step();
    CHECK(linux_signal_for(result, guest.registers.rip) == LinuxSignal{7, 128, 0});
}

TEST_CASE("what the kernel repairs is no signal", "[fault_signal]") {
    SmallGuest guest("mov al, [rbx]");
    guest.write(SmallGuest::data, {1});
    guest.memory.send_away(SmallGuest::data, page_size);
    const StepResult result = guest.step();
    CHECK(result.vector == vector::page_fault);
    CHECK(result.fault_kind == FaultKind::away);
    CHECK(linux_signal_for(result, guest.registers.rip) == LinuxSignal{});
    guest.memory.read_in(SmallGuest::data);
    CHECK(guest.step().outcome == Outcome::retired);
}

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

TEST_CASE("an unmasked exception of SSE is SIGFPE, and nothing was written", "[fault_signal]") {
    const auto code_of = [](std::uint32_t mxcsr, const char* text) {
        SmallGuest guest(text);
        FpuState& fpu = guest.registers.fpu;
        fpu.mxcsr = mxcsr;
        fpu.xmm[1].half[0] = 0x3ff0000000000000;  // 1
        fpu.xmm[2].half[0] = 0;
        fpu.xmm[3].half[0] = 0x7fe0000000000000;  // 2^1023
        fpu.xmm[4].half[0] = 0x0010000000000000;  // the least that is normal
        fpu.xmm[5].half[0] = 1;                   // the least of all
        fpu.xmm[6].half[0] = 0x4008000000000000;  // 3
        const FpuState before = fpu;
        const StepResult result = guest.step();
        CHECK(result.vector == vector::simd_error);
        for (int n = 0; n < 16; ++n) CHECK(fpu.xmm[n] == before.xmm[n]);
        const LinuxSignal signal = linux_signal_for(result, guest.registers.rip);
        CHECK(signal.signo == 8);
        CHECK(signal.address == guest.registers.rip);
        return signal.code;
    };
    CHECK(code_of(0x1f00, "divsd xmm2, xmm2") == 7);  // FLTINV
    CHECK(code_of(0x1d80, "divsd xmm1, xmm2") == 3);  // FLTDIV
    CHECK(code_of(0x1b80, "mulsd xmm3, xmm3") == 4);  // FLTOVF
    CHECK(code_of(0x1780, "divsd xmm4, xmm3") == 5);  // FLTUND
    CHECK(code_of(0x1e80, "addsd xmm1, xmm5") == 5);  // denormal operand
    CHECK(code_of(0x0f80, "divsd xmm1, xmm6") == 6);  // FLTRES
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

// SPDX-License-Identifier: MIT
// Any bytes run as code: whatever they do ends within its limit, and `run` does what as many calls
// of `step` do. The input fills registers and vector registers first; the rest is the program,
// which goes on a byte behind each fault.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/arena.hpp"
#include "base/check.hpp"
#include "cpu/address_space.hpp"
#include "cpu/cpu.hpp"

using namespace utsim;
using namespace utsim::cpu;

namespace {

constexpr std::uint64_t code = 0x401000, data = 0x500000, pages = 4 * page_size;
constexpr std::uint64_t most_instructions = 2000;
constexpr int most_faults = 64;

struct Machine {
    Registers registers;
    DebugState debug;
    Environment environment;
    AddressSpace* space = nullptr;
    std::uint64_t retired = 0;

    Machine(Arena& arena, PagePool& pool, const std::uint8_t* bytes, std::size_t size)
        : space(AddressSpace::create(arena, pool)) {
        space->map(code, pages, Protection::all, Placement::fixed);
        space->map(data, pages, Protection::read | Protection::write, Placement::fixed);
        for (std::uint64_t& r : registers.gpr) r = data + pages / 2;
        const std::size_t taken = std::min<std::size_t>(size / 2, 256);
        // An eighth of the bytes for general registers, so that most stay pointers.
        for (std::size_t n = 0; n < taken / 8; ++n) registers.gpr[n % 16] ^= bytes[n];
        std::memcpy(registers.fpu.xmm, bytes, taken);
        std::memcpy(registers.fpu.st, bytes, std::min<std::size_t>(taken, sizeof registers.fpu.st));
        for (X87Register& r : registers.fpu.st) std::memset(r.unused, 0, sizeof r.unused);
        if (taken > 2) registers.fpu.mxcsr = (bytes[0] << 8 | bytes[1]) & 0xffffu;
        if (taken > 2) registers.fpu.ftw = bytes[2];
        space->write_force(code, bytes + taken, std::min<std::size_t>(size - taken, pages));
        registers.rip = code;
    }

    /// Behind what ended a run; false at the end.
    bool go_on(const StepResult& last, int& faults) {
        if (last.outcome == Outcome::retired) return retired < most_instructions;
        registers.rflags &= ~(flag::tf | flag::rf);
        registers.fpu.fsw &= 0x7f00;
        if (last.outcome == Outcome::exception && !last.trap) registers.rip = last.address + 1;
        if (registers.rip - code >= pages)
            registers.rip = code + 64u * static_cast<unsigned>(faults);
        return ++faults < most_faults && retired < most_instructions;
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static Arena arena;
    static PagePool pool(256);
    const std::size_t mark = arena.used();
    Machine whole(arena, pool, bytes, size), single(arena, pool, bytes, size);

    int faults = 0;
    for (bool more = true; more;) {
        const RunResult result = run(whole.registers, whole.debug, *whole.space, whole.environment,
                                     most_instructions - whole.retired);
        whole.retired += result.retired;
        UTSIM_CHECK(whole.retired <= most_instructions, "a run went past its limit");
        more = whole.go_on(result.last, faults);
    }
    faults = 0;
    for (bool more = true; more;) {
        const StepResult result =
            step(single.registers, single.debug, *single.space, single.environment);
        if (result.outcome != Outcome::exception || result.trap) ++single.retired;
        more = single.go_on(result, faults);
    }
    UTSIM_CHECK(whole.registers == single.registers, "run and step end in different registers");
    UTSIM_CHECK(whole.retired == single.retired, "run and step count differently");

    pool.drop_all();
    arena.rewind(mark);
    return 0;
}

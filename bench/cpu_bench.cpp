// SPDX-License-Identifier: MIT
// Instructions per second of the core: straight through with `run`, and one at a time with `step`,
// on small loops that stress different parts. CPU time, best of several rounds.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "base/arena.hpp"
#include "bench/loops.hpp"
#include "cpu/address_space.hpp"
#include "cpu/assembler.hpp"
#include "cpu/cpu.hpp"

using namespace utsim;
using namespace utsim::cpu;

namespace {

class Guest {
public:
    explicit Guest(const char* text) : memory_(*AddressSpace::create(arena_, pool_)) {
        const auto assembly = assemble(text);
        if (!assembly.ok()) {
            std::fputs(assembly.errors().front().message.c_str(), stderr);
            std::exit(1);
        }
        constexpr std::uint8_t read_write = Protection::read | Protection::write;
        memory_.map(code, page_size, Protection::read | Protection::exec, Placement::fixed);
        memory_.write_force(code, assembly->bytes.data(), assembly->bytes.size());
        memory_.map(data, 2 * page_size, read_write, Placement::fixed);
        registers_.rip = code;
        registers_.rbx() = data;
        registers_.rcx() = 1;
        registers_.rsp() = data + 2 * page_size;
    }

    void run(std::uint64_t instructions) {
        cpu::run(registers_, debug_, memory_, environment_, instructions);
    }
    void step(std::uint64_t instructions) {
        for (; instructions > 0; --instructions) {
            cpu::step(registers_, debug_, memory_, environment_);
        }
    }

private:
    static constexpr std::uint64_t code = 0x401000;
    static constexpr std::uint64_t data = 0x500000;

    Arena arena_;
    PagePool pool_;
    AddressSpace& memory_;
    Registers registers_;
    DebugState debug_;
    Environment environment_;
};

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Millions of instructions per second.
template <typename Body>
double rate(std::uint64_t instructions, Body&& body) {
    double best = 0;
    for (int round = 0; round < 5; ++round) {
        const double begin = cpu_seconds();
        body(instructions);
        const double rate = static_cast<double>(instructions) / (cpu_seconds() - begin) / 1e6;
        best = std::max(best, rate);
    }
    return best;
}

}  // namespace

int main() {
    std::printf("%-18s %12s %10s %12s\n", "loop", "run M/s", "ns each", "step M/s");
    for (const bench::Loop& program : bench::loops) {
        Guest guest(program.text);
        guest.run(1000);
        const double run = rate(20'000'000, [&](std::uint64_t n) { guest.run(n); });
        const double step = rate(2'000'000, [&](std::uint64_t n) { guest.step(n); });
        std::printf("%-18s %12.1f %10.2f %12.1f\n", program.name, run, 1000 / run, step);
    }
}

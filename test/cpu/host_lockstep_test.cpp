// SPDX-License-Identifier: MIT
// Random instructions on the model and on the host processor under ptrace single-step: registers,
// flags, memory, signals and their siginfo after each. UTSIM_HOST_STEPS sets how many instructions
// are compared, UTSIM_HOST_SEED which.
#include <cstdlib>
#include <map>
#include <string>

#include "test/cpu/instruction_generator.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::strtoull(value, nullptr, 0) : otherwise;
}

}  // namespace

TEST_CASE("the model does what the host processor does", "[cpu][host][oracle]") {
    Lockstep machine;
    if (!machine.usable()) {
        WARN("skipped: no ptrace single-step of x86-64 code on this host");
        return;
    }
    const std::uint64_t seed = setting("UTSIM_HOST_SEED", 1);
    const std::uint64_t steps = setting("UTSIM_HOST_STEPS", 100'000);
    Random random(seed);
    InstructionGenerator generator(random, machine);
    Registers r = generator.fresh(Registers{});
    std::map<std::string, std::string> differences;  // the first of each mnemonic
    std::uint64_t skipped = 0;
    bool repeating = false;
    int iterations = 0;
    while (machine.compared() < steps) {
        if (!repeating || iterations > 8) {
            if (iterations > 8) r = generator.fresh(r);
            generator.generate(r);
            iterations = 0;
        }
        const Lockstep::Verdict verdict = machine.step(r);
        if (verdict == Lockstep::Verdict::different) {
            const std::string at = "seed " + std::to_string(seed) + ", step " +
                                   std::to_string(machine.compared()) + ": ";
            differences.emplace(machine.mnemonic(), at + machine.report());
            REQUIRE(machine.usable());
            if (differences.size() == 8) break;
            machine.resynchronise();
            repeating = false;
            continue;
        }
        if (verdict == Lockstep::Verdict::skipped) {
            repeating = false;
            REQUIRE(++skipped < 10 * steps);
            continue;
        }
        repeating = machine.result().repeating;
        iterations += repeating ? 1 : 0;
    }
    for (const auto& [mnemonic, report] : differences) UNSCOPED_INFO(report);
    CHECK(differences.empty());
}

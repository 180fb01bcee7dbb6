// SPDX-License-Identifier: MIT
/// A run of random instructions in lockstep, and the first difference of each mnemonic.
#pragma once

#include <cstdlib>

#include <cstdint>
#include <map>
#include <string>

#include "test/cpu/instruction_generator.hpp"

namespace utsim::cpu::testing {

/// A number from the environment: how long, which seed.
inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::strtoull(value, nullptr, 0) : otherwise;
}

struct LockstepRun {
    std::map<std::string, std::string> differences;  ///< by mnemonic
    std::uint64_t different = 0;
    bool oracle_died = false;
    bool skips_too_much = false;

    /// Compares `steps` instructions; stops early after eight mnemonics that differ.
    LockstepRun(Lockstep& machine, std::uint64_t seed, std::uint64_t steps) {
        Random random(seed);
        InstructionGenerator generator(random, machine);
        Registers r = generator.fresh(Registers{});
        std::uint64_t skipped = 0;
        bool repeating = false;
        int iterations = 0;
        while (machine.compared() < steps && differences.size() < 8) {
            if (!repeating || iterations > 8) {
                if (iterations > 8) r = generator.fresh(r);
                generator.generate(r);
                iterations = 0;
            }
            const Lockstep::Verdict verdict = machine.step(r);
            repeating = false;
            if (verdict == Lockstep::Verdict::different) {
                ++different;
                differences.emplace(machine.mnemonic(), "seed " + std::to_string(seed) + ", step " +
                                                            std::to_string(machine.compared()) +
                                                            ": " + machine.report());
                oracle_died = !machine.usable();
                if (oracle_died) return;
                machine.resynchronise();
            } else if (verdict == Lockstep::Verdict::skipped) {
                skips_too_much = ++skipped > 10 * steps;
                if (skips_too_much) return;
            } else {
                repeating = machine.result().repeating;
                iterations += repeating ? 1 : 0;
            }
        }
    }
};

}  // namespace utsim::cpu::testing

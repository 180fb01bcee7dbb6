// SPDX-License-Identifier: MIT
/// One instruction of the model with TF set, as a debugger on Linux sees it.
#pragma once

#include "cpu/cpu.hpp"
#include "cpu/fault_signal.hpp"

namespace utsim::cpu::testing {

struct SingleStep {
    Registers registers;
    StepResult result;
    LinuxSignal signal;
    int instructions = 0;  ///< two or more behind MOV SS

    /// Without `trap_flag` all iterations of a REP instruction, as a processor left alone does.
    SingleStep(AddressSpace& space, const Registers& before, bool trap_flag = true)
        : registers(before) {
        DebugState debug;
        Environment environment;
        if (trap_flag) registers.rflags |= flag::tf;
        const auto unfinished = [&] {
            if (!trap_flag) return result.repeating;
            return result.outcome == Outcome::retired && !result.debug_trap && instructions < 4;
        };
        do {
            result = cpu::step(registers, debug, space, environment);
            ++instructions;
        } while (unfinished());
        signal = linux_signal_for(result, registers.rip);
    }
};

}  // namespace utsim::cpu::testing

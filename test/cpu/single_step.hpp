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

    SingleStep(AddressSpace& space, const Registers& before) : registers(before) {
        DebugState debug;
        Environment environment;
        registers.rflags |= flag::tf;
        do {
            result = cpu::step(registers, debug, space, environment);
            ++instructions;
        } while (result.outcome == Outcome::retired && !result.debug_trap && instructions < 4);
        signal = linux_signal_for(result, registers.rip);
    }
};

}  // namespace utsim::cpu::testing

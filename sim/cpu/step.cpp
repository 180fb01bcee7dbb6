// SPDX-License-Identifier: MIT
// The run loop, and what a retired instruction means for the debugger.
//
// Handlers know nothing of TF and BTF. With TF set the loop is given a budget of one instruction
// and then decides, from how that one ended, whether a trap is due:
//   * TF is looked at before the instruction, so POPF and IRET that set it trap one later, and
//     those that clear it still trap once;
//   * no trap follows MOV SS and POP SS, a SYSCALL, or an instruction that raised an exception;
//   * with BTF only a taken transfer of control traps; a due trap clears BTF.
#include "cpu/code_page.hpp"
#include "cpu/core.hpp"
#include "cpu/cpu.hpp"
#include "cpu/handler_sets.hpp"

namespace utsim::cpu {
namespace {

/// Executes until `left` is used up or something other than a plain retirement happens. Only the
/// statuses retired, branch and repeat are accounted for here.
Status execute_plain(Core& c, InstructionFinder& finder, std::uint64_t& left) {
    for (;;) {
        const Instruction* i = finder.find(c);
        if (i == nullptr) return Status::fault;
        for (;;) {
            c.next_rip = c.r.rip + i->length;
            const Status status = i->execute(c, *i);
            if (status == Status::retired) [[likely]] {
                c.r.rip = c.next_rip;
                if (--left == 0) return status;
                ++i;
                continue;
            }
            if (status == Status::branch) {
                c.r.rip = c.next_rip;
                if (--left == 0) return status;
                break;
            }
            if (status == Status::repeat) {
                if (--left == 0) return status;
                break;
            }
            if (status == Status::look_up) break;
            return status;
        }
    }
}

bool is_branch(Status status) { return status == Status::branch || status == Status::flags_branch; }

/// One call of `run` or `step`.
class Execution {
public:
    Execution(Registers& r, DebugState& debug, AddressSpace& memory, Environment& environment)
        : c_(r, debug, memory, environment) {
        memory.free_dropped_code();
    }

    RunResult run(std::uint64_t budget) {
        RunResult result;
        bool stop = budget == 0;
        while (!stop) stop = advance(budget, result);
        c_.r.rflags = (c_.r.rflags & ~flag::arithmetic) | c_.flags.bits();
        return result;
    }

private:
    /// Executes a stretch of instructions. True when that ends the call.
    bool advance(std::uint64_t budget, RunResult& result) {
        const bool tf = (c_.r.rflags & flag::tf) != 0;
        const std::uint64_t stretch = tf ? 1 : budget - result.retired;
        std::uint64_t left = stretch;
        c_.debug.mov_ss_shadow = false;
        const Status status = execute_plain(c_, finder_, left);
        count(stretch - left, result);

        result.last = StepResult{};
        switch (status) {
            case Status::fault:
                return fault(result);
            case Status::trap:
                return trap(result);
            case Status::syscall:
                complete(result);
                result.last.outcome = Outcome::syscall;
                return true;
            case Status::clock:
                execute::read_clock(c_, clock_instruction());
                break;
            case Status::shadow:
                c_.debug.mov_ss_shadow = true;
                break;
            default:
                break;
        }
        if (left != 0) complete(result);
        if (status != Status::flags_branch) c_.r.rflags &= ~flag::rf;
        result.last.taken_branch = is_branch(status);
        result.last.repeating = status == Status::repeat;
        if (tf) single_step(status, result.last);
        return result.last.debug_trap || result.retired == budget;
    }

    /// The instruction that has just asked for the clock; RIP is still on it.
    const Instruction& clock_instruction() { return *finder_.find(c_); }

    void count(std::uint64_t instructions, RunResult& result) {
        result.retired += instructions;
        c_.environment.retired += instructions;
    }
    /// Retires an instruction that `execute_plain` did not account for.
    void complete(RunResult& result) {
        c_.r.rip = c_.next_rip;
        count(1, result);
    }

    void single_step(Status status, StepResult& last) {
        if (status == Status::shadow) return;
        if (c_.debug.btf && !last.taken_branch) return;
        last.debug_trap = true;
        c_.debug.dr6 |= dr6_single_step;
        c_.debug.btf = false;
    }

    bool fault(RunResult& result) {
        describe_exception(result.last);
        c_.r.rflags |= flag::rf;
        return true;
    }

    bool trap(RunResult& result) {
        complete(result);
        describe_exception(result.last);
        c_.r.rflags &= ~flag::rf;
        if (c_.vector == vector::debug) c_.debug.btf = false;
        return true;
    }

    void describe_exception(StepResult& last) const {
        last.outcome = Outcome::exception;
        last.vector = c_.vector;
        last.error_code = c_.error_code;
        last.reason = c_.reason;
        last.unimplemented = c_.unimplemented;
        if (c_.vector == vector::page_fault) {
            last.fault_address = c_.memory_fault.address;
            last.fault_kind = c_.memory_fault.kind;
        }
    }

    Core c_;
    InstructionFinder finder_;
};

}  // namespace

StepResult step(Registers& registers, DebugState& debug, AddressSpace& memory,
                Environment& environment) {
    return Execution(registers, debug, memory, environment).run(1).last;
}

RunResult run(Registers& registers, DebugState& debug, AddressSpace& memory,
              Environment& environment, std::uint64_t max_instructions) {
    return Execution(registers, debug, memory, environment).run(max_instructions);
}

}  // namespace utsim::cpu

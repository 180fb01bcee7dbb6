// SPDX-License-Identifier: MIT
// The run loop, and what a retired instruction means for the debugger.
//
// Handlers know nothing of TF and BTF. With TF set the loop is given a budget of one instruction
// and then decides, from how that one ended, whether a trap is due:
//   * TF is looked at before the instruction, so POPF and IRET that set it trap one later, and
//     those that clear it still trap once;
//   * no trap follows MOV SS and POP SS, a SYSCALL, or an instruction that raised an exception;
//   * with BTF only a taken transfer of control traps; a due trap clears BTF.
// With a breakpoint enabled, too, it goes instruction by instruction:
//   * one on execution is looked at before the instruction, unless RF is set, MOV SS came before,
//   or a
//     REP instruction goes on;
//   * what a data breakpoint saw traps after the instruction (of REP, the iteration), but is
//     forgotten with one that faults, and held over the one after MOV SS and POP SS.
#include "cpu/breakpoint.hpp"
#include "cpu/code_page.hpp"
#include "cpu/core.hpp"
#include "cpu/cpu.hpp"
#include "cpu/handler_sets.hpp"

namespace utsim::cpu {
namespace {

/// Executes until `left` is used up or something other than a plain retirement happens. Only the
/// statuses retired, branch and repeat are accounted for here.
Status execute_plain(Core& c, InstructionFinder& finder, std::uint64_t& left) {
    std::uint64_t budget = left;
    Status status = Status::fault;
    for (;;) {
        const Instruction* i = finder.find(c);
        if (i == nullptr) break;
        std::uint64_t rip = c.r.rip;
        for (;;) {
            c.r.rip = rip + i->length;
            status = i->execute(c, *i);
            if (status == Status::retired) [[likely]] {
                if (--budget == 0) break;
                rip = c.r.rip;
                ++i;
                continue;
            }
            if (status == Status::repeat) {
                c.r.rip = rip;
                if (--budget == 0 || c.memory.code_epoch() != c.epoch) break;
                if (budget > 1) budget -= execute::repeat_in_bulk(c, *i, budget - 1);
                continue;
            }
            if (status == Status::branch) --budget;
            if (status == Status::fault) c.r.rip = rip;
            c.ended_at = rip;
            break;
        }
        const bool plain =
            status == Status::branch || status == Status::repeat || status == Status::look_up;
        if (budget == 0 || !plain) break;
    }
    left = budget;
    return status;
}

bool is_branch(Status status) { return status == Status::branch || status == Status::flags_branch; }

/// One call of `run` or `step`.
class Execution {
public:
    Execution(Registers& r, DebugState& debug, AddressSpace& memory, Environment& environment)
        : c_(r, debug, memory, environment) {
        memory.free_dropped_code();
        if (debug.has_breakpoints() || debug.held_hits != 0) [[unlikely]]
            arm();
    }
    ~Execution() {
        c_.r.rflags = (c_.r.rflags & ~flag::arithmetic) | c_.flags.bits();
        if (breaks_) [[unlikely]]
            c_.memory.disarm();
    }
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;

    /// Executes a stretch of instructions, at most `budget`, and says how many retired in
    /// `retired` and how the last one ended in `last`. True when that ends a `run`.
    bool advance(std::uint64_t budget, std::uint64_t& retired, StepResult& last) {
        const bool tf = (c_.r.rflags & flag::tf) != 0;
        if (breaks_ && stops_before(last)) [[unlikely]]
            return true;
        const std::uint64_t stretch = tf || breaks_ ? 1 : budget;
        std::uint64_t left = stretch;
        c_.debug.mov_ss_shadow = false;
        const Status status = execute_plain(c_, finder_, left);
        retired = stretch - left;
        c_.environment.retired += retired;

        switch (status) {
            case Status::fault:
                return fault(last);
            case Status::trap:
                ++retired;
                return trap(last);
            case Status::syscall:
                ++retired;
                ++c_.environment.retired;
                last.outcome = Outcome::syscall;
                if (breaks_) report_hits(status, last);
                return true;
            case Status::clock:
                execute::read_clock(c_);
                break;
            case Status::shadow:
                c_.debug.mov_ss_shadow = true;
                break;
            default:
                break;
        }
        if (!accounted_for(status)) {
            ++retired;
            ++c_.environment.retired;
        }
        if (status != Status::flags_branch) c_.r.rflags &= ~flag::rf;
        last.taken_branch = is_branch(status);
        last.repeating = status == Status::repeat;
        last.address = c_.ended_at;
        last.flags_loaded = status == Status::flags_loaded || status == Status::flags_branch;
        if (tf) single_step(status, last);
        if (breaks_) [[unlikely]] {
            c_.debug.repeats_at = status == Status::repeat ? c_.r.rip : 0;
            report_hits(status, last);
        }
        return last.debug_trap || last.flags_loaded;
    }

private:
    /// Whether `execute_plain` has counted the instruction that ended it.
    static bool accounted_for(Status status) {
        return status == Status::retired || status == Status::branch || status == Status::repeat;
    }

    void single_step(Status status, StepResult& last) {
        if (status == Status::shadow) return;
        if (c_.debug.btf && !last.taken_branch) return;
        last.debug_trap = last.single_step = true;
        c_.debug.dr6 |= dr6_single_step;
        c_.debug.btf = false;
    }

    void arm() {
        breaks_ = true;
        watch_.set(c_.debug);
        if (!watch_.empty()) c_.memory.arm(watch_);
    }

    /// The #DB of a breakpoint on the next instruction, which comes before it is even fetched.
    bool stops_before(StepResult& last) {
        const bool begun = c_.r.rip == c_.debug.repeats_at;
        if ((c_.r.rflags & flag::rf) != 0 || c_.debug.mov_ss_shadow || begun) return false;
        last.breakpoints = execution_hits(c_.debug, c_.r.rip);
        if (last.breakpoints == 0) return false;
        last.outcome = Outcome::exception;
        last.vector = vector::debug;
        last.address = c_.r.rip;
        c_.debug.dr6 |= last.breakpoints;
        c_.debug.btf = false;
        return true;
    }

    void report_hits(Status status, StepResult& last) {
        const auto hits = static_cast<std::uint8_t>(watch_.take_hits() | c_.debug.held_hits);
        c_.debug.held_hits = status == Status::shadow ? hits : std::uint8_t{0};
        if (hits == 0 || status == Status::shadow) return;
        last.debug_trap = true;
        last.breakpoints = hits;
        c_.debug.dr6 |= hits;
        c_.debug.btf = false;
    }

    bool fault(StepResult& last) {
        if (breaks_) watch_.take_hits();
        c_.debug.held_hits = 0;
        describe_exception(last);
        c_.r.rflags |= flag::rf;
        return true;
    }

    bool trap(StepResult& last) {
        ++c_.environment.retired;
        describe_exception(last);
        last.trap = true;
        c_.r.rflags &= ~flag::rf;
        if (c_.vector == vector::debug) c_.debug.btf = false;
        if (breaks_) report_hits(Status::trap, last);
        return true;
    }

    void describe_exception(StepResult& last) const {
        last.outcome = Outcome::exception;
        last.address = c_.ended_at;
        last.vector = c_.vector;
        last.error_code = c_.error_code;
        last.float_exceptions = c_.float_exceptions;
        last.reason = c_.reason;
        last.unimplemented = c_.unimplemented;
        if (c_.vector == vector::page_fault) {
            last.fault_address = c_.memory_fault.address;
            last.fault_kind = c_.memory_fault.kind;
        }
    }

    Core c_;
    InstructionFinder finder_;
    DataWatch watch_;
    /// A breakpoint is enabled, or a hit is still to be told.
    bool breaks_ = false;
};

}  // namespace

StepResult step(Registers& registers, DebugState& debug, AddressSpace& memory,
                Environment& environment) {
    StepResult result;
    std::uint64_t retired = 0;
    Execution(registers, debug, memory, environment).advance(1, retired, result);
    return result;
}

RunResult run(Registers& registers, DebugState& debug, AddressSpace& memory,
              Environment& environment, std::uint64_t max_instructions) {
    RunResult result;
    if (max_instructions == 0) return result;
    Execution execution(registers, debug, memory, environment);
    bool stop = false;
    while (!stop && result.retired < max_instructions) {
        std::uint64_t retired = 0;
        result.last = StepResult{};
        stop = execution.advance(max_instructions - result.retired, retired, result.last);
        result.retired += retired;
    }
    return result;
}

}  // namespace utsim::cpu

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
//   or
//     a REP instruction goes on;
//   * what a data breakpoint saw traps after the instruction (of REP, the iteration), but is
//     forgotten with one that faults, and held over the one after MOV SS and POP SS.
#include <cstring>

#include "cpu/breakpoint.hpp"
#include "cpu/code_page.hpp"
#include "cpu/core.hpp"
#include "cpu/cpu.hpp"
#include "cpu/handler_sets.hpp"

namespace utsim::cpu {
namespace {

/// Who hears of the instructions of a `run` and a `step`.
struct Nobody {
    static constexpr bool listens = false;
    static constexpr bool ended = false;
};

/// Who hears of those of a `run_observed`.
struct Somebody {
    static constexpr bool listens = true;
    const Observer& observer;
    bool ended = false;
    std::uint8_t length = 0;  ///< of the instruction that ended a run of plain ones

    void tell(std::uint64_t rip, const std::uint8_t* bytes, std::uint8_t size, bool branch) {
        ended = !observer.after(observer.context, {rip, bytes, size, branch});
    }
};

/// Executes until `left` is used up or something other than a plain retirement happens. Only the
/// statuses retired, branch and repeat are accounted for here, and told of.
template <typename Audience>
Status execute_plain(Core& c, InstructionFinder& finder, Audience& audience, std::uint64_t& left) {
    std::uint64_t budget = left;
    Status status = Status::fault;
    for (;;) {
        const Instruction* i = finder.find(c);
        std::uint64_t rip = c.r.rip;
        if (i == nullptr) {
            status = Status::fault;  // also behind a branch or the end of a page
            c.ended_at = rip;
            break;
        }
        for (;;) {
            c.r.rip = rip + i->length;
            status = i->execute(c, *i);
            if constexpr (Audience::listens) {
                if (status <= Status::repeat) [[likely]] {
                    if (status == Status::repeat) c.r.rip = rip;
                    audience.tell(rip, finder.bytes_at(c, rip), i->length,
                                  status == Status::branch);
                    if (audience.ended) [[unlikely]] {
                        --budget;
                        break;
                    }
                }
            }
            if (status == Status::retired) [[likely]] {
                if (--budget == 0) break;
                rip = c.r.rip;
                ++i;
                continue;
            }
            if (status == Status::repeat) {
                c.r.rip = rip;
                // Its own bytes may have changed, which nobody notices on a second page.
                const bool stale = c.memory.code_epoch() != c.epoch || finder.crosses_pages(i);
                if (--budget == 0 || stale) break;
                if (!Audience::listens && budget > 1) {
                    budget -= execute::repeat_in_bulk(c, *i, budget - 1);
                }
                continue;
            }
            if (status == Status::branch) --budget;
            if (status == Status::fault) c.r.rip = rip;
            c.ended_at = rip;
            if constexpr (Audience::listens) audience.length = i->length;
            break;
        }
        const bool plain =
            status == Status::branch || status == Status::repeat || status == Status::look_up;
        if (budget == 0 || !plain || audience.ended) break;
    }
    left = budget;
    return status;
}

bool is_branch(Status status) { return status == Status::branch || status == Status::flags_branch; }

/// One call of `run`, `run_observed` or `step`.
template <typename Audience = Nobody>
class Execution {
public:
    Execution(Registers& r, DebugState& debug, AddressSpace& memory, Environment& environment,
              Audience audience = {})
        : c_(r, debug, memory, environment),
          flags_before_(r.rflags),  // not a copy of the others, which are still on their way
          audience_(audience) {
        memory.free_dropped_code();
        if (debug.has_breakpoints() || debug.held_hits != 0) [[unlikely]]
            arm();
    }
    ~Execution() {
        // Many a single instruction leaves them alone; putting them together is dear.
        if (std::memcmp(&c_.flags, &flags_before_, sizeof(Flags)) != 0) {
            c_.r.rflags = (c_.r.rflags & ~flag::arithmetic) | c_.flags.bits();
        }
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
        const Status status = execute_plain(c_, finder_, audience_, left);
        retired = stretch - left;
        c_.environment.retired += retired;
        return end(status, tf, retired, last) || audience_.ended;
    }

    /// The same for a single instruction, which is as a rule on a page that was executed before.
    void advance_by_one(StepResult& last) {
        const bool tf = (c_.r.rflags & flag::tf) != 0;
        if (breaks_ && stops_before(last)) [[unlikely]]
            return;
        c_.debug.mov_ss_shadow = false;
        const std::uint64_t rip = c_.r.rip;
        const Instruction* i = InstructionFinder::known(c_.memory, rip);
        if (i == nullptr) [[unlikely]]
            i = finder_.find(c_);
        Status status = Status::fault;
        if (i != nullptr) {
            c_.r.rip = rip + i->length;
            status = i->execute(c_, *i);
        }
        if (status == Status::fault || status == Status::repeat) c_.r.rip = rip;
        if (accounted_for(status) && !tf && !breaks_) [[likely]] {
            ++c_.environment.retired;
            c_.r.rflags &= ~flag::rf;
            last.taken_branch = status == Status::branch;
            last.repeating = status == Status::repeat;
            last.address = rip;
            return;
        }
        c_.ended_at = rip;
        std::uint64_t retired = accounted_for(status) ? 1 : 0;
        c_.environment.retired += retired;
        end(status, tf, retired, last);
    }

private:
    /// Whether `execute_plain` has counted the instruction that ended it.
    static bool accounted_for(Status status) { return status <= Status::repeat; }

    /// What the instruction that ended a stretch means. True when that ends a `run`.
    bool end(Status status, bool tf, std::uint64_t& retired, StepResult& last) {
        if (!accounted_for(status)) [[unlikely]] {
            if (status == Status::fault) return fault(last);
            ++retired;
            ++c_.environment.retired;
            if (status == Status::trap) return trap(last);
            if (status == Status::clock) {
                --c_.environment.retired;
                execute::read_clock(c_);
                ++c_.environment.retired;
            }
            c_.debug.mov_ss_shadow = status == Status::shadow;
            if constexpr (Audience::listens) tell_of_last(status);
            if (status == Status::syscall) {
                c_.r.rflags &= ~flag::rf;
                last.outcome = Outcome::syscall;
                if (breaks_) report_hits(status, last);
                return true;
            }
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

    void tell_of_last(Status status) {
        audience_.tell(c_.ended_at, finder_.bytes_at(c_, c_.ended_at), audience_.length,
                       is_branch(status));
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
    const Flags flags_before_;
    InstructionFinder finder_;
    DataWatch watch_;
    /// A breakpoint is enabled, or a hit is still to be told.
    bool breaks_ = false;
    [[no_unique_address]] Audience audience_;
};

template <typename Audience>
RunResult run_with(Execution<Audience>& execution, std::uint64_t max_instructions) {
    RunResult result;
    bool stop = false;
    while (!stop && result.retired < max_instructions) {
        std::uint64_t retired = 0;
        result.last = StepResult{};
        stop = execution.advance(max_instructions - result.retired, retired, result.last);
        result.retired += retired;
    }
    return result;
}

}  // namespace

StepResult step(Registers& registers, DebugState& debug, AddressSpace& memory,
                Environment& environment) {
    StepResult result;
    Execution<>(registers, debug, memory, environment).advance_by_one(result);
    return result;
}

RunResult run(Registers& registers, DebugState& debug, AddressSpace& memory,
              Environment& environment, std::uint64_t max_instructions) {
    if (max_instructions == 0) return {};
    Execution<> execution(registers, debug, memory, environment);
    return run_with(execution, max_instructions);
}

RunResult run_observed(Registers& registers, DebugState& debug, AddressSpace& memory,
                       Environment& environment, std::uint64_t max_instructions,
                       const Observer& observer) {
    if (max_instructions == 0) return {};
    Execution<Somebody> execution(registers, debug, memory, environment, Somebody{observer});
    return run_with(execution, max_instructions);
}

}  // namespace utsim::cpu

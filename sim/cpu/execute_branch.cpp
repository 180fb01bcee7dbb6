// SPDX-License-Identifier: MIT
// JMP Jcc CALL RET LOOP JRCXZ RETF IRET, near and far. A transfer is taken even when its target is
// the next instruction: that is what block-stepping counts. Near branches are always 64-bit, as on
// Intel; AMD processors obey an operand-size prefix there, which no compiler emits.
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"
#include "cpu/segments.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rcx = 1;
constexpr std::uint8_t rsp = 4;

std::uint64_t relative_target(const Core& c, const Instruction& i) { return c.r.rip + i.immediate; }

Status jmp(Core& c, const Instruction& i) { return c.jump(relative_target(c, i)); }

template <unsigned Code>
Status jcc(Core& c, const Instruction& i) {
    return condition<Code>(c.flags) ? c.jump(relative_target(c, i)) : Status::retired;
}

Status call_target(Core& c, std::uint64_t target) {
    const std::uint64_t top = c.r.gpr[rsp] - 8;
    if (!is_canonical(target)) {
        // The stack is looked at first, but nothing is written.
        if (!c.may_store(top, 8, Segment::stack)) return Status::fault;
        return c.protect();
    }
    if (!c.store(top, c.r.rip, Segment::stack)) return Status::fault;
    c.r.rip = target;
    c.r.gpr[rsp] = top;
    return Status::branch;
}

Status call(Core& c, const Instruction& i) { return call_target(c, relative_target(c, i)); }

struct JmpIndirect {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        std::uint64_t target{};
        if (!read_source<S>(c, i, target)) return Status::fault;
        return c.jump(target);
    }
};

struct CallIndirect {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        std::uint64_t target{};
        if (!read_source<S>(c, i, target)) return Status::fault;
        return call_target(c, target);
    }
};

/// The immediate is how much of the caller's stack to drop as well.
Status ret(Core& c, const Instruction& i) {
    std::uint64_t target{};
    if (!c.load(c.r.gpr[rsp], target, Segment::stack)) return Status::fault;
    if (c.jump(target) == Status::fault) return Status::fault;
    c.r.gpr[rsp] += 8 + i.immediate;
    return Status::branch;
}

/// LOOP counts in ECX when addresses are 32-bit.
std::uint64_t decremented_count(const Core& c, const Instruction& i) {
    const std::uint64_t count = c.r.gpr[rcx] - 1;
    return i.has(instruction_flag::address32) ? static_cast<std::uint32_t>(count) : count;
}

Status loop_if(Core& c, const Instruction& i, bool condition) {
    const std::uint64_t count = decremented_count(c, i);
    if (count != 0 && condition && c.jump(relative_target(c, i)) == Status::fault) {
        return Status::fault;
    }
    c.r.gpr[rcx] = count;
    return count != 0 && condition ? Status::branch : Status::retired;
}

Status loop(Core& c, const Instruction& i) { return loop_if(c, i, true); }
Status loope(Core& c, const Instruction& i) { return loop_if(c, i, c.flags.zf()); }
Status loopne(Core& c, const Instruction& i) { return loop_if(c, i, !c.flags.zf()); }

Status jrcxz(Core& c, const Instruction& i) {
    const std::uint64_t count =
        i.has(instruction_flag::address32) ? c.reg<std::uint32_t>(rcx) : c.r.gpr[rcx];
    return count == 0 ? c.jump(relative_target(c, i)) : Status::retired;
}

/// Reads the `index`th value of a far frame.
template <typename T>
bool load_frame(Core& c, unsigned index, T& out) {
    return c.load(c.r.gpr[rsp] + index * sizeof(T), out, Segment::stack);
}

struct RetFar {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T target{}, selector{};
        if (!load_frame(c, 1, selector) || !load_frame(c, 0, target)) return Status::fault;
        if ((selector & 3) != 3) {
            // A return to another privilege level takes SS from the frame before anything is
            // checked; as measured.
            const std::uint64_t at = c.r.gpr[rsp] + i.immediate + 3 * sizeof(T);
            T outer{};
            if (!c.load(at, outer, Segment::stack)) return Status::fault;
        }
        if (!may_return_to(c, target, static_cast<std::uint16_t>(selector))) return Status::fault;
        c.r.gpr[rsp] += 2 * sizeof(T) + i.immediate;
        return c.jump(target);
    }
};

struct JmpFar {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        FarPointer to;
        if (!load_far_pointer<T>(c, i, to)) return Status::fault;
        if (!may_go_to(c, to.selector)) return Status::fault;
        return c.jump(to.offset);
    }
};

/// Pushes CS and RIP, each as wide as the operand.
struct CallFar {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        FarPointer to;
        if (!load_far_pointer<T>(c, i, to)) return Status::fault;
        if (!may_go_to(c, to.selector)) return Status::fault;
        const std::uint64_t top = c.r.gpr[rsp] - 2 * sizeof(T);
        if (!c.may_store(top + sizeof(T), sizeof(T), Segment::stack) ||
            !c.store(top, static_cast<T>(c.r.rip), Segment::stack) ||
            !c.store(top + sizeof(T), static_cast<T>(c.r.cs), Segment::stack)) {
            return Status::fault;
        }
        c.r.gpr[rsp] = top;
        return c.jump(to.offset);
    }
};

struct Iret {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction&) {
        if ((c.r.rflags & flag::nt) != 0) return c.protect("IRET with NT set");
        T target{}, selector{}, rflags{}, stack{}, stack_selector{};
        // In the order in which processors read them, which shows in the address of a fault.
        if (!load_frame(c, 2, rflags) || !load_frame(c, 1, selector) || !load_frame(c, 0, target) ||
            !load_frame(c, 4, stack_selector) || !load_frame(c, 3, stack)) {
            return Status::fault;
        }
        if (!may_return_to(c, target, static_cast<std::uint16_t>(selector))) return Status::fault;
        const auto ss = static_cast<std::uint16_t>(stack_selector);
        if (ss != user_data_selector) {
            return c.raise(vector::general_protection, ss & 0xfffcu);
        }
        c.r.gpr[rsp] = stack;  // canonical or not
        load_user_flags(c, rflags, static_cast<T>(~T{0}));
        c.r.rflags |= rflags & flag::rf;
        c.r.rip = target;
        return Status::flags_branch;
    }
};

template <unsigned... Codes>
consteval ConditionSets conditional(std::integer_sequence<unsigned, Codes...>) {
    return {implied(jcc<Codes>)...};
}

}  // namespace

namespace execute {
constinit const HandlerSet jmp = implied(cpu::jmp);
constinit const HandlerSet jmp_indirect = handlers<JmpIndirect, Shape::r, Shape::m>();
constinit const HandlerSet call = implied(cpu::call);
constinit const HandlerSet call_indirect = handlers<CallIndirect, Shape::r, Shape::m>();
constinit const HandlerSet ret = implied(cpu::ret);
constinit const HandlerSet ret_far = handlers<RetFar, Shape::none>();
constinit const HandlerSet jmp_far = handlers<JmpFar, Shape::m>();
constinit const HandlerSet call_far = handlers<CallFar, Shape::m>();
constinit const HandlerSet iret = handlers<Iret, Shape::none>();
constinit const HandlerSet loop = implied(cpu::loop);
constinit const HandlerSet loope = implied(cpu::loope);
constinit const HandlerSet loopne = implied(cpu::loopne);
constinit const HandlerSet jrcxz = implied(cpu::jrcxz);
constinit const ConditionSets jcc = conditional(std::make_integer_sequence<unsigned, 16>{});
}  // namespace execute
}  // namespace utsim::cpu

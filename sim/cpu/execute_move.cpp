// SPDX-License-Identifier: MIT
// MOV and its relatives: what copies, extends, swaps or selects without arithmetic.
#include <bit>

#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rax = 0;
constexpr std::uint8_t rdx = 2;
constexpr std::uint8_t rbx = 3;

struct Mov {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        if constexpr (to_memory(S)) {
            return c.store(i, value) ? c.stored() : Status::fault;
        } else {
            c.set_reg<T>(i.destination, value);
            return Status::retired;
        }
    }
};

/// MOVZX, MOVSX, MOVSXD: the source has type `From`, whatever the operand size is.
template <typename From, bool Signed>
struct Extend {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        From value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        c.set_reg<T>(i.destination,
                     Signed ? static_cast<T>(sign_extended(value)) : static_cast<T>(value));
        return Status::retired;
    }
};

struct Lea {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        c.set_reg<T>(i.destination, static_cast<T>(c.offset(i)));
        return Status::retired;
    }
};

struct Xchg {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const T ours = c.reg<T>(i.source);
        T theirs{};
        const Status status = modify<S, T>(c, i, [&](T old) {
            theirs = old;
            return ours;
        });
        if (status != Status::fault) c.set_reg<T>(i.source, theirs);
        return status;
    }
};

/// The load happens, and may fault, whether or not the condition holds.
template <unsigned Code>
struct Cmov {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        if (!condition<Code>(c.flags)) value = c.reg<T>(i.destination);
        c.set_reg<T>(i.destination, value);
        return Status::retired;
    }
};

template <unsigned Code>
struct Setcc {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const std::uint8_t value = condition<Code>(c.flags) ? 1 : 0;
        if constexpr (S == Shape::m) {
            return c.store(i, value) ? c.stored() : Status::fault;
        } else {
            c.set_reg<std::uint8_t>(i.destination, value);
            return Status::retired;
        }
    }
};

template <typename T>
T swapped(T value) {
    T out = 0;
    for (unsigned shift = 0; shift < width<T>; shift += 8) {
        out = static_cast<T>(out << 8 | (value >> shift & 0xff));
    }
    return out;
}

/// With a 16-bit operand, undefined by the manuals, processors give zero.
struct Bswap {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        c.set_reg<T>(i.destination, sizeof(T) < 4 ? T{0} : swapped(c.reg<T>(i.destination)));
        return Status::retired;
    }
};

struct Movbe {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        if constexpr (to_memory(S)) {
            return c.store(i, swapped(value)) ? c.stored() : Status::fault;
        } else {
            c.set_reg<T>(i.destination, swapped(value));
            return Status::retired;
        }
    }
};

/// CBW, CWDE, CDQE: the accumulator's lower half into the whole.
struct Cbw {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction&) {
        constexpr unsigned half = width<T> / 2;
        const T upper = static_cast<T>(c.reg<T>(rax) << half);
        c.set_reg<T>(rax, static_cast<T>(static_cast<std::make_signed_t<T>>(upper) >> half));
        return Status::retired;
    }
};

/// CWD, CDQ, CQO: the accumulator's sign into all of RDX.
struct Cwd {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction&) {
        c.set_reg<T>(rdx, top_bit(c.reg<T>(rax)) ? static_cast<T>(~T{0}) : T{0});
        return Status::retired;
    }
};

Status xlat(Core& c, const Instruction& i) {
    std::uint64_t at = c.r.gpr[rbx] + c.reg<std::uint8_t>(rax);
    if (i.has(instruction_flag::address32)) at = static_cast<std::uint32_t>(at);
    std::uint8_t value{};
    if (!c.load(at + c.word_at(i.segment), value, Segment::data)) return Status::fault;
    c.set_reg<std::uint8_t>(rax, value);
    return Status::retired;
}

Status nop(Core&, const Instruction&) { return Status::retired; }

template <template <unsigned> typename Op, Shape... Shapes>
struct ByCondition {
    template <unsigned... Codes>
    static consteval ConditionSets make(std::integer_sequence<unsigned, Codes...>) {
        return {handlers<Op<Codes>, Shapes...>()...};
    }
    static consteval ConditionSets make() {
        return make(std::make_integer_sequence<unsigned, 16>{});
    }
};

}  // namespace

namespace execute {
constinit const HandlerSet mov =
    handlers<Mov, Shape::rr, Shape::rm, Shape::mr, Shape::ri, Shape::mi>();
constinit const HandlerSet movzx_byte =
    handlers<Extend<std::uint8_t, false>, Shape::rr, Shape::rm>();
constinit const HandlerSet movzx_word =
    handlers<Extend<std::uint16_t, false>, Shape::rr, Shape::rm>();
constinit const HandlerSet movsx_byte =
    handlers<Extend<std::uint8_t, true>, Shape::rr, Shape::rm>();
constinit const HandlerSet movsx_word =
    handlers<Extend<std::uint16_t, true>, Shape::rr, Shape::rm>();
constinit const HandlerSet movsxd = handlers<Extend<std::uint32_t, true>, Shape::rr, Shape::rm>();
constinit const HandlerSet lea = handlers<Lea, Shape::rm>();
constinit const HandlerSet xchg = handlers<Xchg, Shape::rr, Shape::mr>();
constinit const ConditionSets cmovcc = ByCondition<Cmov, Shape::rr, Shape::rm>::make();
constinit const ConditionSets setcc = ByCondition<Setcc, Shape::r, Shape::m>::make();
constinit const HandlerSet bswap = handlers<Bswap, Shape::r>();
constinit const HandlerSet movbe = handlers<Movbe, Shape::rm, Shape::mr>();
constinit const HandlerSet cbw = handlers<Cbw, Shape::none>();
constinit const HandlerSet cwd = handlers<Cwd, Shape::none>();
constinit const HandlerSet xlat = implied(cpu::xlat);
constinit const HandlerSet nop = whatever_operands(cpu::nop);
}  // namespace execute
}  // namespace utsim::cpu

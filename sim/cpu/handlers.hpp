// SPDX-License-Identifier: MIT
/// How a family file turns one operation into handlers for every operand shape and size.
///
/// An operation is a struct. One with `apply(Flags&, a, b)` is wrapped in `Binary`, one with
/// `apply(Flags&, a)` in `Unary`; one that needs more than its operands has its own
/// `run<Shape, T>(Core&, const Instruction&)`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/core.hpp"

namespace utsim::cpu {

/// The handlers of `Op` for the given shapes, in all four sizes.
template <typename Op, Shape... Shapes>
consteval HandlerSet handlers() {
    HandlerSet set;
    ((set.at[static_cast<std::size_t>(Shapes)][0] = &Op::template run<Shapes, std::uint8_t>,
      set.at[static_cast<std::size_t>(Shapes)][1] = &Op::template run<Shapes, std::uint16_t>,
      set.at[static_cast<std::size_t>(Shapes)][2] = &Op::template run<Shapes, std::uint32_t>,
      set.at[static_cast<std::size_t>(Shapes)][3] = &Op::template run<Shapes, std::uint64_t>),
     ...);
    return set;
}

/// For instructions whose operands are implied and whose size does not matter.
consteval HandlerSet implied(Handler handler) {
    HandlerSet set;
    for (Handler& slot : set.at[static_cast<std::size_t>(Shape::none)]) slot = handler;
    return set;
}

/// The same where the encoding has operands that are not looked at.
consteval HandlerSet whatever_operands(Handler handler) {
    HandlerSet set;
    for (auto& sizes : set.at) {
        for (Handler& slot : sizes) slot = handler;
    }
    return set;
}

constexpr bool to_memory(Shape shape) {
    return shape == Shape::mr || shape == Shape::mi || shape == Shape::m;
}

/// Reads the operand that is only read. False: return Status::fault.
template <Shape S, typename T>
bool read_source(Core& c, const Instruction& i, T& out) {
    if constexpr (S == Shape::rr || S == Shape::mr) {
        out = c.reg<T>(i.source);
    } else if constexpr (S == Shape::ri || S == Shape::mi || S == Shape::none) {
        out = static_cast<T>(i.immediate);
    } else if constexpr (S == Shape::r) {
        out = c.reg<T>(i.destination);
    } else {
        return c.load(i, out);
    }
    return true;
}

/// Reads memory, writes what `change` makes of it, and takes the new flags only if that succeeds.
template <typename T, typename Change>
Status modify_at(Core& c, std::uint64_t address, Segment segment, Change change) {
    T old{};
    if (!c.load_to_modify(address, old, segment)) return Status::fault;
    const Flags before = c.flags;
    if (!c.store(address, static_cast<T>(change(old)), segment)) {
        c.flags = before;
        return Status::fault;
    }
    return c.stored();
}

template <Shape S, typename T, typename Change>
Status modify(Core& c, const Instruction& i, Change change) {
    if constexpr (to_memory(S)) {
        return modify_at<T>(c, c.address(i), Core::segment(i), change);
    } else {
        c.set_reg<T>(i.destination, change(c.reg<T>(i.destination)));
        return Status::retired;
    }
}

template <typename Op>
struct Binary {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T b{};
        if (!read_source<S>(c, i, b)) return Status::fault;
        if constexpr (Op::writes) {
            return modify<S, T>(c, i, [&](T a) { return Op::apply(c.flags, a, b); });
        } else {
            T a{};
            if constexpr (to_memory(S)) {
                if (!c.load(i, a)) return Status::fault;
            } else {
                a = c.reg<T>(i.destination);
            }
            Op::apply(c.flags, a, b);
            return Status::retired;
        }
    }
};

template <typename Op>
struct Unary {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        return modify<S, T>(c, i, [&](T a) { return Op::apply(c.flags, a); });
    }
};

template <typename Op>
consteval HandlerSet binary() {
    return handlers<Binary<Op>, Shape::rr, Shape::rm, Shape::mr, Shape::ri, Shape::mi>();
}

template <typename Op>
consteval HandlerSet unary() {
    return handlers<Unary<Op>, Shape::r, Shape::m>();
}

}  // namespace utsim::cpu

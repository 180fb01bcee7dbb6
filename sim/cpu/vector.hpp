// SPDX-License-Identifier: MIT
/// How a family file turns one operation on vectors into handlers for XMM and MMX registers.
///
/// An operation is a struct with `apply(a, b)` or, with an immediate, `apply(a, b, n)`, which takes
/// and returns whole registers; most are one function over lanes, put together by `each_lane`. It
/// is plain C++ on arrays, so a host needs no particular instruction set for it.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "cpu/core.hpp"
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {

/// An MMX register: the significand of an x87 register.
struct Mmx {
    std::uint64_t bits = 0;
};

// -- Lanes.

template <typename T, typename V>
using Lanes = std::array<T, sizeof(V) / sizeof(T)>;

template <typename T, typename V>
Lanes<T, V> lanes(const V& v) {
    return std::bit_cast<Lanes<T, V>>(v);
}
template <typename V, typename Array>
V vector_of(const Array& array) {
    return std::bit_cast<V>(array);
}

template <typename T, typename V, typename F>
V each_lane(const V& a, const V& b, F f) {
    Lanes<T, V> x = lanes<T>(a);
    const Lanes<T, V> y = lanes<T>(b);
    for (std::size_t n = 0; n < x.size(); ++n) x[n] = static_cast<T>(f(x[n], y[n]));
    return vector_of<V>(x);
}

/// The nearest number that `To` can hold.
template <typename To>
To saturated(std::int64_t value) {
    constexpr std::int64_t least = std::numeric_limits<To>::min();
    constexpr std::int64_t most = std::numeric_limits<To>::max();
    return static_cast<To>(value < least ? least : value > most ? most : value);
}

// -- Registers.

/// Before an instruction with an MMX operand. False: #MF is pending; return Status::fault.
inline bool mmx_permitted(Core& c) {
    constexpr std::uint16_t error_summary = 0x80;
    if ((c.r.fpu.fsw & error_summary) == 0) return true;
    c.raise(vector::x87_error);
    c.float_exceptions = c.r.fpu.fsw & ~c.r.fpu.fcw & 0x3f;
    return false;
}

/// What every such instruction does once it cannot fail any more: TOP becomes zero (so the
/// registers, kept from ST(0) on, change places), and none is empty.
void enter_mmx(FpuState& fpu);

template <typename V>
V vector_register(const Core& c, std::uint8_t number) {
    if constexpr (sizeof(V) == 16) {
        return c.r.fpu.xmm[number];
    } else {
        const unsigned top = (c.r.fpu.fsw >> 11) & 7;
        return {c.r.fpu.st[(number - top) & 7].significand};
    }
}

/// For MMX behind `enter_mmx`.
inline void set_vector(Core& c, std::uint8_t number, const Xmm& value) {
    c.r.fpu.xmm[number] = value;
}
inline void set_vector(Core& c, std::uint8_t number, Mmx value) {
    X87Register& x = c.r.fpu.st[number];
    x.significand = value.bits;
    x.sign_exponent = 0xffff;
}

// -- Memory.

/// 16 bytes, which must be aligned.
inline bool load_aligned(Core& c, const Instruction& i, Xmm& out) {
    const std::uint64_t address = c.address(i);
    if (address % 16 != 0) [[unlikely]] {
        c.protect("16 bytes of memory must be aligned here");
        return false;
    }
    return c.load(address, out, Core::segment(i));
}
inline Status store_aligned(Core& c, const Instruction& i, const Xmm& value) {
    const std::uint64_t address = c.address(i);
    if (address % 16 != 0) [[unlikely]]
        return c.protect("16 bytes of memory must be aligned here");
    return c.store(address, value, Core::segment(i)) ? c.stored() : Status::fault;
}

/// The operand that is only read: a register, or `Memory` bytes of memory with zeroes above; 16
/// must be aligned.
template <Shape S, typename Memory, typename V>
bool read_vector(Core& c, const Instruction& i, V& out) {
    if constexpr (S != Shape::rm) {
        out = vector_register<V>(c, i.source);
        return true;
    } else if constexpr (sizeof(Memory) == 16) {
        static_assert(sizeof(V) == 16);
        return load_aligned(c, i, out);
    } else {
        Memory value{};
        if (!c.load(i, value)) return false;
        std::array<std::uint8_t, sizeof(V)> bytes{};
        std::memcpy(bytes.data(), &value, sizeof value);
        out = vector_of<V>(bytes);
        return true;
    }
}

// -- Handlers.

/// The handlers of `Op` for vector forms: `run<Shape>`, whatever REX.W is.
template <typename Op, Shape... Shapes>
consteval HandlerSet vector_handlers() {
    HandlerSet set;
    ((set.at[static_cast<std::size_t>(Shapes)][2] = &Op::template run<Shapes>,
      set.at[static_cast<std::size_t>(Shapes)][3] = &Op::template run<Shapes>),
     ...);
    return set;
}

/// The same where the form is one of general registers, whose size does not matter.
template <typename Op, Shape... Shapes>
consteval HandlerSet handlers_of_any_size() {
    HandlerSet set;
    for (std::size_t size = 0; size < 4; ++size) {
        ((set.at[static_cast<std::size_t>(Shapes)][size] = &Op::template run<Shapes>), ...);
    }
    return set;
}

/// The handlers of `Op` where REX.W makes a general register 64 bits: `run<Shape, T>`.
template <typename Op, Shape... Shapes>
consteval HandlerSet sized_handlers() {
    HandlerSet set;
    ((set.at[static_cast<std::size_t>(Shapes)][2] = &Op::template run<Shapes, std::uint32_t>,
      set.at[static_cast<std::size_t>(Shapes)][3] = &Op::template run<Shapes, std::uint64_t>),
     ...);
    return set;
}

/// Destination = Op(destination, source), or without the immediate that it has not.
template <typename Op, typename V, typename Memory = V>
struct Packed {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (sizeof(V) == 8) {
            if (!mmx_permitted(c)) return Status::fault;
        }
        V b{};
        if constexpr (S != Shape::ri) {
            if (!read_vector<S, Memory>(c, i, b)) return Status::fault;
        }
        const V a = vector_register<V>(c, i.destination);
        if constexpr (sizeof(V) == 8) enter_mmx(c.r.fpu);
        const auto n = static_cast<std::uint8_t>(i.immediate);
        if constexpr (S == Shape::ri) {
            set_vector(c, i.destination, Op::shift(a, n));
        } else if constexpr (requires { Op::apply(a, b, n); }) {
            set_vector(c, i.destination, Op::apply(a, b, n));
        } else {
            set_vector(c, i.destination, Op::apply(a, b));
        }
        return Status::retired;
    }
};

template <typename Op, typename Memory = Xmm>
consteval HandlerSet on_xmm() {
    return vector_handlers<Packed<Op, Xmm, Memory>, Shape::rr, Shape::rm>();
}
template <typename Op, typename Memory = Mmx>
consteval HandlerSet on_mmx() {
    return vector_handlers<Packed<Op, Mmx, Memory>, Shape::rr, Shape::rm>();
}
/// An operation that exists with both.
template <typename Op>
consteval VectorSets on_vectors() {
    return {on_mmx<Op>(), on_xmm<Op>()};
}

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
/// The floating point of SSE: the host's own unit does it, one instruction at a time.
///
/// What SSE2 computes is fixed to the last bit by IEEE 754 and the manuals: results, NaNs, flags,
/// denormals, so the unit of every x86-64 processor is the same function. It runs with the guest's
/// rounding and denormal modes and all exceptions masked; what it flags is looked at afterwards,
/// before anything is written. On another kind of host these instructions are not implemented.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "cpu/core.hpp"
#include "cpu/vector.hpp"

namespace utsim::cpu {

#if defined(__x86_64__)
inline constexpr bool host_has_sse = true;
#else
inline constexpr bool host_has_sse = false;
#endif

/// Bits of MXCSR; the masks stand seven above the flags.
namespace mxcsr {
inline constexpr std::uint32_t invalid = 1, denormal = 2, zero_divide = 4, overflow = 8;
inline constexpr std::uint32_t underflow = 16, precision = 32;
inline constexpr std::uint32_t flags = 0x3f;
/// Those found before the operation: an unmasked one keeps it from being done.
inline constexpr std::uint32_t before = invalid | denormal | zero_divide;
inline constexpr std::uint32_t denormals_are_zeros = 1u << 6;
inline constexpr unsigned masks_shift = 7;
inline constexpr std::uint32_t masks = flags << masks_shift;
inline constexpr unsigned rounding_shift = 13;
inline constexpr std::uint32_t flush_to_zero = 1u << 15;
}  // namespace mxcsr

/// What MXCSR is around one operation on the host.
struct MxcsrWindow {
    std::uint32_t control = 0;  ///< for the operation
    std::uint32_t after = 0;    ///< what it left
    std::uint32_t host = 0;     ///< what was there and is there again
};

using HostVector = float __attribute__((vector_size(16)));

// clang-format off
/// An operation `text` of the host on two XMM registers, as a struct with `run(a, b, window)`.
#if defined(__x86_64__)
#define UTSIM_HOST_OPERATION(Name, text)                                                         \
    struct Name {                                                                                \
        static void run(Xmm& a, const Xmm& b, MxcsrWindow& w) {                                  \
            auto x = std::bit_cast<HostVector>(a);                                               \
            const auto y = std::bit_cast<HostVector>(b);                                         \
            asm volatile("stmxcsr %[host]\n\tldmxcsr %[control]\n\t" text " %[y], %[x]\n\t"      \
                         "stmxcsr %[after]\n\tldmxcsr %[host]"                                   \
                         : [x] "+x"(x), [host] "=m"(w.host), [after] "=m"(w.after)               \
                         : [y] "x"(y), [control] "m"(w.control));                                \
            a = std::bit_cast<Xmm>(x);                                                           \
        }                                                                                        \
    }
#else
#define UTSIM_HOST_OPERATION(Name, text)                                                         \
    struct Name {                                                                                \
        static void run(Xmm&, const Xmm&, MxcsrWindow&) {}                                       \
    }
#endif
// clang-format on

/// How numbers are rounded by an operation whose results can be too large or too small, so that
/// unmasked overflow and underflow can be told exactly.
enum class Rounds : std::uint8_t {
    no,
    sum,
    difference,
    alternating,  ///< difference in even lanes, sum in odd ones
    product,
    quotient,
    narrowed,
};

/// What an operation computes: so many numbers of type `T` (their bits) in the lowest lanes.
template <typename T, std::size_t Count, Rounds How = Rounds::no>
struct Produces {
    using Number = T;
    static constexpr std::size_t count = Count;
    static constexpr Rounds how = How;
};

/// One instruction's use of the host's unit.
class FloatUnit {
public:
    explicit FloatUnit(Core& c) : c_(c) {
        const std::uint32_t guest = c.r.fpu.mxcsr;
        unmasked_ = ~(guest >> mxcsr::masks_shift) & mxcsr::flags;
        window_.control = (guest & ~mxcsr::flags) | mxcsr::masks;
        // An unmasked underflow is reported, not flushed.
        if ((unmasked_ & mxcsr::underflow) != 0) window_.control &= ~mxcsr::flush_to_zero;
    }

    /// a = Op(a, b), of which What says what is to be looked at. False: #XM, with its flags set.
    template <typename Op, typename What>
    bool run(Xmm& a, const Xmm& b) {
        const Xmm first = a;
        Op::run(a, b, window_);
        std::uint32_t raised = window_.after & mxcsr::flags;
        if (unmasked_ != 0) [[unlikely]] {
            if constexpr (What::how != Rounds::no)
                raised = as_unmasked<Op, What>(first, b, a, raised);
        }
        return raise(raised);
    }

    MxcsrWindow& window() { return window_; }
    std::uint32_t control() const { return window_.control; }

    /// Takes over what an operation flagged. False: #XM.
    bool raise(std::uint32_t flags) {
        if ((flags & unmasked_) == 0) [[likely]] {
            c_.r.fpu.mxcsr |= flags;
            return true;
        }
        return trap(flags);
    }

private:
    bool trap(std::uint32_t flags);

    /// Which flags stand when underflow or overflow is unmasked: a tiny result underflows even if
    /// it is exact, and one that traps is inexact only if it would be with any exponent.
    template <typename Op, typename What>
    std::uint32_t as_unmasked(const Xmm& a, const Xmm& b, const Xmm& result, std::uint32_t raised) {
        using T = typename What::Number;
        using Operand = std::conditional_t<What::how == Rounds::narrowed, std::uint64_t, T>;
        const std::uint32_t range = (mxcsr::underflow | mxcsr::overflow) & unmasked_;
        const auto x = lanes<T>(result);
        for (std::size_t n = 0; n < What::count; ++n) raised |= underflow_of(x[n]) & range;
        if ((raised & range) == 0) return raised;
        raised = 0;
        for (std::size_t n = 0; n < What::count; ++n) {
            Xmm one = alone<Operand>(a, n, What::how);
            Op::run(one, alone<Operand>(b, n, What::how), window_);
            std::uint32_t lane = (window_.after & mxcsr::flags) | (underflow_of(x[n]) & range);
            if ((lane & range) != 0) {
                lane &= ~mxcsr::precision;
                if (inexact(What::how, sizeof(T), a, b, n)) lane |= mxcsr::precision;
            }
            raised |= lane;
        }
        return raised;
    }
    /// The flag that a denormal result is.
    template <typename T>
    static std::uint32_t underflow_of(T x) {
        constexpr unsigned fraction = sizeof(T) == 4 ? 23 : 52;
        const T magnitude = x & ~(T{1} << (8 * sizeof(T) - 1));
        return magnitude != 0 && magnitude >> fraction == 0 ? mxcsr::underflow : 0;
    }
    /// An operand with nothing in the other lanes that could be flagged.
    template <typename T>
    static Xmm alone(const Xmm& v, std::size_t lane, Rounds how) {
        auto x = lanes<T>(v);
        for (std::size_t n = 0; n < x.size(); ++n) {
            if (n != lane) x[n] = how == Rounds::quotient ? x[lane] : T{0};
        }
        return vector_of<Xmm>(x);
    }
    /// Whether lane `n` is inexact with any exponent: the host's x87 has 15 bits of it.
    bool inexact(Rounds how, std::size_t bytes, const Xmm& a, const Xmm& b, std::size_t n) const;

    Core& c_;
    MxcsrWindow window_;
    std::uint32_t unmasked_;
};

/// `return` this from a handler where the host's unit is not there.
inline Status without_host_unit(Core& c) {
    c.unimplemented = true;
    return c.raise(vector::invalid_opcode, 0, "SSE floating point needs an x86-64 host");
}

/// Destination = Op(destination, source).
template <typename Op, typename What, typename Memory>
struct FloatPacked {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        Xmm b;
        if (!read_vector<S, Memory>(c, i, b)) return Status::fault;
        Xmm a = c.r.fpu.xmm[i.destination];
        FloatUnit unit(c);
        if (!unit.run<Op, What>(a, b)) return Status::fault;
        c.r.fpu.xmm[i.destination] = a;
        return Status::retired;
    }
};

template <typename Op, typename What, typename Memory>
consteval HandlerSet on_floats() {
    return vector_handlers<FloatPacked<Op, What, Memory>, Shape::rr, Shape::rm>();
}

}  // namespace utsim::cpu

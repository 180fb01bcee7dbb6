// SPDX-License-Identifier: MIT
// Of SSE4.1 what is neither a move nor lanes of integers: PTEST, ROUND and the dot products.
// Rounding to an integer is plain arithmetic on the bits; dot products are SSE2 operations one
// after the other, which is how the manuals define their flags.
#include "cpu/float_unit.hpp"
#include "cpu/handler_sets_vector.hpp"

namespace utsim::cpu {
namespace {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

struct Test {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        Xmm b;
        if (!read_vector<S, Xmm>(c, i, b)) return Status::fault;
        const Xmm a = c.r.fpu.xmm[i.destination];
        const bool none = ((a.half[0] & b.half[0]) | (a.half[1] & b.half[1])) == 0;
        const bool all = ((b.half[0] & ~a.half[0]) | (b.half[1] & ~a.half[1])) == 0;
        c.flags.load((none ? flag::zf : 0) | (all ? flag::cf : 0));
        return Status::retired;
    }
};

enum Rounding : unsigned { nearest, down, up, towards_zero };

/// The number with the bits `x`, rounded to an integer; what that flags is added to `raised`.
template <typename T>
T rounded(T x, unsigned rounding, bool denormals_are_zeros, u32& raised) {
    constexpr unsigned fraction = sizeof(T) == 4 ? 23 : 52;
    constexpr T sign_bit = T{1} << (8 * sizeof(T) - 1), one_step = T{1} << fraction;
    constexpr T bias = (sizeof(T) == 4 ? 127 : 1023), most = 2 * bias + 1;
    constexpr T quiet = one_step >> 1;
    const T sign = x & sign_bit, magnitude = x & ~sign_bit, exponent = magnitude >> fraction;
    if (exponent == most) {
        if ((x & (one_step - 1)) == 0) return x;
        if ((x & quiet) == 0) raised |= mxcsr::invalid;
        return x | quiet;
    }
    if (magnitude == 0 || exponent >= bias + fraction) return x;
    if (exponent == 0 && denormals_are_zeros) return sign;
    bool away = rounding == (sign != 0 ? down : up);
    if (exponent < bias) {
        const bool above_half = magnitude > (bias - 1) << fraction;
        away |= rounding == nearest && above_half;
        raised |= mxcsr::precision;
        return sign | (away ? bias << fraction : 0);
    }
    // The integer's last bit; of one it is the exponent's last, which is set.
    const T unit = one_step >> (exponent - bias), rest = magnitude & (unit - 1);
    if (rest == 0) return x;
    raised |= mxcsr::precision;
    const bool odd = (magnitude & unit) != 0;
    away |= rounding == nearest && (rest > unit >> 1 || (rest == unit >> 1 && odd));
    return sign | (magnitude - rest + (away ? unit : 0));
}

template <typename T, std::size_t Count, typename Memory>
struct Round {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        constexpr u64 by_mxcsr = 4, inexact_is_silent = 8;
        Xmm b;
        if (!read_vector<S, Memory>(c, i, b)) return Status::fault;
        const u32 control = c.r.fpu.mxcsr;
        const auto rounding = static_cast<unsigned>(
            (i.immediate & by_mxcsr) != 0 ? control >> mxcsr::rounding_shift & 3 : i.immediate & 3);
        auto x = lanes<T>(c.r.fpu.xmm[i.destination]);
        const auto y = lanes<T>(b);
        u32 raised = 0;
        for (std::size_t n = 0; n < Count; ++n) {
            x[n] = rounded(y[n], rounding, (control & mxcsr::denormals_are_zeros) != 0, raised);
        }
        if ((i.immediate & inexact_is_silent) != 0) raised &= ~mxcsr::precision;
        if (!FloatUnit(c).raise(raised)) return Status::fault;
        c.r.fpu.xmm[i.destination] = vector_of<Xmm>(x);
        return Status::retired;
    }
};

UTSIM_HOST_OPERATION(MulPs, "mulps");
UTSIM_HOST_OPERATION(AddPs, "addps");
UTSIM_HOST_OPERATION(MulPd, "mulpd");
UTSIM_HOST_OPERATION(AddPd, "addpd");

/// `a` with zero in the lanes whose bit of `keep` is not set.
template <typename T>
Xmm only(const Xmm& a, u64 keep) {
    auto x = lanes<T>(a);
    for (std::size_t n = 0; n < x.size(); ++n) {
        if ((keep >> n & 1) == 0) x[n] = 0;
    }
    return vector_of<Xmm>(x);
}

struct DotSingles {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        Xmm b;
        if (!read_vector<S, Xmm>(c, i, b)) return Status::fault;
        const u64 keep = i.immediate >> 4;
        Xmm products = only<u32>(c.r.fpu.xmm[i.destination], keep);
        FloatUnit unit(c);
        if (!unit.run<MulPs, Produces<u32, 4, Rounds::product>>(products, only<u32>(b, keep)))
            return Status::fault;
        using Sums = Produces<u32, 4, Rounds::sum>;
        const auto p = lanes<u32>(products);
        Xmm sums = vector_of<Xmm>(Lanes<u32, Xmm>{p[0], p[2], 0, 0});
        if (!unit.run<AddPs, Sums>(sums, vector_of<Xmm>(Lanes<u32, Xmm>{p[1], p[3], 0, 0})))
            return Status::fault;
        const auto s = lanes<u32>(sums);
        Xmm all = vector_of<Xmm>(Lanes<u32, Xmm>{s[0], s[0], s[0], s[0]});
        if (!unit.run<AddPs, Sums>(all, vector_of<Xmm>(Lanes<u32, Xmm>{s[1], s[1], s[1], s[1]})))
            return Status::fault;
        c.r.fpu.xmm[i.destination] = only<u32>(all, i.immediate);
        return Status::retired;
    }
};

struct DotDoubles {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        Xmm b;
        if (!read_vector<S, Xmm>(c, i, b)) return Status::fault;
        const u64 keep = i.immediate >> 4;
        Xmm products = only<u64>(c.r.fpu.xmm[i.destination], keep);
        FloatUnit unit(c);
        if (!unit.run<MulPd, Produces<u64, 2, Rounds::product>>(products, only<u64>(b, keep)))
            return Status::fault;
        Xmm all{{products.half[0], products.half[0]}};
        const Xmm other{{products.half[1], products.half[1]}};
        if (!unit.run<AddPd, Produces<u64, 2, Rounds::sum>>(all, other)) return Status::fault;
        c.r.fpu.xmm[i.destination] = only<u64>(all, i.immediate);
        return Status::retired;
    }
};

template <typename Op>
consteval HandlerSet reading() {
    return vector_handlers<Op, Shape::rr, Shape::rm>();
}

}  // namespace

namespace execute {
constinit const HandlerSet ptest = reading<Test>();
constinit const FloatSets round_float = {
    reading<Round<u32, 4, Xmm>>(), reading<Round<u64, 2, Xmm>>(), reading<Round<u32, 1, u32>>(),
    reading<Round<u64, 1, u64>>()};
constinit const HandlerSet dpps = reading<DotSingles>();
constinit const HandlerSet dppd = reading<DotDoubles>();
}  // namespace execute
}  // namespace utsim::cpu

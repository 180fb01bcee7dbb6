// SPDX-License-Identifier: MIT
// Integer arithmetic of MMX and SSE up to SSE4.2 whose result in a lane comes from the same lane
// (or its neighbour) of the operands: add, subtract, multiply, compare, average, minimum, absolute
// value, logic. What moves lanes about is in execute_sse_shuffle.cpp.
#include <limits>
#include <type_traits>

#include "cpu/handler_sets_vector.hpp"
#include "cpu/vector.hpp"

namespace utsim::cpu {
namespace {

using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// An operation on lanes of type T: `F::of(x, y)`.
template <typename T, typename F>
struct EachLane {
    template <typename V>
    static V apply(const V& a, const V& b) {
        return each_lane<T>(a, b, [](T x, T y) { return F::of(x, y); });
    }
};

struct Sum {
    template <typename T>
    static T of(T x, T y) {
        return static_cast<T>(x + y);
    }
};
struct Difference {
    template <typename T>
    static T of(T x, T y) {
        return static_cast<T>(x - y);
    }
};
struct SaturatedSum {
    template <typename T>
    static T of(T x, T y) {
        return saturated<T>(i64{x} + i64{y});
    }
};
struct SaturatedDifference {
    template <typename T>
    static T of(T x, T y) {
        return saturated<T>(i64{x} - i64{y});
    }
};
struct Average {
    template <typename T>
    static T of(T x, T y) {
        return static_cast<T>((u32{x} + u32{y} + 1) >> 1);
    }
};
struct Least {
    template <typename T>
    static T of(T x, T y) {
        return x < y ? x : y;
    }
};
struct Greatest {
    template <typename T>
    static T of(T x, T y) {
        return x > y ? x : y;
    }
};
struct Equal {
    template <typename T>
    static T of(T x, T y) {
        return static_cast<T>(x == y ? -1 : 0);
    }
};
struct Greater {
    template <typename T>
    static T of(T x, T y) {
        return static_cast<T>(x > y ? -1 : 0);
    }
};
struct LowProduct {
    static u16 of(u16 x, u16 y) { return static_cast<u16>(u32{x} * y); }
    static u32 of(u32 x, u32 y) { return x * y; }
};
struct HighProduct {
    static i16 of(i16 x, i16 y) { return static_cast<i16>((i32{x} * y) >> 16); }
    static u16 of(u16 x, u16 y) { return static_cast<u16>((u32{x} * y) >> 16); }
};
struct RoundedHighProduct {  // PMULHRSW
    static i16 of(i16 x, i16 y) { return static_cast<i16>(((i32{x} * y >> 14) + 1) >> 1); }
};
/// PSIGN: the first, negated or made zero by the sign of the second.
struct Signed {
    template <typename T>
    static T of(T x, T y) {
        return static_cast<T>(y < 0 ? 0u - static_cast<u32>(x) : y == 0 ? 0u : static_cast<u32>(x));
    }
};
struct Absolute {
    template <typename T>
    static T of(T, T y) {
        return static_cast<T>(y < 0 ? 0u - static_cast<u32>(y) : static_cast<u32>(y));
    }
};
struct BothBits {
    static u64 of(u64 x, u64 y) { return x & y; }
};
struct OtherBits {  // PANDN
    static u64 of(u64 x, u64 y) { return ~x & y; }
};
struct EitherBits {
    static u64 of(u64 x, u64 y) { return x | y; }
};
struct DifferentBits {
    static u64 of(u64 x, u64 y) { return x ^ y; }
};

/// PMULUDQ, PMULDQ: the even lanes, to twice the width.
template <typename T, typename Wide>
struct WideProduct {
    template <typename V>
    static V apply(const V& a, const V& b) {
        const auto x = lanes<T>(a), y = lanes<T>(b);
        Lanes<Wide, V> out;
        for (std::size_t n = 0; n < out.size(); ++n) out[n] = Wide{x[2 * n]} * Wide{y[2 * n]};
        return vector_of<V>(out);
    }
};

/// PMADDWD, and with bytes (unsigned times signed, saturated) PMADDUBSW.
struct MultiplyAdd {
    template <typename V>
    static V apply(const V& a, const V& b) {
        const auto x = lanes<i16>(a), y = lanes<i16>(b);
        Lanes<u32, V> out;
        for (std::size_t n = 0; n < out.size(); ++n) {
            out[n] = static_cast<u32>(i32{x[2 * n]} * y[2 * n]) +
                     static_cast<u32>(i32{x[2 * n + 1]} * y[2 * n + 1]);
        }
        return vector_of<V>(out);
    }
};
struct MultiplyAddBytes {
    template <typename V>
    static V apply(const V& a, const V& b) {
        const auto x = lanes<u8>(a);
        const auto y = lanes<i8>(b);
        Lanes<i16, V> out;
        for (std::size_t n = 0; n < out.size(); ++n) {
            out[n] = saturated<i16>(i32{x[2 * n]} * y[2 * n] + i32{x[2 * n + 1]} * y[2 * n + 1]);
        }
        return vector_of<V>(out);
    }
};

template <typename V>
unsigned byte_distance(const V& a, const V& b, std::size_t first, std::size_t other,
                       std::size_t count) {
    const auto x = lanes<u8>(a), y = lanes<u8>(b);
    unsigned sum = 0;
    for (std::size_t n = 0; n < count; ++n) {
        const u8 p = x[first + n], q = y[other + n];
        sum += static_cast<unsigned>(p < q ? q - p : p - q);
    }
    return sum;
}

struct SumOfDistances {  // PSADBW
    template <typename V>
    static V apply(const V& a, const V& b) {
        Lanes<u64, V> out;
        for (std::size_t n = 0; n < out.size(); ++n) out[n] = byte_distance(a, b, 8 * n, 8 * n, 8);
        return vector_of<V>(out);
    }
};
struct SlidingDistances {  // MPSADBW
    static Xmm apply(const Xmm& a, const Xmm& b, u8 n) {
        const std::size_t first = n & 4, other = 4 * (n & 3u);
        Lanes<u16, Xmm> out;
        for (std::size_t k = 0; k < out.size(); ++k) {
            out[k] = static_cast<u16>(byte_distance(a, b, first + k, other, 4));
        }
        return vector_of<Xmm>(out);
    }
};

/// PHADD, PHSUB: neighbours of the first operand below those of the second.
template <typename T, typename F>
struct Horizontal {
    template <typename V>
    static V apply(const V& a, const V& b) {
        const auto x = lanes<T>(a), y = lanes<T>(b);
        constexpr std::size_t half = sizeof(V) / sizeof(T) / 2;
        Lanes<T, V> out;
        for (std::size_t n = 0; n < half; ++n) {
            out[n] = F::of(x[2 * n], x[2 * n + 1]);
            out[half + n] = F::of(y[2 * n], y[2 * n + 1]);
        }
        return vector_of<V>(out);
    }
};

/// PHMINPOSUW: the least word, and where it is.
struct LeastWord {
    static Xmm apply(const Xmm&, const Xmm& b) {
        const auto y = lanes<u16>(b);
        u16 at = 0;
        for (u16 n = 1; n < y.size(); ++n) {
            if (y[n] < y[at]) at = n;
        }
        return {{y[at] | u64{at} << 16, 0}};
    }
};

// -- Shifts.

struct Left {
    template <typename T>
    static T by(T x, unsigned n) {
        return static_cast<T>(x << n);
    }
};
struct Right {
    template <typename T>
    static T by(T x, unsigned n) {
        return static_cast<T>(x >> n);
    }
};

/// All lanes by one count: an immediate, or all of the second operand's low half. With a count not
/// below the width nothing but copies of the sign is left.
template <typename T, typename F>
struct Shift {
    template <typename V>
    static V shift(const V& a, u64 count) {
        constexpr unsigned bits = 8 * sizeof(T);
        if (count >= bits) {
            if (std::is_unsigned_v<T>) return V{};
            count = bits - 1;
        }
        const auto n = static_cast<unsigned>(count);
        return each_lane<T>(a, a, [n](T x, T) { return F::by(x, n); });
    }
    template <typename V>
    static V apply(const V& a, const V& b) {
        return shift(a, lanes<u64>(b)[0]);
    }
};

template <bool Up>
struct ByteShift {  // PSLLDQ, PSRLDQ
    static Xmm shift(const Xmm& a, u8 count) {
        const auto x = lanes<u8>(a);
        Lanes<u8, Xmm> out{};
        for (std::size_t n = count; n < 16; ++n)
            (Up ? out[n] : out[n - count]) = Up ? x[n - count] : x[n];
        return vector_of<Xmm>(out);
    }
};

template <typename T, typename F>
consteval VectorSets lanewise() {
    return on_vectors<EachLane<T, F>>();
}
template <typename Op>
consteval VectorSets by_immediate() {
    return {vector_handlers<Packed<Op, Mmx>, Shape::ri>(),
            vector_handlers<Packed<Op, Xmm>, Shape::ri>()};
}

}  // namespace

namespace execute {
constinit const VectorSets paddb = lanewise<u8, Sum>();
constinit const VectorSets paddw = lanewise<u16, Sum>();
constinit const VectorSets paddd = lanewise<u32, Sum>();
constinit const VectorSets paddq = lanewise<u64, Sum>();
constinit const VectorSets paddsb = lanewise<i8, SaturatedSum>();
constinit const VectorSets paddsw = lanewise<i16, SaturatedSum>();
constinit const VectorSets paddusb = lanewise<u8, SaturatedSum>();
constinit const VectorSets paddusw = lanewise<u16, SaturatedSum>();
constinit const VectorSets psubb = lanewise<u8, Difference>();
constinit const VectorSets psubw = lanewise<u16, Difference>();
constinit const VectorSets psubd = lanewise<u32, Difference>();
constinit const VectorSets psubq = lanewise<u64, Difference>();
constinit const VectorSets psubsb = lanewise<i8, SaturatedDifference>();
constinit const VectorSets psubsw = lanewise<i16, SaturatedDifference>();
constinit const VectorSets psubusb = lanewise<u8, SaturatedDifference>();
constinit const VectorSets psubusw = lanewise<u16, SaturatedDifference>();
constinit const VectorSets pavgb = lanewise<u8, Average>();
constinit const VectorSets pavgw = lanewise<u16, Average>();
constinit const VectorSets pminub = lanewise<u8, Least>();
constinit const VectorSets pminsw = lanewise<i16, Least>();
constinit const VectorSets pmaxub = lanewise<u8, Greatest>();
constinit const VectorSets pmaxsw = lanewise<i16, Greatest>();
constinit const HandlerSet pminsb = lanewise<i8, Least>().xmm;
constinit const HandlerSet pminsd = lanewise<i32, Least>().xmm;
constinit const HandlerSet pminuw = lanewise<u16, Least>().xmm;
constinit const HandlerSet pminud = lanewise<u32, Least>().xmm;
constinit const HandlerSet pmaxsb = lanewise<i8, Greatest>().xmm;
constinit const HandlerSet pmaxsd = lanewise<i32, Greatest>().xmm;
constinit const HandlerSet pmaxuw = lanewise<u16, Greatest>().xmm;
constinit const HandlerSet pmaxud = lanewise<u32, Greatest>().xmm;
constinit const VectorSets pcmpeqb = lanewise<u8, Equal>();
constinit const VectorSets pcmpeqw = lanewise<u16, Equal>();
constinit const VectorSets pcmpeqd = lanewise<u32, Equal>();
constinit const HandlerSet pcmpeqq = lanewise<u64, Equal>().xmm;
constinit const VectorSets pcmpgtb = lanewise<i8, Greater>();
constinit const VectorSets pcmpgtw = lanewise<i16, Greater>();
constinit const VectorSets pcmpgtd = lanewise<i32, Greater>();
constinit const HandlerSet pcmpgtq = lanewise<i64, Greater>().xmm;
constinit const VectorSets pmullw = lanewise<u16, LowProduct>();
constinit const HandlerSet pmulld = lanewise<u32, LowProduct>().xmm;
constinit const VectorSets pmulhw = lanewise<i16, HighProduct>();
constinit const VectorSets pmulhuw = lanewise<u16, HighProduct>();
constinit const VectorSets pmulhrsw = lanewise<i16, RoundedHighProduct>();
constinit const VectorSets pmuludq = on_vectors<WideProduct<u32, u64>>();
constinit const HandlerSet pmuldq = on_xmm<WideProduct<i32, i64>>();
constinit const VectorSets pmaddwd = on_vectors<MultiplyAdd>();
constinit const VectorSets pmaddubsw = on_vectors<MultiplyAddBytes>();
constinit const VectorSets psadbw = on_vectors<SumOfDistances>();
constinit const HandlerSet mpsadbw = on_xmm<SlidingDistances>();
constinit const VectorSets psignb = lanewise<i8, Signed>();
constinit const VectorSets psignw = lanewise<i16, Signed>();
constinit const VectorSets psignd = lanewise<i32, Signed>();
constinit const VectorSets pabsb = lanewise<i8, Absolute>();
constinit const VectorSets pabsw = lanewise<i16, Absolute>();
constinit const VectorSets pabsd = lanewise<i32, Absolute>();
constinit const VectorSets phaddw = on_vectors<Horizontal<u16, Sum>>();
constinit const VectorSets phaddd = on_vectors<Horizontal<u32, Sum>>();
constinit const VectorSets phaddsw = on_vectors<Horizontal<i16, SaturatedSum>>();
constinit const VectorSets phsubw = on_vectors<Horizontal<u16, Difference>>();
constinit const VectorSets phsubd = on_vectors<Horizontal<u32, Difference>>();
constinit const VectorSets phsubsw = on_vectors<Horizontal<i16, SaturatedDifference>>();
constinit const HandlerSet phminposuw = on_xmm<LeastWord>();
constinit const VectorSets pand = lanewise<u64, BothBits>();
constinit const VectorSets pandn = lanewise<u64, OtherBits>();
constinit const VectorSets por = lanewise<u64, EitherBits>();
constinit const VectorSets pxor = lanewise<u64, DifferentBits>();
constinit const VectorSets psllw = on_vectors<Shift<u16, Left>>();
constinit const VectorSets pslld = on_vectors<Shift<u32, Left>>();
constinit const VectorSets psllq = on_vectors<Shift<u64, Left>>();
constinit const VectorSets psrlw = on_vectors<Shift<u16, Right>>();
constinit const VectorSets psrld = on_vectors<Shift<u32, Right>>();
constinit const VectorSets psrlq = on_vectors<Shift<u64, Right>>();
constinit const VectorSets psraw = on_vectors<Shift<i16, Right>>();
constinit const VectorSets psrad = on_vectors<Shift<i32, Right>>();
constinit const VectorSets psllw_by = by_immediate<Shift<u16, Left>>();
constinit const VectorSets pslld_by = by_immediate<Shift<u32, Left>>();
constinit const VectorSets psllq_by = by_immediate<Shift<u64, Left>>();
constinit const VectorSets psrlw_by = by_immediate<Shift<u16, Right>>();
constinit const VectorSets psrld_by = by_immediate<Shift<u32, Right>>();
constinit const VectorSets psrlq_by = by_immediate<Shift<u64, Right>>();
constinit const VectorSets psraw_by = by_immediate<Shift<i16, Right>>();
constinit const VectorSets psrad_by = by_immediate<Shift<i32, Right>>();
constinit const HandlerSet pslldq = vector_handlers<Packed<ByteShift<true>, Xmm>, Shape::ri>();
constinit const HandlerSet psrldq = vector_handlers<Packed<ByteShift<false>, Xmm>, Shape::ri>();
}  // namespace execute
}  // namespace utsim::cpu

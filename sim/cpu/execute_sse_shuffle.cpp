// SPDX-License-Identifier: MIT
// What moves lanes about: pack, unpack, shuffle, blend, align, extend. UNPCKLPS is PUNPCKLDQ and so
// on, for lanes are bits.
#include "cpu/handler_sets_vector.hpp"
#include "cpu/vector.hpp"

namespace utsim::cpu {
namespace {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// PUNPCKL, PUNPCKH: the lanes of one half of both, alternating.
template <typename T, bool High>
struct Unpack {
    template <typename V>
    static V apply(const V& a, const V& b) {
        const auto x = lanes<T>(a), y = lanes<T>(b);
        constexpr std::size_t half = sizeof(V) / sizeof(T) / 2, from = High ? half : 0;
        Lanes<T, V> out;
        for (std::size_t n = 0; n < half; ++n) {
            out[2 * n] = x[from + n];
            out[2 * n + 1] = y[from + n];
        }
        return vector_of<V>(out);
    }
};

/// PACKSS, PACKUS: both, one behind the other, in lanes of half the width.
template <typename From, typename To>
struct Pack {
    template <typename V>
    static V apply(const V& a, const V& b) {
        const auto x = lanes<From>(a), y = lanes<From>(b);
        Lanes<To, V> out;
        for (std::size_t n = 0; n < x.size(); ++n) {
            out[n] = saturated<To>(x[n]);
            out[x.size() + n] = saturated<To>(y[n]);
        }
        return vector_of<V>(out);
    }
};

/// Four lanes chosen by two bits each, from lane `First` on; the others stay.
template <typename T, std::size_t First>
struct FourOf {  // PSHUFD, PSHUFLW, PSHUFHW, PSHUFW
    template <typename V>
    static V apply(const V&, const V& b, u8 n) {
        const auto y = lanes<T>(b);
        auto out = y;
        for (std::size_t k = 0; k < 4; ++k) out[First + k] = y[First + (n >> 2 * k & 3u)];
        return vector_of<V>(out);
    }
};

struct ShuffleSingles {  // SHUFPS
    static Xmm apply(const Xmm& a, const Xmm& b, u8 n) {
        const auto x = lanes<u32>(a), y = lanes<u32>(b);
        return vector_of<Xmm>(
            Lanes<u32, Xmm>{x[n & 3u], x[n >> 2 & 3u], y[n >> 4 & 3u], y[n >> 6 & 3u]});
    }
};
struct ShuffleDoubles {  // SHUFPD
    static Xmm apply(const Xmm& a, const Xmm& b, u8 n) {
        return {{a.half[n & 1u], b.half[n >> 1 & 1u]}};
    }
};

struct ShuffleBytes {  // PSHUFB
    template <typename V>
    static V apply(const V& a, const V& b) {
        const auto x = lanes<u8>(a), y = lanes<u8>(b);
        Lanes<u8, V> out;
        for (std::size_t n = 0; n < out.size(); ++n) {
            out[n] = (y[n] & 0x80) != 0 ? u8{0} : x[y[n] & (out.size() - 1)];
        }
        return vector_of<V>(out);
    }
};

struct AlignRight {  // PALIGNR
    template <typename V>
    static V apply(const V& a, const V& b, u8 n) {
        const auto x = lanes<u8>(a), y = lanes<u8>(b);
        Lanes<u8, V> out{};
        for (std::size_t k = 0; k < out.size(); ++k) {
            const std::size_t at = k + n;
            if (at < out.size()) out[k] = y[at];
            if (at >= out.size() && at < 2 * out.size()) out[k] = x[at - out.size()];
        }
        return vector_of<V>(out);
    }
};

/// BLENDPS, BLENDPD, PBLENDW: a bit of the immediate for each lane.
template <typename T>
struct Blend {
    static Xmm apply(const Xmm& a, const Xmm& b, u8 n) {
        auto x = lanes<T>(a);
        const auto y = lanes<T>(b);
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = (n >> k & 1) != 0 ? y[k] : x[k];
        return vector_of<Xmm>(x);
    }
};

/// PBLENDVB, BLENDVPS, BLENDVPD: the top bit of each lane of XMM0.
template <typename T>
struct BlendByXmm0 {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        Xmm b;
        if (!read_vector<S, Xmm>(c, i, b)) return Status::fault;
        auto x = lanes<T>(c.r.fpu.xmm[i.destination]);
        const auto y = lanes<T>(b), mask = lanes<T>(c.r.fpu.xmm[0]);
        for (std::size_t n = 0; n < x.size(); ++n) {
            if (mask[n] >> (8 * sizeof(T) - 1) != 0) x[n] = y[n];
        }
        set_vector(c, i.destination, vector_of<Xmm>(x));
        return Status::retired;
    }
};

/// PMOVSX, PMOVZX.
template <typename From, typename To>
struct Extend {
    static Xmm apply(const Xmm&, const Xmm& b) {
        const auto y = lanes<From>(b);
        Lanes<To, Xmm> out;
        for (std::size_t n = 0; n < out.size(); ++n) out[n] = y[n];
        return vector_of<Xmm>(out);
    }
};

struct DuplicateEven {  // MOVSLDUP
    static Xmm apply(const Xmm&, const Xmm& b) {
        const auto y = lanes<u32>(b);
        return vector_of<Xmm>(Lanes<u32, Xmm>{y[0], y[0], y[2], y[2]});
    }
};
struct DuplicateOdd {  // MOVSHDUP
    static Xmm apply(const Xmm&, const Xmm& b) {
        const auto y = lanes<u32>(b);
        return vector_of<Xmm>(Lanes<u32, Xmm>{y[1], y[1], y[3], y[3]});
    }
};
struct DuplicateLow {  // MOVDDUP
    static Xmm apply(const Xmm&, const Xmm& b) { return {{b.half[0], b.half[0]}}; }
};

/// INSERTPS: the source lane comes from the immediate, but of memory there is one only.
struct InsertSingle {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        Xmm b;
        if (!read_vector<S, u32>(c, i, b)) return Status::fault;
        const auto n = static_cast<u8>(i.immediate);
        auto x = lanes<u32>(c.r.fpu.xmm[i.destination]);
        x[n >> 4 & 3u] = lanes<u32>(b)[S == Shape::rm ? 0u : n >> 6 & 3u];
        for (std::size_t k = 0; k < 4; ++k) {
            if ((n >> k & 1) != 0) x[k] = 0;
        }
        set_vector(c, i.destination, vector_of<Xmm>(x));
        return Status::retired;
    }
};

/// With an MMX register only 32 bits of memory are read; with XMM all 128.
template <typename T>
consteval VectorSets unpack_low() {
    return {on_mmx<Unpack<T, false>, u32>(), on_xmm<Unpack<T, false>>()};
}
template <typename From, typename To>
consteval HandlerSet extend() {
    return on_xmm<
        Extend<From, To>,
        std::conditional_t<sizeof(To) / sizeof(From) == 2, u64,
                           std::conditional_t<sizeof(To) / sizeof(From) == 4, u32, u16>>>();
}

}  // namespace

namespace execute {
constinit const VectorSets punpcklbw = unpack_low<u8>();
constinit const VectorSets punpcklwd = unpack_low<u16>();
constinit const VectorSets punpckldq = unpack_low<u32>();
constinit const HandlerSet punpcklqdq = on_xmm<Unpack<u64, false>>();
constinit const VectorSets punpckhbw = on_vectors<Unpack<u8, true>>();
constinit const VectorSets punpckhwd = on_vectors<Unpack<u16, true>>();
constinit const VectorSets punpckhdq = on_vectors<Unpack<u32, true>>();
constinit const HandlerSet punpckhqdq = on_xmm<Unpack<u64, true>>();
constinit const VectorSets packsswb = on_vectors<Pack<std::int16_t, std::int8_t>>();
constinit const VectorSets packssdw = on_vectors<Pack<std::int32_t, std::int16_t>>();
constinit const VectorSets packuswb = on_vectors<Pack<std::int16_t, u8>>();
constinit const HandlerSet packusdw = on_xmm<Pack<std::int32_t, u16>>();
constinit const HandlerSet pshufd = on_xmm<FourOf<u32, 0>>();
constinit const HandlerSet pshuflw = on_xmm<FourOf<u16, 0>>();
constinit const HandlerSet pshufhw = on_xmm<FourOf<u16, 4>>();
constinit const HandlerSet pshufw = on_mmx<FourOf<u16, 0>>();
constinit const HandlerSet shufps = on_xmm<ShuffleSingles>();
constinit const HandlerSet shufpd = on_xmm<ShuffleDoubles>();
constinit const VectorSets pshufb = on_vectors<ShuffleBytes>();
constinit const VectorSets palignr = on_vectors<AlignRight>();
constinit const HandlerSet blendps = on_xmm<Blend<u32>>();
constinit const HandlerSet blendpd = on_xmm<Blend<u64>>();
constinit const HandlerSet pblendw = on_xmm<Blend<u16>>();
constinit const HandlerSet pblendvb = vector_handlers<BlendByXmm0<u8>, Shape::rr, Shape::rm>();
constinit const HandlerSet blendvps = vector_handlers<BlendByXmm0<u32>, Shape::rr, Shape::rm>();
constinit const HandlerSet blendvpd = vector_handlers<BlendByXmm0<u64>, Shape::rr, Shape::rm>();
constinit const HandlerSet pmovsxbw = extend<std::int8_t, std::int16_t>();
constinit const HandlerSet pmovsxbd = extend<std::int8_t, std::int32_t>();
constinit const HandlerSet pmovsxbq = extend<std::int8_t, std::int64_t>();
constinit const HandlerSet pmovsxwd = extend<std::int16_t, std::int32_t>();
constinit const HandlerSet pmovsxwq = extend<std::int16_t, std::int64_t>();
constinit const HandlerSet pmovsxdq = extend<std::int32_t, std::int64_t>();
constinit const HandlerSet pmovzxbw = extend<u8, u16>();
constinit const HandlerSet pmovzxbd = extend<u8, u32>();
constinit const HandlerSet pmovzxbq = extend<u8, u64>();
constinit const HandlerSet pmovzxwd = extend<u16, u32>();
constinit const HandlerSet pmovzxwq = extend<u16, u64>();
constinit const HandlerSet pmovzxdq = extend<u32, u64>();
constinit const HandlerSet movsldup = on_xmm<DuplicateEven>();
constinit const HandlerSet movshdup = on_xmm<DuplicateOdd>();
constinit const HandlerSet movddup = on_xmm<DuplicateLow, u64>();
constinit const HandlerSet insertps = vector_handlers<InsertSingle, Shape::rr, Shape::rm>();
}  // namespace execute
}  // namespace utsim::cpu

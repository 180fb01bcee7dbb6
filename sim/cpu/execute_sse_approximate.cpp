// SPDX-License-Identifier: MIT
// RCPPS and RSQRTPS, where the manuals promise an error below 1.5/4096 and each processor has
// tables of its own. Ours rounds the exact result to 12 bits behind the point, to nearest. Zeroes
// and denormals are zero, results too small are zero; no exceptions.
#include <bit>

#include "cpu/handler_sets_vector.hpp"
#include "cpu/vector.hpp"

namespace utsim::cpu {
namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u32 sign_bit = 0x80000000, infinity = 0x7f800000, quiet = 0x00400000;
constexpr u32 default_nan = 0xffc00000;
constexpr unsigned fraction_bits = 23, kept_bits = 12;

constexpr int exponent(u32 x) { return static_cast<int>(x >> fraction_bits & 0xff); }
constexpr u64 significand(u32 x) { return (x & 0x7fffff) | 1u << fraction_bits; }

/// A number from a significand with `kept_bits` behind the point, one to two inclusive.
constexpr u32 assemble(u32 sign, int exponent, u64 rounded) {
    if (rounded >> (kept_bits + 1) != 0) {
        rounded >>= 1;
        ++exponent;
    }
    if (exponent <= 0) return sign;
    return sign | static_cast<u32>(exponent) << fraction_bits |
           static_cast<u32>((rounded << (fraction_bits - kept_bits)) & 0x7fffff);
}

struct Reciprocal {
    static u32 of(u32 x) {
        const u32 sign = x & sign_bit, magnitude = x & ~sign_bit;
        if (magnitude > infinity) return x | quiet;
        if (magnitude == infinity) return sign;
        if (exponent(x) == 0) return sign | infinity;
        // 1/m is in (1/2, 1], so it is doubled unless m is one.
        const u64 m = significand(x);
        if (m == 1u << fraction_bits) return assemble(sign, 254 - exponent(x), 1u << kept_bits);
        const u64 dividend = u64{1} << (fraction_bits + kept_bits + 1);
        return assemble(sign, 253 - exponent(x), (2 * dividend / m + 1) / 2);
    }
};

constexpr u64 root(u64 x) {
    u64 r = 0;
    for (u64 bit = u64{1} << 31; bit != 0; bit >>= 1) {
        if ((r + bit) * (r + bit) <= x) r += bit;
    }
    return r;
}

struct ReciprocalRoot {
    static u32 of(u32 x) {
        const u32 sign = x & sign_bit, magnitude = x & ~sign_bit;
        if (magnitude > infinity) return x | quiet;
        if (exponent(x) == 0) return sign | infinity;
        if (sign != 0) return default_nan;
        if (magnitude == infinity) return 0;
        // x = m * 4^k with m in [1, 4): the root's reciprocal is in (1/2, 1], doubled unless one.
        const int unbiased = exponent(x) - 127;
        const int k = unbiased >> 1;
        const u64 m = significand(x) << (unbiased & 1);
        if (m == 1u << fraction_bits) return assemble(0, 127 - k, 1u << kept_bits);
        // The square of twice the result, with one bit more to round by: 2^(2*14) / m.
        const u64 square = (u64{1} << (2 * (kept_bits + 2) + fraction_bits)) / m;
        return assemble(0, 126 - k, (root(square) + 1) / 2);
    }
};

template <typename F, std::size_t Count>
struct Approximate {
    static Xmm apply(const Xmm& a, const Xmm& b) {
        auto x = lanes<u32>(a);
        const auto y = lanes<u32>(b);
        for (std::size_t n = 0; n < Count; ++n) x[n] = F::of(y[n]);
        return vector_of<Xmm>(x);
    }
};

}  // namespace

namespace execute {
constinit const HandlerSet rcpps = on_xmm<Approximate<Reciprocal, 4>>();
constinit const HandlerSet rcpss = on_xmm<Approximate<Reciprocal, 1>, u32>();
constinit const HandlerSet rsqrtps = on_xmm<Approximate<ReciprocalRoot, 4>>();
constinit const HandlerSet rsqrtss = on_xmm<Approximate<ReciprocalRoot, 1>, u32>();
}  // namespace execute
}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
// Transcendental functions of x87. Real units differ in the last digit, so we compute them in the
// 113 bits of a quad, whose arithmetic is software and the same everywhere, and round once to 64.
//
// Exponents are kept apart from significands wherever a quad's range could be left, and of a
// result that is nearly its argument (sin x for a small x) we say on which side of it the truth
// lies, so that every rounding mode is right. FSIN and its kin reduce their argument by the 66-bit
// value of pi that the manuals of both makers name.
#include "cpu/x87_transcendental.hpp"

#include <bit>

#include "cpu/x87_unit.hpp"

namespace utsim::cpu {
namespace {

__extension__ typedef __float128 Quad;
__extension__ typedef unsigned __int128 Wide;

// Of libquadmath, whose header not every compiler finds.
extern "C" {
Quad expm1q(Quad);
Quad log1pq(Quad);
Quad sinq(Quad);
Quad cosq(Quad);
Quad tanq(Quad);
Quad atan2q(Quad, Quad);
Quad frexpq(Quad, int*);
Quad scalbnq(Quad, int);
}

constexpr int bias = 16383;
constexpr unsigned exponent_mask = 0x7fff;
constexpr std::uint16_t sign_mask = 0x8000;
constexpr std::uint64_t integer_bit = std::uint64_t{1} << 63;
/// Below these exponents a function is the first term of its series, in 113 bits: where the second
/// is smaller by a square, and where by a factor.
constexpr int tiny = -54;
constexpr int very_tiny = -120;

/// 128 bits behind the point.
Quad fraction(std::uint64_t high, std::uint64_t low) {
    return scalbnq(static_cast<Quad>(high), -64) + scalbnq(static_cast<Quad>(low), -128);
}
Quad ln_2() { return fraction(0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af); }
Quad log2_e() { return 1 + fraction(0x71547652b82fe177, 0x7d0ffda0d23a7d12); }
Quad half_pi() { return 1 + fraction(0x921fb54442d18469, 0x898cc51701b839a2); }

/// sign * f * 2^e with f in [1, 2), of a number that is neither zero nor special.
struct Number {
    bool negative = false;
    bool zero = false;
    bool infinite = false;
    bool nan = false;
    int e = 0;
    std::uint64_t significand = 0;
    Quad f = 0;

    explicit Number(const X87Register& r) {
        negative = (r.sign_exponent & sign_mask) != 0;
        const unsigned exponent = r.sign_exponent & exponent_mask;
        if (exponent == exponent_mask) {
            infinite = r.significand == integer_bit;
            nan = !infinite;
            return;
        }
        zero = r.significand == 0;
        if (zero) return;
        const int shift = std::countl_zero(r.significand);
        significand = r.significand << shift;
        e = static_cast<int>(exponent == 0 ? 1 : exponent) - bias - shift;
        f = scalbnq(static_cast<Quad>(significand), -63);
    }

    Quad sign(Quad magnitude) const { return negative ? -magnitude : magnitude; }
    /// As it is; small ones lose nothing, a quad has the same exponents and more digits.
    Quad value() const {
        if (zero) return sign(0);
        if (infinite) return sign(static_cast<Quad>(__builtin_inf()));
        return sign(scalbnq(f, e));
    }
};

/// `value` * 2^`e`, and whether the truth is a bit above (1) or below (-1) its magnitude.
struct Result {
    Quad value = 0;
    int e = 0;
    int side = 0;
};

struct Rounded {
    X87Register r;
    std::uint16_t flags = 0;
};

class Rounding {
public:
    Rounding(std::uint16_t fcw, bool negative) : fcw_(fcw), negative_(negative) {}

    Rounded round(Wide significand, int exponent) {
        constexpr int wrap = 24576;  // what an unmasked overflow or underflow moves the exponent by
        if (exponent <= 0 && !becomes_normal(significand, exponent)) {
            if ((fcw_ & x87_flag::underflow) == 0) {
                out_.flags |= x87_flag::underflow;
                exponent += wrap;
            } else {
                return denormal(significand, exponent);
            }
        }
        cut(significand);
        if (carry_) ++exponent;
        if (exponent >= static_cast<int>(exponent_mask)) {
            out_.flags |= x87_flag::overflow;
            if ((fcw_ & x87_flag::overflow) != 0) return overflow();
            exponent -= wrap;
        }
        return finish(exponent);
    }

private:
    enum Direction { nearest, down, up, truncate };
    Direction direction() const { return static_cast<Direction>((fcw_ >> 10) & 3); }

    bool rounds_up(std::uint64_t high, std::uint64_t low) const {
        switch (direction()) {
            case nearest:
                return low > integer_bit || (low == integer_bit && (high & 1) != 0);
            case down:
                return negative_ && low != 0;
            case up:
                return !negative_ && low != 0;
            default:
                return false;
        }
    }
    /// Sets the 64 bits of the result and what became of the rest.
    void cut(Wide significand) {
        std::uint64_t high = static_cast<std::uint64_t>(significand >> 64);
        const auto low = static_cast<std::uint64_t>(significand);
        carry_ = false;
        if (low != 0) out_.flags |= x87_flag::inexact;
        if (rounds_up(high, low)) {
            out_.flags |= x87_flag::c1;
            if (++high == 0) {
                high = integer_bit;
                carry_ = true;
            }
        }
        out_.r.significand = high;
    }
    /// Whether it is large enough once rounded, which decides whether it is called tiny.
    bool becomes_normal(Wide significand, int exponent) const {
        const auto high = static_cast<std::uint64_t>(significand >> 64);
        return exponent == 0 && high == ~std::uint64_t{0} &&
               rounds_up(high, static_cast<std::uint64_t>(significand));
    }
    Rounded denormal(Wide significand, int exponent) {
        const int shift = 1 - exponent;
        Wide cut_off = significand;
        if (shift < 128) {
            cut_off = significand >> shift;
            if ((cut_off << shift) != significand) cut_off |= 1;
        } else {
            cut_off = 1;
        }
        cut(cut_off);
        if ((out_.flags & x87_flag::inexact) != 0) out_.flags |= x87_flag::underflow;
        return finish((out_.r.significand & integer_bit) != 0 ? 1 : 0);
    }
    Rounded overflow() {
        out_.flags |= x87_flag::inexact;
        const bool to_infinity = direction() == nearest || direction() == (negative_ ? down : up);
        out_.flags &= static_cast<std::uint16_t>(~x87_flag::c1);
        if (to_infinity) out_.flags |= x87_flag::c1;
        out_.r.significand = to_infinity ? integer_bit : ~std::uint64_t{0};
        return finish(static_cast<int>(exponent_mask) - (to_infinity ? 0 : 1));
    }
    Rounded finish(int exponent) {
        out_.r.sign_exponent = static_cast<std::uint16_t>(exponent | (negative_ ? sign_mask : 0));
        return out_;
    }

    std::uint16_t fcw_;
    bool negative_;
    bool carry_ = false;
    Rounded out_;
};

Rounded round(const Result& result, std::uint16_t fcw) {
    const bool negative = result.value < 0;
    int e = 0;
    const Quad f = frexpq(negative ? -result.value : result.value, &e);
    Wide significand = static_cast<Wide>(scalbnq(f, 113)) << 15;
    if (result.side < 0) --significand;
    if (result.side > 0) ++significand;
    // One below a power of two has its first bit elsewhere.
    if ((significand >> 127) == 0) {
        significand = significand << 1 | 1;
        --e;
    }
    return Rounding(fcw, negative).round(significand, result.e + e - 1 + bias);
}

Result power_minus_one(const Number& x) {
    if (x.e < very_tiny) return {x.sign(x.f * ln_2()), x.e, x.negative ? -1 : 1};
    return {expm1q(x.value() * ln_2()), 0, 0};
}

Result y_log2(const Number& y, const Number& x) {
    const bool upper = x.f > scalbnq(static_cast<Quad>(0xb504f333), -31);  // half way to 2
    const Quad f = upper ? x.f / 2 : x.f;
    const Quad logarithm = log1pq(f - 1) * log2_e() + (upper ? x.e + 1 : x.e);
    return {y.sign(y.f * logarithm), y.e, 0};
}

Result y_log2_plus_one(const Number& y, const Number& x) {
    const bool negative = x.negative != y.negative;
    if (x.e < very_tiny) {
        const Quad product = x.f * y.f * log2_e();
        return {negative ? -product : product, x.e + y.e, x.negative ? 1 : -1};
    }
    return {y.sign(y.f * log1pq(x.value()) * log2_e()), y.e, 0};
}

Result arc_tangent(const Number& y, const Number& x) {
    if (y.zero || x.zero || y.infinite || x.infinite) return {atan2q(y.value(), x.value()), 0, 0};
    constexpr int far = 200;
    const int d = y.e - x.e;
    if (d > far) return {y.sign(half_pi()), 0, x.negative ? 1 : -1};
    if (d < -far && !x.negative) return {y.sign(y.f / x.f), d, -1};
    if (d < -far) return {y.sign(2 * half_pi()), 0, -1};
    if (d < tiny && !x.negative) return {y.sign(y.f / x.f), d, -1};
    return {atan2q(y.sign(scalbnq(y.f, d)), x.sign(x.f)), 0, 0};
}

/// An argument as quarter turns and what is left, at most an eighth of a turn each way.
class Angle {
public:
    explicit Angle(const Number& x) : negative_(x.negative), x_(x) {
        if (x.e < -1) return;
        // In units of 2^-65 pi/2 has 66 bits, and the argument is a whole number below 2^128.
        constexpr Wide half_pi_66 = Wide{0xc90fdaa22168c234} << 2 | 3;
        const Wide whole = static_cast<Wide>(x.significand) << (x.e + 2);
        quarters_ = static_cast<unsigned>(whole / half_pi_66) & 3;
        const Wide rest = whole % half_pi_66;
        reduced_ = true;
        if (rest > half_pi_66 / 2) {
            ++quarters_;
            rest_ = -scalbnq(static_cast<Quad>(half_pi_66 - rest), -65);
        } else {
            rest_ = scalbnq(static_cast<Quad>(rest), -65);
        }
    }

    Result sine() const { return turned(quarters_, negative_); }
    Result cosine() const { return turned(quarters_ + 1, false); }
    Result tangent() const {
        if (is_tiny()) return {x_.sign(x_.f), x_.e, 1};
        const Quad t = tanq(rest());
        const int side = t == rest() ? 1 : 0;
        const bool turned = quarters_ % 2 != 0;
        const Quad magnitude = turned ? -1 / t : t;
        return {negative_ ? -magnitude : magnitude, 0, turned ? -side : side};
    }

private:
    bool is_tiny() const { return !reduced_ && x_.e < tiny; }
    Quad rest() const { return reduced_ ? rest_ : scalbnq(x_.f, x_.e); }

    /// The sine of so many quarters and the rest.
    Result turned(unsigned quarters, bool negated) const {
        const bool negative = negated != ((quarters & 2) != 0);
        Result r;
        if (is_tiny()) {
            r = quarters % 2 == 0 ? Result{x_.f, x_.e, -1} : Result{1, 0, -1};
        } else {
            const Quad first = quarters % 2 == 0 ? rest() : 1;
            const Quad value = quarters % 2 == 0 ? sinq(rest()) : cosq(rest());
            r = {value, 0, value == first ? -1 : 0};
        }
        if (negative) r.value = -r.value;
        return r;
    }

    bool negative_;
    const Number& x_;
    bool reduced_ = false;
    unsigned quarters_ = 0;
    Quad rest_ = 0;
};

void put(FpuState& f, unsigned place, const Result& result) {
    const bool zero = result.value == 0;
    const bool negative_zero = zero && (f.st[place].sign_exponent & sign_mask) != 0;
    Rounded rounded;
    if (!zero) {
        rounded = round(result, f.fcw);
        rounded.flags |= x87_flag::inexact;
    }
    if (negative_zero) rounded.r.sign_exponent = sign_mask;
    f.st[place] = rounded.r;
    f.fsw = static_cast<std::uint16_t>((f.fsw & ~x87_flag::c1) | rounded.flags);
}

/// What is not defined has its operand as result.
void keep(FpuState& f, const X87Register& operand) {
    f.st[0] = operand;
    f.fsw = static_cast<std::uint16_t>((f.fsw & ~x87_flag::c1) | x87_flag::inexact);
}

}  // namespace

void compute_transcendental(std::uint8_t modrm, const FpuState& before, FpuState& after) {
    using namespace x87_function;
    constexpr std::uint16_t special = x87_flag::invalid | x87_flag::zero_divide;
    const bool stopped =
        (after.fsw & special) != 0 || (after.fsw & ~after.fcw & x87_flag::denormal) != 0;
    if (stopped) return;
    const bool angle = modrm == fsin || modrm == fcos || modrm == fsincos || modrm == fptan;
    if (angle && (after.fsw & x87_flag::c2) != 0) return;  // too large

    const X87Register& x_register = before.st[0];
    const Number x(x_register), y(before.st[1]);
    const bool two = modrm == fyl2x || modrm == fyl2xp1 || modrm == fpatan;
    if (x.nan || (two && y.nan)) return;
    const bool plain = !x.zero && !x.infinite && (!two || (!y.zero && !y.infinite));
    const bool exact = modrm != fpatan || after.st[0].significand == 0;
    if (!plain && exact) return;

    // Ours say what is too large or too small; all but zero counts as inexact.
    after.fsw &=
        static_cast<std::uint16_t>(~(x87_flag::inexact | x87_flag::overflow | x87_flag::underflow));
    switch (modrm) {
        case f2xm1:
            if (x.e > 0 || (x.e == 0 && x.significand != integer_bit)) {
                keep(after, x_register);  // not defined beyond 1
            } else {
                put(after, 0, power_minus_one(x));
            }
            break;
        case fyl2x:
            put(after, 0, y_log2(y, x));
            break;
        case fyl2xp1:
            if (x.negative && x.e >= 0) {
                keep(after, x_register);  // no logarithm
            } else {
                put(after, 0, y_log2_plus_one(y, x));
            }
            break;
        case fpatan:
            put(after, 0, arc_tangent(y, x));
            break;
        case fptan:
            put(after, 1, Angle(x).tangent());
            break;
        case fsincos:
            put(after, 1, Angle(x).sine());
            put(after, 0, Angle(x).cosine());
            break;
        case fcos:
            put(after, 0, Angle(x).cosine());
            break;
        default:
            put(after, 0, Angle(x).sine());
    }
}

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
// ROL ROR RCL RCR SHL SHR SAR SHLD SHRD. The count is masked to 5 bits (6 for 64-bit operands); a
// masked count of zero changes no flag. With operands narrower than 32 bits the count can exceed
// the width, which is why the work is done in 64 bits where that helps.
#include <bit>

#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rcx = 1;

template <typename T>
constexpr unsigned masked(std::uint8_t count) {
    return count & (width<T> == 64 ? 63u : 31u);
}

template <typename T>
bool top_two_differ(T value) {
    return top_bit(value) != top_bit(static_cast<T>(value << 1));
}

struct Shl {
    template <typename T>
    static T apply(Flags& f, T a, unsigned count) {
        const T r = static_cast<T>(std::uint64_t{a} << count);
        bool carry;
        if constexpr (width<T> == 64) {
            carry = (a >> (64 - count)) & 1;
        } else {
            carry = ((std::uint64_t{a} << count) >> width<T>)&1;
        }
        f.set_shift(r, carry, top_bit(r) != carry);
        return r;
    }
};

struct Shr {
    template <typename T>
    static T apply(Flags& f, T a, unsigned count) {
        const T r = static_cast<T>(std::uint64_t{a} >> count);
        f.set_shift(r, (std::uint64_t{a} >> (count - 1)) & 1, top_two_differ(r));
        return r;
    }
};

struct Sar {
    template <typename T>
    static T apply(Flags& f, T a, unsigned count) {
        const auto wide = static_cast<std::int64_t>(sign_extended(a));
        const T r = static_cast<T>(wide >> count);
        f.set_shift(r, (wide >> (count - 1)) & 1, false);
        return r;
    }
};

struct Rol {
    template <typename T>
    static T apply(Flags& f, T a, unsigned count) {
        const T r = std::rotl(a, static_cast<int>(count % width<T>));
        f.set_cf_of(r & 1, top_bit(r) != ((r & 1) != 0));
        return r;
    }
};

struct Ror {
    template <typename T>
    static T apply(Flags& f, T a, unsigned count) {
        const T r = std::rotr(a, static_cast<int>(count % width<T>));
        f.set_cf_of(top_bit(r), top_two_differ(r));
        return r;
    }
};

struct Rcl {
    template <typename T>
    static T apply(Flags& f, T a, unsigned count) {
        const unsigned n = count % (width<T> + 1);
        T r = a;
        bool carry = f.cf();
        if (n != 0) {
            std::uint64_t low = std::uint64_t{carry} << (n - 1);
            if (n > 1) low |= std::uint64_t{a} >> (width<T> + 1 - n);
            r = static_cast<T>((n < 64 ? std::uint64_t{a} << n : 0) | low);
            carry = (a >> (width<T> - n)) & 1;
        }
        f.set_cf_of(carry, top_bit(r) != carry);
        return r;
    }
};

struct Rcr {
    template <typename T>
    static T apply(Flags& f, T a, unsigned count) {
        const unsigned n = count % (width<T> + 1);
        T r = a;
        bool carry = f.cf();
        if (n != 0) {
            std::uint64_t high = std::uint64_t{carry} << (width<T> - n);
            if (n > 1) high |= std::uint64_t{a} << (width<T> + 1 - n);
            r = static_cast<T>((n < 64 ? std::uint64_t{a} >> n : 0) | high);
            carry = (a >> (n - 1)) & 1;
        }
        f.set_cf_of(carry, top_two_differ(r));
        return r;
    }
};

/// A shift by an immediate (ri, mi) or by CL (r, m).
template <typename Op>
struct Shift {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        std::uint8_t raw;
        if constexpr (S == Shape::ri || S == Shape::mi) {
            raw = static_cast<std::uint8_t>(i.immediate);
        } else {
            raw = c.reg<std::uint8_t>(rcx);
        }
        const unsigned count = masked<T>(raw);
        return modify<S, T>(c, i,
                            [&](T a) { return count == 0 ? a : Op::apply(c.flags, a, count); });
    }
};

struct Shld {
    template <typename T>
    static T apply(Flags& f, T a, T b, unsigned count) {
        T r;
        bool carry;
        if (count <= width<T>) {
            const T in = count == 0 ? T{0} : static_cast<T>(b >> (width<T> - count));
            r = static_cast<T>((count < 64 ? std::uint64_t{a} << count : 0) | in);
            carry = (a >> (width<T> - count)) & 1;
        } else {
            // Undefined. As measured: the source moves in again, and CF is 0.
            const unsigned rest = count - width<T>;
            r = static_cast<T>((b << rest) | (b >> (width<T> - rest)));
            carry = false;
        }
        f.set_shift(r, carry, count < width<T> ? top_bit(r) != carry : carry);
        return r;
    }
};

struct Shrd {
    template <typename T>
    static T apply(Flags& f, T a, T b, unsigned count) {
        T r;
        bool carry;
        if (count <= width<T>) {
            r = static_cast<T>((std::uint64_t{a} >> count) |
                               (std::uint64_t{b} << (width<T> - count)));
            carry = (a >> (count - 1)) & 1;
        } else {
            const unsigned rest = count - width<T>;
            r = static_cast<T>((b >> rest) | (b << (width<T> - rest)));
            carry = false;
        }
        f.set_shift(r, carry, top_two_differ(r));
        return r;
    }
};

/// SHLD and SHRD. The count is the immediate; or CL, for the forms that put no immediate there.
template <typename Op, bool ByCl>
struct DoubleShift {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const auto raw = ByCl ? c.reg<std::uint8_t>(rcx) : static_cast<std::uint8_t>(i.immediate);
        const unsigned count = masked<T>(raw);
        const T b = c.reg<T>(i.source);
        return modify<S, T>(c, i,
                            [&](T a) { return count == 0 ? a : Op::apply(c.flags, a, b, count); });
    }
};

template <typename Op>
consteval HandlerSet shift() {
    return handlers<Shift<Op>, Shape::ri, Shape::mi, Shape::r, Shape::m>();
}

}  // namespace

namespace execute {
constinit const HandlerSet rol = shift<Rol>();
constinit const HandlerSet ror = shift<Ror>();
constinit const HandlerSet rcl = shift<Rcl>();
constinit const HandlerSet rcr = shift<Rcr>();
constinit const HandlerSet shl = shift<Shl>();
constinit const HandlerSet shr = shift<Shr>();
constinit const HandlerSet sar = shift<Sar>();
constinit const HandlerSet shld_immediate =
    handlers<DoubleShift<Shld, false>, Shape::rr, Shape::mr>();
constinit const HandlerSet shld_cl = handlers<DoubleShift<Shld, true>, Shape::rr, Shape::mr>();
constinit const HandlerSet shrd_immediate =
    handlers<DoubleShift<Shrd, false>, Shape::rr, Shape::mr>();
constinit const HandlerSet shrd_cl = handlers<DoubleShift<Shrd, true>, Shape::rr, Shape::mr>();
}  // namespace execute
}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
// ADD ADC SUB SBB CMP AND OR XOR TEST INC DEC NEG NOT: pure functions of their operands and the
// flags; the shapes (register, memory, immediate) come from cpu/handlers.hpp.
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

struct Add {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T a, T b) {
        const T r = static_cast<T>(a + b);
        f.set_add(a, b, r);
        return r;
    }
};

struct Adc {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T a, T b) {
        const T r = static_cast<T>(a + b + (f.cf() ? 1 : 0));
        f.set_add(a, b, r);
        return r;
    }
};

struct Sub {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T a, T b) {
        const T r = static_cast<T>(a - b);
        f.set_sub(a, b, r);
        return r;
    }
};

struct Sbb {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T a, T b) {
        const T r = static_cast<T>(a - b - (f.cf() ? 1 : 0));
        f.set_sub(a, b, r);
        return r;
    }
};

struct Cmp : Sub {
    static constexpr bool writes = false;
};

struct And {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T a, T b) {
        const T r = static_cast<T>(a & b);
        f.set_logic(r);
        return r;
    }
};

struct Or {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T a, T b) {
        const T r = static_cast<T>(a | b);
        f.set_logic(r);
        return r;
    }
};

struct Xor {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T a, T b) {
        const T r = static_cast<T>(a ^ b);
        f.set_logic(r);
        return r;
    }
};

struct Test : And {
    static constexpr bool writes = false;
};

struct Inc {
    template <typename T>
    static T apply(Flags& f, T a) {
        const T r = static_cast<T>(a + 1);
        f.set_inc(a, r);
        return r;
    }
};

struct Dec {
    template <typename T>
    static T apply(Flags& f, T a) {
        const T r = static_cast<T>(a - 1);
        f.set_dec(a, r);
        return r;
    }
};

struct Neg {
    template <typename T>
    static T apply(Flags& f, T a) {
        return Sub::apply(f, T{0}, a);
    }
};

struct Not {
    template <typename T>
    static T apply(Flags&, T a) {
        return static_cast<T>(~a);
    }
};

}  // namespace

namespace execute {
constinit const HandlerSet add = binary<Add>();
constinit const HandlerSet adc = binary<Adc>();
constinit const HandlerSet sub = binary<Sub>();
constinit const HandlerSet sbb = binary<Sbb>();
constinit const HandlerSet cmp = binary<Cmp>();
constinit const HandlerSet and_ = binary<And>();
constinit const HandlerSet or_ = binary<Or>();
constinit const HandlerSet xor_ = binary<Xor>();
constinit const HandlerSet test = binary<Test>();
constinit const HandlerSet inc = unary<Inc>();
constinit const HandlerSet dec = unary<Dec>();
constinit const HandlerSet neg = unary<Neg>();
constinit const HandlerSet not_ = unary<Not>();
}  // namespace execute
}  // namespace utsim::cpu

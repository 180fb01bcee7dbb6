// SPDX-License-Identifier: MIT
// Conversions between integers, singles and doubles in XMM, MMX and general registers. MMX has none
// of its own on the host's side: two integers or two numbers are converted in an XMM register.
#include "cpu/float_unit.hpp"
#include "cpu/handler_sets_vector.hpp"

namespace utsim::cpu {
namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

UTSIM_HOST_OPERATION(Dq2Ps, "cvtdq2ps");
UTSIM_HOST_OPERATION(Dq2Pd, "cvtdq2pd");
UTSIM_HOST_OPERATION(Ps2Dq, "cvtps2dq");
UTSIM_HOST_OPERATION(TruncatePs2Dq, "cvttps2dq");
UTSIM_HOST_OPERATION(Pd2Dq, "cvtpd2dq");
UTSIM_HOST_OPERATION(TruncatePd2Dq, "cvttpd2dq");
UTSIM_HOST_OPERATION(Ps2Pd, "cvtps2pd");
UTSIM_HOST_OPERATION(Pd2Ps, "cvtpd2ps");
UTSIM_HOST_OPERATION(Ss2Sd, "cvtss2sd");
UTSIM_HOST_OPERATION(Sd2Ss, "cvtsd2ss");

using Plain = Produces<u64, 2>;

// -- To and from general registers.

#if defined(__x86_64__)
#define UTSIM_HOST_FROM_INTEGER(Name, text)                                        \
    struct Name {                                                                  \
        template <typename T>                                                      \
        static void run(Xmm& a, T value, MxcsrWindow& w) {                         \
            auto x = std::bit_cast<HostVector>(a);                                 \
            asm volatile("stmxcsr %[host]\n\tldmxcsr %[control]\n\t" text          \
                         " %[value], %[x]\n\tstmxcsr %[after]\n\tldmxcsr %[host]"  \
                         : [x] "+x"(x), [host] "=m"(w.host), [after] "=m"(w.after) \
                         : [value] "r"(value), [control] "m"(w.control));          \
            a = std::bit_cast<Xmm>(x);                                             \
        }                                                                          \
    }
#define UTSIM_HOST_TO_INTEGER(Name, text)                                                  \
    struct Name {                                                                          \
        template <typename T>                                                              \
        static T run(const Xmm& b, MxcsrWindow& w) {                                       \
            const auto y = std::bit_cast<HostVector>(b);                                   \
            T value{};                                                                     \
            asm volatile("stmxcsr %[host]\n\tldmxcsr %[control]\n\t" text                  \
                         " %[y], %[value]\n\tstmxcsr %[after]\n\tldmxcsr %[host]"          \
                         : [value] "=r"(value), [host] "=m"(w.host), [after] "=m"(w.after) \
                         : [y] "x"(y), [control] "m"(w.control));                          \
            return value;                                                                  \
        }                                                                                  \
    }
#else
#define UTSIM_HOST_FROM_INTEGER(Name, text)       \
    struct Name {                                 \
        template <typename T>                     \
        static void run(Xmm&, T, MxcsrWindow&) {} \
    }
#define UTSIM_HOST_TO_INTEGER(Name, text)        \
    struct Name {                                \
        template <typename T>                    \
        static T run(const Xmm&, MxcsrWindow&) { \
            return T{};                          \
        }                                        \
    }
#endif

UTSIM_HOST_FROM_INTEGER(Si2Ss, "cvtsi2ss");
UTSIM_HOST_FROM_INTEGER(Si2Sd, "cvtsi2sd");
UTSIM_HOST_TO_INTEGER(Ss2Si, "cvtss2si");
UTSIM_HOST_TO_INTEGER(Sd2Si, "cvtsd2si");
UTSIM_HOST_TO_INTEGER(TruncateSs2Si, "cvttss2si");
UTSIM_HOST_TO_INTEGER(TruncateSd2Si, "cvttsd2si");

template <typename Op>
struct FromInteger {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        Xmm a = c.r.fpu.xmm[i.destination];
        FloatUnit unit(c);
        Op::run(a, value, unit.window());
        if (!unit.raise(unit.window().after & mxcsr::flags)) return Status::fault;
        c.r.fpu.xmm[i.destination] = a;
        return Status::retired;
    }
};

template <typename Op, typename Memory>
struct ToInteger {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        Xmm b;
        if (!read_vector<S, Memory>(c, i, b)) return Status::fault;
        FloatUnit unit(c);
        const T value = Op::template run<T>(b, unit.window());
        if (!unit.raise(unit.window().after & mxcsr::flags)) return Status::fault;
        c.set_reg<T>(i.destination, value);
        return Status::retired;
    }
};

// -- To and from MMX registers.

/// CVTPI2PS changes the low half only, CVTPI2PD all. From memory they leave x87 alone.
template <typename Op, bool HalfOnly>
struct FromMmx {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        constexpr bool uses_mmx = S == Shape::rr;
        if (uses_mmx && !mmx_permitted(c)) return Status::fault;
        Mmx b;
        if (!read_vector<S, u64>(c, i, b)) return Status::fault;
        if constexpr (uses_mmx) enter_mmx(c.r.fpu);
        Xmm a;
        FloatUnit unit(c);
        if (!unit.run<Op, Plain>(a, Xmm{{b.bits, 0}})) return Status::fault;
        if constexpr (HalfOnly) a.half[1] = c.r.fpu.xmm[i.destination].half[1];
        c.r.fpu.xmm[i.destination] = a;
        return Status::retired;
    }
};

template <typename Op, typename Memory>
struct ToMmx {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        if (!mmx_permitted(c)) return Status::fault;
        Xmm b;
        if (!read_vector<S, Memory>(c, i, b)) return Status::fault;
        if constexpr (sizeof(Memory) == 8) b.half[1] = 0;
        enter_mmx(c.r.fpu);  // even if #XM follows
        Xmm a;
        FloatUnit unit(c);
        if (!unit.run<Op, Plain>(a, b)) return Status::fault;
        set_vector(c, i.destination, Mmx{a.half[0]});
        return Status::retired;
    }
};

template <typename Op>
consteval HandlerSet from_integer() {
    return sized_handlers<FromInteger<Op>, Shape::rr, Shape::rm>();
}
template <typename Op, typename Memory>
consteval HandlerSet to_integer() {
    return sized_handlers<ToInteger<Op, Memory>, Shape::rr, Shape::rm>();
}
template <typename Op>
consteval HandlerSet both() {
    return vector_handlers<Op, Shape::rr, Shape::rm>();
}

}  // namespace

namespace execute {
constinit const HandlerSet cvtdq2ps = on_floats<Dq2Ps, Plain, Xmm>();
constinit const HandlerSet cvtdq2pd = on_floats<Dq2Pd, Plain, u64>();
constinit const HandlerSet cvtps2dq = on_floats<Ps2Dq, Plain, Xmm>();
constinit const HandlerSet cvttps2dq = on_floats<TruncatePs2Dq, Plain, Xmm>();
constinit const HandlerSet cvtpd2dq = on_floats<Pd2Dq, Plain, Xmm>();
constinit const HandlerSet cvttpd2dq = on_floats<TruncatePd2Dq, Plain, Xmm>();
constinit const HandlerSet cvtps2pd = on_floats<Ps2Pd, Plain, u64>();
constinit const HandlerSet cvtpd2ps = on_floats<Pd2Ps, Produces<u32, 2, Rounds::narrowed>, Xmm>();
constinit const HandlerSet cvtss2sd = on_floats<Ss2Sd, Plain, u32>();
constinit const HandlerSet cvtsd2ss = on_floats<Sd2Ss, Produces<u32, 1, Rounds::narrowed>, u64>();
constinit const HandlerSet cvtsi2ss = from_integer<Si2Ss>();
constinit const HandlerSet cvtsi2sd = from_integer<Si2Sd>();
constinit const HandlerSet cvtss2si = to_integer<Ss2Si, u32>();
constinit const HandlerSet cvtsd2si = to_integer<Sd2Si, u64>();
constinit const HandlerSet cvttss2si = to_integer<TruncateSs2Si, u32>();
constinit const HandlerSet cvttsd2si = to_integer<TruncateSd2Si, u64>();
constinit const HandlerSet cvtpi2ps = both<FromMmx<Dq2Ps, true>>();
constinit const HandlerSet cvtpi2pd = both<FromMmx<Dq2Pd, false>>();
constinit const HandlerSet cvtps2pi = both<ToMmx<Ps2Dq, u64>>();
constinit const HandlerSet cvttps2pi = both<ToMmx<TruncatePs2Dq, u64>>();
constinit const HandlerSet cvtpd2pi = both<ToMmx<Pd2Dq, Xmm>>();
constinit const HandlerSet cvttpd2pi = both<ToMmx<TruncatePd2Dq, Xmm>>();
}  // namespace execute
}  // namespace utsim::cpu

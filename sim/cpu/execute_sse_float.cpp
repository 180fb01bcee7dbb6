// SPDX-License-Identifier: MIT
// Arithmetic and comparison of SSE, SSE2 and SSE3 numbers; see cpu/float_unit.hpp for how. What
// SSE3 added is put together from SSE2, so that a host needs no more.
#include <utility>

#include "cpu/float_unit.hpp"
#include "cpu/handler_sets_vector.hpp"

namespace utsim::cpu {
namespace {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// The four operations that a mnemonic like ADD stands for.
#define UTSIM_HOST_OPERATIONS(Name, text)      \
    UTSIM_HOST_OPERATION(Name##Ps, text "ps"); \
    UTSIM_HOST_OPERATION(Name##Pd, text "pd"); \
    UTSIM_HOST_OPERATION(Name##Ss, text "ss"); \
    UTSIM_HOST_OPERATION(Name##Sd, text "sd")

UTSIM_HOST_OPERATIONS(Add, "add");
UTSIM_HOST_OPERATIONS(Sub, "sub");
UTSIM_HOST_OPERATIONS(Mul, "mul");
UTSIM_HOST_OPERATIONS(Div, "div");
UTSIM_HOST_OPERATIONS(Min, "min");
UTSIM_HOST_OPERATIONS(Max, "max");
UTSIM_HOST_OPERATIONS(Sqrt, "sqrt");

template <typename Ps, typename Pd, typename Ss, typename Sd, Rounds How>
consteval FloatSets float_sets() {
    return {
        on_floats<Ps, Produces<u32, 4, How>, Xmm>(), on_floats<Pd, Produces<u64, 2, How>, Xmm>(),
        on_floats<Ss, Produces<u32, 1, How>, u32>(), on_floats<Sd, Produces<u64, 1, How>, u64>()};
}

// -- CMPPS and its like: eight predicates by immediate, of which the upper bits do not count.

#if defined(__x86_64__)
#define UTSIM_HOST_COMPARISON(Name, text)                                                     \
    struct Name {                                                                             \
        template <unsigned Predicate>                                                         \
        static void run_one(Xmm& a, const Xmm& b, MxcsrWindow& w) {                           \
            auto x = std::bit_cast<HostVector>(a);                                            \
            const auto y = std::bit_cast<HostVector>(b);                                      \
            asm volatile("stmxcsr %[host]\n\tldmxcsr %[control]\n\t" text                     \
                         " %[predicate], %[y], %[x]\n\tstmxcsr %[after]\n\tldmxcsr %[host]"   \
                         : [x] "+x"(x), [host] "=m"(w.host), [after] "=m"(w.after)            \
                         : [y] "x"(y), [control] "m"(w.control), [predicate] "i"(Predicate)); \
            a = std::bit_cast<Xmm>(x);                                                        \
        }                                                                                     \
    }
#else
#define UTSIM_HOST_COMPARISON(Name, text)                      \
    struct Name {                                              \
        template <unsigned Predicate>                          \
        static void run_one(Xmm&, const Xmm&, MxcsrWindow&) {} \
    }
#endif

UTSIM_HOST_COMPARISON(CmpPs, "cmpps");
UTSIM_HOST_COMPARISON(CmpPd, "cmppd");
UTSIM_HOST_COMPARISON(CmpSs, "cmpss");
UTSIM_HOST_COMPARISON(CmpSd, "cmpsd");

template <typename Op, typename Memory>
struct Compare {
    using Run = void (*)(Xmm&, const Xmm&, MxcsrWindow&);
    template <unsigned... N>
    static constexpr std::array<Run, 8> all(std::integer_sequence<unsigned, N...>) {
        return {&Op::template run_one<N>...};
    }

    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        static constexpr std::array<Run, 8> predicates =
            all(std::make_integer_sequence<unsigned, 8>{});
        Xmm b;
        if (!read_vector<S, Memory>(c, i, b)) return Status::fault;
        Xmm a = c.r.fpu.xmm[i.destination];
        FloatUnit unit(c);
        predicates[i.immediate & 7](a, b, unit.window());
        if (!unit.raise(unit.window().after & mxcsr::flags)) return Status::fault;
        c.r.fpu.xmm[i.destination] = a;
        return Status::retired;
    }
};

// -- UCOMISS, COMISS and so on: the result is in RFLAGS.

#if defined(__x86_64__)
#define UTSIM_HOST_TEST(Name, text)                                                            \
    struct Name {                                                                              \
        static u64 run(const Xmm& a, const Xmm& b, MxcsrWindow& w) {                           \
            const auto x = std::bit_cast<HostVector>(a), y = std::bit_cast<HostVector>(b);     \
            bool z = false, p = false, c = false;                                              \
            asm volatile("stmxcsr %[host]\n\tldmxcsr %[control]\n\t" text                      \
                         " %[y], %[x]\n\tstmxcsr %[after]\n\tldmxcsr %[host]"                  \
                         : [host] "=m"(w.host), [after] "=m"(w.after), "=@ccz"(z), "=@ccp"(p), \
                           "=@ccc"(c)                                                          \
                         : [x] "x"(x), [y] "x"(y), [control] "m"(w.control));                  \
            return (z ? flag::zf : 0) | (p ? flag::pf : 0) | (c ? flag::cf : 0);               \
        }                                                                                      \
    }
#else
#define UTSIM_HOST_TEST(Name, text)                                        \
    struct Name {                                                          \
        static u64 run(const Xmm&, const Xmm&, MxcsrWindow&) { return 0; } \
    }
#endif

UTSIM_HOST_TEST(UcomiSs, "ucomiss");
UTSIM_HOST_TEST(UcomiSd, "ucomisd");
UTSIM_HOST_TEST(ComiSs, "comiss");
UTSIM_HOST_TEST(ComiSd, "comisd");

template <typename Op, typename Memory>
struct CompareToFlags {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        Xmm b;
        if (!read_vector<S, Memory>(c, i, b)) return Status::fault;
        FloatUnit unit(c);
        const u64 flags = Op::run(c.r.fpu.xmm[i.destination], b, unit.window());
        if (!unit.raise(unit.window().after & mxcsr::flags)) return Status::fault;
        c.flags.load(flags);
        return Status::retired;
    }
};

// -- SSE3: neighbours, and alternating signs.

template <typename T>
Xmm even(const Xmm& a, const Xmm& b) {
    if constexpr (sizeof(T) == 8) return {{a.half[0], b.half[0]}};
    const auto x = lanes<u32>(a), y = lanes<u32>(b);
    return vector_of<Xmm>(Lanes<u32, Xmm>{x[0], x[2], y[0], y[2]});
}
template <typename T>
Xmm odd(const Xmm& a, const Xmm& b) {
    if constexpr (sizeof(T) == 8) return {{a.half[1], b.half[1]}};
    const auto x = lanes<u32>(a), y = lanes<u32>(b);
    return vector_of<Xmm>(Lanes<u32, Xmm>{x[1], x[3], y[1], y[3]});
}

template <typename Op, typename What>
struct Horizontal {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (!host_has_sse) return without_host_unit(c);
        using T = typename What::Number;
        Xmm b;
        if (!read_vector<S, Xmm>(c, i, b)) return Status::fault;
        const Xmm a = c.r.fpu.xmm[i.destination];
        Xmm x = even<T>(a, b);
        FloatUnit unit(c);
        if (!unit.run<Op, What>(x, odd<T>(a, b))) return Status::fault;
        c.r.fpu.xmm[i.destination] = x;
        return Status::retired;
    }
};

/// ADDSUBPS, ADDSUBPD: the even lanes' difference, the odd ones' sum. Zeroes keep the other lanes
/// from flagging anything, and what both halves flag is one instruction's flags.
template <typename T, typename Sub, typename Add>
struct AddSub {
    struct Op {
        static void run(Xmm& a, const Xmm& b, MxcsrWindow& w) {
            Xmm difference = only<0>(a), sum = only<1>(a);
            Sub::run(difference, only<0>(b), w);
            const u32 flags = w.after;
            Add::run(sum, only<1>(b), w);
            w.after |= flags;
            auto x = lanes<T>(difference);
            const auto y = lanes<T>(sum);
            for (std::size_t n = 1; n < x.size(); n += 2) x[n] = y[n];
            a = vector_of<Xmm>(x);
        }
    };
    template <std::size_t Odd>
    static Xmm only(const Xmm& a) {
        auto x = lanes<T>(a);
        for (std::size_t n = 1 - Odd; n < x.size(); n += 2) x[n] = 0;
        return vector_of<Xmm>(x);
    }
};

}  // namespace

namespace execute {
constinit const FloatSets add_float = float_sets<AddPs, AddPd, AddSs, AddSd, Rounds::sum>();
constinit const FloatSets sub_float = float_sets<SubPs, SubPd, SubSs, SubSd, Rounds::difference>();
constinit const FloatSets mul_float = float_sets<MulPs, MulPd, MulSs, MulSd, Rounds::product>();
constinit const FloatSets div_float = float_sets<DivPs, DivPd, DivSs, DivSd, Rounds::quotient>();
constinit const FloatSets min_float = float_sets<MinPs, MinPd, MinSs, MinSd, Rounds::no>();
constinit const FloatSets max_float = float_sets<MaxPs, MaxPd, MaxSs, MaxSd, Rounds::no>();
constinit const FloatSets sqrt_float = float_sets<SqrtPs, SqrtPd, SqrtSs, SqrtSd, Rounds::no>();
constinit const FloatSets cmp_float = {
    vector_handlers<Compare<CmpPs, Xmm>, Shape::rr, Shape::rm>(),
    vector_handlers<Compare<CmpPd, Xmm>, Shape::rr, Shape::rm>(),
    vector_handlers<Compare<CmpSs, u32>, Shape::rr, Shape::rm>(),
    vector_handlers<Compare<CmpSd, u64>, Shape::rr, Shape::rm>()};
constinit const HandlerSet ucomiss =
    vector_handlers<CompareToFlags<UcomiSs, u32>, Shape::rr, Shape::rm>();
constinit const HandlerSet ucomisd =
    vector_handlers<CompareToFlags<UcomiSd, u64>, Shape::rr, Shape::rm>();
constinit const HandlerSet comiss =
    vector_handlers<CompareToFlags<ComiSs, u32>, Shape::rr, Shape::rm>();
constinit const HandlerSet comisd =
    vector_handlers<CompareToFlags<ComiSd, u64>, Shape::rr, Shape::rm>();
constinit const HandlerSet haddps =
    vector_handlers<Horizontal<AddPs, Produces<u32, 4, Rounds::sum>>, Shape::rr, Shape::rm>();
constinit const HandlerSet haddpd =
    vector_handlers<Horizontal<AddPd, Produces<u64, 2, Rounds::sum>>, Shape::rr, Shape::rm>();
constinit const HandlerSet hsubps =
    vector_handlers<Horizontal<SubPs, Produces<u32, 4, Rounds::difference>>, Shape::rr,
                    Shape::rm>();
constinit const HandlerSet hsubpd =
    vector_handlers<Horizontal<SubPd, Produces<u64, 2, Rounds::difference>>, Shape::rr,
                    Shape::rm>();
constinit const HandlerSet addsubps =
    on_floats<AddSub<u32, SubPs, AddPs>::Op, Produces<u32, 4, Rounds::alternating>, Xmm>();
constinit const HandlerSet addsubpd =
    on_floats<AddSub<u64, SubPd, AddPd>::Op, Produces<u64, 2, Rounds::alternating>, Xmm>();
}  // namespace execute
}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
// The rare end of SSE floating point: unmasked exceptions.
#include "cpu/float_unit.hpp"

namespace utsim::cpu {

/// The flags of what was found before the operation are set whether masked or not; those of its
/// result only if it was done.
bool FloatUnit::trap(std::uint32_t flags) {
    if ((flags & unmasked_ & mxcsr::before) != 0) flags &= mxcsr::before;
    c_.r.fpu.mxcsr |= flags;
    c_.float_exceptions = static_cast<std::uint8_t>(c_.r.fpu.mxcsr & unmasked_);
    c_.raise(vector::simd_error);
    return false;
}

#if defined(__x86_64__)
namespace {

// clang-format off
#define UTSIM_X87(operation)                                                              \
    asm volatile(                                                                         \
        "fnstcw %[host]\n\tfnclex\n\tfldcw %[control]\n\tfldl %[a]\n\tfldl %[b]\n\t"      \
        "fnclex\n\t" operation "\n\tfnstsw %[status]\n\tfstp %%st(0)\n\tfnclex\n\t"       \
        "fldcw %[host]"                                                                   \
        : [host] "=m"(host), [status] "=a"(status)                                        \
        : [a] "m"(a), [b] "m"(b), [control] "m"(control)                                  \
        : "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)")
// clang-format on

/// Whether rounding the sum (and so on) of two numbers is inexact under this x87 control word.
bool inexact_on_x87(Rounds how, double a, double b, std::uint16_t control) {
    std::uint16_t host = 0, status = 0;
    // The assembler's names of the reversed operations are those of the manuals' others.
    if (how == Rounds::sum) UTSIM_X87("faddp");
    if (how == Rounds::difference) UTSIM_X87("fsubrp");
    if (how == Rounds::product) UTSIM_X87("fmulp");
    if (how == Rounds::quotient) UTSIM_X87("fdivrp");
    constexpr std::uint16_t precision = 0x20;
    return (status & precision) != 0;
}
#undef UTSIM_X87

/// Of denormal numbers what DAZ leaves.
template <typename T, typename Bits>
T number(Bits bits, std::uint32_t control) {
    constexpr unsigned fraction = sizeof(T) == 4 ? 23 : 52;
    constexpr Bits sign = Bits{1} << (8 * sizeof(T) - 1);
    const bool small = (bits & ~sign) >> fraction == 0;
    if (small && (control & mxcsr::denormals_are_zeros) != 0) bits &= sign;
    return std::bit_cast<T>(bits);
}

}  // namespace

bool FloatUnit::inexact(Rounds how, std::size_t bytes, const Xmm& a, const Xmm& b,
                        std::size_t n) const {
    const std::uint32_t rounding = window_.control >> mxcsr::rounding_shift & 3;
    const std::uint32_t width = bytes == 4 ? 0 : 2;  // 24 or 53 bits
    const auto control = static_cast<std::uint16_t>(0x3f | width << 8 | rounding << 10);
    if (how == Rounds::narrowed) {
        const double x = number<double>(lanes<std::uint64_t>(b)[n], window_.control);
        return inexact_on_x87(Rounds::product, x, 1, control);
    }
    if (how == Rounds::alternating) how = n % 2 == 0 ? Rounds::difference : Rounds::sum;
    if (bytes == 4) {
        return inexact_on_x87(how, number<float>(lanes<std::uint32_t>(a)[n], window_.control),
                              number<float>(lanes<std::uint32_t>(b)[n], window_.control), control);
    }
    return inexact_on_x87(how, number<double>(lanes<std::uint64_t>(a)[n], window_.control),
                          number<double>(lanes<std::uint64_t>(b)[n], window_.control), control);
}
#else
bool FloatUnit::inexact(Rounds, std::size_t, const Xmm&, const Xmm&, std::size_t) const {
    return false;
}
#endif

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
// MUL IMUL DIV IDIV. The one-operand forms work on RDX:RAX (AX for bytes); a quotient that does not
// fit, or a divisor of zero, is #DE with nothing changed.
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

constexpr std::uint8_t rax = 0;
constexpr std::uint8_t ah = 0 | high_byte;
constexpr std::uint8_t rdx = 2;

template <typename T>
SignedWide as_signed(T value) {
    return static_cast<std::make_signed_t<T>>(value);
}

/// Puts the halves of a product or dividend where the manual has them.
template <typename T>
void set_pair(Core& c, T low, T high) {
    c.set_reg<T>(rax, low);
    c.set_reg<T>(sizeof(T) == 1 ? ah : rdx, high);
}

template <typename T>
Wide pair(const Core& c) {
    const T high = c.reg<T>(sizeof(T) == 1 ? ah : rdx);
    return (static_cast<Wide>(high) << width<T>) | c.reg<T>(rax);
}

struct Mul {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T b{};
        if (!read_source<S>(c, i, b)) return Status::fault;
        const Wide product = static_cast<Wide>(c.reg<T>(rax)) * b;
        const T high = static_cast<T>(product >> width<T>);
        set_pair(c, static_cast<T>(product), high);
        c.flags.set_cf_of(high != 0, high != 0);
        return Status::retired;
    }
};

/// The product's low half, and whether the whole needs more than that.
template <typename T>
T signed_product(Flags& f, T a, T b, T& high) {
    const SignedWide product = as_signed(a) * as_signed(b);
    const T low = static_cast<T>(product);
    high = static_cast<T>(product >> width<T>);
    const bool wider = as_signed(low) != product;
    f.set_cf_of(wider, wider);
    return low;
}

struct ImulOne {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T b{};
        if (!read_source<S>(c, i, b)) return Status::fault;
        T high{};
        const T low = signed_product(c.flags, c.reg<T>(rax), b, high);
        set_pair(c, low, high);
        return Status::retired;
    }
};

struct ImulTwo {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T a, T b) {
        T high{};
        return signed_product(f, a, b, high);
    }
};

struct ImulThree {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T b{};
        if (!read_source<S>(c, i, b)) return Status::fault;
        T high{};
        c.set_reg<T>(i.destination, signed_product(c.flags, b, static_cast<T>(i.immediate), high));
        return Status::retired;
    }
};

struct Div {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T divisor{};
        if (!read_source<S>(c, i, divisor)) return Status::fault;
        if (divisor == 0) return c.raise(vector::divide_error);
        const Wide dividend = pair<T>(c);
        const Wide quotient = dividend / divisor;
        if (quotient >> width<T> != 0) return c.raise(vector::divide_error);
        set_pair(c, static_cast<T>(quotient), static_cast<T>(dividend % divisor));
        c.flags.set_divide();
        return Status::retired;
    }
};

struct Idiv {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T raw{};
        if (!read_source<S>(c, i, raw)) return Status::fault;
        const SignedWide divisor = as_signed(raw);
        if (divisor == 0) return c.raise(vector::divide_error);
        constexpr unsigned unused_bits = 128 - 2 * width<T>;
        const SignedWide dividend =
            static_cast<SignedWide>(pair<T>(c) << unused_bits) >> unused_bits;
        // The one division that overflows its own type; it overflows the guest's as well.
        const bool extreme = dividend == static_cast<SignedWide>(Wide{1} << 127) && divisor == -1;
        if (extreme) return c.raise(vector::divide_error);
        const SignedWide quotient = dividend / divisor;
        if (as_signed(static_cast<T>(quotient)) != quotient) return c.raise(vector::divide_error);
        set_pair(c, static_cast<T>(quotient), static_cast<T>(dividend % divisor));
        c.flags.set_divide();
        return Status::retired;
    }
};

}  // namespace

namespace execute {
constinit const HandlerSet mul = handlers<Mul, Shape::r, Shape::m>();
constinit const HandlerSet imul_one = handlers<ImulOne, Shape::r, Shape::m>();
constinit const HandlerSet imul_two = handlers<Binary<ImulTwo>, Shape::rr, Shape::rm>();
constinit const HandlerSet imul_three = handlers<ImulThree, Shape::rr, Shape::rm>();
constinit const HandlerSet div = handlers<Div, Shape::r, Shape::m>();
constinit const HandlerSet idiv = handlers<Idiv, Shape::r, Shape::m>();
}  // namespace execute
}  // namespace utsim::cpu

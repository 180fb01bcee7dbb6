// SPDX-License-Identifier: MIT
// BT BTS BTR BTC BSF BSR TZCNT LZCNT POPCNT. With a memory operand and the bit number in a register
// the number is not masked: it is a signed offset from the address, in bits.
#include <bit>

#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

struct Bt {
    static constexpr bool writes = false;
    template <typename T>
    static T change(T value, T) {
        return value;
    }
};

struct Bts {
    static constexpr bool writes = true;
    template <typename T>
    static T change(T value, T mask) {
        return static_cast<T>(value | mask);
    }
};

struct Btr {
    static constexpr bool writes = true;
    template <typename T>
    static T change(T value, T mask) {
        return static_cast<T>(value & ~mask);
    }
};

struct Btc {
    static constexpr bool writes = true;
    template <typename T>
    static T change(T value, T mask) {
        return static_cast<T>(value ^ mask);
    }
};

template <typename T>
std::uint64_t bit_string_address(const Core& c, const Instruction& i, T number) {
    const auto wide = static_cast<std::int64_t>(sign_extended(number));
    const std::int64_t elements = wide >> std::countr_zero(width<T>);
    std::uint64_t at = c.offset(i) + static_cast<std::uint64_t>(elements) * sizeof(T);
    if (i.has(instruction_flag::address32)) at = static_cast<std::uint32_t>(at);
    return at + c.word_at(i.segment);
}

template <typename Op>
struct BitTest {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T number{};
        if (!read_source<S>(c, i, number)) return Status::fault;
        const unsigned bit = number & (width<T> - 1);
        const T mask = static_cast<T>(T{1} << bit);
        const auto change = [&](T old) {
            c.flags.set_cf((old & mask) != 0);
            return Op::change(old, mask);
        };
        if constexpr (to_memory(S)) {
            const std::uint64_t address =
                S == Shape::mr ? bit_string_address(c, i, number) : c.address(i);
            if constexpr (Op::writes) return modify_at<T>(c, address, Core::segment(i), change);
            T old{};
            if (!c.load(address, old, Core::segment(i))) return Status::fault;
            change(old);
        } else {
            const T result = change(c.reg<T>(i.destination));
            if constexpr (Op::writes) c.set_reg<T>(i.destination, result);
        }
        return Status::retired;
    }
};

/// A source of zero leaves the destination alone, even its upper half.
template <bool Reverse>
struct BitScan {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        if (value == 0) {
            c.flags.load(flag::zf | flag::pf);
            return Status::retired;
        }
        const int index = Reverse ? static_cast<int>(width<T>) - 1 - std::countl_zero(value)
                                  : std::countr_zero(value);
        c.set_reg<T>(i.destination, static_cast<T>(index));
        c.flags.set_scan(static_cast<std::uint64_t>(index));
        return Status::retired;
    }
};

template <bool Leading>
struct ZeroCount {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T, T b) {
        const T count = static_cast<T>(Leading ? std::countl_zero(b) : std::countr_zero(b));
        f.load((b == 0 ? flag::cf : 0) | (count == 0 ? flag::zf : 0) | (f.of() ? flag::of : 0));
        return count;
    }
};

struct Popcnt {
    static constexpr bool writes = true;
    template <typename T>
    static T apply(Flags& f, T, T b) {
        f.load(b == 0 ? flag::zf : 0);
        return static_cast<T>(std::popcount(b));
    }
};

template <typename Op>
consteval HandlerSet bit_test() {
    return handlers<BitTest<Op>, Shape::rr, Shape::mr, Shape::ri, Shape::mi>();
}

template <typename Op>
consteval HandlerSet to_register() {
    return handlers<Op, Shape::rr, Shape::rm>();
}

}  // namespace

namespace execute {
constinit const HandlerSet bt = bit_test<Bt>();
constinit const HandlerSet bts = bit_test<Bts>();
constinit const HandlerSet btr = bit_test<Btr>();
constinit const HandlerSet btc = bit_test<Btc>();
constinit const HandlerSet bsf = to_register<BitScan<false>>();
constinit const HandlerSet bsr = to_register<BitScan<true>>();
constinit const HandlerSet tzcnt = to_register<Binary<ZeroCount<false>>>();
constinit const HandlerSet lzcnt = to_register<Binary<ZeroCount<true>>>();
constinit const HandlerSet popcnt = to_register<Binary<Popcnt>>();
}  // namespace execute
}  // namespace utsim::cpu

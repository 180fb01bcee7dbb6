// SPDX-License-Identifier: MIT
/// The six arithmetic flags, kept in the form that is cheapest to produce.
///
/// Most flags are overwritten before anybody looks, so an operation stores only its result and the
/// vector of carries between bit positions; a flag is computed when it is read. Two correction
/// fields in spare bits of the carry word let POPF and SAHF set combinations that no result has.
///
/// Flags that the manuals leave undefined are as in the table of docs/cpu.md.
#pragma once

#include <cstdint>
#include <type_traits>

#include "cpu/cpu.hpp"

namespace utsim::cpu {

/// `value` with the sign of its own width in the upper bits.
template <typename T>
constexpr std::uint64_t sign_extended(T value) {
    return static_cast<std::uint64_t>(
        static_cast<std::int64_t>(static_cast<std::make_signed_t<T>>(value)));
}

template <typename T>
inline constexpr unsigned width = sizeof(T) * 8;

template <typename T>
constexpr bool top_bit(T value) {
    return (value >> (width<T> - 1)) & 1;
}

class Flags {
public:
    explicit Flags(std::uint64_t rflags) { load(rflags); }

    bool cf() const { return carries_ >> 63; }
    bool of() const { return ((carries_ >> 63) ^ (carries_ >> 62)) & 1; }
    bool af() const { return (carries_ >> 3) & 1; }
    bool zf() const { return result_ == 0; }
    bool sf() const { return ((result_ >> 63) ^ carries_) & 1; }
    bool pf() const { return even((result_ ^ (carries_ >> 8)) & 0xff); }

    /// The arithmetic bits of RFLAGS.
    std::uint64_t bits() const {
        const auto at = [](bool value, unsigned bit) { return std::uint64_t{value} << bit; };
        return at(cf(), 0) | at(pf(), 2) | at(af(), 4) | at(zf(), 6) | at(sf(), 7) | at(of(), 11);
    }

    /// Takes over the arithmetic bits of `rflags`.
    void load(std::uint64_t rflags) {
        const auto at = [rflags](unsigned bit) { return (rflags >> bit) & 1; };
        // A result of 0 for ZF has even parity, and 1 has odd: so PF needs correcting if it is
        // not what ZF is.
        result_ = at(6) ^ 1;
        carries_ = at(0) << 63 | (at(0) ^ at(11)) << 62 | at(4) << 3 | at(7) | (at(2) ^ at(6)) << 8;
    }

    /// After `r = a + b`, with or without a carry coming in.
    template <typename T>
    void set_add(T a, T b, T r) {
        set_carries<T>(static_cast<T>((a & b) | ((a | b) & ~r)), r);
    }
    /// After `r = a - b`, with or without a borrow coming in.
    template <typename T>
    void set_sub(T a, T b, T r) {
        set_carries<T>(static_cast<T>((~a & b) | ((~a | b) & r)), r);
    }
    /// INC and DEC leave CF alone.
    template <typename T>
    void set_inc(T a, T r) {
        const std::uint64_t before = carries_;
        set_add<T>(a, 1, r);
        keep_cf(before);
    }
    template <typename T>
    void set_dec(T a, T r) {
        const std::uint64_t before = carries_;
        set_sub<T>(a, 1, r);
        keep_cf(before);
    }
    template <typename T>
    void set_logic(T r) {
        result_ = sign_extended(r);
        carries_ = 0;
    }
    /// Shifts: the flags of `r`, AF set.
    template <typename T>
    void set_shift(T r, bool cf, bool of) {
        result_ = sign_extended(r);
        carries_ = corner(cf, of) | af_bit;
    }
    void set_cf(bool cf) { set_cf_of(cf, of()); }
    void set_cf_of(bool cf, bool of) { carries_ = (carries_ & ~corner_mask) | corner(cf, of); }
    /// DIV and IDIV.
    void set_divide() {
        result_ = 1;
        carries_ = (carries_ & corner_mask) | af_bit;
    }
    /// BSF and BSR: `index` decides PF only.
    void set_scan(std::uint64_t index) {
        result_ = index | 0x100;
        carries_ = 0;
    }
    void set_zf(bool zf) { load((bits() & ~flag::zf) | (zf ? flag::zf : 0)); }

private:
    static constexpr std::uint64_t top = std::uint64_t{1} << 63;
    static constexpr std::uint64_t corner_mask = std::uint64_t{3} << 62;
    static constexpr std::uint64_t af_bit = 1u << 3;

    /// Whether an even number of the lower eight bits is set.
    static bool even(std::uint64_t byte) {
        constexpr unsigned odd = 0x6996;  // bit n: n has an odd number of bits
        return ((odd >> ((byte ^ (byte >> 4)) & 15)) & 1) == 0;
    }
    /// The two upper carries: out of the top bit (CF), and into it (CF xor OF).
    static std::uint64_t corner(bool cf, bool of) {
        return (static_cast<std::uint64_t>(cf) << 63) |
               (static_cast<std::uint64_t>(cf != of) << 62);
    }
    /// Takes CF from former carries, and keeps what OF is now.
    void keep_cf(std::uint64_t before) {
        const std::uint64_t cf = before & top;
        const std::uint64_t of = (carries_ ^ (carries_ << 1)) & top;
        carries_ = (carries_ & ~corner_mask) | cf | ((cf ^ of) >> 1);
    }
    template <typename T>
    void set_carries(T vector, T r) {
        result_ = sign_extended(r);
        const std::uint64_t wide = vector;
        carries_ = ((wide << (64 - width<T>)) & corner_mask) | (wide & af_bit);
    }

    std::uint64_t result_ = 0;   ///< sign extended; ZF, SF and PF are read from it
    std::uint64_t carries_ = 0;  ///< bits 63, 62, 3: carries; 8..15: parity, 0: sign correction
};

/// The sixteen condition codes of Jcc, SETcc and CMOVcc, by their number in the opcode.
template <unsigned Code>
bool condition(const Flags& f) {
    constexpr unsigned kind = Code >> 1;
    bool holds = false;
    if constexpr (kind == 0) holds = f.of();
    if constexpr (kind == 1) holds = f.cf();
    if constexpr (kind == 2) holds = f.zf();
    if constexpr (kind == 3) holds = f.cf() || f.zf();
    if constexpr (kind == 4) holds = f.sf();
    if constexpr (kind == 5) holds = f.pf();
    if constexpr (kind == 6) holds = f.sf() != f.of();
    if constexpr (kind == 7) holds = f.zf() || f.sf() != f.of();
    return holds != ((Code & 1) != 0);
}

}  // namespace utsim::cpu

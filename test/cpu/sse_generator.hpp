// SPDX-License-Identifier: MIT
/// Values for vector instructions: numbers at which floating point goes wrong, lanes of integers at
/// their limits, and all that MXCSR can say.
#pragma once

#include <cstdint>
#include <cstring>

#include "cpu/fpu_state.hpp"
#include "test/cpu/random_source.hpp"

namespace utsim::cpu::testing {

class SseGenerator {
public:
    explicit SseGenerator(Random& random) : random_(random) {}

    Xmm value() {
        Xmm x;
        switch (random_.below(6)) {
            case 0:
                x = {{number64(), number64()}};
                break;
            case 1:
            case 2:
                for (std::uint64_t& half : x.half) half = number32() | number32() << 32;
                break;
            case 3:
                for (std::uint64_t& half : x.half) half = random_.interesting();
                break;
            case 4:
                for (std::uint64_t& half : x.half) {
                    for (unsigned n = 0; n < 8; ++n) half = half << 8 | small_lane(8);
                }
                break;
            default:
                for (std::uint64_t& half : x.half) {
                    for (unsigned n = 0; n < 4; ++n) half = half << 16 | small_lane(16);
                }
        }
        return x;
    }

    /// Mostly with all masked, so that there are results to compare.
    std::uint32_t mxcsr() {
        constexpr std::uint32_t all_masked = 0x1f80;
        if (random_.one_in(3)) return all_masked;
        std::uint32_t value = static_cast<std::uint32_t>(random_.next()) & 0xffff;
        if (!random_.one_in(4)) value |= all_masked;
        if (random_.one_in(4)) value |= all_masked & ~(0x80u << random_.below(6));
        return value;
    }

    void fill(FpuState& fpu) {
        for (Xmm& x : fpu.xmm) {
            if (random_.one_in(3)) x = value();
        }
        if (random_.one_in(4)) fpu.xmm[random_.below(16)] = fpu.xmm[random_.below(16)];
        if (random_.one_in(4)) fpu.mxcsr = mxcsr();
        fill_mmx(fpu);
    }

    /// Masks of MASKMOVDQU that select nothing.
    void clear_masks(FpuState& fpu) {
        constexpr std::uint64_t rest = 0x7f7f7f7f7f7f7f7f;
        for (Xmm& x : fpu.xmm) x = {{x.half[0] & rest, x.half[1] & rest}};
        for (X87Register& x : fpu.st) x.significand &= rest;
    }

private:
    void fill_mmx(FpuState& fpu) {
        fpu.fcw = 0x37f;
        fpu.fsw &= 0x7f00;
        fpu.fop = 0, fpu.fip = 0, fpu.fdp = 0;  // as ever without an x87 exception
        if (random_.one_in(8)) fpu.fsw = static_cast<std::uint16_t>(random_.below(8) << 11);
        if (random_.one_in(128)) {  // an x87 exception that nobody has looked at
            fpu.fcw = 0x37e;
            fpu.fsw = static_cast<std::uint16_t>(fpu.fsw | 0x8081);
        }
        if (random_.one_in(8)) fpu.ftw = random_.byte();
        for (X87Register& x : fpu.st) {
            if (random_.one_in(3)) x.significand = value().half[0];
        }
    }

    std::uint64_t small_lane(unsigned bits) {
        const std::uint64_t top = std::uint64_t{1} << (bits - 1);
        const std::uint64_t some[] = {0, 1, 2, top - 1, top, top + 1, 2 * top - 1, random_.next()};
        return random_.pick(some) & (2 * top - 1);
    }

    /// A number of so many bits of exponent and fraction.
    std::uint64_t number(unsigned exponent_bits, unsigned fraction_bits) {
        const std::uint64_t one = 1, most = (one << exponent_bits) - 1, bias = most >> 1;
        const std::uint64_t all = (one << fraction_bits) - 1;
        const std::uint64_t exponents[] = {0,
                                           0,
                                           1,
                                           2,
                                           bias - 1,
                                           bias,
                                           bias + 1,
                                           bias + random_.below(70),
                                           bias - random_.below(70),
                                           bias / 2,
                                           bias + bias / 2,
                                           bias + fraction_bits,
                                           bias + 31,
                                           bias + 63,
                                           most - 1,
                                           most,
                                           random_.below(most + 1),
                                           random_.below(fraction_bits + 2)};
        const std::uint64_t fractions[] = {0,
                                           0,
                                           1,
                                           all,
                                           all - 1,
                                           one << (fraction_bits - 1),
                                           one << random_.below(fraction_bits),
                                           all ^ (all >> random_.below(fraction_bits)),
                                           random_.next() & all,
                                           random_.next() & all};
        return (random_.next() & 1) << (exponent_bits + fraction_bits) |
               random_.pick(exponents) << fraction_bits | random_.pick(fractions);
    }
    std::uint64_t number32() { return number(8, 23); }
    std::uint64_t number64() { return number(11, 52); }

    Random& random_;
};

}  // namespace utsim::cpu::testing

// SPDX-License-Identifier: MIT
/// Random x87 registers and operands, of which most are where arithmetic goes wrong.
#pragma once

#include <cstdint>
#include <cstring>

#include "cpu/x87_unit.hpp"
#include "test/cpu/random_source.hpp"

namespace utsim::cpu::testing {

class X87Generator {
public:
    explicit X87Generator(Random& random) : random_(random) {}

    /// All of the x87 part.
    void fill(FpuState& f) {
        f.fcw = static_cast<std::uint16_t>(0x7f | random_.below(16) << 8);  // all RC, all PC
        if (random_.one_in(3)) f.fcw = 0x37f;
        if (random_.one_in(4)) f.fcw &= static_cast<std::uint16_t>(~random_.below(64));
        f.fsw = static_cast<std::uint16_t>(random_.next()) & 0x7f00;
        if (random_.one_in(2)) f.fsw |= static_cast<std::uint16_t>(random_.below(128));
        // An exception that is pending is all that most instructions then see.
        if (!random_.one_in(16)) f.fsw &= static_cast<std::uint16_t>(~(x87_pending(f)));
        f.ftw = 0xff;
        if (random_.one_in(4)) f.ftw = random_.byte();
        // So that there is room for a load.
        const unsigned last = ((f.fsw >> 11) + 7u) & 7u;
        if (random_.one_in(2)) f.ftw &= static_cast<std::uint8_t>(~(1u << last));
        for (X87Register& r : f.st) r = number();
        if (random_.one_in(4)) make_similar(f);
        f.fip = f.fdp = 0;
        f.fop = 0;
        settle_x87(f);
    }

    X87Register number() {
        X87Register r;
        r.significand = random_.next() | integer_bit;
        r.sign_exponent = static_cast<std::uint16_t>(random_.one_in(2) ? 0x8000 : 0);
        std::uint16_t& e = r.sign_exponent;
        switch (random_.below(16)) {
            case 0:
                r.significand = 0;
                return r;
            case 1:  // an infinity, NaN, or what looks like one
                e |= 0x7fff;
                r.significand = random_.pick(special_);
                return r;
            case 2:  // denormal, or pseudo-denormal
                r.significand = random_.interesting();
                return r;
            case 3:  // anything: unnormals as well
                e = static_cast<std::uint16_t>(random_.next());
                r.significand = random_.interesting();
                return r;
            case 4:  // near the ends
                e |= random_.one_in(2) ? 1 + random_.below(70) : 0x7ffe - random_.below(70);
                break;
            case 5:
            case 6:
                e |= 1 + random_.below(0x7ffe);
                break;
            case 7:  // one, and whole powers of two
                e |= 0x3fff + random_.below(9) - 4;
                r.significand = integer_bit;
                break;
            case 8:  // a small number that has few digits
                e |= 0x3fff + random_.below(8) - 2;
                r.significand = (random_.next() << (56 + random_.below(8))) | integer_bit;
                break;
            case 9:  // where range reduction has work
                e |= 0x3fff + random_.below(68);
                break;
            case 10:  // what fits in a smaller format, or nearly
                e |= 0x3fff + random_.below(300) - 150;
                r.significand &=
                    random_.one_in(2) ? ~std::uint64_t{0} << 40 : ~std::uint64_t{0} << 11;
                if (random_.one_in(2)) r.significand |= random_.below(3);
                break;
            case 11:
                e |= 0x3fff + random_.below(2100) - 1050;
                break;
            default:
                e |= 0x3fff + random_.below(140) - 70;
        }
        return r;
    }

    struct Operand {
        std::uint8_t bytes[16];
    };
    /// For an escape with this opcode: floats, whole numbers, decimals.
    Operand operand(std::uint8_t opcode) {
        Operand out{};
        std::uint64_t value = random_.interesting();
        if (opcode == 0xd8 || opcode == 0xd9) value = single();
        if (opcode == 0xdc || opcode == 0xdd) value = random_.one_in(8) ? value : double_();
        std::memcpy(out.bytes, &value, sizeof value);
        if (opcode == 0xdb && random_.one_in(2)) {
            const X87Register r = number();
            std::memcpy(out.bytes, &r.significand, 8);
            std::memcpy(out.bytes + 8, &r.sign_exponent, 2);
        }
        if (opcode == 0xdf && random_.one_in(2)) {
            for (unsigned n = 0; n < 9; ++n) {
                out.bytes[n] =
                    static_cast<std::uint8_t>(random_.below(10) << 4 | random_.below(10));
            }
            out.bytes[9] = random_.one_in(8) ? random_.byte() : random_.one_in(2) ? 0x80 : 0;
        }
        return out;
    }

private:
    static constexpr std::uint64_t integer_bit = std::uint64_t{1} << 63;
    static constexpr std::uint64_t special_[] = {
        integer_bit,        integer_bit,        0xc000000000000000, 0xc000000000000001,
        0x8000000000000001, 0xbfffffffffffffff, 0xffffffffffffffff, 0,
        0x4000000000000000, 0xa123456789abcdef, 0xd23456789abcdef0};

    /// So that comparisons find some equal, and subtractions cancel.
    void make_similar(FpuState& f) {
        X87Register& other = f.st[1 + random_.below(7)];
        other = f.st[0];
        if (random_.one_in(2)) other.significand ^= random_.below(4);
        if (random_.one_in(2)) other.sign_exponent ^= 0x8000;
        if (random_.one_in(4)) other.sign_exponent ^= 1;
    }
    std::uint64_t single() {
        const std::uint64_t sign = random_.next() & 0x80000000u;
        const std::uint64_t fraction = random_.interesting() & 0x7fffff;
        constexpr std::uint64_t exponents[] = {0, 1, 127, 128, 254, 255};
        const std::uint64_t e = random_.one_in(2) ? random_.pick(exponents) : random_.below(256);
        return sign | e << 23 | fraction;
    }
    std::uint64_t double_() {
        const std::uint64_t sign = random_.next() & integer_bit;
        const std::uint64_t fraction = random_.interesting() & 0xfffffffffffff;
        constexpr std::uint64_t exponents[] = {0, 1, 1023, 1024, 2046, 2047};
        const std::uint64_t e = random_.one_in(2) ? random_.pick(exponents) : random_.below(2048);
        return sign | e << 52 | fraction;
    }

    Random& random_;
};

}  // namespace utsim::cpu::testing

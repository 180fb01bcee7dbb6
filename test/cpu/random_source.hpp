// SPDX-License-Identifier: MIT
/// Random numbers that are the same everywhere and cheap enough for millions of instructions.
#pragma once

#include <cstdint>
#include <iterator>

namespace utsim::cpu::testing {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15ull;
        std::uint64_t x = state_;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
        return x ^ (x >> 31);
    }
    std::uint8_t byte() { return static_cast<std::uint8_t>(next()); }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

    template <typename Range>
    auto pick(const Range& range) {
        return *(std::begin(range) + below(std::size(range)));
    }

    /// Numbers at which arithmetic goes wrong, far more often than a uniform choice would have
    /// them.
    std::uint64_t interesting() {
        constexpr std::uint64_t corners[] = {0,
                                             1,
                                             2,
                                             3,
                                             7,
                                             8,
                                             0x0f,
                                             0x10,
                                             0x1f,
                                             0x20,
                                             0x3f,
                                             0x40,
                                             0x7f,
                                             0x80,
                                             0xff,
                                             0x100,
                                             0x7fff,
                                             0x8000,
                                             0xffff,
                                             0x10000,
                                             0x7fffffff,
                                             0x80000000,
                                             0xffffffff,
                                             0x100000000,
                                             0x7fffffffffffffff,
                                             0x8000000000000000,
                                             0xffffffffffffffff,
                                             0x5555555555555555,
                                             0xaaaaaaaaaaaaaaaa};
        switch (below(4)) {
            case 0:
                return next();
            case 1:
                return next() >> below(64);
            case 2:
                return pick(corners) + below(3) - 1;
            default:
                return pick(corners);
        }
    }

private:
    std::uint64_t state_;
};

}  // namespace utsim::cpu::testing

// SPDX-License-Identifier: MIT
/// A small generator of pseudo-random numbers that is the same everywhere and for ever.
///
/// The standard library's distributions differ between implementations; a seed in a report must
/// mean the same run on every machine.
#pragma once

#include <bit>
#include <cstdint>

namespace utsim {

/// xoshiro256**, seeded through splitmix64. Plain data: copy it to remember a position.
class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (std::uint64_t& word : state_) {
            seed += 0x9e3779b97f4a7c15ull;
            std::uint64_t x = seed;
            x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
            x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
            word = x ^ (x >> 31);
        }
    }

    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// One of 0..count-1, each equally likely up to a part in 2^32 / count.
    std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>(((next() >> 32) * count) >> 32);
    }

private:
    std::uint64_t state_[4];
};

}  // namespace utsim

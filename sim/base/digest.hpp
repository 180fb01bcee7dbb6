// SPDX-License-Identifier: MIT
/// A 64-bit digest that is the same on every compiler and build: scenario ids, fingerprints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace utsim {

/// FNV-1a over bytes with a finalising mix, fed piece by piece.
class Digest {
public:
    void add(const void* bytes, std::size_t size) {
        const auto* p = static_cast<const unsigned char*>(bytes);
        for (std::size_t i = 0; i < size; ++i) state_ = (state_ ^ p[i]) * 0x100000001b3ull;
    }
    void add(std::string_view text) { add(text.data(), text.size()); }
    /// Little-endian on every host.
    void add(std::uint64_t number) {
        for (int i = 0; i < 8; ++i) {
            state_ = (state_ ^ ((number >> (8 * i)) & 0xff)) * 0x100000001b3ull;
        }
    }
    std::uint64_t value() const {
        std::uint64_t x = state_;
        x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdull;
        x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ull;
        return x ^ (x >> 33);
    }
    /// `7c1e-90ab-4f22-d0e3`: four groups that a person can compare by eye.
    std::string text() const;

private:
    std::uint64_t state_ = 0xcbf29ce484222325ull;
};

}  // namespace utsim

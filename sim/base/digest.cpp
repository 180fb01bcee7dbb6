// SPDX-License-Identifier: MIT
// The printed form of a digest.
#include "base/digest.hpp"

namespace utsim {

std::string Digest::text() const {
    static const char digits[] = "0123456789abcdef";
    const std::uint64_t x = value();
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) {
        out += digits[(x >> shift) & 15];
        if (shift % 16 == 0 && shift != 0) out += '-';
    }
    return out;
}

}  // namespace utsim

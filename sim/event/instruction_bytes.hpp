// SPDX-License-Identifier: MIT
/// What the bytes of an `instruction` event say to those who go by events alone.
#pragma once

#include <cstddef>
#include <string_view>

namespace utsim {

/// Whether an instruction that begins with `bytes` is POPF or IRET: what loads RFLAGS, TF among
/// them, decides whose a step is.
inline constexpr bool loads_flags(std::string_view bytes) {
    constexpr std::string_view prefixes = "\x66\x67\xf0\xf2\xf3\x2e\x36\x3e\x26\x64\x65";
    constexpr char popf = '\x9d';
    constexpr char iret = '\xcf';
    std::size_t at = 0;
    while (at < bytes.size() &&
           ((bytes[at] & 0xf0) == 0x40 || prefixes.find(bytes[at]) != prefixes.npos)) {
        ++at;
    }
    return at < bytes.size() && (bytes[at] == popf || bytes[at] == iret);
}

}  // namespace utsim

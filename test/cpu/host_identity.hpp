// SPDX-License-Identifier: MIT
/// Which processor a result comes from, and what is compared with it: the table's word for its
/// family, and what a probe found out about this one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "test/cpu/open_choice.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace utsim::cpu::testing {

struct HostIdentity {
    Family family = Family::unknown;
    /// Selectors, without privilege level, of which this kernel has some that our processor has
    /// not, or the other way round.
    std::vector<std::uint16_t> other_selectors;
    /// A probe has found that an address of more than 48 bits is #GP.
    bool addresses_of_48_bits = false;

    const char* name() const { return family_names[static_cast<std::size_t>(family)]; }

    /// Whether this host must do as we do in what row `id` leaves open; for the row selector, with
    /// this one.
    bool agrees(Open id, std::uint16_t selector = 0) const {
        const OpenRow& row = row_of(id);
        if (family == Family::unknown || row.testing == Testing::masked) return false;
        if (id == Open::canonical_width) return addresses_of_48_bits;
        if (id == Open::selector) {
            const auto entry = static_cast<std::uint16_t>(selector & ~3);
            return std::find(other_selectors.begin(), other_selectors.end(), entry) ==
                   other_selectors.end();
        }
        return row.known[static_cast<std::size_t>(family)] == Known::measured;
    }
};

inline Family family_named(std::string_view name) {
    for (std::size_t n = 0; n < known_families; ++n) {
        if (name == family_names[n]) return static_cast<Family>(n);
    }
    return Family::unknown;
}

#if defined(__x86_64__)

/// The family by CPUID.
inline Family family_here() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid(0, &a, &b, &c, &d) == 0) return Family::unknown;
    char maker[13] = {};
    std::memcpy(maker, &b, 4);
    std::memcpy(maker + 4, &d, 4);
    std::memcpy(maker + 8, &c, 4);
    __get_cpuid(1, &a, &b, &c, &d);
    unsigned family = (a >> 8) & 15;
    if (family == 15) family += (a >> 20) & 255;
    if (std::strcmp(maker, "GenuineIntel") == 0) return Family::intel;
    if (std::strcmp(maker, "AuthenticAMD") != 0) return Family::unknown;
    return family_named("amd-" + std::to_string(family));
}

/// Asks the descriptor tables, by VERR, which selectors may be loaded for reading.
inline std::vector<std::uint16_t> other_selectors_here() {
    std::vector<std::uint16_t> out;
    for (unsigned entry = 4; entry < 0x10000; entry += 4) {
        const auto selector = static_cast<std::uint16_t>(entry | 3);
        bool readable = false;
        asm volatile("verr %1" : "=@ccz"(readable) : "r"(selector));
        const bool ours = selector == 0x2b || selector == 0x33 || selector == 0x7b;
        if (readable != ours) out.push_back(static_cast<std::uint16_t>(entry));
    }
    return out;
}

/// Whether TZCNT, LZCNT, POPCNT, MOVBE, CMPXCHG16B, SSE4.2, BMI and ADX exist here: the model has
/// them all.
inline bool extensions_here() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0) return false;
    // SSE3 SSSE3 CX16 SSE4.1 SSE4.2 MOVBE POPCNT
    const unsigned wanted =
        1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 22 | 1u << 23;
    if ((c & wanted) != wanted) return false;
    if (__get_cpuid(0x80000001, &a, &b, &c, &d) == 0) return false;
    const unsigned extended = 1u << 0 | 1u << 5;  // LAHF LZCNT
    if ((c & extended) != extended) return false;
    const unsigned integer = 1u << 3 | 1u << 8 | 1u << 19;  // BMI1 BMI2 ADX
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & integer) == integer;
}

#else

inline Family family_here() { return Family::unknown; }
inline std::vector<std::uint16_t> other_selectors_here() { return {}; }
inline bool extensions_here() { return false; }

#endif

/// This host, or what UTSIM_HOST says of it: `unknown`, or a family's name.
inline HostIdentity this_host() {
    HostIdentity host;
    const char* given = std::getenv("UTSIM_HOST");
    host.family = given != nullptr && given[0] != 0 ? family_named(given) : family_here();
    host.other_selectors = other_selectors_here();
    return host;
}

}  // namespace utsim::cpu::testing

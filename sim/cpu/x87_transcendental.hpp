// SPDX-License-Identifier: MIT
/// F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN, FSIN, FCOS and FSINCOS: the same digits on every host.
#pragma once

#include <cstdint>

#include "cpu/fpu_state.hpp"

namespace utsim::cpu {

/// The last byte of these instructions, whose first is D9.
namespace x87_function {
inline constexpr std::uint8_t f2xm1 = 0xf0;
inline constexpr std::uint8_t fyl2x = 0xf1;
inline constexpr std::uint8_t fptan = 0xf2;
inline constexpr std::uint8_t fpatan = 0xf3;
inline constexpr std::uint8_t fyl2xp1 = 0xf9;
inline constexpr std::uint8_t fsincos = 0xfb;
inline constexpr std::uint8_t fsin = 0xfe;
inline constexpr std::uint8_t fcos = 0xff;
}  // namespace x87_function

/// `after` is what the host's unit made of `before`, which had no exception flagged. Stack, tags
/// and special cases are as every unit has them; the digits become ours.
void compute_transcendental(std::uint8_t modrm, const FpuState& before, FpuState& after);

}  // namespace utsim::cpu

// SPDX-License-Identifier: MIT
/// What this processor has, in the words of CPUID, as far as a kernel tells programs of it as well.
#pragma once

#include <cstdint>

namespace utsim::cpu {

/// EDX of leaf 1: FPU TSC CX8 CMOV CLFLUSH MMX FXSR SSE SSE2.
inline constexpr std::uint32_t cpuid_1_edx =
    1u << 0 | 1u << 4 | 1u << 8 | 1u << 15 | 1u << 19 | 1u << 23 | 1u << 24 | 1u << 25 | 1u << 26;

}  // namespace utsim::cpu

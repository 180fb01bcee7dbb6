// SPDX-License-Identifier: MIT
// From x87 to MMX: TOP becomes zero, so what was kept from ST(0) on is now kept by number.
#include "cpu/vector.hpp"

#include <algorithm>

namespace utsim::cpu {

void enter_mmx(FpuState& fpu) {
    constexpr unsigned top_shift = 11;
    const unsigned top = (fpu.fsw >> top_shift) & 7;
    if (top != 0) [[unlikely]] {
        std::rotate(std::begin(fpu.st), std::begin(fpu.st) + (8 - top), std::end(fpu.st));
        fpu.fsw = static_cast<std::uint16_t>(fpu.fsw & ~(7u << top_shift));
    }
    fpu.ftw = 0xff;
}

}  // namespace utsim::cpu

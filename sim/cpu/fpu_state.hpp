// SPDX-License-Identifier: MIT
/// The x87, MMX and SSE registers of a task, in the layout in which FXSAVE stores them.
///
/// So FXSAVE, a signal frame and user_fpregs are copies of this struct, and a handler that lets the
/// host's unit do the arithmetic can load it as it is.
#pragma once

#include <cstddef>
#include <cstdint>

namespace utsim::cpu {

/// 128 bits, low half first.
struct Xmm {
    std::uint64_t half[2] = {};

    bool operator==(const Xmm&) const = default;
};

/// An 80-bit number. The MMX registers are the significands, by number and not by place in the
/// stack.
struct X87Register {
    std::uint64_t significand = 0;
    std::uint16_t sign_exponent = 0;
    std::uint16_t unused[3] = {};

    bool operator==(const X87Register&) const = default;
};

struct FpuState {
    std::uint16_t fcw = 0x037f;
    std::uint16_t fsw = 0;
    /// A bit for each register (by number) that is not empty.
    std::uint8_t ftw = 0;
    std::uint8_t unused = 0;
    std::uint16_t fop = 0;
    std::uint64_t fip = 0;
    std::uint64_t fdp = 0;
    std::uint32_t mxcsr = 0x1f80;
    /// The bits that MXCSR has.
    std::uint32_t mxcsr_mask = 0xffff;
    X87Register st[8];  ///< ST(0) first
    Xmm xmm[16];

    bool operator==(const FpuState&) const = default;
};

static_assert(sizeof(FpuState) == 416 && offsetof(FpuState, st) == 32);
static_assert(offsetof(FpuState, xmm) == 160);

template <typename V>
void describe(V& v, Xmm& x) {
    v.field("half", x.half);
}

template <typename V>
void describe(V& v, X87Register& r) {
    v.field("significand", r.significand);
    v.field("sign_exponent", r.sign_exponent);
    v.field("unused", r.unused);
}

template <typename V>
void describe(V& v, FpuState& f) {
    v.field("fcw", f.fcw);
    v.field("fsw", f.fsw);
    v.field("ftw", f.ftw);
    v.field("unused", f.unused);
    v.field("fop", f.fop);
    v.field("fip", f.fip);
    v.field("fdp", f.fdp);
    v.field("mxcsr", f.mxcsr);
    v.field("mxcsr_mask", f.mxcsr_mask);
    v.field("st", f.st);
    v.field("xmm", f.xmm);
}

}  // namespace utsim::cpu

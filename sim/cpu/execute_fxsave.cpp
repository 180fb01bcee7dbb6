// SPDX-License-Identifier: MIT
// FXSAVE and FXRSTOR. A task's registers are kept in their layout already, so only what differs is
// done here: without REX.W the pointers have 32 bits and a selector (which is zero), and the last
// 96 bytes of the 512 belong to software and are left alone.
#include <cstring>

#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"
#include "cpu/x87_access.hpp"

namespace utsim::cpu {
namespace {

constexpr std::size_t area = 512;
constexpr std::size_t alignment = 16;

bool is_aligned(Core& c, const Instruction& i) {
    if (c.address(i) % alignment == 0) return true;
    // With RFLAGS.AC set, a place that is no multiple of 8 either is #AC.
    if (c.checks_alignment && !c.aligned(c.address(i), 8)) return false;
    if (is_canonical(c.address(i))) {
        c.protect("FXSAVE or FXRSTOR of a place that is not a multiple of 16");
    } else {
        c.memory_fault.kind = FaultKind::not_canonical;
        c.access_failed(Core::segment(i));
    }
    return false;
}

struct Fxsave {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        FpuState image = c.r.fpu;
        if constexpr (sizeof(T) != 8) {
            image.fip = static_cast<std::uint32_t>(image.fip);
            image.fdp = static_cast<std::uint32_t>(image.fdp);
        }
        if (!is_aligned(c, i) || !may_store_bytes(c, i, area, 1)) return Status::fault;
        if (!store_bytes(c, i, &image, sizeof image, 1)) return Status::fault;
        return c.stored();
    }
};

struct Fxrstor {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        std::uint8_t bytes[area];
        if (!is_aligned(c, i) || !load_bytes(c, i, bytes, area, 1)) return Status::fault;
        FpuState image;
        std::memcpy(static_cast<void*>(&image), bytes, sizeof image);
        if (!accept_fpu_image(image)) return c.protect("reserved bits of MXCSR");
        if constexpr (sizeof(T) != 8) {
            image.fip = static_cast<std::uint32_t>(image.fip);
            image.fdp = static_cast<std::uint32_t>(image.fdp);
        }
        c.r.fpu = image;
        return Status::retired;
    }
};

}  // namespace

bool accept_fpu_image(FpuState& image) {
    const std::uint32_t mask = FpuState{}.mxcsr_mask;
    if ((image.mxcsr & ~mask) != 0) return false;
    image.mxcsr_mask = mask;
    settle_x87(image);
    return true;
}

namespace execute {
constinit const HandlerSet fxsave = handlers<Fxsave, Shape::m>();
constinit const HandlerSet fxrstor = handlers<Fxrstor, Shape::m>();
}  // namespace execute
}  // namespace utsim::cpu

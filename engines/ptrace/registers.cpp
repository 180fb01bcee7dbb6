// SPDX-License-Identifier: MIT
// The requests about registers: what the kernel room offers every debugger (`user_regset`,
// `peek_user`), carried to and from the tracer's memory.
#include <utsim/engine.hpp>
#include <utsim/errno.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "cpu/x87_unit.hpp"
#include "engines/ptrace/request.hpp"
#include "kernel/memory.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t user_space_end = 0x7ffffffff000;
constexpr std::uint64_t word_size = 8;
constexpr std::uint32_t largest_set = 576;

struct IoVec {
    std::uint64_t base, length;
};

/// The first `size` bytes of a set.
std::int64_t get_set(const PtraceCall& call, UserRegset set, std::uint64_t to, std::uint32_t size) {
    std::uint8_t bytes[largest_set];
    const int failed = user_regset_get(*call.task, set, 0, size, bytes);
    return failed != 0 ? failed : copy_to_user(call.current, to, bytes, size);
}

std::int64_t set_set(const PtraceCall& call, UserRegset set, std::uint64_t from,
                     std::uint32_t size) {
    std::uint8_t bytes[largest_set];
    if (copy_from_user(call.current, bytes, from, size) != 0) return -K_EFAULT;
    return user_regset_set(*call.task, set, 0, size, bytes);
}

}  // namespace

std::int64_t ptrace_user_area(const PtraceCall& call) {
    if (call.request == PTRACE_POKEUSER) return poke_user(*call.task, call.addr, call.data);
    std::uint64_t value = 0;
    const int failed = peek_user(*call.task, call.addr, &value);
    return failed != 0 ? failed : copy_to_user(call.current, call.data, &value, sizeof value);
}

std::int64_t ptrace_registers(const PtraceCall& call) {
    const std::uint32_t size = user_regset_size(UserRegset::general);
    return call.request == PTRACE_SETREGS ? set_set(call, UserRegset::general, call.data, size)
                                          : get_set(call, UserRegset::general, call.data, size);
}

std::int64_t ptrace_fp_registers(const PtraceCall& call) {
    const std::uint32_t size = user_regset_size(UserRegset::fp);
    return call.request == PTRACE_SETFPREGS ? set_set(call, UserRegset::fp, call.data, size)
                                            : get_set(call, UserRegset::fp, call.data, size);
}

namespace {

/// NT_X86_XSTATE: what XSAVE writes on a processor that has x87 and SSE and nothing above: the 512
/// bytes of FXSAVE, with the features that there are where software may write, and the header.
constexpr std::uint64_t nt_x86_xstate = 0x202;
constexpr std::uint32_t xstate_features_at = 464;
constexpr std::uint64_t xstate_x87 = 1;
constexpr std::uint64_t xstate_sse = 2;

struct XstateHeader {
    std::uint64_t xstate_bv;  ///< what is in the image; the rest is as after reset
    std::uint64_t xcomp_bv;   ///< 0: not compacted
    std::uint64_t reserved[6];
};
struct Xstate {
    cpu::FpuState fpu;
    std::uint8_t reserved[96];
    XstateHeader header;
};
static_assert(sizeof(Xstate) == 576);

/// Both parts count as in use, always; that is a choice of a processor's.
std::int64_t get_xstate(const PtraceCall& call, std::uint64_t to, std::uint32_t size) {
    constexpr std::uint64_t features = xstate_x87 | xstate_sse;
    std::uint8_t bytes[sizeof(Xstate)] = {};
    std::memcpy(bytes, &call.task->regs.fpu, sizeof(cpu::FpuState));
    std::memcpy(bytes + xstate_features_at, &features, sizeof features);
    std::memcpy(bytes + offsetof(Xstate, header), &features, sizeof features);
    return copy_to_user(call.current, to, bytes, size);
}

std::int64_t set_xstate(const PtraceCall& call, std::uint64_t from, std::uint32_t size) {
    Xstate state;
    if (size != sizeof state || copy_from_user(call.current, &state, from, size) != 0) {
        return -K_EFAULT;
    }
    const XstateHeader& header = state.header;
    bool unknown = (header.xstate_bv & ~(xstate_x87 | xstate_sse)) != 0 || header.xcomp_bv != 0;
    for (const std::uint64_t word : header.reserved) unknown = unknown || word != 0;
    if (unknown) return -K_EINVAL;
    cpu::FpuState& now = call.task->regs.fpu;
    const cpu::FpuState fresh;
    const bool sse = (header.xstate_bv & xstate_sse) != 0;
    cpu::FpuState next = (header.xstate_bv & xstate_x87) != 0 ? state.fpu : fresh;
    std::copy_n(sse ? state.fpu.xmm : fresh.xmm, std::size(fresh.xmm), next.xmm);
    next.mxcsr = sse ? state.fpu.mxcsr : fresh.mxcsr;
    if (!cpu::accept_fpu_image(next)) return -K_EINVAL;
    now = next;
    return 0;
}

std::uint32_t set_size(std::uint64_t type) {
    if (static_cast<std::uint32_t>(type) == nt_x86_xstate) return sizeof(Xstate);
    return user_regset_size(static_cast<UserRegset>(static_cast<std::uint32_t>(type)));
}

}  // namespace

std::int64_t ptrace_register_set(const PtraceCall& call) {
    IoVec vec{};
    if (copy_from_user(call.current, &vec, call.data, sizeof vec) != 0) return -K_EFAULT;
    const auto set = static_cast<UserRegset>(static_cast<std::uint32_t>(call.addr));
    const std::uint32_t whole = set_size(call.addr);
    if (whole == 0 || vec.length % word_size != 0) return -K_EINVAL;
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(vec.length, whole));
    vec.length = size;
    const bool sets = call.request == PTRACE_SETREGSET;
    std::int64_t result = 0;
    if (static_cast<std::uint32_t>(call.addr) == nt_x86_xstate) {
        result = sets ? set_xstate(call, vec.base, size) : get_xstate(call, vec.base, size);
    } else {
        result = sets ? set_set(call, set, vec.base, size) : get_set(call, set, vec.base, size);
    }
    if (result != 0) return result;
    return copy_to_user(call.current, call.data + word_size, &vec.length, sizeof vec.length);
}

std::int64_t ptrace_arch_prctl(const PtraceCall& call) {
    constexpr std::uint64_t arch_set_gs = 0x1001;
    constexpr std::uint64_t arch_set_fs = 0x1002;
    constexpr std::uint64_t arch_get_fs = 0x1003;
    constexpr std::uint64_t arch_get_gs = 0x1004;
    cpu::Registers& regs = call.task->regs;
    const bool fs = call.data == arch_set_fs || call.data == arch_get_fs;
    std::uint64_t& base = fs ? regs.fs_base : regs.gs_base;
    switch (call.data) {
        case arch_get_fs:
        case arch_get_gs:
            return copy_to_user(call.current, call.addr, &base, sizeof base);
        case arch_set_fs:
        case arch_set_gs:
            if (call.addr >= user_space_end) return -K_EPERM;
            base = call.addr;
            (fs ? regs.fs : regs.gs) = 0;
            return 0;
        default:
            return -K_EINVAL;
    }
}

std::int64_t ptrace_thread_area(const PtraceCall& call) {
    constexpr std::uint64_t first = 12;
    constexpr std::uint64_t count = 3;
    constexpr std::uint32_t read_exec_only_not_present = 0x28;
    if (call.addr - first >= count) return -K_EINVAL;
    if (call.request == PTRACE_SET_THREAD_AREA) return -K_EINVAL;  // there are no descriptors
    const std::uint32_t empty[4] = {static_cast<std::uint32_t>(call.addr), 0, 0,
                                    read_exec_only_not_present};
    return copy_to_user(call.current, call.data, empty, sizeof empty);
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// The general registers as a tracer sees them: struct user_regs_struct, as a whole, word by word in
// the USER area, or as a register set. A word that is refused leaves those before it written.
#include <utsim/errno.hpp>

#include <algorithm>
#include <cstring>

#include "engines/ptrace/request.hpp"
#include "kernel/memory.hpp"
#include "kernel/step.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t user_space_end = 0x7ffffffff000;
constexpr std::uint64_t word_size = 8;
constexpr std::uint64_t flags_mask = 0x54dd5;  ///< what a tracer may change

/// The words of struct user_regs_struct, in its order.
enum Word : unsigned {
    word_r15,
    word_r14,
    word_r13,
    word_r12,
    word_rbp,
    word_rbx,
    word_r11,
    word_r10,
    word_r9,
    word_r8,
    word_rax,
    word_rcx,
    word_rdx,
    word_rsi,
    word_rdi,
    word_orig_rax,
    word_rip,
    word_cs,
    word_eflags,
    word_rsp,
    word_ss,
    word_fs_base,
    word_gs_base,
    word_ds,
    word_es,
    word_fs,
    word_gs,
    word_count,
};
constexpr std::uint64_t regs_size = word_count * word_size;

/// The general register of each of the first words, by its number in instructions.
constexpr unsigned register_of[] = {15, 14, 13, 12, 5, 3, 11, 10, 9, 8, 0, 1, 2, 6, 7};

std::uint16_t* selector_of(cpu::Registers& regs, unsigned word) {
    switch (word) {
        case word_cs:
            return &regs.cs;
        case word_ss:
            return &regs.ss;
        case word_ds:
            return &regs.ds;
        case word_es:
            return &regs.es;
        case word_fs:
            return &regs.fs;
        case word_gs:
            return &regs.gs;
        default:
            return nullptr;
    }
}

/// A TF that only the debugger has set is not shown.
std::uint64_t visible_flags(const Task* task) {
    const bool forced = test_tsk_thread_flag(task, TIF_FORCED_TF);
    return forced ? task->regs.rflags & ~cpu::flag::tf : task->regs.rflags;
}

std::uint64_t get_word(Task* task, unsigned word) {
    cpu::Registers& regs = task->regs;
    if (word < word_orig_rax) return regs.gpr[register_of[word]];
    if (const std::uint16_t* selector = selector_of(regs, word)) return *selector;
    switch (word) {
        case word_orig_rax:
            return static_cast<std::uint64_t>(task->orig_ax);
        case word_rip:
            return regs.rip;
        case word_eflags:
            return visible_flags(task);
        case word_rsp:
            return regs.rsp();
        case word_fs_base:
            return regs.fs_base;
        default:
            return regs.gs_base;
    }
}

/// A TF that the tracer sets is the program's; one that it clears may still be the debugger's.
void set_flags(Task* task, std::uint64_t value) {
    if ((value & cpu::flag::tf) != 0) {
        clear_tsk_thread_flag(task, TIF_FORCED_TF);
    } else if (test_tsk_thread_flag(task, TIF_FORCED_TF)) {
        value |= cpu::flag::tf;
    }
    task->regs.rflags = (task->regs.rflags & ~flags_mask) | (value & flags_mask);
}

std::int64_t set_selector(std::uint16_t* selector, std::uint64_t value, bool may_be_null) {
    constexpr std::uint64_t privilege_mask = 3;
    if (value > 0xffff) return -K_EIO;
    const bool null = value == 0;
    if (null ? !may_be_null : (value & privilege_mask) != privilege_mask) return -K_EIO;
    *selector = static_cast<std::uint16_t>(value);
    return 0;
}

std::int64_t set_base(std::uint64_t* base, std::uint64_t value) {
    if (value >= user_space_end) return -K_EIO;
    *base = value;
    return 0;
}

std::int64_t set_word(Task* task, unsigned word, std::uint64_t value) {
    cpu::Registers& regs = task->regs;
    if (word < word_orig_rax) {
        regs.gpr[register_of[word]] = value;
        return 0;
    }
    if (std::uint16_t* selector = selector_of(regs, word)) {
        return set_selector(selector, value, word != word_cs && word != word_ss);
    }
    switch (word) {
        case word_orig_rax:
            task->orig_ax = static_cast<std::int64_t>(value);
            return 0;
        case word_rip:
            regs.rip = value;
            return 0;
        case word_eflags:
            set_flags(task, value);
            return 0;
        case word_rsp:
            regs.rsp() = value;
            return 0;
        case word_fs_base:
            return set_base(&regs.fs_base, value);
        default:
            return set_base(&regs.gs_base, value);
    }
}

std::int64_t read_words(const PtraceCall& call, std::uint64_t to, std::uint64_t count) {
    std::uint64_t words[word_count];
    for (unsigned i = 0; i < word_count; ++i) words[i] = get_word(call.task, i);
    return copy_to_user(call.current, to, words, count * word_size);
}

std::int64_t write_words(const PtraceCall& call, std::uint64_t from, std::uint64_t count) {
    for (unsigned i = 0; i < count; ++i) {
        std::uint64_t value = 0;
        if (copy_from_user(call.current, &value, from + i * word_size, word_size) != 0) {
            return -K_EFAULT;
        }
        if (const std::int64_t wrong = set_word(call.task, i, value); wrong != 0) return wrong;
    }
    return 0;
}

// --- the USER area -------------------------------------------------------------------------------

constexpr std::uint64_t user_size = 928;
constexpr std::uint64_t debug_registers = 848;
constexpr std::uint64_t debug_register_count = 8;

/// There are no breakpoints in hardware here: the registers read as a fresh task's.
std::uint64_t get_debug_register(std::uint64_t n) {
    constexpr std::uint64_t fixed_dr6 = 0xffff0ff0;
    return n == 6 ? fixed_dr6 : 0;
}

std::int64_t set_debug_register(std::uint64_t n, std::uint64_t value) {
    if (n == 4 || n == 5) return -K_EIO;
    return value == 0 || n == 6 ? 0 : -K_EIO;
}

// --- register sets -------------------------------------------------------------------------------

constexpr std::uint64_t nt_prstatus = 1;
constexpr std::uint64_t nt_fpregset = 2;
constexpr std::uint64_t fxsave_size = 512;

struct IoVec {
    std::uint64_t base, length;
};

std::int64_t get_fp(const PtraceCall& call, std::uint64_t to, std::uint64_t size) {
    std::uint8_t image[fxsave_size] = {};
    std::memcpy(image, &call.task->regs.fpu, sizeof call.task->regs.fpu);
    return copy_to_user(call.current, to, image, size);
}

std::int64_t set_fp(const PtraceCall& call, std::uint64_t from) {
    std::uint8_t image[fxsave_size];
    constexpr std::uint32_t mxcsr_bits = 0xffff;
    if (copy_from_user(call.current, image, from, sizeof image) != 0) return -K_EFAULT;
    cpu::FpuState state;
    std::memcpy(static_cast<void*>(&state), image, sizeof state);
    if ((state.mxcsr & ~mxcsr_bits) != 0) return -K_EINVAL;
    state.mxcsr_mask = mxcsr_bits;
    call.task->regs.fpu = state;
    return 0;
}

std::int64_t access_set(const PtraceCall& call, bool sets, const IoVec& vec) {
    const std::uint64_t count = vec.length / word_size;
    if (call.addr == nt_prstatus) {
        return sets ? write_words(call, vec.base, count) : read_words(call, vec.base, count);
    }
    if (!sets) return get_fp(call, vec.base, vec.length);
    return vec.length == fxsave_size ? set_fp(call, vec.base) : -K_EINVAL;
}

}  // namespace

std::int64_t ptrace_user_area(const PtraceCall& call) {
    if (call.addr % word_size != 0 || call.addr >= user_size) return -K_EIO;
    const std::uint64_t word = call.addr / word_size;
    const std::uint64_t debug = (call.addr - debug_registers) / word_size;
    const bool is_debug = call.addr >= debug_registers && debug < debug_register_count;
    if (call.request == PTRACE_POKEUSER) {
        if (word < word_count) return set_word(call.task, static_cast<unsigned>(word), call.data);
        return is_debug ? set_debug_register(debug, call.data) : -K_EIO;
    }
    std::uint64_t value = 0;
    if (word < word_count) value = get_word(call.task, static_cast<unsigned>(word));
    if (is_debug) value = get_debug_register(debug);
    return copy_to_user(call.current, call.data, &value, sizeof value);
}

std::int64_t ptrace_registers(const PtraceCall& call) {
    return call.request == PTRACE_SETREGS ? write_words(call, call.data, word_count)
                                          : read_words(call, call.data, word_count);
}

std::int64_t ptrace_fp_registers(const PtraceCall& call) {
    return call.request == PTRACE_SETFPREGS ? set_fp(call, call.data)
                                            : get_fp(call, call.data, fxsave_size);
}

std::int64_t ptrace_register_set(const PtraceCall& call) {
    IoVec vec{};
    if (copy_from_user(call.current, &vec, call.data, sizeof vec) != 0) return -K_EFAULT;
    const bool known = call.addr == nt_prstatus || call.addr == nt_fpregset;
    if (!known || vec.length % word_size != 0) return -K_EINVAL;
    vec.length = std::min(vec.length, call.addr == nt_prstatus ? regs_size : fxsave_size);
    const std::int64_t result = access_set(call, call.request == PTRACE_SETREGSET, vec);
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

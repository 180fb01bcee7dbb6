// SPDX-License-Identifier: MIT
// What engines may read and write of a task: the saved user registers (pt_regs, raw), and the
// register sets in which a debugger sees them. Debug registers are in debug_registers.cpp.
#include <utsim/engine.hpp>

#include <algorithm>
#include <cstring>

#include "cpu/x87_unit.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"

namespace utsim {

std::uint64_t user_register(const Task& task, Register name) {
    const auto index = static_cast<unsigned>(name);
    if (index < 16) return task.regs.gpr[index];
    switch (name) {
        case Register::rip:
            return task.regs.rip;
        case Register::rflags:
            return task.regs.rflags;
        case Register::orig_rax:
            return static_cast<std::uint64_t>(task.orig_ax);
        case Register::fs_base:
            return task.regs.fs_base;
        case Register::gs_base:
            return task.regs.gs_base;
        default:
            return 0;
    }
}

void set_user_register(Task& task, Register name, std::uint64_t value) {
    const auto index = static_cast<unsigned>(name);
    if (index < 16) {
        task.regs.gpr[index] = value;
        return;
    }
    // Flags outside this set cannot be changed from user space or by a debugger.
    constexpr std::uint64_t changeable = cpu::flag::user | cpu::flag::rf;
    switch (name) {
        case Register::rip:
            task.regs.rip = value;
            break;
        case Register::rflags:
            task.regs.rflags = (task.regs.rflags & ~changeable) | (value & changeable);
            break;
        case Register::orig_rax:
            task.orig_ax = static_cast<std::int64_t>(value);
            break;
        case Register::fs_base:
            task.regs.fs_base = value;
            break;
        case Register::gs_base:
            task.regs.gs_base = value;
            break;
        default:
            break;
    }
}

std::uint64_t get_flags(const Task& task) {
    const bool forced = (task.thread_flags.peek() & tif(TIF_FORCED_TF)) != 0;
    return forced ? task.regs.rflags & ~cpu::flag::tf : task.regs.rflags;
}

void set_flags(Task& task, std::uint64_t value) {
    constexpr std::uint64_t changeable = (cpu::flag::user & ~cpu::flag::id) | cpu::flag::rf;
    if ((value & cpu::flag::tf) != 0) {
        clear_tsk_thread_flag(&task, TIF_FORCED_TF);
    } else if (test_tsk_thread_flag(&task, TIF_FORCED_TF)) {
        value |= cpu::flag::tf;
    }
    task.regs.rflags = (task.regs.rflags & ~changeable) | (value & changeable);
}

// --- struct user_regs_struct ---------------------------------------------------------------------

namespace {

constexpr std::uint32_t word_size = 8;
constexpr std::uint32_t words = 27;
constexpr std::uint32_t fxsave_size = 512;
constexpr std::uint64_t user_end = 0x7ffffffff000;

/// Where a word of the struct is: numbers below 16 are of `gpr`.
enum Word : std::uint8_t { orig_rax = 16, rip, cs, eflags, ss, fs_base, gs_base, ds, es, fs, gs };
constexpr std::uint8_t layout[words] = {15,     14, 13, 12,      5,       3,  11,       10,  9,
                                        8,      0,  1,  2,       6,       7,  orig_rax, rip, cs,
                                        eflags, 4,  ss, fs_base, gs_base, ds, es,       fs,  gs};

std::uint16_t* selector(cpu::Registers& regs, std::uint8_t word) {
    switch (word) {
        case cs:
            return &regs.cs;
        case ss:
            return &regs.ss;
        case ds:
            return &regs.ds;
        case es:
            return &regs.es;
        case fs:
            return &regs.fs;
        default:
            return &regs.gs;
    }
}

std::uint64_t get_word(const Task& task, std::uint32_t index) {
    const std::uint8_t word = layout[index];
    if (word < 16) return task.regs.gpr[word];
    switch (word) {
        case orig_rax:
            return static_cast<std::uint64_t>(task.orig_ax);
        case rip:
            return task.regs.rip;
        case eflags:
            return get_flags(task);
        case fs_base:
            return task.regs.fs_base;
        case gs_base:
            return task.regs.gs_base;
        default:
            return *selector(const_cast<Task&>(task).regs, word);
    }
}

/// A selector of user mode, or null where that is allowed.
int set_selector(Task& task, std::uint8_t word, std::uint64_t value) {
    constexpr std::uint64_t user_privilege = 3;
    const bool null_allowed = word != cs && word != ss;
    if (value > 0xffff || (value == 0 && !null_allowed)) return -K_EIO;
    if (value != 0 && (value & 3) != user_privilege) return -K_EIO;
    *selector(task.regs, word) = static_cast<std::uint16_t>(value);
    return 0;
}

int set_word(Task& task, std::uint32_t index, std::uint64_t value) {
    const std::uint8_t word = layout[index];
    if (word < 16) {
        task.regs.gpr[word] = value;
        return 0;
    }
    switch (word) {
        case orig_rax:
            task.orig_ax = static_cast<std::int64_t>(value);
            return 0;
        case rip:
            task.regs.rip = value;
            return 0;
        case eflags:
            set_flags(task, value);
            return 0;
        case fs_base:
        case gs_base:
            if (value >= user_end) return -K_EIO;
            (word == fs_base ? task.regs.fs_base : task.regs.gs_base) = value;
            return 0;
        default:
            return set_selector(task, word, value);
    }
}

int set_fp(Task& task, const void* in) {
    cpu::FpuState image;
    std::memcpy(static_cast<void*>(&image), in, sizeof image);
    if (!cpu::accept_fpu_image(image)) return -K_EINVAL;
    task.regs.fpu = image;
    return 0;
}

/// False when the range is no range of words of the set; cuts it at the set's end.
bool is_range(UserRegset set, std::uint32_t pos, std::uint32_t& count) {
    const std::uint32_t size = user_regset_size(set);
    if (pos % word_size != 0 || count % word_size != 0 || pos > size) return false;
    count = std::min(count, size - pos);
    return size != 0;
}

}  // namespace

std::uint32_t user_regset_size(UserRegset set) {
    if (set == UserRegset::general) return words * word_size;
    return set == UserRegset::fp ? fxsave_size : 0;
}

int user_regset_get(const Task& task, UserRegset set, std::uint32_t pos, std::uint32_t count,
                    void* out) {
    if (!is_range(set, pos, count)) return -K_EINVAL;
    if (set == UserRegset::fp) {
        std::uint8_t image[fxsave_size] = {};
        std::memcpy(image, &task.regs.fpu, sizeof task.regs.fpu);
        std::memcpy(out, image + pos, count);
        return 0;
    }
    auto* to = static_cast<std::uint8_t*>(out);
    for (std::uint32_t done = 0; done < count; done += word_size) {
        const std::uint64_t value = get_word(task, (pos + done) / word_size);
        std::memcpy(to + done, &value, word_size);
    }
    return 0;
}

int user_regset_set(Task& task, UserRegset set, std::uint32_t pos, std::uint32_t count,
                    const void* in) {
    if (!is_range(set, pos, count)) return -K_EINVAL;
    if (set == UserRegset::fp) {
        return pos == 0 && count == fxsave_size ? set_fp(task, in) : -K_EINVAL;
    }
    const auto* from = static_cast<const std::uint8_t*>(in);
    for (std::uint32_t done = 0; done < count; done += word_size) {
        std::uint64_t value = 0;
        std::memcpy(&value, from + done, word_size);
        const int failed = set_word(task, (pos + done) / word_size, value);
        if (failed != 0) return failed;
    }
    return 0;
}

// --- struct user ---------------------------------------------------------------------------------

namespace {

constexpr std::uint64_t user_size = 928;
constexpr std::uint64_t debugreg_at = 848;

bool is_register(std::uint64_t offset) { return offset < words * word_size; }
bool is_debug_register(std::uint64_t offset) {
    return offset >= debugreg_at && offset < debugreg_at + 8 * word_size;
}

}  // namespace

int peek_user(const Task& task, std::uint64_t offset, std::uint64_t* value) {
    if (offset % word_size != 0 || offset >= user_size) return -K_EIO;
    *value = 0;
    if (is_register(offset)) {
        *value = get_word(task, static_cast<std::uint32_t>(offset / word_size));
    } else if (is_debug_register(offset)) {
        *value = ptrace_get_debugreg(task, static_cast<int>((offset - debugreg_at) / word_size));
    }
    return 0;
}

int poke_user(Task& task, std::uint64_t offset, std::uint64_t value) {
    if (offset % word_size != 0 || offset >= user_size) return -K_EIO;
    if (is_register(offset)) {
        return set_word(task, static_cast<std::uint32_t>(offset / word_size), value);
    }
    if (!is_debug_register(offset)) return -K_EIO;
    return ptrace_set_debugreg(task, static_cast<int>((offset - debugreg_at) / word_size), value);
}

}  // namespace utsim

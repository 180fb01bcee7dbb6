// SPDX-License-Identifier: MIT
// What engines may read and write of a task: the saved user registers (pt_regs, raw).
#include <utsim/engine.hpp>

#include "kernel/task.hpp"

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

}  // namespace utsim

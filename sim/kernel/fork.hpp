// SPDX-License-Identifier: MIT
/// clone, fork and vfork (spec 5.9).
#pragma once

#include "kernel/task.hpp"

namespace utsim {

struct ProgramOp;

enum CloneFlag : std::uint64_t {
    K_CLONE_VM = 0x100,
    K_CLONE_FS = 0x200,
    K_CLONE_FILES = 0x400,
    K_CLONE_SIGHAND = 0x800,
    K_CLONE_PTRACE = 0x2000,
    K_CLONE_VFORK = 0x4000,
    K_CLONE_PARENT = 0x8000,
    K_CLONE_THREAD = 0x10000,
    K_CLONE_SETTLS = 0x80000,
    K_CLONE_PARENT_SETTID = 0x100000,
    K_CLONE_CHILD_CLEARTID = 0x200000,
    K_CLONE_UNTRACED = 0x800000,
    K_CLONE_CHILD_SETTID = 0x1000000,
    K_CLONE_STOPPED = 0x2000000,
    K_CLONE_NEWNS = 0x20000,
    K_CLONE_NEWUTS = 0x4000000,
    K_CLONE_NEWIPC = 0x8000000,
    K_CLONE_NEWUSER = 0x10000000,
    K_CLONE_NEWPID = 0x20000000,
    K_CLONE_NEWNET = 0x40000000,
    K_CSIGNAL = 0xff,
};

struct CloneArguments {
    std::uint64_t flags = 0;  ///< CLONE_* and the exit signal
    std::uint64_t stack = 0;  ///< 0: the parent's
    std::uint64_t parent_tid = 0;
    std::uint64_t child_tid = 0;
    std::uint64_t tls = 0;
    Program* program = nullptr;  ///< abstract tasks: what the child runs
};

/// The new pid as the caller sees it, or a negated errno.
std::int64_t do_fork(Task* current, const CloneArguments& arguments);

/// First code of every task's fiber; `task` is a Task*.
void task_fiber(void* task);

}  // namespace utsim

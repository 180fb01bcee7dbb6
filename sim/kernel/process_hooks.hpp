// SPDX-License-Identifier: MIT
/// Where the process model (sim/process) plugs into the kernel: what a task has besides threads,
/// signals and memory (descriptors, credentials, a place in the file tree, ...) lives there, and
/// the kernel only says when a task begins, changes its program, and ends.
#pragma once

#include <cstddef>
#include <cstdint>

namespace utsim {

struct Task;

struct ProcessHooks {
    /// Runs call `nr` if the process model has it; false: it has not.
    bool (*run_call)(Task* current, std::int64_t nr, std::int64_t* result);
    /// clone: whether `flags` ask for what there is not, or what `current` may not have. 0, or a
    /// negated errno.
    std::int64_t (*refuse_clone)(const Task* current, std::uint64_t flags);
    /// fork: gives `child` what CLONE_* flags say it shares or copies. 0, or a negated errno with
    /// nothing kept.
    int (*copy)(Task* current, Task* child, std::uint64_t flags);
    /// The fork failed after all.
    void (*abandon)(Task* child);
    /// A call is about to be made by a task with TIF_SECCOMP. False: it is not made, and its result
    /// is in RAX; or the task dies.
    bool (*seccomp)(Task* current);
    /// exec has passed the point of no return; memory and registers are the new program's.
    void (*exec)(Task* current);
    /// exit: closes descriptors and lets go of what is shared. The memory is still there.
    void (*exit)(Task* current);
    /// Who takes over the children of a process that ends when none of its threads does: an
    /// ancestor that has asked for it (PR_SET_CHILD_SUBREAPER), or init.
    Task* (*find_reaper)(Task* current);
    /// A word of `task`'s memory was cleared for whoever waits for it (CLONE_CHILD_CLEARTID).
    void (*wake_futex)(Task* task, std::uint64_t address);
    /// `parent` has collected `child`: what that has used is among what its children have.
    void (*collected)(Task* parent, const Task* child);
    /// `struct rusage` of `child`, as wait tells it. 0 or -EFAULT.
    std::int64_t (*write_usage)(Task* current, const Task* child, std::uint64_t address);
    /// Whether terminals' stop signals do nothing to its process group.
    bool (*pgrp_is_orphaned)(const Task* task);
    /// `task` ends (`parent` null), or is left by `parent`: its group may be orphaned by that.
    /// tasklist_lock held.
    void (*kill_orphaned_pgrp)(Task* task, Task* parent);
    /// A SIGALRM of the whole process was taken: its timer, if it has one that repeats, goes on.
    void (*took_alarm)(Task* current);
    /// Writes what the arguments of call `nr` mean, and returns how long that is. When the call
    /// begins (`result` null) up to the first that the call itself will fill in, with `...` for
    /// what is left; when it is over those that are left.
    std::size_t (*write_arguments)(const Task* current, std::int64_t nr, const std::int64_t* result,
                                   char* out, std::size_t room);
};

}  // namespace utsim

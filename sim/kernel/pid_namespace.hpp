// SPDX-License-Identifier: MIT
/// Pid namespaces: which number a task has for whom. `Task::pid` is the number outside all of them,
/// by which the model and its traces name tasks; what a program passes and gets is the number in
/// its own namespace, and only what crosses that border is translated.
#pragma once

#include <cstdint>

#include "sched/arena_array.hpp"

namespace utsim {

struct Kernel;
struct Task;

/// `struct pid_namespace`. The outermost one has no object: a null pointer stands for it.
struct PidNamespace {
    /// Namespaces within namespaces: -ENOSPC.
    static constexpr std::uint32_t deepest = 32;

    PidNamespace* outer = nullptr;
    Task* reaper = nullptr;  ///< its init: a thread of its pid 1
    std::uint32_t level = 1;
    bool dying = false;       ///< its init has ended: nobody is born in it any more
    ArenaArray<int> members;  ///< the numbers outside of its pid 1, 2, ...; they only grow
};

template <typename V>
void describe(V& v, PidNamespace& n) {
    v.field("outer", n.outer);
    v.field("reaper", n.reaper);
    v.field("level", n.level);
    v.field("dying", n.dying);
    v.field("members", n.members);
}

/// The number in `ns` of what is `pid` outside; 0: it is not in there.
int pid_nr_ns(const PidNamespace* ns, int pid);
/// The same in the namespace of `viewer`.
int pid_vnr(const Task* viewer, int pid);
/// The number outside of what `viewer` calls `number`; 0: nothing.
int find_vpid(const Task* viewer, int number);
Task* find_task_by_vpid(const Task* viewer, int number);

/// Whether `current` can have children with the CLONE_NEWPID, or without it, that `flags` say: 0,
/// or a negated errno.
std::int64_t refuse_pid_ns(const Task* current, std::uint64_t flags);
/// Where they are born: with that flag in a new namespace.
PidNamespace* pid_ns_of_children(const Task* current, std::uint64_t flags);
/// `child`, whose number outside is known, is born in `ns`; the first one is its init.
/// tasklist_lock write-held.
void join_pid_ns(Task* child, PidNamespace* ns);
/// `task` has been collected. Whoever waits for the last one of a namespace looks again.
void leave_pid_ns(Task* task);

/// Who gets orphans of `task`'s namespace.
Task* child_reaper(const Task* task);
/// The last thread of a namespace's init ends: everybody else in there is killed, and it waits
/// until they have been collected.
void zap_pid_ns_processes(Task* init);

}  // namespace utsim

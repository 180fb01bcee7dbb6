// SPDX-License-Identifier: MIT
/// ptrace(2) as far as the kernel knows it: who traces whom, what a stop means for the rest of the
/// kernel, and the hooks by which it reaches the engine that does the rest.
///
/// A hook is called for a traced task only, in its own context unless said otherwise. It may stop
/// the task on the spot; that is what plain utrace has no event for.
#pragma once

#include "event/ptrace_requests.hpp"
#include "kernel/task.hpp"

namespace utsim {

/// PTRACE_O_*.
enum PtraceOption : std::uint32_t {
    PTRACE_O_TRACESYSGOOD = 1,
    PTRACE_O_EXITKILL = 1u << 20,
    PTRACE_O_SUSPEND_SECCOMP = 1u << 21,
    PTRACE_O_MASK = 0xff | PTRACE_O_EXITKILL | PTRACE_O_SUSPEND_SECCOMP,
};
/// The option that asks for `event`.
constexpr std::uint32_t ptrace_option(PtraceEvent event) { return 1u << event; }

struct PtraceHooks {
    /// The system call, of any task.
    std::int64_t (*call)(Task* current);
    /// A job control trap is pending. siglock held on entry, released on return.
    void (*trap)(Task* current);
    /// What `trap` would interrupt: a signal that the tracer has said is to be taken now.
    bool (*injects)(const Task* current);
    /// A child runs, and is traced if it had to be. Stops for FORK, VFORK, CLONE.
    void (*clone_done)(Task* current, std::uint64_t clone_flags, int pid);
    void (*vfork_done)(Task* current, int pid);
    /// The program has been replaced; `old_pid` is the id that the thread had before.
    void (*exec)(Task* current, int old_pid);
    void (*exit)(Task* current, long code);
    /// The call is over; a stop for it, or the trap of a step over it.
    void (*syscall_exit)(Task* current);
    /// A filter asks the tracer about a call. False: it has not asked for that.
    bool (*seccomp)(Task* current, std::uint16_t data);
    /// The tracer lets `tracee` go without a word: it dies. The relation is cut already.
    void (*let_go)(Task* tracee, Engine* engine, const SigInfo& last);
    /// `tracee` is dead and nobody traces it any more.
    void (*forget)(Task* tracee, Engine* engine);
};

inline bool ptraced(const Task* task) { return task->ptrace.traced; }
/// The tracer is of another process than the real parent.
inline bool ptrace_reparented(const Task* task) {
    return task->parent->signal != task->real_parent->signal;
}
/// It traps in a group stop, and so its own bits say whether it has joined one. Else it stops with
/// the others, and is counted with them.
bool traps_in_group_stop(const Task* task);
/// Whether the tracer's role in a group stop is that of 2.6.32: `task` is STOPPED in one.
bool stopped_for_tracer(const Task* task);
const PtraceHooks& ptrace_hooks_of(const Task* task);

// --- the relation (ptrace.cpp) -------------------------------------------------------------------

/// Whoever watches is told who waits for `task` from now on.
void tell_parent(const Task* task);
/// tasklist_lock write-held.
void ptrace_link(Task* tracee, Task* tracer, bool seized, std::uint32_t options);
/// Back to the real parent; a group stop that goes on gets the task back. The engine that it had.
/// tasklist_lock write-held.
/// `given`, where it is asked for, becomes the signal that its tracer has let it have and that it
/// has not taken yet, if there is one.
Engine* ptrace_unlink(Task* tracee, SigInfo* given = nullptr);
/// The tracer dies: its tracees are let go, or killed if they asked for that.
void exit_ptrace(Task* tracer);
/// The task is about to be released.
void ptrace_release_task(Task* task);
/// What becomes of a dead tracee that its tracer lets go. True: the caller has to release it.
/// tasklist_lock write-held.
bool ptrace_bury(Task* tracee, const Task* tracer);

// --- stops ---------------------------------------------------------------------------------------

/// Called by utrace_stop when the task is TRACED, and again when it is not any more.
void ptrace_stop_begins(Task* current);
void ptrace_stop_ends(Task* current);
/// The task is in a stop of its tracer's, which has not been taken back. siglock held, or it does
/// not matter that the answer may be old.
bool ptrace_stopped(const Task* task);

// --- job control (jobctl.cpp); siglock held ------------------------------------------------------

/// False: the task is dying and nothing is set.
bool task_set_jobctl_pending(Task* task, std::uint32_t bits);
void task_clear_jobctl_pending(Task* task, std::uint32_t bits);
/// The tracer that waits until `task` is TRACED need not any more.
void ptrace_end_trapping(Task* task);
/// Wakes a tracee for job control: out of its stop if `resume`.
void ptrace_signal_wake_up(Task* task, bool resume);
/// A seized task hears of job control: it traps, also when it listens.
void ptrace_trap_notify(Task* task);
/// The thread has to stop for its group before it looks at signals.
bool must_join_group_stop(const Task* task);
/// It joins. True: it was the last that the stop waited for.
bool task_participate_group_stop(Task* task);

}  // namespace utsim

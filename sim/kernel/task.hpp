// SPDX-License-Identifier: MIT
/// A task, its thread group and what they share: the data that the kernel model works on
/// (spec 1.1).
///
/// All of it lives in the World's arena. Fields that other actors touch are Shared cells.
#pragma once

#include <cstdint>

#include <utsim/ids.hpp>

#include "cpu/cpu.hpp"
#include "kernel/signal_types.hpp"
#include "kernel/thread_flags.hpp"
#include "kernel/tracee.hpp"
#include "sched/list.hpp"
#include "sched/lock.hpp"
#include "sched/object.hpp"
#include "sched/shared.hpp"
#include "sched/world.hpp"

namespace utsim {

struct Kernel;
struct Task;
struct Program;
struct ProgramOp;
struct Utrace;
struct PidNamespace;
struct Process;
namespace cpu {
class AddressSpace;
}

/// Values of `Task::state` (spec 1.2).
enum TaskState : long {
    TASK_RUNNING = 0,
    TASK_INTERRUPTIBLE = 1,
    TASK_UNINTERRUPTIBLE = 2,
    TASK_STOPPED_BIT = 4,  // __TASK_STOPPED
    TASK_TRACED_BIT = 8,   // __TASK_TRACED
    TASK_DEAD = 64,
    TASK_WAKEKILL = 128,
    TASK_STOPPED = TASK_STOPPED_BIT | TASK_WAKEKILL,
    TASK_TRACED = TASK_TRACED_BIT | TASK_WAKEKILL,
    TASK_KILLABLE = TASK_UNINTERRUPTIBLE | TASK_WAKEKILL,
};

/// EXIT_TRACE: collected by its tracer, and not yet its parent's.
enum ExitState : int { EXIT_ALIVE = 0, EXIT_ZOMBIE = 16, EXIT_DEAD = 32, EXIT_TRACE = 48 };

enum ProcessFlag : std::uint32_t {
    PF_STARTING = 0x2,
    PF_EXITING = 0x4,
    PF_SIGNALED = 0x400,
    PF_KTHREAD = 0x00200000,
};

enum SignalStructFlag : std::uint32_t {
    SIGNAL_STOP_STOPPED = 1,
    SIGNAL_STOP_DEQUEUED = 2,
    SIGNAL_STOP_CONTINUED = 4,
    SIGNAL_GROUP_EXIT = 8,
    SIGNAL_CLD_STOPPED = 0x10,
    SIGNAL_CLD_CONTINUED = 0x20,
    SIGNAL_CLD_MASK = SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED,
    SIGNAL_UNKILLABLE = 0x40,
};

/// `struct sighand_struct`: the signal lock and the dispositions, shared by a thread group.
struct Sighand {
    SpinLock siglock;
    KSigaction action[signal_count];
    std::uint32_t users = 1;
};

template <typename V>
void describe(V& v, Sighand& s) {
    v.field("siglock", s.siglock);
    v.field("action", s.action);
    v.field("users", s.users);
}

/// `struct signal_struct`: what a thread group shares.
struct SignalStruct {
    Shared<std::uint32_t> flags;
    Shared<int> group_stop_count;
    Shared<int> group_exit_code;
    Shared<Task*> group_exit_task;
    Shared<int> notify_count;
    SigPending shared_pending;
    int pgrp = 0;                     ///< process group: the pid of who founded it
    std::uint32_t live = 1;           ///< threads whose end has not been reported
    std::uint32_t quick_threads = 1;  ///< threads that have not begun to die
    std::uint32_t threads = 1;        ///< threads not yet released
    Task* curr_target = nullptr;      ///< where round-robin delivery goes on
    bool orphaned_pgrp = false;  ///< its process group is orphaned: SIGTSTP and friends do nothing
    bool parent_ignores_sigchld = false;  ///< stands in for a parent that is not simulated
};

template <typename V>
void describe(V& v, SignalStruct& s) {
    v.field("flags", s.flags);
    v.field("group_stop_count", s.group_stop_count);
    v.field("group_exit_code", s.group_exit_code);
    v.field("group_exit_task", s.group_exit_task);
    v.field("notify_count", s.notify_count);
    v.field("shared_pending", s.shared_pending);
    v.field("pgrp", s.pgrp);
    v.field("live", s.live);
    v.field("quick_threads", s.quick_threads);
    v.field("threads", s.threads);
    v.field("curr_target", s.curr_target);
    v.field("orphaned_pgrp", s.orphaned_pgrp);
    v.field("parent_ignores_sigchld", s.parent_ignores_sigchld);
}

/// What a vfork parent waits for: its child has given the memory back.
struct VforkDone {
    Shared<bool> done;
    Task* waiter = nullptr;
};

template <typename V>
void describe(V& v, VforkDone& d) {
    v.field("done", d.done);
    v.field("waiter", d.waiter);
}

/// A signal frame of an abstract program, which has no stack to put it on.
struct AbstractFrame {
    cpu::Registers regs;
    SigSet blocked = 0;
    AbstractFrame* outer = nullptr;
};

template <typename V>
void describe(V& v, AbstractFrame& f) {
    v.field("regs", f.regs);
    v.field("blocked", f.blocked);
    v.field("outer", f.outer);
}

/// What the task's last exception left behind; the next signal frame shows it, whatever the signal.
struct TrapRecord {
    std::uint64_t number = 0;  ///< the vector
    std::uint64_t error_code = 0;
    std::uint64_t cr2 = 0;  ///< of the last page fault
};

template <typename V>
void describe(V& v, TrapRecord& t) {
    v.field("number", t.number);
    v.field("error_code", t.error_code);
    v.field("cr2", t.cr2);
}

/// The stack that handlers with SA_ONSTACK run on.
struct AltStack {
    std::uint64_t low = 0;
    std::uint64_t size = 0;  ///< 0: there is none
    std::uint32_t flags = 0;
};

template <typename V>
void describe(V& v, AltStack& a) {
    v.field("low", a.low);
    v.field("size", a.size);
    v.field("flags", a.flags);
}

/// How restart_syscall goes on with a sleep that a signal interrupted.
struct RestartBlock {
    bool sleeping = false;
    std::uint64_t wake_at = 0;            ///< nanoseconds of virtual time
    std::uint64_t remaining_address = 0;  ///< where the time that is left goes; 0: nowhere
};

template <typename V>
void describe(V& v, RestartBlock& r) {
    v.field("sleeping", r.sleeping);
    v.field("wake_at", r.wake_at);
    v.field("remaining_address", r.remaining_address);
}

/// Memory shared by CLONE_VM.
struct Mm {
    cpu::AddressSpace* space = nullptr;  ///< null for tasks that run abstract ops
    RwSemaphore mmap_sem;
    std::uint32_t users = 1;
};

template <typename V>
void describe(V& v, Mm& m) {
    v.field("space", m.space);
    v.field("mmap_sem", m.mmap_sem);
    v.field("users", m.users);
}

struct Task {
    Counted usage;
    TaskId id;
    int pid = 0;  ///< outside of all pid namespaces, like `tgid`, `pgrp` and the session
    int tgid = 0;
    PidNamespace* pid_ns = nullptr;               ///< null: the outermost
    PidNamespace* pid_ns_for_children = nullptr;  ///< where its next child is born
    ActorId actor;  ///< the fiber it runs on; none for a task that never runs
    Kernel* kernel = nullptr;

    Shared<long> state;
    Shared<int> exit_state;
    Shared<std::uint32_t> flags;         ///< PF_*
    Shared<std::uint32_t> thread_flags;  ///< TIF_* bits; see wake.hpp for the setters
    unsigned long nvcsw = 0;
    bool off_cpu = false;  ///< inside schedule(), also when already woken but not yet run

    Shared<Utrace*> utrace;
    Shared<std::uint64_t> utrace_flags;
    SpinLock alloc_lock;  ///< task_lock()

    Shared<Sighand*> sighand;
    SignalStruct* signal = nullptr;
    SigPending pending;
    Shared<SigSet> blocked;
    Shared<SigSet> real_blocked;
    SigSet saved_sigmask = 0;
    bool restore_sigmask = false;

    Task* group_leader = nullptr;
    Task* real_parent = nullptr;
    Task* parent = nullptr;
    ListHead thread_group;  ///< ring of the group's threads
    ListHead children;
    ListHead sibling;
    ListHead tasks;               ///< Kernel::tasks
    int exit_signal = K_SIGCHLD;  ///< -1: detached, reaps itself
    int exit_code = 0;
    VforkDone* vfork_done = nullptr;
    bool born = false;               ///< a fork that fails leaves an object that never is
    bool hashed = false;             ///< found by pid
    Shared<bool> waiting_for_child;  ///< sleeps in wait4

    // --- ptrace: `parent` is the tracer, and `exit_code` the mailbox of a stop -------------------
    std::uint32_t jobctl = 0;  ///< JOBCTL_*
    Tracee ptrace;
    ListHead ptraced;       ///< whom it traces, latest first
    ListHead ptrace_entry;  ///< in the tracer's `ptraced`

    // --- user mode -------------------------------------------------------------------------------
    cpu::Registers regs;  ///< pt_regs
    std::int64_t orig_ax = -1;
    cpu::DebugState debug;  ///< BTF (per CPU in reality; one virtual CPU per task here), DR0 to DR7
    std::uint64_t virtual_dr6 = 0;  ///< what the last #DB was for: thread.debugreg6
    std::uint64_t ptrace_dr7 = 0;   ///< DR7 as a debugger wrote it: thread.ptrace_dr7
    cpu::Environment environment;
    Mm* mm = nullptr;
    Program* program = nullptr;      ///< abstract ops, or null for real code
    const ProgramOp* op = nullptr;   ///< the abstract op whose system call is in progress
    AbstractFrame* frame = nullptr;  ///< innermost signal frame of an abstract program
    bool completed = false;          ///< a scripted blocking call, this or the next, may return
    bool in_user = false;
    bool step_event = false;  ///< arch=s390: the call instruction was stepped
    bool newborn = false;     ///< begins in ret_from_fork
    std::uint64_t clear_child_tid = 0;
    Process* process = nullptr;  ///< what sim/process keeps; null without it
    TrapRecord trap;
    AltStack alt_stack;
    RestartBlock restart;
};

/// `nvcsw`, when somebody has looked at one to compare it later (the examine pair); else nobody
/// can tell how often the task has been off its CPU.
std::uint64_t examined_switches(const Task& task);

template <typename V>
void describe(V& v, Task& t) {
    v.field("usage", t.usage);
    v.field("id", t.id);
    v.field("pid", t.pid);
    v.field("tgid", t.tgid);
    v.field("pid_ns", t.pid_ns);
    v.field("pid_ns_for_children", t.pid_ns_for_children);
    v.field("actor", t.actor);
    v.field("kernel", t.kernel);
    v.field("state", t.state);
    v.field("exit_state", t.exit_state);
    v.field("flags", t.flags);
    v.field("thread_flags", t.thread_flags);
    v.aside("nvcsw", t.nvcsw);
    v.derived("examined_switches", t, [](const Task& task) { return examined_switches(task); });
    v.field("off_cpu", t.off_cpu);
    v.field("utrace", t.utrace);
    v.field("utrace_flags", t.utrace_flags);
    v.field("alloc_lock", t.alloc_lock);
    v.field("sighand", t.sighand);
    v.field("signal", t.signal);
    v.field("pending", t.pending);
    v.field("blocked", t.blocked);
    v.field("real_blocked", t.real_blocked);
    v.field("saved_sigmask", t.saved_sigmask);
    v.field("restore_sigmask", t.restore_sigmask);
    v.field("group_leader", t.group_leader);
    v.field("real_parent", t.real_parent);
    v.field("parent", t.parent);
    v.field("thread_group", t.thread_group);
    v.field("children", t.children);
    v.field("sibling", t.sibling);
    v.field("tasks", t.tasks);
    v.field("exit_signal", t.exit_signal);
    v.field("exit_code", t.exit_code);
    v.field("vfork_done", t.vfork_done);
    v.field("born", t.born);
    v.field("hashed", t.hashed);
    v.field("waiting_for_child", t.waiting_for_child);
    v.field("jobctl", t.jobctl);
    v.field("ptrace", t.ptrace);
    v.field("ptraced", t.ptraced);
    v.field("ptrace_entry", t.ptrace_entry);
    v.field("regs", t.regs);
    v.field("orig_ax", t.orig_ax);
    v.field("debug", t.debug);
    v.field("virtual_dr6", t.virtual_dr6);
    v.field("ptrace_dr7", t.ptrace_dr7);
    v.field("environment", t.environment);
    v.field("mm", t.mm);
    v.field("program", t.program);
    v.field("op", t.op);
    v.field("frame", t.frame);
    v.field("completed", t.completed);
    v.field("in_user", t.in_user);
    v.field("step_event", t.step_event);
    v.field("newborn", t.newborn);
    v.field("clear_child_tid", t.clear_child_tid);
    v.field("process", t.process);
    v.field("trap", t.trap);
    v.field("alt_stack", t.alt_stack);
    v.field("restart", t.restart);
}

inline bool task_is_traced(const Task* t) { return (t->state & TASK_TRACED_BIT) != 0; }
inline bool task_is_stopped(const Task* t) { return (t->state & TASK_STOPPED_BIT) != 0; }
inline bool task_is_stopped_or_traced(const Task* t) {
    return (t->state & (TASK_STOPPED_BIT | TASK_TRACED_BIT)) != 0;
}

inline bool thread_group_empty(const Task* t) { return t->signal->threads == 1; }
inline bool thread_group_leader(const Task* t) { return t->group_leader == t; }
/// signal_set_stop_flags(): which state of a group stop it is in. An init stays one.
inline void set_stop_flags(SignalStruct* signal, std::uint32_t flags) {
    signal->flags = (signal->flags.peek() & SIGNAL_UNKILLABLE) | flags;
}
inline bool signal_group_exit(const SignalStruct* signal) {
    return (signal->flags & SIGNAL_GROUP_EXIT) != 0 || signal->group_exit_task != nullptr;
}

inline World& world_of(const Task* task) { return World::of(task); }
/// The task that the running actor is; controllers are kernel threads of their own.
inline Task* current_task(World& world) { return static_cast<Task*>(world.current().task); }

}  // namespace utsim

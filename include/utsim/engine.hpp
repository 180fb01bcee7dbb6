// SPDX-License-Identifier: MIT
/// Writing a tracing engine: a class with the callbacks it wants, and the API they may call.
///
/// Callbacks run in the traced task's own context, on its fiber, with no lock held (spec 3.1). An
/// engine's object is made in the World's arena (`World::make_engine_ops` of
/// `<utsim/simulation.hpp>`) so that snapshots carry its members: keep them plain (no std::string,
/// no owning pointers), and throw nothing.
#pragma once

#include <cstdint>

#include <utsim/errno.hpp>
#include <utsim/ids.hpp>
#include <utsim/utrace.hpp>

namespace utsim {

struct Task;    ///< a task_struct; opaque here
struct Engine;  ///< a utrace_engine; opaque here

/// What `report_signal` is told and may change (spec 3.5, 4.20).
struct SignalReport {
    /// `struct k_sigaction`. The handler is `SIG_DFL` 0, `SIG_IGN` 1, or an address; flags, mask
    /// and restorer (where a handler of real code returns to) count with an address only.
    struct Disposition {
        std::uint64_t handler = 0;
        std::uint64_t flags = 0;
        std::uint64_t mask = 0;
        std::uint64_t restorer = 0;
    };
    int si_signo = 0;
    int si_errno = 0;
    int si_code = 0;
    // <signal.h> makes macros of the other si_ names, so these have names of their own.
    int sender_pid = 0;
    int sender_uid = 0;
    int child_status = 0;
    std::uint64_t fault_address = 0;
    std::uint64_t queued_value = 0;  ///< of sigqueue
    /// Null for SIGNAL_REPORT and SIGNAL_HANDLER.
    const Disposition* orig_ka = nullptr;
    /// Shared by all engines of the pass.
    Disposition return_ka;
};

/// `struct utrace_engine_ops`. Override what you want; list what you do not have in `provides`.
class EngineOps {
public:
    /// What traces call an engine that is attached with this table; empty: `engine` and its number.
    virtual const char* name() const { return ""; }
    /// A bit per CallbackKind that this table has an entry for. A table without `report_signal`
    /// gets `report_quiesce` instead (spec 4.20 C3).
    virtual std::uint32_t provides() const { return (1u << callback_kinds) - 1; }

    virtual std::uint32_t report_quiesce(std::uint32_t action, Engine& engine, std::uint64_t event);
    virtual std::uint32_t report_signal(std::uint32_t action, Engine& engine, SignalReport& info);
    virtual std::uint32_t report_clone(std::uint32_t action, Engine& engine,
                                       std::uint64_t clone_flags, Task& child);
    virtual std::uint32_t report_jctl(std::uint32_t action, Engine& engine, int type, int notify);
    virtual std::uint32_t report_exec(std::uint32_t action, Engine& engine);
    virtual std::uint32_t report_syscall_entry(std::uint32_t action, Engine& engine, Task& task);
    virtual std::uint32_t report_syscall_exit(std::uint32_t action, Engine& engine, Task& task);
    virtual std::uint32_t report_exit(std::uint32_t action, Engine& engine, long orig_code,
                                      long* code);
    virtual std::uint32_t report_death(Engine& engine, bool group_dead, int signal);
    virtual void report_reap(Engine& engine, Task& task);
    virtual void release(std::uint64_t data);

protected:
    ~EngineOps() = default;  // objects live in the arena; nobody deletes one
};

/// Either an engine with a reference for the caller, or a negated errno.
struct AttachResult {
    Engine* engine = nullptr;
    int error = 0;
};

// --- The API (spec 2). Call it from a controller or from inside a callback. ----------------------

AttachResult utrace_attach_task(Task* target, int flags, EngineOps* ops, std::uint64_t data);
AttachResult utrace_attach_pid(Task* any, int pid, int flags, EngineOps* ops, std::uint64_t data);
int utrace_set_events(Task* target, Engine* engine, std::uint64_t events);
int utrace_set_events_pid(Task* any, int pid, Engine* engine, std::uint64_t events);
int utrace_control(Task* target, Engine* engine, std::uint32_t action);
int utrace_control_pid(Task* any, int pid, Engine* engine, std::uint32_t action);
int utrace_barrier(Task* target, Engine* engine);
int utrace_barrier_pid(Task* any, int pid, Engine* engine);

/// Caller-supplied; the members are private to the examine pair.
struct utrace_examiner {
    long state = 0;
    unsigned long ncsw = 0;
};

/// Its list of fields, for whatever looks at the state of a World.
template <typename V>
void describe(V& v, utrace_examiner& exam) {
    v.field("state", exam.state);
    v.field("ncsw", exam.ncsw);
}
int utrace_prepare_examine(Task* target, Engine* engine, utrace_examiner* exam);
int utrace_finish_examine(Task* target, Engine* engine, utrace_examiner* exam);

void utrace_engine_get(Engine* engine);
void utrace_engine_put(Engine* engine);

// --- What an engine may look at ------------------------------------------------------------------

/// The task that `engine` was attached to.
Task* engine_task(const Engine& engine);
EngineId engine_id(const Engine& engine);
std::uint64_t engine_data(const Engine& engine);
TaskId task_id(const Task& task);
int task_pid(const Task& task);
/// What the task itself has set up for `signal`, all of it: what an engine puts into `return_ka`
/// when it turns a report into a signal that the task is to take in its own way. A number that is
/// no signal, or a task that is gone, has the default action.
SignalReport::Disposition task_disposition(const Task& task, int signal);

enum class Register : std::uint8_t {
    rax,
    rcx,
    rdx,
    rbx,
    rsp,
    rbp,
    rsi,
    rdi,
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15,
    rip,
    rflags,
    orig_rax,
    fs_base,
    gs_base,
};
/// The raw view, `pt_regs`: RFLAGS with the TF that stepping has set.
std::uint64_t user_register(const Task& task, Register name);
void set_user_register(Task& task, Register name, std::uint64_t value);

/// The debugger's view of RFLAGS: without a TF that stepping has set (TIF_FORCED_TF).
std::uint64_t get_flags(const Task& task);
/// Writes what a debugger may write of RFLAGS. With TF, TF is the program's from now on; without,
/// one that stepping has set stays (spec 6.7).
void set_flags(Task& task, std::uint64_t value);

/// `struct user_regset`, by the numbers of its core notes.
enum class UserRegset : std::uint32_t {
    general = 1,  ///< NT_PRSTATUS: `struct user_regs_struct`, 27 words, the debugger's view
    fp = 2,       ///< NT_PRFPREG: 512 bytes in the layout of FXSAVE
};
/// The size of a set in bytes, or 0 when there is no such set.
std::uint32_t user_regset_size(UserRegset set);
/// Copies `count` bytes from `pos` on, both whole words; what lies behind the set's end is cut off.
/// 0, or -EINVAL.
int user_regset_get(const Task& task, UserRegset set, std::uint32_t pos, std::uint32_t count,
                    void* out);
/// Writes, for `general` word by word until one is refused: -EIO. For `fp` only as a whole; -EINVAL
/// when MXCSR has reserved bits.
int user_regset_set(Task& task, UserRegset set, std::uint32_t pos, std::uint32_t count,
                    const void* in);

/// `u_debugreg[number]`, 0 to 7: DR6 is what the last #DB was for, DR7 what was written last.
std::uint64_t ptrace_get_debugreg(const Task& task, int number);
/// 0; -EIO for DR4, DR5 and what is none; -EINVAL for an address that is the kernel's, and for an
/// enabled breakpoint whose kind, length and alignment do not go together. Errors change nothing.
int ptrace_set_debugreg(Task& task, int number, std::uint64_t value);

/// A word of `struct user`, as PTRACE_PEEKUSER and PTRACE_POKEUSER have it. 0, -EIO or -EINVAL.
int peek_user(const Task& task, std::uint64_t offset, std::uint64_t* value);
int poke_user(Task& task, std::uint64_t offset, std::uint64_t value);

/// Reads or writes a task's memory as a debugger does: whatever its pages permit, with a copy of
/// its own where a page is shared by fork, and pages that are away read in first. Takes mmap_sem
/// and may sleep, so hold no lock. The number of bytes done; 0 when the task has no memory (left).
/// What was executed before is decoded again: a breakpoint counts from the next instruction on, of
/// every task that shares the memory.
int access_process_vm(Task& task, std::uint64_t address, void* buffer, int n, bool write);
/// Guest memory as it is, without sleeping and whoever holds which lock; the number of bytes done.
std::uint64_t read_user_memory(const Task& task, std::uint64_t address, void* out, std::uint64_t n);
std::uint64_t write_user_memory(Task& task, std::uint64_t address, const void* in, std::uint64_t n);

}  // namespace utsim

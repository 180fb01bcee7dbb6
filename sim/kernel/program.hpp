// SPDX-License-Identifier: MIT
/// Abstract user programs: a task executes operations instead of machine code.
///
/// Each operation is one instruction of two bytes at an address of its own, so that ip arithmetic
/// (a restarted call is `ip -= 2`) and stepping work as they do for real code. `main` starts at
/// `program_base`, the handler of signal n at `handler_base(n)`. Those addresses are not canonical:
/// machine code is never there, so an address by itself says which of both it belongs to.
#pragma once

#include <cstdint>
#include <span>

#include "kernel/signal_types.hpp"
#include "kernel/task.hpp"

namespace utsim {

enum class OpKind : std::uint8_t {
    plain,        ///< an instruction that does nothing
    branch,       ///< a taken branch to the next operation
    jump,         ///< a taken branch to operation `target`, at most `count` times (0: always)
    fault,        ///< touches memory that is not there: SIGSEGV, ip stays
    trap,         ///< int3
    syscall,      ///< `nr` with `arg`; with `scripted` it just returns `ret`
    pause,        ///< interruptible sleep, -ERESTARTNOHAND
    read,         ///< interruptible, restartable; `wake` completes it with `ret`
    usleep,       ///< uninterruptible until `wake`
    clone,        ///< `arg[0]` CLONE_* flags and exit signal; the child runs `child`
    exec,         ///< replaces the program by `child`'s, or by nothing
    sigaction,    ///< `signal` gets `action`
    sigprocmask,  ///< `how` with `set`
    sigreturn,    ///< end of a handler
    exit,         ///< `ret` is the code
    exit_group,
    /// `signal` to the process of task `target` (TaskId value), of the task last cloned with
    /// `child`, or to oneself
    kill,
    tkill,  ///< the same to the thread
};

struct Program;

struct ProgramOp {
    OpKind kind = OpKind::plain;
    bool scripted = false;
    int nr = 0;  ///< system call number (x86-64) of the operations that are calls
    int signal = 0;
    int how = 0;  ///< SIG_BLOCK 0, SIG_UNBLOCK 1, SIG_SETMASK 2
    std::uint32_t target = 0;
    std::uint32_t count = 0;
    std::uint32_t repeat =
        1;                    ///< of `plain` and `branch`: so many of them, at successive addresses
    std::uint32_t index = 0;  ///< of its (first) address; set when it becomes part of a program
    std::uint32_t* taken = nullptr;  ///< how often a `jump` with a count was taken
    std::int64_t ret = 0;
    std::uint64_t arg[6] = {};
    SigSet set = 0;
    KSigaction action;
    Program* child = nullptr;  ///< clone, exec: what runs then; kill, tkill: who is meant
};

inline constexpr std::uint64_t program_base = 0x0100'0000'1000'0000;
inline constexpr std::uint64_t op_size = 2;
inline constexpr std::uint64_t handlers_begin = program_base + 0x1000'0000;
inline constexpr std::uint64_t handler_stride = 0x10'0000;
constexpr std::uint64_t handler_base(int signal) {
    return handlers_begin + static_cast<std::uint64_t>(signal) * handler_stride;
}
/// No program is longer.
inline constexpr std::uint64_t most_operations = (handlers_begin - program_base) / op_size;
/// How to print an ip of an abstract program: `main+3`, `h10+0`. False: not such an address.
struct ProgramPlace {
    int signal = 0;  ///< 0: main
    std::uint64_t index = 0;
};
bool program_place(std::uint64_t ip, ProgramPlace& place);

/// A stretch of operations; `next` chains a task's handlers behind its main program.
struct Program {
    std::uint64_t base = program_base;
    ProgramOp* ops = nullptr;
    std::uint32_t count = 0;     ///< of `ops`
    std::uint32_t length = 0;    ///< of the program, in instructions
    std::uint32_t capacity = 0;  ///< of `ops`
    Program* next = nullptr;
    /// Name of the task that a clone makes of this program; empty string when unused.
    const char* child_name = "";
    TaskId made;  ///< the last task that was cloned with this program
    /// At its end: wait for more operations (or work) instead of exiting with code 0.
    bool idle_at_end = false;
    /// Calls that no operation describes answer 0 instead of going to the system call table.
    bool scripted_calls = false;
};

template <typename V>
void describe(V& v, ProgramOp& op) {
    v.field("kind", op.kind);
    v.field("scripted", op.scripted);
    v.field("nr", op.nr);
    v.field("signal", op.signal);
    v.field("how", op.how);
    v.field("target", op.target);
    v.field("count", op.count);
    v.field("repeat", op.repeat);
    v.field("index", op.index);
    v.field("taken", op.taken);
    v.field("ret", op.ret);
    v.field("arg", op.arg);
    v.field("set", op.set);
    v.field("action", op.action);
    v.field("child", op.child);
}

template <typename V>
void describe(V& v, Program& p) {
    v.field("base", p.base);
    v.field("ops", p.ops);
    v.field("count", p.count);
    v.field("length", p.length);
    v.field("capacity", p.capacity);
    v.field("next", p.next);
    v.field("child_name", p.child_name);
    v.field("made", p.made);
    v.field("idle_at_end", p.idle_at_end);
    v.field("scripted_calls", p.scripted_calls);
}

Program* make_program(World& world, std::uint64_t base = program_base);
/// A program whose operations are known before the run. They do not change in it, so they lie in
/// the fixed part of the arena; what a loop counts does not.
Program* make_fixed_program(World& world, std::uint64_t base, std::span<const ProgramOp> ops);
/// Appends; wakes `task` (may be null) if it idles at the program's end.
ProgramOp* append_op(World& world, Program* program, const ProgramOp& op, Task* task = nullptr);
/// The operation at `ip`, or null behind the end.
const ProgramOp* find_op(const Program* program, std::uint64_t ip);
/// How many repetitions of `op` there are from `ip` on, which is at one of them.
std::uint64_t repeats_left(const Program* program, const ProgramOp& op, std::uint64_t ip);

}  // namespace utsim

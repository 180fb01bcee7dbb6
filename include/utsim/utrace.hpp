// SPDX-License-Identifier: MIT
/// The vocabulary of the utrace API, spelt as the kernel spells it (spec 1A).
///
/// Everything here is a number that an engine, a scenario or a trace can name. The calls
/// themselves are in `<utsim/engine.hpp>`.
#pragma once

#include <cstdint>

namespace utsim {

/// What an engine asks the thread to do next. The smaller value wins (spec 1A.2).
enum ResumeAction : std::uint32_t {
    UTRACE_STOP = 0,
    UTRACE_INTERRUPT = 1,
    UTRACE_REPORT = 2,
    UTRACE_SINGLESTEP = 3,
    UTRACE_BLOCKSTEP = 4,
    UTRACE_RESUME = 5,
    UTRACE_DETACH = 6,
    UTRACE_RESUME_MAX = 7,
};
inline constexpr std::uint32_t UTRACE_RESUME_MASK = 0x07;
inline constexpr int UTRACE_RESUME_BITS = 3;

constexpr std::uint32_t utrace_resume_action(std::uint32_t word) {
    return word & UTRACE_RESUME_MASK;
}

/// What becomes of a signal (spec 1A.3).
enum SignalAction : std::uint32_t {
    UTRACE_SIGNAL_DELIVER = 0x00,
    UTRACE_SIGNAL_IGN = 0x10,
    UTRACE_SIGNAL_TERM = 0x20,
    UTRACE_SIGNAL_CORE = 0x30,
    UTRACE_SIGNAL_STOP = 0x40,
    UTRACE_SIGNAL_TSTP = 0x50,
    UTRACE_SIGNAL_REPORT = 0x60,
    UTRACE_SIGNAL_HANDLER = 0x70,
};
inline constexpr std::uint32_t UTRACE_SIGNAL_MASK = 0xf0;
inline constexpr std::uint32_t UTRACE_SIGNAL_HOLD = 0x100;

constexpr std::uint32_t utrace_signal_action(std::uint32_t word) {
    return word & UTRACE_SIGNAL_MASK;
}

/// What becomes of a system call (spec 1A.4).
enum SyscallAction : std::uint32_t {
    UTRACE_SYSCALL_RUN = 0x00,
    UTRACE_SYSCALL_ABORT = 0x10,
};
inline constexpr std::uint32_t UTRACE_SYSCALL_MASK = 0xf0;
inline constexpr std::uint32_t UTRACE_SYSCALL_RESUMED = 0x100;

constexpr std::uint32_t utrace_syscall_action(std::uint32_t word) {
    return word & UTRACE_SYSCALL_MASK;
}

/// A callback's answer is one word, so actions of different kinds go together.
constexpr std::uint32_t operator|(SignalAction what, ResumeAction next) {
    return static_cast<std::uint32_t>(what) | static_cast<std::uint32_t>(next);
}
constexpr std::uint32_t operator|(ResumeAction next, SignalAction what) { return what | next; }
constexpr std::uint32_t operator|(SyscallAction what, ResumeAction next) {
    return static_cast<std::uint32_t>(what) | static_cast<std::uint32_t>(next);
}
constexpr std::uint32_t operator|(ResumeAction next, SyscallAction what) { return what | next; }

/// Event numbers (spec 1A.1).
enum UtraceEvent : int {
    EVENT_QUIESCE,
    EVENT_REAP,
    EVENT_CLONE,
    EVENT_EXEC,
    EVENT_EXIT,
    EVENT_DEATH,
    EVENT_SYSCALL_ENTRY,
    EVENT_SYSCALL_EXIT,
    EVENT_SIGNAL,
    EVENT_SIGNAL_IGN,
    EVENT_SIGNAL_STOP,
    EVENT_SIGNAL_TERM,
    EVENT_SIGNAL_CORE,
    EVENT_JCTL,
    UTRACE_NEVENTS,
};

/// The bit of one event in an engine's mask.
constexpr std::uint64_t UTRACE_EVENT(UtraceEvent event) { return std::uint64_t{1} << event; }

inline constexpr std::uint64_t UTRACE_EVENT_SIGNAL_ALL = 0x1f00;
inline constexpr std::uint64_t UTRACE_EVENT_SYSCALL = 0x00c0;
inline constexpr std::uint64_t UTRACE_DEATH_EVENTS = 0x0021;

/// Private: this engine keeps the target stopped (spec 1.7).
inline constexpr std::uint64_t ENGINE_STOP = std::uint64_t{1} << UTRACE_NEVENTS;

/// Flags of `utrace_attach_task` (spec 1A.5).
enum AttachFlags : int {
    UTRACE_ATTACH_MATCH_OPS = 0x01,
    UTRACE_ATTACH_MATCH_DATA = 0x02,
    UTRACE_ATTACH_MATCH_MASK = 0x0f,
    UTRACE_ATTACH_CREATE = 0x10,
    UTRACE_ATTACH_EXCLUSIVE = 0x20,
};

/// The callbacks of `struct utrace_engine_ops` (spec 3.1).
enum class CallbackKind : std::uint8_t {
    quiesce,
    signal,
    clone,
    jctl,
    exec,
    syscall_entry,
    syscall_exit,
    exit,
    death,
    reap,
    release,
};
inline constexpr int callback_kinds = 11;

/// `CLD_*` codes as `report_jctl` gets them (spec 1A.6).
enum CldCode : int {
    CLD_NONE = 0,
    CLD_EXITED_ = 1,
    CLD_KILLED_ = 2,
    CLD_DUMPED_ = 3,
    CLD_TRAPPED_ = 4,
    CLD_STOPPED_ = 5,
    CLD_CONTINUED_ = 6,
};
inline constexpr int DEATH_REAP = -1;
inline constexpr int DEATH_DELAYED_GROUP_LEADER = -2;

/// `UTRACE_API_VERSION` of era F.
inline constexpr int UTRACE_API_VERSION = 20091216;

}  // namespace utsim

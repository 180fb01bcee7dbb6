// SPDX-License-Identifier: MIT
/// What ptrace(2) knows about the thread that it traces, and the job control bits of a thread.
///
/// The relation and the stop are plain kernel data, since wait, exit and signals look at them; what
/// is done about them is the ptrace engine's (`engines/ptrace`), which is reached through
/// `Kernel::ptrace`.
#pragma once

#include <cstdint>

#include "kernel/signal_types.hpp"

namespace utsim {

struct Engine;

/// Bits of `Task::jobctl`, under siglock. The lowest byte is the number of the stop signal.
enum JobctlBit : std::uint32_t {
    JOBCTL_STOP_SIGMASK = 0xff,
    JOBCTL_STOP_DEQUEUED = 1u << 16,  ///< a stop signal was taken and SIGCONT has not come since
    JOBCTL_STOP_PENDING = 1u << 17,   ///< has to join a group stop
    JOBCTL_STOP_CONSUME = 1u << 18,   ///< and counts in it
    JOBCTL_TRAP_STOP = 1u << 19,      ///< has to report a group stop, or that it was interrupted
    JOBCTL_TRAP_NOTIFY = 1u << 20,    ///< has to report that job control has done something
    JOBCTL_TRAPPING = 1u << 21,       ///< on its way from STOPPED to TRACED; the tracer waits
    JOBCTL_LISTENING = 1u << 22,      ///< stopped, but its tracer wants to hear of changes only
};
inline constexpr std::uint32_t JOBCTL_TRAP_MASK = JOBCTL_TRAP_STOP | JOBCTL_TRAP_NOTIFY;
inline constexpr std::uint32_t JOBCTL_PENDING_MASK = JOBCTL_STOP_PENDING | JOBCTL_TRAP_MASK;

/// Which stop a tracee is in (what the status alone does not tell).
enum class PtraceStop : std::uint8_t {
    none,
    signal,
    group,
    event_stop,
    syscall_entry,
    syscall_exit,
    event,
    handler,  ///< a step has reached the first instruction of a handler
};

/// How the tracer has let it go on.
enum class PtraceResume : std::uint8_t { cont, syscall, step, block_step, sysemu, sysemu_step };

struct Tracee {
    bool traced = false;
    bool seized = false;
    bool told = true;  ///< the tracer has been told of the stop
    bool has_info = false;
    PtraceStop stop = PtraceStop::none;
    PtraceResume resume = PtraceResume::cont;
    std::uint32_t options = 0;
    Engine* engine = nullptr;  ///< with a reference
    SigInfo info;              ///< of the stop, if it has one
    std::uint64_t message = 0;
    int why = 0;     ///< CLD_* of the stop
    int inject = 0;  ///< the signal that the tracer lets it take
    bool injects = false;
    bool emulates = false;         ///< SYSEMU: the call at whose entry it is will not be made
    bool ends_group_stop = false;  ///< this stop was the last that its group stop waited for
};

template <typename V>
void describe(V& v, Tracee& t) {
    v.field("traced", t.traced);
    v.field("seized", t.seized);
    v.field("told", t.told);
    v.field("has_info", t.has_info);
    v.field("stop", t.stop);
    v.field("resume", t.resume);
    v.field("options", t.options);
    v.field("engine", t.engine);
    v.field("info", t.info);
    v.field("message", t.message);
    v.field("why", t.why);
    v.field("inject", t.inject);
    v.field("injects", t.injects);
    v.field("emulates", t.emulates);
    v.field("ends_group_stop", t.ends_group_stop);
}

}  // namespace utsim

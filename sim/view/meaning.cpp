// SPDX-License-Identifier: MIT
// The table of what numbers mean, and the words that no event needs. A row that names a field which
// there is not does no harm but is of no use; the test `view` looks for such.
#include "view/meaning.hpp"

#include <algorithm>
#include <array>

#include "kernel/kernel.hpp"
#include "kernel/program.hpp"
#include "kernel/tracee.hpp"
#include "process/argument_text.hpp"
#include "process/inode.hpp"
#include "sched/chooser.hpp"
#include "sched/world_options.hpp"
#include "view/meaning_table.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/value.hpp"

namespace utsim::view {

namespace {

using Way = Meaning::Way;

// Where 0 stands for nothing it has no word, so that it is left out of texts.
constexpr NamedValue actor_kinds[] = {{"task", 0}, {"controller", 1}, {"source", 2}};
constexpr NamedValue actor_states[] = {{"ready", 0},
                                       {"blocked", 1},
                                       {"sleeping", 2},
                                       {"finished", 3}};
constexpr NamedValue block_reasons[] = {
    {"spinning", 1}, {"user_idle", 2}, {"schedule", 3}, {"semaphore", 4}, {"timeout", 5},
    {"polling", 6},  {"inactive", 7},  {"held", 8},     {"idle", 9},      {"dead", 10}};
constexpr NamedValue granularities[] = {{"api", 0}, {"lock", 1}, {"access", 2}};
constexpr NamedValue process_flags[] = {{"PF_STARTING", PF_STARTING},
                                        {"PF_EXITING", PF_EXITING},
                                        {"PF_SIGNALED", PF_SIGNALED},
                                        {"PF_KTHREAD", PF_KTHREAD}};
constexpr NamedValue thread_flags[] = {{"TIF_SYSCALL_TRACE", tif(TIF_SYSCALL_TRACE)},
                                       {"TIF_NOTIFY_RESUME", tif(TIF_NOTIFY_RESUME)},
                                       {"TIF_SIGPENDING", tif(TIF_SIGPENDING)},
                                       {"TIF_NEED_RESCHED", tif(TIF_NEED_RESCHED)},
                                       {"TIF_SINGLESTEP", tif(TIF_SINGLESTEP)},
                                       {"TIF_SYSCALL_EMU", tif(TIF_SYSCALL_EMU)},
                                       {"TIF_SYSCALL_AUDIT", tif(TIF_SYSCALL_AUDIT)},
                                       {"TIF_SECCOMP", tif(TIF_SECCOMP)},
                                       {"TIF_MCE_NOTIFY", tif(TIF_MCE_NOTIFY)},
                                       {"TIF_USER_RETURN_NOTIFY", tif(TIF_USER_RETURN_NOTIFY)},
                                       {"TIF_FORCED_TF", tif(TIF_FORCED_TF)},
                                       {"TIF_BLOCKSTEP", tif(TIF_BLOCKSTEP)}};
constexpr NamedValue signal_flags[] = {{"SIGNAL_STOP_STOPPED", SIGNAL_STOP_STOPPED},
                                       {"SIGNAL_STOP_DEQUEUED", SIGNAL_STOP_DEQUEUED},
                                       {"SIGNAL_STOP_CONTINUED", SIGNAL_STOP_CONTINUED},
                                       {"SIGNAL_GROUP_EXIT", SIGNAL_GROUP_EXIT},
                                       {"SIGNAL_CLD_STOPPED", SIGNAL_CLD_STOPPED},
                                       {"SIGNAL_CLD_CONTINUED", SIGNAL_CLD_CONTINUED},
                                       {"SIGNAL_UNKILLABLE", SIGNAL_UNKILLABLE}};
constexpr NamedValue jobctl_bits[] = {
    {"JOBCTL_STOP_DEQUEUED", JOBCTL_STOP_DEQUEUED}, {"JOBCTL_STOP_PENDING", JOBCTL_STOP_PENDING},
    {"JOBCTL_STOP_CONSUME", JOBCTL_STOP_CONSUME},   {"JOBCTL_TRAP_STOP", JOBCTL_TRAP_STOP},
    {"JOBCTL_TRAP_NOTIFY", JOBCTL_TRAP_NOTIFY},     {"JOBCTL_TRAPPING", JOBCTL_TRAPPING},
    {"JOBCTL_LISTENING", JOBCTL_LISTENING}};
constexpr NamedValue ptrace_stops[] = {{"signal", 1},        {"group", 2},        {"event_stop", 3},
                                       {"syscall_entry", 4}, {"syscall_exit", 5}, {"event", 6},
                                       {"handler", 7}};
constexpr NamedValue ptrace_resumes[] = {{"syscall", 1},
                                         {"step", 2},
                                         {"block_step", 3},
                                         {"sysemu", 4},
                                         {"sysemu_step", 5}};
constexpr NamedValue cpu_flags[] = {
    {"CF", 1},      {"PF", 4},       {"AF", 0x10},    {"ZF", 0x40},    {"SF", 0x80},
    {"TF", 0x100},  {"IF", 0x200},   {"DF", 0x400},   {"OF", 0x800},   {"IOPL", 0x3000},
    {"NT", 0x4000}, {"RF", 0x10000}, {"AC", 0x40000}, {"ID", 0x200000}};
constexpr NamedValue step_flags[] = {{"set_singlestep", 1}, {"set_blockstep", 2}};
constexpr NamedValue inode_kinds[] = {
    {"regular", 0}, {"directory", 1}, {"symlink", 2}, {"pipe", 3},   {"socket", 4},
    {"null", 5},    {"zero", 6},      {"full", 7},    {"random", 8}, {"terminal", 9},
    {"input", 10},  {"master", 11},   {"slave", 12},  {"proc", 13}};
static_assert(std::size(inode_kinds) == static_cast<std::size_t>(InodeKind::proc) + 1);
Names names_of_actor_kinds() { return actor_kinds; }
Names names_of_actor_states() { return actor_states; }
Names names_of_block_reasons() { return block_reasons; }
Names names_of_granularities() { return granularities; }
/// The words that a room has for its own enumeration, but for the first.
template <typename Enum, std::size_t count>
std::array<NamedValue, count - 1> words_of(const char* (*word)(Enum)) {
    std::array<NamedValue, count - 1> out;
    for (std::size_t i = 1; i < count; ++i) {
        out[i - 1] = {word(static_cast<Enum>(i)), static_cast<std::int64_t>(i)};
    }
    return out;
}
Names names_of_choice_kinds() {
    static const auto words = words_of<ChoiceKind, choice_kind_count>(choice_kind_name);
    return words;
}
Names names_of_run_ends() {
    constexpr std::size_t count = static_cast<std::size_t>(RunEnd::paused) + 1;
    static const auto words = words_of<RunEnd, count>(run_end_name);
    return words;
}
Names names_of_process_flags() { return process_flags; }
Names names_of_thread_flags() { return thread_flags; }
Names names_of_signal_flags() { return signal_flags; }
Names names_of_jobctl_bits() { return jobctl_bits; }
Names names_of_ptrace_stops() { return ptrace_stops; }
Names names_of_ptrace_resumes() { return ptrace_resumes; }
Names names_of_cpu_flags() { return cpu_flags; }
Names names_of_step_flags() { return step_flags; }
Names names_of_inode_kinds() { return inode_kinds; }

constexpr Meaning one_of(Names (*names)()) { return {Way::one_of, {}, names, {}, {}}; }
constexpr Meaning flags(Names (*names)()) { return {Way::flags, {}, names, {}, {}}; }
/// As the argument of a system call of that type is told.
constexpr Meaning argument(std::string_view type) { return {Way::argument, {}, nullptr, type, {}}; }
constexpr Meaning as(Format format) { return {Way::format, format, nullptr, {}, {}}; }
constexpr Meaning way(Way way) { return {way, {}, nullptr, {}, {}}; }
constexpr Meaning ring(std::string_view of, std::string_view place) {
    return {Way::ring_of, {}, nullptr, of, place};
}
constexpr Meaning hex = way(Way::hex);
constexpr Meaning hidden = way(Way::hidden);
constexpr Meaning signals = way(Way::signals);

constexpr MeaningRow rows[] = {
    {"WorldState", "actors", hidden},
    {"WorldState", "current", hidden},
    {"WorldState", "last_ran", hidden},
    {"WorldState", "instructing", hidden},
    {"WorldState", "ready", hidden},
    {"WorldState", "actor_names", hidden},
    {"WorldState", "task_names", hidden},
    {"WorldState", "engine_names", hidden},
    {"WorldState", "granularity", one_of(names_of_granularities)},
    {"WorldState", "ended_as", one_of(names_of_run_ends)},
    {"WorldState", "choice_kind", one_of(names_of_choice_kinds)},
    {"WorldState", "next_wake", hidden},
    {"WorldState", "lock_after", way(Way::by_lock)},
    {"WorldState", "lock_order_told", way(Way::by_lock)},
    {"Actor", "id", hidden},
    {"Actor", "kind", one_of(names_of_actor_kinds)},
    {"Actor", "state", one_of(names_of_actor_states)},
    {"Actor", "reason", one_of(names_of_block_reasons)},
    {"Actor", "point", hidden},
    {"Actor", "context", hidden},
    {"Actor", "body", hidden},
    {"Actor", "argument", hidden},
    {"Actor", "idle_since", hidden},
    {"Task", "kernel", hidden},
    {"Task", "id", hidden},
    {"Task", "state", as(Format::task_state)},
    {"Task", "exit_state", as(Format::exit_state)},
    {"Task", "flags", flags(names_of_process_flags)},
    {"Task", "thread_flags", flags(names_of_thread_flags)},
    {"Task", "utrace_flags", as(Format::event_mask)},
    {"Task", "blocked", signals},
    {"Task", "real_blocked", signals},
    {"Task", "saved_sigmask", signals},
    {"Task", "exit_signal", as(Format::signal)},
    {"Task", "exit_code", as(Format::wait_status)},
    {"Task", "jobctl", flags(names_of_jobctl_bits)},
    {"Task", "orig_ax", as(Format::syscall)},
    {"Task", "virtual_dr6", hex},
    {"Task", "ptrace_dr7", hex},
    {"Task", "clear_child_tid", hex},
    {"Task", "children", ring("Task", "sibling")},
    {"Task", "ptraced", ring("Task", "ptrace_entry")},
    {"Task", "thread_group", ring("Task", "thread_group")},

    {"Kernel", "tasks", ring("Task", "tasks")},
    {"Kernel", "spares", ring("Task", "tasks")},
    {"Kernel", "by_id", hidden},
    {"Kernel", "state_changed_argument", hidden},
    {"Utrace", "attached", ring("Engine", "entry")},
    {"Utrace", "attaching", ring("Engine", "entry")},
    {"Utrace", "resume", as(Format::resume)},
    {"Utrace", "step_flag", flags(names_of_step_flags)},
    {"Engine", "id", hidden},
    {"Engine", "target_id", hidden},

    {"Engine", "data", hex},
    {"Engine", "flags", as(Format::event_mask)},
    {"SignalStruct", "flags", flags(names_of_signal_flags)},
    {"SignalStruct", "group_exit_code", as(Format::wait_status)},
    {"SigPending", "list", ring("SigQueue", "entry")},
    {"SigPending", "signal", signals},

    {"SigInfo", "si_signo", as(Format::signal)},
    {"SigInfo", "si_addr", hex},
    {"SigInfo", "si_value", hex},
    {"Sighand", "action", way(Way::by_signal)},
    {"KSigaction", "handler", way(Way::handler)},
    {"KSigaction", "flags", argument("sa_flags")},
    {"KSigaction", "restorer", as(Format::program_point)},
    {"KSigaction", "mask", signals},
    {"AbstractFrame", "blocked", signals},
    {"Tracee", "stop", one_of(names_of_ptrace_stops)},
    {"Tracee", "resume", one_of(names_of_ptrace_resumes)},
    {"Tracee", "options", hex},
    {"Tracee", "message", hex},
    {"Tracee", "why", as(Format::cld)},
    {"Tracee", "inject", as(Format::signal)},
    {"Registers", "gpr", way(Way::registers)},
    {"Registers", "rip", as(Format::program_point)},
    {"Registers", "rflags", flags(names_of_cpu_flags)},
    {"Registers", "fs_base", hex},
    {"Registers", "gs_base", hex},
    {"Registers", "zero", hidden},
    {"Registers", "unused", hidden},
    {"Registers", "cs", hex},
    {"Registers", "ss", hex},
    {"Registers", "ds", hex},
    {"Registers", "es", hex},
    {"Registers", "fs", hex},
    {"Registers", "gs", hex},
    {"FpuState", "fcw", hex},
    {"FpuState", "fsw", hex},
    {"FpuState", "ftw", hex},
    {"FpuState", "fop", hex},
    {"FpuState", "fip", hex},
    {"FpuState", "fdp", hex},
    {"FpuState", "mxcsr", hex},
    {"FpuState", "mxcsr_mask", hex},
    {"FpuState", "unused", hidden},
    {"X87Register", "significand", hex},
    {"X87Register", "sign_exponent", hex},
    {"X87Register", "unused", hidden},
    {"Xmm", "half", hex},
    {"DebugState", "dr6", hex},
    {"DebugState", "dr", hex},
    {"DebugState", "dr7", hex},
    {"DebugState", "repeats_at", hex},
    {"DebugState", "held_hits", hex},
    {"DebugState", "unused", hidden},
    {"Environment", "unused", hidden},
    {"TrapRecord", "error_code", hex},
    {"TrapRecord", "cr2", hex},
    {"AltStack", "low", hex},
    {"AltStack", "size", hex},
    {"AltStack", "flags", hex},
    {"AddressSpace", "digest", hex},
    {"AddressSpace", "live_index", hidden},
    {"Program", "base", hex},
    {"ProgramOp", "nr", as(Format::syscall)},
    {"ProgramOp", "signal", as(Format::signal)},
    {"ProgramOp", "set", signals},
    {"EngineSlot", "name", hidden},
    {"EngineSlot", "data", hex},
    {"EngineSlot", "events", as(Format::event_mask)},
    {"EngineSlot", "start_action", as(Format::resume)},
    {"TaskSlot", "name", hidden},
    {"ScriptController", "name", hidden},
    {"ScriptController", "steps", hidden},
    {"ScriptController", "waits", hidden},
    {"ScriptContext", "kernel", hidden},
    {"StepperState", "armed_at", as(Format::program_point)},
    {"StepperState", "position", as(Format::program_point)},
    {"Counted", "magic", hidden},
    {"Inode", "kind", one_of(names_of_inode_kinds)},
    {"Inode", "mode", hex},
    {"Inode", "children", ring("Inode", "sibling")},

    {"OpenFile", "flags", argument("open")},
    {"Pipe", "block", hidden},
    {"ProcText", "bytes", hidden},

    {"FutexWaiter", "space", hidden},
    {"FutexWaiter", "address", hex},
    {"FutexWaiter", "bits", hex},
    {"ProcessModel", "input_bytes", hidden},
    {"ProcessModel", "random_state", hex},
    {"ProcessModel", "futexes", ring("FutexWaiter", "node")},
    {"WaitQueue", "waiters", ring("WaitEntry", "node")},
    {"StackPlaces", "arguments", hex},
    {"StackPlaces", "environment", hex},
    {"StackPlaces", "end", hex},
    {"StackPlaces", "vector", hex},
    {"StackPlaces", "vector_end", hex},
    {"Process", "robust_list", hex},
    {"ResourceLimit", "soft", hex},
    {"ResourceLimit", "hard", hex},
};

/// For numbers that name nobody.
class NoNames final : public NameTable {
public:
    std::string_view actor(ActorId) const override { return {}; }
    std::string_view task(TaskId) const override { return {}; }
    std::string_view engine(EngineId) const override { return {}; }
    std::string_view static_text(std::uint32_t) const override { return {}; }
};

void join(std::string& out, std::string_view word) {
    if (!out.empty()) out += '|';
    out += word;
}

std::string flag_words(Names names, std::uint64_t value) {
    std::string out;
    for (const NamedValue& entry : names) {
        const auto bits = static_cast<std::uint64_t>(entry.value);
        if ((value & bits) != bits) continue;
        join(out, entry.name);
        value &= ~bits;
    }
    if (value == 0) return out.empty() ? "0" : out;
    std::string rest;
    append_hex(rest, value);
    join(out, rest);
    return out;
}

std::string signal_words(SigSet set) {
    if (set == ~SigSet{0}) return "all";
    std::string out;
    for (int signal = 1; signal <= signal_count; ++signal) {
        if (in_set(set, signal)) join(out, utsim::signal_name(signal));
    }
    return out.empty() ? "0" : out;
}

std::string hex_word(std::uint64_t value) {
    std::string out;
    append_hex(out, value);
    return out;
}

}  // namespace

std::span<const MeaningRow> meaning_rows() { return rows; }

Meaning meaning_of(std::string_view type, std::string_view field) {
    for (const MeaningRow& row : rows) {
        if (row.type == type && row.field == field) return row.meaning;
    }
    return {};
}

std::string in_words(const Meaning& meaning, std::uint64_t value) {
    switch (meaning.way) {
        case Way::hex:
        case Way::registers:
        case Way::by_lock:
            return hex_word(value);
        case Way::one_of:
            return std::string(name_of(meaning.names(), static_cast<std::int64_t>(value)));
        case Way::flags:
            return flag_words(meaning.names(), value);
        case Way::signals:
            return signal_words(value);
        case Way::argument: {
            char room[256];
            ArgumentText words(room, sizeof room);
            return write_argument_words(words, meaning.text, value)
                       ? std::string(room, words.size())
                       : std::string();
        }
        case Way::handler:
            if (value <= K_SIG_IGN) return value == K_SIG_DFL ? "SIG_DFL" : "SIG_IGN";
            return in_words(as(Format::program_point), value);
        case Way::format: {
            // A task that has not ended has no status yet.
            if (meaning.format == Format::wait_status && value == 0) return {};
            std::string out;
            append_in_format(out, meaning.format, static_cast<std::int64_t>(value), NoNames());
            return out;
        }
        case Way::plain:
        case Way::by_signal:
        case Way::ring_of:
        case Way::hidden:
            break;
    }
    return {};
}

}  // namespace utsim::view

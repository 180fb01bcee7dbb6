// SPDX-License-Identifier: MIT
// The requests of ptrace(2) on x86-64 and the events of its stops, by number.
#include "event/ptrace_names.hpp"

#include <cstdio>

#include "event/names.hpp"

namespace utsim {

namespace {

struct Named {
    std::uint64_t number;
    const char* name;
};

constexpr Named requests[] = {
    {0, "PTRACE_TRACEME"},
    {1, "PTRACE_PEEKTEXT"},
    {2, "PTRACE_PEEKDATA"},
    {3, "PTRACE_PEEKUSER"},
    {4, "PTRACE_POKETEXT"},
    {5, "PTRACE_POKEDATA"},
    {6, "PTRACE_POKEUSER"},
    {7, "PTRACE_CONT"},
    {8, "PTRACE_KILL"},
    {9, "PTRACE_SINGLESTEP"},
    {12, "PTRACE_GETREGS"},
    {13, "PTRACE_SETREGS"},
    {14, "PTRACE_GETFPREGS"},
    {15, "PTRACE_SETFPREGS"},
    {16, "PTRACE_ATTACH"},
    {17, "PTRACE_DETACH"},
    {18, "PTRACE_GETFPXREGS"},
    {19, "PTRACE_SETFPXREGS"},
    {21, "PTRACE_OLDSETOPTIONS"},
    {24, "PTRACE_SYSCALL"},
    {25, "PTRACE_GET_THREAD_AREA"},
    {26, "PTRACE_SET_THREAD_AREA"},
    {30, "PTRACE_ARCH_PRCTL"},
    {31, "PTRACE_SYSEMU"},
    {32, "PTRACE_SYSEMU_SINGLESTEP"},
    {33, "PTRACE_SINGLEBLOCK"},
    {0x4200, "PTRACE_SETOPTIONS"},
    {0x4201, "PTRACE_GETEVENTMSG"},
    {0x4202, "PTRACE_GETSIGINFO"},
    {0x4203, "PTRACE_SETSIGINFO"},
    {0x4204, "PTRACE_GETREGSET"},
    {0x4205, "PTRACE_SETREGSET"},
    {0x4206, "PTRACE_SEIZE"},
    {0x4207, "PTRACE_INTERRUPT"},
    {0x4208, "PTRACE_LISTEN"},
    {0x4209, "PTRACE_PEEKSIGINFO"},
    {0x420a, "PTRACE_GETSIGMASK"},
    {0x420b, "PTRACE_SETSIGMASK"},
    {0x420c, "PTRACE_SECCOMP_GET_FILTER"},
    {0x420d, "PTRACE_SECCOMP_GET_METADATA"},
    {0x420e, "PTRACE_GET_SYSCALL_INFO"},
    {0x420f, "PTRACE_GET_RSEQ_CONFIGURATION"},
};

constexpr NamedValue events[] = {
    {"PTRACE_EVENT_FORK", 1},    {"PTRACE_EVENT_VFORK", 2},      {"PTRACE_EVENT_CLONE", 3},
    {"PTRACE_EVENT_EXEC", 4},    {"PTRACE_EVENT_VFORK_DONE", 5}, {"PTRACE_EVENT_EXIT", 6},
    {"PTRACE_EVENT_SECCOMP", 7}, {"PTRACE_EVENT_STOP", 128},
};

/// In the order of PtraceStop (kernel/tracee.hpp); what it is in no stop has no word.
constexpr NamedValue stops[] = {
    {"signal", 1},       {"group", 2}, {"event_stop", 3}, {"syscall_entry", 4},
    {"syscall_exit", 5}, {"event", 6}, {"handler", 7},
};

}  // namespace

Names ptrace_stop_names() { return stops; }
Names ptrace_event_names() { return events; }

const char* ptrace_request_name(std::uint64_t request) {
    for (const Named& row : requests) {
        if (row.number == request) return row.name;
    }
    return nullptr;
}

int write_ptrace_stop(char* out, std::size_t size, int code) {
    constexpr int call_mark = 0x80;
    const char* name = signal_name(code & 0x7f);
    const char* mark = (code & call_mark) != 0 ? "|0x80" : "";
    const std::string_view event = name_of(events, code >> 8);
    return std::snprintf(out, size, "%s%s%s%.*s", name != nullptr ? name : "?", mark,
                         event.empty() ? "" : ", ", static_cast<int>(event.size()), event.data());
}

}  // namespace utsim

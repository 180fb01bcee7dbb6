// SPDX-License-Identifier: MIT
// The requests of ptrace(2) on x86-64 and the events of its stops, by number.
#include "event/ptrace_names.hpp"

#include <cstdio>

#include "event/names.hpp"
#include "event/ptrace_requests.hpp"

namespace utsim {

namespace {

struct Named {
    PtraceRequest number;
    const char* name;
};

constexpr Named requests[] = {
    {PTRACE_TRACEME, "PTRACE_TRACEME"},
    {PTRACE_PEEKTEXT, "PTRACE_PEEKTEXT"},
    {PTRACE_PEEKDATA, "PTRACE_PEEKDATA"},
    {PTRACE_PEEKUSER, "PTRACE_PEEKUSER"},
    {PTRACE_POKETEXT, "PTRACE_POKETEXT"},
    {PTRACE_POKEDATA, "PTRACE_POKEDATA"},
    {PTRACE_POKEUSER, "PTRACE_POKEUSER"},
    {PTRACE_CONT, "PTRACE_CONT"},
    {PTRACE_KILL, "PTRACE_KILL"},
    {PTRACE_SINGLESTEP, "PTRACE_SINGLESTEP"},
    {PTRACE_GETREGS, "PTRACE_GETREGS"},
    {PTRACE_SETREGS, "PTRACE_SETREGS"},
    {PTRACE_GETFPREGS, "PTRACE_GETFPREGS"},
    {PTRACE_SETFPREGS, "PTRACE_SETFPREGS"},
    {PTRACE_ATTACH, "PTRACE_ATTACH"},
    {PTRACE_DETACH, "PTRACE_DETACH"},
    {PTRACE_GETFPXREGS, "PTRACE_GETFPXREGS"},
    {PTRACE_SETFPXREGS, "PTRACE_SETFPXREGS"},
    {PTRACE_OLDSETOPTIONS, "PTRACE_OLDSETOPTIONS"},
    {PTRACE_SYSCALL, "PTRACE_SYSCALL"},
    {PTRACE_GET_THREAD_AREA, "PTRACE_GET_THREAD_AREA"},
    {PTRACE_SET_THREAD_AREA, "PTRACE_SET_THREAD_AREA"},
    {PTRACE_ARCH_PRCTL, "PTRACE_ARCH_PRCTL"},
    {PTRACE_SYSEMU, "PTRACE_SYSEMU"},
    {PTRACE_SYSEMU_SINGLESTEP, "PTRACE_SYSEMU_SINGLESTEP"},
    {PTRACE_SINGLEBLOCK, "PTRACE_SINGLEBLOCK"},
    {PTRACE_SETOPTIONS, "PTRACE_SETOPTIONS"},
    {PTRACE_GETEVENTMSG, "PTRACE_GETEVENTMSG"},
    {PTRACE_GETSIGINFO, "PTRACE_GETSIGINFO"},
    {PTRACE_SETSIGINFO, "PTRACE_SETSIGINFO"},
    {PTRACE_GETREGSET, "PTRACE_GETREGSET"},
    {PTRACE_SETREGSET, "PTRACE_SETREGSET"},
    {PTRACE_SEIZE, "PTRACE_SEIZE"},
    {PTRACE_INTERRUPT, "PTRACE_INTERRUPT"},
    {PTRACE_LISTEN, "PTRACE_LISTEN"},
    {PTRACE_PEEKSIGINFO, "PTRACE_PEEKSIGINFO"},
    {PTRACE_GETSIGMASK, "PTRACE_GETSIGMASK"},
    {PTRACE_SETSIGMASK, "PTRACE_SETSIGMASK"},
    {PTRACE_SECCOMP_GET_FILTER, "PTRACE_SECCOMP_GET_FILTER"},
    {PTRACE_SECCOMP_GET_METADATA, "PTRACE_SECCOMP_GET_METADATA"},
    {PTRACE_GET_SYSCALL_INFO, "PTRACE_GET_SYSCALL_INFO"},
    {PTRACE_GET_RSEQ_CONFIGURATION, "PTRACE_GET_RSEQ_CONFIGURATION"},
};

constexpr NamedValue events[] = {
    {"PTRACE_EVENT_FORK", PTRACE_EVENT_FORK},
    {"PTRACE_EVENT_VFORK", PTRACE_EVENT_VFORK},
    {"PTRACE_EVENT_CLONE", PTRACE_EVENT_CLONE},
    {"PTRACE_EVENT_EXEC", PTRACE_EVENT_EXEC},
    {"PTRACE_EVENT_VFORK_DONE", PTRACE_EVENT_VFORK_DONE},
    {"PTRACE_EVENT_EXIT", PTRACE_EVENT_EXIT},
    {"PTRACE_EVENT_SECCOMP", PTRACE_EVENT_SECCOMP},
    {"PTRACE_EVENT_STOP", PTRACE_EVENT_STOP},
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
        if (static_cast<std::uint64_t>(row.number) == request) return row.name;
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

// SPDX-License-Identifier: MIT
// The kinds of stops, by the words that the kernel's note ends with, in the words of ptrace(2).
#include "report/ptrace_stop.hpp"

#include <string>

namespace utsim {

namespace {

struct StopReason {
    std::string_view words;  ///< somewhere behind the tracer's name
    std::string_view text;
};

// The first that fits counts.
constexpr StopReason reasons[] = {
    {"PTRACE_EVENT_FORK",
     "It has forked, and PTRACE_O_TRACEFORK asks to hear of it; "
     "PTRACE_GETEVENTMSG tells the child's pid."},
    {"PTRACE_EVENT_VFORK_DONE",
     "The child of its vfork has let go of the memory, and "
     "PTRACE_O_TRACEVFORKDONE asks to hear of it."},
    {"PTRACE_EVENT_VFORK",
     "It has made a child by vfork, and PTRACE_O_TRACEVFORK asks to hear of "
     "it; PTRACE_GETEVENTMSG tells the child's pid."},
    {"PTRACE_EVENT_CLONE",
     "It has made a thread or a child by clone, and PTRACE_O_TRACECLONE asks "
     "to hear of it; PTRACE_GETEVENTMSG tells its pid."},
    {"PTRACE_EVENT_EXEC",
     "It has a new program, and PTRACE_O_TRACEEXEC asks to hear of it; "
     "breakpoints went with the old memory."},
    {"PTRACE_EVENT_EXIT",
     "It is about to end, and PTRACE_O_TRACEEXIT asks to hear of it; "
     "PTRACE_GETEVENTMSG tells the status, and nothing but its end follows."},
    {"PTRACE_EVENT_STOP",
     "A seized tracee was interrupted, or its job control changed; while its "
     "group is stopped PTRACE_LISTEN keeps it so."},
    {"at the entry of a call",
     "PTRACE_SYSCALL has let it go on as far as its next system call, "
     "which has not run yet."},
    {"at the end of a call", "PTRACE_SYSCALL has let it go on until its system call has run."},
    {"its group is stopped",
     "A stop signal was delivered, and its whole group stops. No signal is "
     "on its way: PTRACE_GETSIGINFO fails, and PTRACE_CONT would let it "
     "run although nobody has sent SIGCONT."},
    {"which it is about to take",
     "A signal is on its way to it. It comes about only if the tracer "
     "hands it back, by PTRACE_CONT(..., signal)."},
    {"at a handler", "It was stepped into a handler, and stands at its first instruction."},
};

}  // namespace

std::optional<ExplainedReason> reason_of_stop(std::string_view note) {
    constexpr std::string_view mark = " stops for its tracer ";
    const std::size_t at = note.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = note.substr(at + mark.size());
    const std::size_t colon = rest.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    ExplainedReason reason;
    for (const StopReason& one : reasons) {
        if (rest.find(one.words, colon) == std::string_view::npos) continue;
        reason.text = std::string(one.text) + " ";
        break;
    }
    reason.text += "Only " + std::string(rest.substr(0, colon)) +
                   " may let it go on; SIGKILL ends the stop as well.";
    return reason;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// The kinds of stops, in the words of ptrace(2).
#include "report/ptrace_stop.hpp"

#include <string>

namespace utsim {

namespace {

struct StopReason {
    std::string_view word;  ///< of the event, or where there is none of the stop
    std::string_view text;
};

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
    {"PTRACE_EVENT_SECCOMP",
     "A filter asks the tracer about a system call, which has not run yet; "
     "PTRACE_GETEVENTMSG tells what the filter says."},
    {"PTRACE_EVENT_STOP",
     "A seized tracee was interrupted, or its job control changed; while its "
     "group is stopped PTRACE_LISTEN keeps it so."},
    {"syscall_entry",
     "PTRACE_SYSCALL has let it go on as far as its next system call, "
     "which has not run yet."},
    {"syscall_exit", "PTRACE_SYSCALL has let it go on until its system call has run."},
    {"group",
     "A stop signal was delivered, and its whole group stops. No signal is "
     "on its way: PTRACE_GETSIGINFO fails, and PTRACE_CONT would let it "
     "run although nobody has sent SIGCONT."},
    {"signal",
     "A signal is on its way to it. It comes about only if the tracer "
     "hands it back, by PTRACE_CONT(..., signal)."},
    {"handler", "It was stepped into a handler, and stands at its first instruction."},
};

}  // namespace

ExplainedReason reason_of_stop(const Event& event, const NameTable& names) {
    const bool has_event = event.value[4] != 0;
    const std::string word = field_in_words(event, has_event ? 4 : 2, names);
    ExplainedReason reason;
    for (const StopReason& one : reasons) {
        if (one.word == word) reason.text = std::string(one.text) + " ";
    }
    reason.text += "Only " + field_in_words(event, 1, names) +
                   " may let it go on; SIGKILL ends the stop as well.";
    return reason;
}

}  // namespace utsim

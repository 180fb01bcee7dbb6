// SPDX-License-Identifier: MIT
// Stories about tracers and tracees by ptrace(2): what breaks each promise, then what does not.
// Task 1 is the tracer, task 2 its tracee with the pid 102.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr std::int64_t pid = 102;
constexpr std::int64_t nr_wait4 = 61;
constexpr std::int64_t nr_ptrace = 101;
constexpr std::int64_t detach = 17;

Story& tracee(Story& s) { return s.child(2, 1).attach(1, 2).list(1); }

/// PTRACE_TRACEME.
Story& asks(Story& s) {
    return s.tell(EventKind::syscall_enter, {1, nr_ptrace, 0}).ran(1, nr_ptrace).user();
}

/// What the kernel writes down about the stop of PTRACE_EVENT_EXIT.
Story& tells_of_end(Story& s) {
    s.instruction();
    Event event;
    event.kind = EventKind::note;
    event.actor = ActorId{1};
    event.step = ++s.step;
    event.text = "t stops for its tracer s: SIGTRAP, PTRACE_EVENT_EXIT";
    s.contract.emit(event);
    return s;
}

Story& waits(Story& s) { return s.syscall(1, nr_wait4).ran(1, nr_wait4, pid); }

Story& hears_of_signal(Story& s) {
    return s.signal(1, K_SIGUSR1, UTRACE_EVENT(EVENT_SIGNAL_TERM), 0, UTRACE_STOP).traced(2);
}

Story& detaches(Story& s) {
    s.tell(EventKind::syscall_enter, {1, nr_ptrace, detach, pid, 0, K_SIGUSR1});
    return s.state(2, TASK_RUNNING);
}

const ClauseCases cases = {
    {"P-1", [](Story& s) { waits(waits(tracee(s).traced(2))); },
     [](Story& s) { waits(waits(tracee(s).traced(2)).state(2, TASK_RUNNING).traced(2)); }},
    {"P-2", [](Story& s) { asks(s).traced().instruction(); },
     [](Story& s) { asks(s).traced().state(1, TASK_RUNNING).instruction(); }},
    {"P-5", [](Story& s) { asks(s).kill().end(); }, [](Story& s) { asks(s).kill().exits().end(); }},
    {"P-6", [](Story& s) { detaches(hears_of_signal(tracee(s))).user(2); },
     [](Story& s) {
         detaches(hears_of_signal(tracee(s))).tell(EventKind::signal_taken, {2, K_SIGUSR1, 0, 1});
     }},
    {"P-7", [](Story& s) { tells_of_end(s).tell(EventKind::signal_taken, {1, 10, 0, 1}); },
     [](Story& s) { tells_of_end(s).exits(); }},
};

}  // namespace

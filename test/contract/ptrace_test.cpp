// SPDX-License-Identifier: MIT
// Stories about tracers and tracees by ptrace(2): what breaks each promise, then what does not.
// Task 1 is the tracer, task 2 its tracee with the pid 102.
#include "contract/scenes.hpp"
#include "support/testing.hpp"

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

/// Task 2 stops for its tracer, task 1, as `stop` (PtraceStop), perhaps at an event; `hears`: the
/// tracer wants SIGCHLD for it.
Story& tells_of_stop(Story& s, std::int64_t stop, std::int64_t event, bool hears = true) {
    return s.tell(EventKind::ptrace_stop, {2, 1, stop, K_SIGTRAP, event, 0x57f, hears});
}
/// What the kernel says about the stop of PTRACE_EVENT_EXIT.
Story& tells_of_end(Story& s) { return tells_of_stop(tracee(s), 6, 6); }

Story& is_traced(Story& s) { return tracee(s).tell(EventKind::new_parent, {2, 1, 1, 1}); }
/// SIGCHLD to task 1, by task 2.
Story& sends(Story& s) {
    return s.tell(EventKind::signal_generated, {1, K_SIGCHLD, 1, CLD_TRAPPED_, 1}, 2);
}
Story& is_adopted(Story& s, std::int64_t by) {
    return s.child(2, 1).tell(EventKind::new_parent, {2, by, by, 0});
}
Story& zombie(Story& s, std::uint32_t task) {
    return s.tell(EventKind::exit, {task, 0, 1})
        .tell(EventKind::task_state, {task, TASK_RUNNING, EXIT_ZOMBIE});
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
    {"P-3", [](Story& s) { tells_of_stop(is_traced(s), 1, 0).user(2); },
     [](Story& s) { sends(tells_of_stop(is_traced(s), 1, 0)).user(2); }},
    {"P-4", [](Story& s) { zombie(zombie(is_adopted(s, 1), 1), 2).end(); },
     [](Story& s) { zombie(is_adopted(s, 1), 2).end(); }},
    {"P-5", [](Story& s) { asks(s).kill().end(); }, [](Story& s) { asks(s).kill().exits().end(); }},
    {"P-6", [](Story& s) { detaches(hears_of_signal(tracee(s))).user(2); },
     [](Story& s) {
         detaches(hears_of_signal(tracee(s))).tell(EventKind::signal_taken, {2, K_SIGUSR1, 0, 1});
     }},
    {"P-7", [](Story& s) { tells_of_end(s).tell(EventKind::signal_taken, {2, 10, 0, 1}); },
     [](Story& s) { tells_of_end(s).tell(EventKind::exit, {2, 0, 1}); }},
};

}  // namespace

TEST_CASE("SIGCHLD is owed to a tracer, by whoever traces it and wants to hear", "[contract]") {
    Story end("P-3");
    zombie(is_traced(end), 2);
    CHECK(end.broken() != "");
    Story told("P-3");
    sends(is_traced(told).tell(EventKind::exit, {2, 0, 1})).dead(2);
    CHECK(told.broken() == "");
    Story asked_not("P-3");
    tells_of_stop(is_traced(asked_not), 1, 0, false).user(2);
    CHECK(asked_not.broken() == "");
    Story let_go("P-3");
    tells_of_stop(is_traced(let_go), 1, 0).tell(EventKind::new_parent, {2, 1, 1, 0}).user(2);
    CHECK(let_go.broken() == "");
    Story asks_now("P-3");
    tells_of_stop(is_traced(asks_now), 1, 0).ran(1, 13).user(2);
    CHECK(asks_now.broken() == "");
    Story to_somebody("P-3");
    tells_of_stop(is_traced(to_somebody), 1, 0)
        .tell(EventKind::signal_generated, {2, K_SIGCHLD, 1, CLD_TRAPPED_, 1}, 2)
        .user(2);
    CHECK(to_somebody.broken() != "");
}

TEST_CASE("a zombie has somebody who may wait for it", "[contract]") {
    constexpr std::int64_t clone_thread = 0x10000;
    Story thread("P-4");
    zombie(thread.tell(EventKind::new_task, {2, 1, pid, clone_thread, 0}, 1), 2).end();
    CHECK(thread.broken() != "");
    Story collected("P-4");
    zombie(zombie(is_adopted(collected, 1), 2).tell(EventKind::released, {2}), 1).end();
    CHECK(collected.broken() == "");
    Story never_adopted("P-4");
    zombie(zombie(never_adopted.child(2, 1), 1), 2).end();
    CHECK(never_adopted.broken() != "");
}

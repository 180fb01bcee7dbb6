// SPDX-License-Identifier: MIT
// False alarms that were reported from outside, each beside a breach of the same clause.
#include <utsim/errno.hpp>

#include "contract/neighbours.hpp"
#include "contract/scenes.hpp"
#include "sched/lock.hpp"
#include "support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

void holds_by_answer(Story& s) { s.quiesce(0, UTRACE_STOP).stop_bit(0, true, 1); }

Story& lock(Story& s, EventKind kind, LockClass lock_class, std::uint32_t owner, std::uint32_t by) {
    const std::int64_t which = static_cast<std::int64_t>(lock_class) << 32 | owner;
    return s.tell(kind, {which, s.text("somebody")}, by);
}

/// Task 2 is a thread of task 1 with engine 1.
void thread(Story& s) {
    constexpr std::int64_t clone_thread = 0x10000;
    s.child(2, 1, clone_thread).attach(1, 2).list(1).set_events(1, QUIESCE).user(2);
}

void told(Story& s, std::uint32_t by) {
    constexpr std::int64_t cld_continued = 6;
    s.tell(EventKind::notify_cldstop, {1, cld_continued}, by);
}

void jctl(Story& s, std::int64_t notify) {
    constexpr std::int64_t cld_stopped = 5;
    s.callback(0, CallbackKind::jctl, JCTL, UTRACE_RESUME, UTRACE_RESUME, cld_stopped, notify);
}

/// Somebody calls about engine 0, which has gone; `held`: he thought that he had a reference.
void used_after_free(Story& s, bool held) {
    if (!held) s.put(0);
    s.detached(0)
        .enter(ApiCall::control, 1, 0, UTRACE_RESUME)
        .freed(0)
        .bug("get_utrace_lock", "use after free");
}

const Neighbours neighbours[] = {
    {"C-026", "the pointer was dead for nobody's fault", [](Story& s) { used_after_free(s, true); },
     [](Story& s) { used_after_free(s, false); }},
    {"C-033", "a wake-up for no reason",
     [](Story& s) {
         stop_by_answer(s).woken().leave(ApiCall::wake, 1, none, 0, 0, 1).detached(0, 9);
     },
     [](Story& s) { stop_by_answer(s).woken().detached(0, 9); }},
    {"C-036", "a call after the last put", [](Story& s) { used_after_free(s, false); },
     [](Story& s) { used_after_free(s, true); }},
    {"I14", "a call after the last put", [](Story& s) { used_after_free(s, false); },
     [](Story& s) { used_after_free(s, true); }},

    {"C-046", "a mask that was off and is on again",
     [](Story& s) {
         s.set_events(0, QUIESCE | EXIT_OF_CALL).syscall().ran();
         s.set_events(0, QUIESCE).set_events(0, QUIESCE | EXIT_OF_CALL).user();
     },
     [](Story& s) { s.set_events(0, QUIESCE | EXIT_OF_CALL).syscall().ran().user(); }},
    {"C-047", "an engine that is being detached",
     [](Story& s) { s.user().control(0, UTRACE_DETACH).bug("report_exec", "no such callback", 1); },
     [](Story& s) { s.user().bug("report_exec", "the table has no such callback", 1); }},
    {"C-052", "a round behind a stop that came to nothing",
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE).syscall();
         s.quiesce(1, UTRACE_STOP, ENTRY).quiesce(0, UTRACE_RESUME, ENTRY);
         s.quiesce(1, UTRACE_RESUME, ENTRY);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE).syscall();
         s.quiesce(0, UTRACE_RESUME, ENTRY).quiesce(1, UTRACE_RESUME, ENTRY);
     }},
    {"C-061", "the answer to a death, which counts for nothing",
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE).dead();
         s.callback(0, CallbackKind::death, DEATH, UTRACE_SINGLESTEP);
         s.quiesce(1, UTRACE_RESUME, DEATH, UTRACE_SINGLESTEP);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE);
         s.quiesce(0, UTRACE_RESUME).quiesce(1, UTRACE_RESUME, 0, UTRACE_SINGLESTEP);
     }},
    {"C-065", "a wake-up for no reason",
     [](Story& s) {
         stop_by_answer(s).woken().leave(ApiCall::wake, 1, none, 0, 0, 1).instruction();
     },
     [](Story& s) { stop_by_answer(s).woken().instruction(); }},
    {"I1", "a wake-up for no reason",
     [](Story& s) {
         stop_by_answer(s).woken().leave(ApiCall::wake, 1, none, 0, 0, 1).instruction();
     },
     [](Story& s) { stop_by_answer(s).woken().instruction(); }},
    {"C-067", "nobody hears of the way to user mode",
     [](Story& s) {
         s.set_events(0, EXIT_OF_CALL).syscall().ran();
         s.callback(0, CallbackKind::syscall_exit, EXIT_OF_CALL, UTRACE_STOP).traced();
     },
     [](Story& s) {
         s.set_events(0, QUIESCE | EXIT_OF_CALL).syscall().ran();
         s.callback(0, CallbackKind::syscall_exit, EXIT_OF_CALL, UTRACE_STOP).traced();
     }},
    {"C-069", "the report was made, and another event came behind user mode",
     [](Story& s) {
         s.control(0, UTRACE_REPORT).quiesce(0).user().syscall();
         s.quiesce(0, UTRACE_RESUME, ENTRY).user();
     },
     [](Story& s) {
         s.control(0, UTRACE_REPORT).syscall().quiesce(0, UTRACE_RESUME, ENTRY).user();
     }},

    {"C-070", "the task is dead",
     [](Story& s) {
         holds_by_answer(s);
         s.dead().stop_bit(0, false, 1);
     },
     [](Story& s) {
         holds_by_answer(s);
         s.stop_bit(0, false, 1);
     }},
    {"C-070", "the task was killed",
     [](Story& s) {
         holds_by_answer(s);
         s.traced().kill().stop_bit(0, false, 1);
     },
     [](Story& s) {
         holds_by_answer(s);
         s.traced().send(K_SIGTERM).stop_bit(0, false, 1);
     }},
    {"C-070", "a STOP that waits for its callback does not hold yet",
     [](Story& s) {
         s.quiesce(0, UTRACE_RESUME).control(0, UTRACE_STOP, -K_EINPROGRESS);
         s.stop_bit(0, true).stop_bit(0, false, 1);
     },
     [](Story& s) { s.traced().control(0, UTRACE_STOP).stop_bit(0, true).stop_bit(0, false, 1); }},
    {"C-072", "a later call of another kind",
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE);
         s.exec().quiesce(0, UTRACE_RESUME, EXEC);
         s.control(1, UTRACE_DETACH, -K_EINPROGRESS).control(1, UTRACE_RESUME, -K_ESRCH);
         s.quiesce(1, UTRACE_RESUME, EXEC);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE);
         s.exec().quiesce(0, UTRACE_RESUME, EXEC);
         s.control(1, UTRACE_DETACH).control(1, UTRACE_RESUME, -K_ESRCH);
         s.quiesce(1, UTRACE_RESUME, EXEC);
     }},
    {"C-086", "who holds the task goes on asking",
     [](Story& s) {
         s.stop_bit(0, true).user();
         s.callback(0, CallbackKind::signal, 0, UTRACE_RESUME,
                    UTRACE_SIGNAL_REPORT | UTRACE_RESUME);
     },
     [](Story& s) {
         s.user().callback(0, CallbackKind::signal, 0, UTRACE_RESUME,
                           UTRACE_SIGNAL_REPORT | UTRACE_RESUME);
     }},
    {"C-091", "a handler of the next signal, behind a round without one",
     [](Story& s) {
         s.signal(0, 0, 0, UTRACE_SIGNAL_REPORT, UTRACE_SIGNAL_REPORT | UTRACE_RESUME);
         s.handler(K_SIGUSR1);
     },
     [](Story& s) {
         s.signal(0, K_SIGUSR1, UTRACE_EVENT(EVENT_SIGNAL), UTRACE_SIGNAL_DELIVER,
                  UTRACE_SIGNAL_IGN | UTRACE_RESUME);
         s.handler(K_SIGUSR1);
     }},
    {"C-104", "the exit had begun before the SIGKILL",
     [](Story& s) { s.quiesce(0, UTRACE_STOP, EXIT).traced().kill().exits(3 << 8); },
     [](Story& s) { s.quiesce(0, UTRACE_STOP).traced().kill().exits(3 << 8); }},
    {"C-113", "another child of the same parent",
     [](Story& s) {
         s.child(2, 1).child(3, 1).begin(0, CallbackKind::clone, CLONE, UTRACE_RESUME, 0, 3);
         s.user(2);
     },
     [](Story& s) {
         s.child(2, 1).child(3, 1).begin(0, CallbackKind::clone, CLONE, UTRACE_RESUME, 0, 3);
         s.user(3);
     }},
    {"C-161", "QUIESCE was taken away behind the STOP",
     [](Story& s) {
         s.control(0, UTRACE_STOP, -K_EINPROGRESS).stop_bit(0, true).set_events(0, EXEC);
         s.traced().end();
     },
     [](Story& s) {
         s.control(0, UTRACE_STOP, -K_EINPROGRESS).stop_bit(0, true);
         s.set_events(0, QUIESCE | EXEC).traced().end();
     }},
    {"I3", "QUIESCE is being taken away",
     [](Story& s) {
         s.control(0, UTRACE_REPORT).enter(ApiCall::set_events, 1, 0, 0, EXEC).instruction();
     },
     [](Story& s) {
         s.control(0, UTRACE_REPORT).enter(ApiCall::set_events, 1, 0, 0, QUIESCE).instruction();
     }},
    {"I5", "QUIESCE is being taken away",
     [](Story& s) {
         s.control(0, UTRACE_STOP, -K_EINPROGRESS);
         s.enter(ApiCall::set_events, 1, 0, 0, EXEC).instruction();
     },
     [](Story& s) {
         s.control(0, UTRACE_STOP, -K_EINPROGRESS);
         s.enter(ApiCall::set_events, 1, 0, 0, QUIESCE).instruction();
     }},
    {"C-171", "the siglock is that of all threads",
     [](Story& s) {
         thread(s);
         s.traced(2).send(K_SIGUSR1, 2);
         lock(s, EventKind::lock_released, LockClass::siglock, 1, Story::tracer).woken(2);
     },
     [](Story& s) {
         thread(s);
         s.traced(2).send(K_SIGUSR1, 2);
         lock(s, EventKind::lock_released, LockClass::utrace, 2, Story::tracer).woken(2);
     }},
    {"C-118", "another thread tells the parent",
     [](Story& s) {
         thread(s);
         s.state(2, TASK_STOPPED);
         jctl(s, 5);
         told(s, 2);
         s.end();
     },
     [](Story& s) {
         thread(s);
         s.state(2, TASK_STOPPED);
         jctl(s, 5);
         s.user(1);
     }},
    {"C-119", "another thread tells the parent",
     [](Story& s) {
         thread(s);
         jctl(s, 5);
         told(s, 2);
     },
     [](Story& s) {
         thread(s);
         jctl(s, 5);
         told(s, 1);
     }},
    {"C-269", "another thread tells the parent",
     [](Story& s) {
         thread(s);
         jctl(s, 5);
         told(s, 2);
     },
     [](Story& s) {
         thread(s);
         jctl(s, 5);
         told(s, 1);
     }},
    {"C-187", "the rest of an engine's own stop",
     [](Story& s) {
         s.user().stop_bit(0, true, 1).stop_bit(0, false, 1);
         s.set_events(0, QUIESCE | ENGINE_STOP).traced();
     },
     [](Story& s) { s.user().set_events(0, QUIESCE | ENGINE_STOP).traced(); }},
    {"C-257", "a stopped job becomes TRACED for a moment, to be detached from",
     [](Story& s) { s.user().state(1, TASK_STOPPED).state(1, TASK_TRACED, 0, Story::tracer); },
     [](Story& s) { s.user().state(1, TASK_TRACED); }},
    {"C-203", "a signal that was sent before wakes the call",
     [](Story& s) {
         s.syscall().state(1, TASK_INTERRUPTIBLE).send(K_SIGUSR1, 1, 8);
         s.control(0, UTRACE_STOP, -K_EINPROGRESS).woken(1, 8).ran(1, 39, -K_EINTR);
     },
     [](Story& s) {
         s.syscall().state(1, TASK_INTERRUPTIBLE);
         s.control(0, UTRACE_STOP, -K_EINPROGRESS).woken(1, 1).ran(1, 39, -K_EINTR);
     }},
    {"C-239", "a dead task that the engine does not hold",
     [](Story& s) { s.dead().call(ApiCall::prepare_examine, 0, -K_ESRCH); },
     [](Story& s) { s.call(ApiCall::prepare_examine, 0, -K_ESRCH); }},
    {"C-267", "a second one of the signal, behind the report of the first",
     [](Story& s) {
         s.set_events(0, QUIESCE | TERM | CORE).send(K_SIGTERM);
         s.signal(0, K_SIGTERM, TERM, UTRACE_SIGNAL_TERM, UTRACE_SIGNAL_TERM | UTRACE_RESUME);
         s.send(K_SIGTERM).exits(K_SIGTERM);
     },
     [](Story& s) {
         s.set_events(0, QUIESCE | TERM | CORE).send(K_SIGTERM).take(K_SIGTERM).exits(K_SIGTERM);
     }},
    {"I20", "a wake-up for no reason",
     [](Story& s) {
         s.user().state(1, TASK_STOPPED).woken().leave(ApiCall::wake, 1, none, 0, 0, 1);
         s.instruction();
     },
     [](Story& s) { s.user().state(1, TASK_STOPPED).woken().instruction(); }},
    {"I21", "the bit is in the answer of the engine before",
     [](Story& s) {
         s.attach(1, 1).list(1).syscall();
         s.callback(1, CallbackKind::syscall_entry, ENTRY, UTRACE_SYSCALL_RESUMED | UTRACE_RESUME);
         s.callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME,
                    UTRACE_SYSCALL_RESUMED | UTRACE_RESUME);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).syscall();
         s.callback(1, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME);
         s.callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME,
                    UTRACE_SYSCALL_RESUMED | UTRACE_RESUME);
     }},
};

}  // namespace

TEST_CASE("a monitor is silent where nothing is broken, and not beside it", "[contract]") {
    for (const Neighbours& pair : neighbours) check(pair);
}

TEST_CASE("messages have words for actions and answers", "[contract]") {
    Story told_step("C-061");
    told_step.attach(1, 1).list(1).set_events(1, QUIESCE).quiesce(0);
    told_step.quiesce(1, UTRACE_RESUME, 0, UTRACE_SINGLESTEP);
    CHECK(told_step.broken() ==
          "C-061: e is told UTRACE_SINGLESTEP when the engines before it answered UTRACE_RESUME at "
          "the least\n");

    Story refused("C-037");
    refused.detached(0).control(0, UTRACE_RESUME, -K_EINTR);
    CHECK(refused.broken() ==
          "C-037: a call about the detached e answered -EINTR and not -ESRCH\n");
}

TEST_CASE("a barrier that lies about a running callback is one breach", "[contract]") {
    Story story("C-232");
    story.begin(0, CallbackKind::quiesce, DEATH).barrier(0, -K_ESRCH);
    story.answer(0, CallbackKind::quiesce).callback(0, CallbackKind::death, DEATH);
    CHECK(story.contract.violations().size() == 1);
}

TEST_CASE("a livelock names who goes on", "[contract]") {
    Story story("I17");
    Event end;
    end.kind = EventKind::run_end;
    end.value[0] = story.text("livelock");
    end.text = "last ran t1 at lock:utrace_stop";
    story.contract.emit(end);
    story.end(RunEnd::livelock);
    CHECK(story.broken() ==
          "I17: steps go on without any effect: last ran t1 at lock:utrace_stop\n");
}

// SPDX-License-Identifier: MIT
// False alarms that generated scenarios raised, in the final version and in the early ones.
#include <utsim/errno.hpp>

#include "contract/neighbours.hpp"
#include "contract/scenes.hpp"
#include "support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// Task 1 was reaped while a callback of the death report was running, which may `return`.
void reaped_meanwhile(Story& s, bool returns) {
    s.dead(1, EXIT_DEAD).begin(0, CallbackKind::death, DEATH).attach(1, 1).reaped();
    if (returns) s.answer(0, CallbackKind::death);
    s.end();
}

/// Task 1 was killed and sleeps, in a callback that may return or behind it.
void sleeps_killed(Story& s, bool returns) {
    s.kill().begin(0, CallbackKind::quiesce);
    if (returns) s.answer(0, CallbackKind::quiesce);
    s.state(1, TASK_INTERRUPTIBLE).end();
}

const Neighbours neighbours[] = {
    {"C-021", "a callback of the death report never returns",
     [](Story& s) { reaped_meanwhile(s, false); }, [](Story& s) { reaped_meanwhile(s, true); }},
    {"C-035", "a callback of the death report never returns",
     [](Story& s) { reaped_meanwhile(s, false); }, [](Story& s) { reaped_meanwhile(s, true); }},
    {"C-068", "the stop behind the round ended for no reason",
     [](Story& s) {
         s.user(1, true).step_switch(StepSwitch::enable_single).quiesce(0).traced().woken();
         s.leave(ApiCall::wake, 1, none, 0, 0, 1).user(1, true);
     },
     [](Story& s) {
         s.user(1, true).step_switch(StepSwitch::enable_single).quiesce(0).traced().woken();
         s.user(1, true);
     }},
    {"C-143", "an exiting task is let go in a stopped job",
     [](Story& s) {
         s.callback(0, CallbackKind::exit, EXIT).traced().state(1, TASK_STOPPED).end();
     },
     [](Story& s) {
         s.callback(0, CallbackKind::exit, EXIT).traced().state(1, TASK_INTERRUPTIBLE).end();
     }},
    {"C-252", "a barrier inside the callback, and a call behind its answer",
     [](Story& s) {
         s.user().begin(0, CallbackKind::quiesce).barrier(0, 0, 1);
         s.answer(0, CallbackKind::quiesce, UTRACE_STOP).control(0, UTRACE_RESUME);
         s.stop_bit(0, true, 1);
     },
     [](Story& s) {
         s.user().quiesce(0, UTRACE_STOP).barrier(0).control(0, UTRACE_RESUME);
         s.stop_bit(0, true, 1);
     }},
    {"C-164", "the stop for ptrace behind a handler, while somebody else calls",
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE);
         s.quiesce(0, UTRACE_STOP).stop_bit(0, true, 1).handler(K_SIGUSR1).traced();
         s.control(1, UTRACE_REPORT).woken().quiesce(0);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE);
         s.quiesce(0, UTRACE_STOP).stop_bit(0, true, 1).traced();
         s.control(1, UTRACE_REPORT).woken().quiesce(0);
     }},
    {"C-227", "INTERRUPT looks like a signal to a task",
     [](Story& s) {
         s.attach(1, 2).list(1).set_events(1, QUIESCE);
         s.callback(1, CallbackKind::quiesce, 0, UTRACE_INTERRUPT);
         s.barrier(0, -K_ERESTARTSYS, 2);
     },
     [](Story& s) {
         s.attach(1, 2).list(1).set_events(1, QUIESCE);
         s.callback(1, CallbackKind::quiesce, 0, UTRACE_RESUME);
         s.barrier(0, -K_ERESTARTSYS, 2);
     }},
    {"C-267", "a second one, for a task that the first has killed",
     [](Story& s) {
         s.set_events(0, TERM | CORE);
         kill_by_group(s).send(K_SIGUSR1).exits(K_SIGUSR1);
     },
     [](Story& s) {
         s.set_events(0, TERM | CORE).send(K_SIGUSR1).take(K_SIGUSR1).exits(K_SIGUSR1);
     }},
    {"I9", "a callback of the killed task never returns", [](Story& s) { sleeps_killed(s, false); },
     [](Story& s) { sleeps_killed(s, true); }},
    {"C-052", "a round that is repeated for what the last one left over",
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE).syscall();
         s.quiesce(1, UTRACE_RESUME, ENTRY).quiesce(0, UTRACE_RESUME, ENTRY);
         s.quiesce(1, UTRACE_RESUME, ENTRY);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).set_events(1, QUIESCE).syscall();
         s.quiesce(0, UTRACE_RESUME, ENTRY).quiesce(1, UTRACE_RESUME, ENTRY);
     }},
    {"C-126", "nobody was asked in the first round, and it stopped",
     [](Story& s) {
         s.user().syscall().traced().woken();
         s.callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME,
                    UTRACE_RESUME | UTRACE_SYSCALL_RESUMED);
     },
     [](Story& s) {
         s.user().syscall();
         s.callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME,
                    UTRACE_RESUME | UTRACE_SYSCALL_RESUMED);
     }},
    {"C-217", "who asked for the step has left before it was armed",
     [](Story& s) {
         s.user().control(0, UTRACE_SINGLESTEP).control(0, UTRACE_DETACH);
         s.step_switch(StepSwitch::enable_single).step_switch(StepSwitch::disable);
         s.instruction().instruction();
     },
     [](Story& s) {
         s.user().control(0, UTRACE_SINGLESTEP);
         s.step_switch(StepSwitch::enable_single).step_switch(StepSwitch::disable);
         s.instruction().instruction();
     }},
    {"C-217", "QUIESCE was taken back before the step",
     [](Story& s) {
         let_go(stop_by_answer(s), 0, UTRACE_SINGLESTEP).set_events(0, 0).user(1, false);
     },
     [](Story& s) { let_go(stop_by_answer(s), 0, UTRACE_SINGLESTEP).user(1, false); }},
    {"C-187", "the moment of ptrace behind a handler",
     [](Story& s) {
         s.user().set_events(0, QUIESCE | ENGINE_STOP).handler(K_SIGUSR1).traced().woken(1, 1);
     },
     [](Story& s) { s.user().set_events(0, QUIESCE | ENGINE_STOP).traced().woken(1, 1); }},
    {"C-187", "a STOP that comes while a mask is set",
     [](Story& s) {
         s.enter(ApiCall::set_events, 1, 0, 0, QUIESCE | ENGINE_STOP, Story::tracer);
         s.stop_bit(0, true, 1);
     },
     [](Story& s) {
         s.enter(ApiCall::set_events, 1, 0, 0, QUIESCE | ENGINE_STOP, Story::tracer);
         s.stop_bit(0, true);
     }},
    {"C-228", "a mask has brought the stop bit",
     [](Story& s) {
         s.quiesce(0).enter(ApiCall::set_events, 1, 0, 0, QUIESCE | ENGINE_STOP).stop_bit(0, true);
         s.leave(ApiCall::set_events, 1, 0, 0, 0, QUIESCE | ENGINE_STOP).barrier(0);
     },
     [](Story& s) { s.quiesce(0).stop_bit(0, true, 1).barrier(0); }},
    {"C-228", "a mask has brought the stop bit, and another one leaves it",
     [](Story& s) {
         s.quiesce(0).enter(ApiCall::set_events, 1, 0, 0, QUIESCE | ENGINE_STOP).stop_bit(0, true);
         s.leave(ApiCall::set_events, 1, 0, 0, 0, QUIESCE | ENGINE_STOP);
         s.set_events(0, QUIESCE).barrier(0);
     },
     [](Story& s) { s.quiesce(0).stop_bit(0, true, 1).set_events(0, QUIESCE).barrier(0); }},
    {"C-252", "the answer comes behind the call that its callback made",
     [](Story& s) {
         s.user().begin(0, CallbackKind::quiesce).barrier(0, 0, 1).control(0, UTRACE_RESUME, 0, 1);
         s.answer(0, CallbackKind::quiesce, UTRACE_STOP).stop_bit(0, true, 1);
     },
     [](Story& s) {
         s.user().begin(0, CallbackKind::quiesce).barrier(0, 0, 1).control(0, UTRACE_RESUME, 0, 1);
         s.stop_bit(0, true, 1).answer(0, CallbackKind::quiesce, UTRACE_STOP);
     }},
    {"C-252", "a mask has brought the stop bit",
     [](Story& s) {
         s.quiesce(0).barrier(0).control(0, UTRACE_RESUME);
         s.enter(ApiCall::set_events, 1, 0, 0, QUIESCE | ENGINE_STOP).stop_bit(0, true);
     },
     [](Story& s) { s.quiesce(0).barrier(0).control(0, UTRACE_RESUME).stop_bit(0, true, 1); }},
};

}  // namespace

TEST_CASE("a monitor is silent about what generated scenarios do rightly", "[contract]") {
    for (const Neighbours& pair : neighbours) check(pair);
}

// SPDX-License-Identifier: MIT
// Stories about the implementation, its hooks, and the machine: what breaks each clause, then what
// does not.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr auto quiesce = CallbackKind::quiesce;
constexpr std::uint32_t handler_word = UTRACE_SIGNAL_HANDLER | UTRACE_RESUME;
constexpr std::int64_t vfork = 0x4000;

/// report_signal that says that a handler was set up.
Story& handler_report(Story& s) { return s.signal(0, 0, 0, handler_word, UTRACE_RESUME); }

Story& clone_report(Story& s, std::int64_t flags, std::uint32_t reply = UTRACE_RESUME) {
    return s.callback(0, CallbackKind::clone, CLONE, reply, UTRACE_RESUME, flags, 2);
}

/// Engine 1 asks for a report while engine 0 is in one.
Story& report_during_report(Story& s) {
    s.attach(1, 1).list(1).set_events(1, QUIESCE).begin(0, quiesce);
    return s.control(1, UTRACE_REPORT, 0).answer(0, quiesce);
}

const ClauseCases implementation = {
    {"C-249", [](Story& s) { s.control(0, UTRACE_DETACH, 0).quiesce(0); },
     [](Story& s) { s.control(0, UTRACE_DETACH, 0).detached(0); }},
    {"C-251", [](Story& s) { s.set_events(0, EXEC).barrier(0, 0).quiesce(0); },
     [](Story& s) { s.set_events(0, EXEC).barrier(0, 0).callback(0, CallbackKind::exec, EXEC); }},
    {"C-252",
     [](Story& s) {
         s.quiesce(0, UTRACE_STOP).barrier(0, 0).control(0, UTRACE_RESUME, 0);
         s.stop_bit(0, true, 1);
     },
     [](Story& s) { s.quiesce(0, UTRACE_STOP).barrier(0, 0).control(0, UTRACE_RESUME, 0); }},
    {"C-254",
     [](Story& s) { s.dead().state(1, TASK_DEAD, EXIT_ZOMBIE).quiesce(0, UTRACE_RESUME, DEATH); },
     [](Story& s) {
         s.dead().state(1, TASK_DEAD, EXIT_ZOMBIE).callback(0, CallbackKind::reap, REAP);
     }},
    {"C-255", [](Story& s) { s.control(0, UTRACE_INTERRUPT, 0).user().end(); },
     [](Story& s) { report(s.control(0, UTRACE_INTERRUPT, 0)).user().end(); }},
    {"C-256", [](Story& s) { handler_report(s.handler(10).user()); },
     [](Story& s) { handler_report(s.handler(10)); }},
    {"C-257", [](Story& s) { s.user().traced(); }, [](Story& s) { stop_by_answer(s); }},
};

const ClauseCases hooks = {
    {"C-258",
     [](Story& s) {
         s.syscall().callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME, UTRACE_RESUME,
                              39, 0);
     },
     [](Story& s) {
         s.syscall().callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME, UTRACE_RESUME,
                              39, -K_ENOSYS);
     }},
    {"C-259",
     [](Story& s) {
         report(s.syscall().ran()).callback(0, CallbackKind::syscall_exit, EXIT_OF_CALL);
     },
     [](Story& s) {
         report(s.syscall().ran().callback(0, CallbackKind::syscall_exit, EXIT_OF_CALL));
     }},
    {"C-261", [](Story& s) { s.exits().callback(0, CallbackKind::exit, EXIT); },
     [](Story& s) { s.callback(0, CallbackKind::exit, EXIT).exits(); }},
    {"C-263", [](Story& s) { clone_report(s.child(2, 1).instruction(2), 0); },
     [](Story& s) { clone_report(s.child(2, 1), 0).instruction(2); }},
    {"C-264",
     [](Story& s) {
         clone_report(s, vfork, UTRACE_STOP).stop_bit(0, true, 1).state(1, TASK_UNINTERRUPTIBLE);
     },
     [](Story& s) { clone_report(s, vfork, UTRACE_STOP).stop_bit(0, true, 1).traced(); }},
    {"C-265", [](Story& s) { s.dead().callback(0, CallbackKind::reap, REAP); },
     [](Story& s) { s.dead(1, EXIT_DEAD).callback(0, CallbackKind::reap, REAP); }},
    {"C-266", [](Story& s) { handler_report(s); }, [](Story& s) { handler_report(s.handler(10)); }},
    {"C-267", [](Story& s) { s.set_events(0, TERM | CORE).send(15).take(15).exits(15); },
     [](Story& s) {
         s.set_events(0, TERM | CORE).send(15);
         s.signal(0, 15, TERM, UTRACE_SIGNAL_TERM | UTRACE_RESUME, UTRACE_SIGNAL_TERM).exits(15);
     }},
    {"C-269",
     [](Story& s) {
         s.callback(0, CallbackKind::jctl, JCTL, UTRACE_RESUME, UTRACE_RESUME, 5, 5);
         s.tell(EventKind::notify_cldstop, {1, 6});
     },
     [](Story& s) {
         s.callback(0, CallbackKind::jctl, JCTL, UTRACE_RESUME, UTRACE_RESUME, 5, 5);
         s.tell(EventKind::notify_cldstop, {1, 5});
     }},
    {"C-270",
     [](Story& s) {
         s.dead().callback(0, CallbackKind::death, DEATH, UTRACE_RESUME, UTRACE_RESUME, 1, 17);
     },
     [](Story& s) {
         s.tell(EventKind::notify_parent, {1, 17, 0}).dead();
         s.callback(0, CallbackKind::death, DEATH, UTRACE_RESUME, UTRACE_RESUME, 1, 17);
     }},
    {"C-271", [](Story& s) { s.set_events(0, DEATH).dead().end(); },
     [](Story& s) { s.set_events(0, DEATH).dead().callback(0, CallbackKind::death, DEATH).end(); }},
    {"C-272", [](Story& s) { report_during_report(s).instruction(); },
     [](Story& s) { report_during_report(s).quiesce(1).instruction(); }},
    {"C-273",
     [](Story& s) {
         during(s.state(1, TASK_INTERRUPTIBLE), 0, UTRACE_REPORT, 0,
                [](Story& story) { story.woken(); });
     },
     [](Story& s) { s.state(1, TASK_INTERRUPTIBLE).control(0, UTRACE_REPORT, 0); }},
};

const ClauseCases machine = {
    {"C-274", [](Story& s) { s.step_switch(StepSwitch::enable_single, 1, Story::tracer); },
     [](Story& s) { s.traced().step_switch(StepSwitch::enable_single, 1, Story::tracer); }},
    {"C-275", [](Story& s) { branch(block_step(s).user(1, true, true)).instruction(); },
     [](Story& s) { branch(block_step(s).user(1, true, true)).trap(); }},
    {"C-276", [](Story& s) { s.step_switch(StepSwitch::disable).user(1, true); },
     [](Story& s) { s.step_switch(StepSwitch::disable).user(); }},
};

}  // namespace

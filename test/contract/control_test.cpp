// SPDX-License-Identifier: MIT
// Stories about utrace_control: what breaks each clause, then what does not.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr auto quiesce = CallbackKind::quiesce;
constexpr std::int64_t in_progress = -K_EINPROGRESS;

Story& sleeps_in_call(Story& s) {
    s.syscall().state(1, TASK_INTERRUPTIBLE).control(0, UTRACE_STOP, in_progress);
    return s.state(1, TASK_RUNNING);
}

const ClauseCases detach_and_stop = {
    {"C-190", [](Story& s) { s.dead().control(0, UTRACE_RESUME, 0); },
     [](Story& s) { s.dead().control(0, UTRACE_RESUME, -K_ESRCH); }},
    {"C-191",
     [](Story& s) {
         during(stop_by_answer(s), 0, UTRACE_DETACH, 0,
                [](Story& story) { story.stop_bit(0, false); });
     },
     [](Story& s) { let_go(stop_by_answer(s), 0, UTRACE_DETACH); }},
    {"C-192",
     [](Story& s) {
         s.dead(1, EXIT_DEAD).callback(0, CallbackKind::reap, REAP).control(0, UTRACE_DETACH, 0);
     },
     [](Story& s) {
         s.dead(1, EXIT_DEAD).callback(0, CallbackKind::reap, REAP);
         s.control(0, UTRACE_DETACH, -K_ESRCH);
     }},
    {"C-193",
     [](Story& s) { s.dead().begin(0, CallbackKind::death, DEATH).control(0, UTRACE_DETACH, 0); },
     [](Story& s) {
         s.dead().begin(0, CallbackKind::death, DEATH).control(0, UTRACE_DETACH, -K_EALREADY);
     }},
    {"C-194", [](Story& s) { s.dead().control(0, UTRACE_DETACH, -K_EALREADY).detached(0); },
     [](Story& s) {
         s.dead().control(0, UTRACE_DETACH, -K_EALREADY);
         s.callback(0, CallbackKind::death, DEATH, UTRACE_DETACH).detached(0);
     }},
    {"C-195", [](Story& s) { s.begin(0, quiesce).control(0, UTRACE_DETACH, 0); },
     [](Story& s) {
         s.begin(0, quiesce).control(0, UTRACE_DETACH, in_progress).answer(0, quiesce);
         s.detached(0).end();
     }},
    {"C-196", [](Story& s) { s.traced().control(0, UTRACE_DETACH, 0).woken().quiesce(0); },
     [](Story& s) { s.traced().control(0, UTRACE_DETACH, 0).woken(); }},
    {"C-197",
     [](Story& s) {
         s.kill().control(0, UTRACE_DETACH, 0).dead().callback(0, CallbackKind::death, DEATH);
     },
     [](Story& s) { s.kill().control(0, UTRACE_DETACH, 0).dead(); }},
    {"C-198", [](Story& s) { s.control(0, UTRACE_DETACH, 0).quiesce(0); },
     [](Story& s) { s.control(0, UTRACE_DETACH, 0).detached(0); }},
    {"C-199", [](Story& s) { s.control(0, UTRACE_DETACH, 0).control(0, UTRACE_RESUME, 0); },
     [](Story& s) { s.control(0, UTRACE_DETACH, 0).control(0, UTRACE_RESUME, -K_ESRCH); }},
    {"C-200", [](Story& s) { s.control(0, UTRACE_STOP, 0); },
     [](Story& s) { s.traced().control(0, UTRACE_STOP, 0); }},
    {"C-201",
     [](Story& s) {
         s.traced().stop_bit(0, true).control(0, UTRACE_STOP, 0).woken().instruction();
     },
     [](Story& s) {
         let_go(s.traced().stop_bit(0, true).control(0, UTRACE_STOP, 0)).instruction();
     }},
    {"C-202", [](Story& s) { s.control(0, UTRACE_STOP, in_progress).instruction(); },
     [](Story& s) { s.control(0, UTRACE_STOP, in_progress).quiesce(0).instruction(); }},
    {"C-203", [](Story& s) { sleeps_in_call(s).ran(1, 0, -K_ERESTARTSYS); },
     [](Story& s) { sleeps_in_call(s).ran(1, 0, 9); }},
    {"C-204",
     [](Story& s) {
         report(s, UTRACE_STOP | UTRACE_SIGNAL_IGN).stop_bit(0, true, 1).instruction();
     },
     [](Story& s) { report(s, UTRACE_STOP | UTRACE_SIGNAL_IGN).stop_bit(0, true, 1).traced(); }},
};

const ClauseCases requests = {
    {"C-205", [](Story& s) { during(stop_by_answer(s), 0, UTRACE_RESUME, 0, [](Story&) {}); },
     [](Story& s) { let_go(stop_by_answer(s)); }},
    {"C-206",
     [](Story& s) {
         during(stop_by_answer(s.attach(1, 1)), 1, UTRACE_RESUME, 0,
                [](Story& story) { story.woken(); });
     },
     [](Story& s) { stop_by_answer(s.attach(1, 1)).control(1, UTRACE_RESUME, 0); }},
    {"C-207",
     [](Story& s) {
         during(s, 0, UTRACE_RESUME, 0,
                [](Story& story) { story.step_switch(StepSwitch::disable, 1, Story::tracer); });
     },
     [](Story& s) { s.control(0, UTRACE_RESUME, 0); }},
    {"C-208", [](Story& s) { s.control(0, UTRACE_REPORT, 0).instruction(); },
     [](Story& s) { s.control(0, UTRACE_REPORT, 0).quiesce(0).instruction(); }},
    {"C-209", [](Story& s) { let_go(stop_by_answer(s), 0, UTRACE_REPORT).instruction(); },
     [](Story& s) { let_go(stop_by_answer(s), 0, UTRACE_REPORT).quiesce(0).instruction(); }},
    {"C-210",
     [](Story& s) {
         stop_by_answer(s.attach(1, 1).set_events(1, QUIESCE))
             .control(1, UTRACE_REPORT, 0)
             .quiesce(1);
     },
     [](Story& s) {
         stop_by_answer(s.attach(1, 1).set_events(1, QUIESCE)).control(1, UTRACE_REPORT, 0);
     }},
    {"C-211", [](Story& s) { s.set_events(0, 0).control(0, UTRACE_REPORT, 0); },
     [](Story& s) { s.set_events(0, 0).control(0, UTRACE_REPORT, -K_EINVAL); }},
    {"C-212", [](Story& s) { s.control(0, UTRACE_INTERRUPT, 0).instruction(); },
     [](Story& s) { report(s.control(0, UTRACE_INTERRUPT, 0)).instruction(); }},
    {"C-213", [](Story& s) { s.state(1, TASK_INTERRUPTIBLE).control(0, UTRACE_INTERRUPT, 0); },
     [](Story& s) {
         during(s.state(1, TASK_INTERRUPTIBLE), 0, UTRACE_INTERRUPT, 0,
                [](Story& story) { story.woken(); });
     }},
    {"C-214",
     [](Story& s) {
         stop_by_answer(s.attach(1, 1).set_events(1, QUIESCE))
             .control(1, UTRACE_INTERRUPT, 0)
             .quiesce(1);
     },
     [](Story& s) {
         stop_by_answer(s.attach(1, 1).set_events(1, QUIESCE)).control(1, UTRACE_INTERRUPT, 0);
     }},
    {"C-215", [](Story& s) { report(s, UTRACE_RESUME | UTRACE_SIGNAL_TERM).instruction(); },
     [](Story& s) { report(s, UTRACE_RESUME | UTRACE_SIGNAL_TERM).exits(); }},
};

const ClauseCases steps = {
    {"C-216", [](Story& s) { s.control(0, UTRACE_SINGLESTEP, -K_EOPNOTSUPP); },
     [](Story& s) { s.control(0, UTRACE_SINGLESTEP, 0); }},
    // An answer asks as well, and so does a block step that becomes a single one.
    {"C-216",
     [](Story& s) {
         s.quiesce(0, UTRACE_SINGLESTEP);
         s.tell(EventKind::warning, {0, s.text("SINGLESTEP on a machine without single step")}, 1);
     },
     [](Story& s) {
         s.quiesce(0, UTRACE_SINGLESTEP).quiesce(0, UTRACE_RESUME, EXIT);
         s.tell(EventKind::warning, {0, s.text("SINGLESTEP on a machine without single step")}, 1);
         s.control(0, UTRACE_SINGLESTEP, 0);
     }},
    {"C-216",
     [](Story& s) {
         s.enter(ApiCall::control, 1, 0, UTRACE_BLOCKSTEP);
         s.tell(EventKind::warning, {0, s.text("BLOCKSTEP on a machine without block step")},
                Story::tracer);
     },
     [](Story& s) { s.control(0, UTRACE_BLOCKSTEP, 0); }},
    {"C-217", [](Story& s) { let_go(stop_by_answer(s), 0, UTRACE_SINGLESTEP).user(1, false); },
     [](Story& s) { let_go(stop_by_answer(s), 0, UTRACE_SINGLESTEP).user(1, true); }},
    {"C-218", [](Story& s) { s.step_switch(StepSwitch::enable_single).quiesce(0).user(1, true); },
     [](Story& s) {
         s.step_switch(StepSwitch::enable_single).quiesce(0).step_switch(StepSwitch::disable);
         s.user();
     }},
    {"C-219", [](Story& s) { s.quiesce(0, UTRACE_SINGLESTEP).user(1, false); },
     [](Story& s) { s.quiesce(0, UTRACE_SINGLESTEP).user(1, true); }},
    {"C-220", [](Story& s) { s.set_events(0, 0).control(0, UTRACE_SINGLESTEP, 0); },
     [](Story& s) { s.set_events(0, 0).control(0, UTRACE_SINGLESTEP, -K_EINVAL); }},
    {"C-221", [](Story& s) { s.control(0, UTRACE_SINGLESTEP, -K_EAGAIN); },
     [](Story& s) { s.control(0, UTRACE_SINGLESTEP, 0); }},
    {"C-222", [](Story& s) { block_step(s).user(1, true, true).instruction().trap(); },
     [](Story& s) { branch(block_step(s).user(1, true, true)).trap(); }},
    {"C-223",
     [](Story& s) {
         s.attach(1, 1).list(1).quiesce(0, UTRACE_SINGLESTEP);
         s.quiesce(1, UTRACE_BLOCKSTEP, 0, UTRACE_SINGLESTEP).user(1, true, true);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).quiesce(0, UTRACE_SINGLESTEP);
         s.quiesce(1, UTRACE_BLOCKSTEP, 0, UTRACE_SINGLESTEP).user(1, true, false);
     }},
    {"C-224",
     [](Story& s) { s.control(0, UTRACE_INTERRUPT, 0).state(1, TASK_INTERRUPTIBLE).end(); },
     [](Story& s) { report(s.control(0, UTRACE_INTERRUPT, 0)).end(); }},
    {"C-225",
     [](Story& s) {
         let_go(stop_by_answer(s.step_switch(StepSwitch::enable_single))).user(1, true);
     },
     [](Story& s) {
         stop_by_answer(s.step_switch(StepSwitch::enable_single));
         s.step_switch(StepSwitch::disable, 1, Story::tracer);
         let_go(s).user();
     }},
};

}  // namespace

// SPDX-License-Identifier: MIT
// Stories about rounds and answers: what breaks each clause, then what does not.
#include "contract/story.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr std::uint64_t EXEC = UTRACE_EVENT(EVENT_EXEC);
constexpr std::uint64_t ENTRY = UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
constexpr std::uint64_t EXIT_OF_CALL = UTRACE_EVENT(EVENT_SYSCALL_EXIT);
constexpr std::uint64_t SIGNAL = UTRACE_EVENT(EVENT_SIGNAL);

/// A second and a third engine.
Story& three(Story& s, std::uint64_t mask) {
    s.set_events(0, mask);
    for (const std::uint32_t engine : {1u, 2u})
        s.attach(engine, 1).set_events(engine, mask).list(engine);
    return s;
}

const ClauseCases rounds = {
    {"C-046", [](Story& s) { s.set_events(0, ENTRY).syscall().ran(); },
     [](Story& s) {
         s.set_events(0, ENTRY).syscall();
         s.callback(0, CallbackKind::syscall_entry, ENTRY).ran();
     }},
    {"C-047", [](Story& s) { s.bug("report_exec", "the engine's table has no such callback"); },
     [](Story& s) { s.set_events(0, EXEC); }},
    {"C-048", [](Story& s) { s.callback(0, CallbackKind::exec, SIGNAL); },
     [](Story& s) { s.callback(0, CallbackKind::signal, SIGNAL); }},
    {"C-049", [](Story& s) { s.callback(0, CallbackKind::syscall_entry, EXIT_OF_CALL); },
     [](Story& s) { s.callback(0, CallbackKind::syscall_entry, ENTRY); }},
    {"C-050",
     [](Story& s) {
         three(s, EXEC).exec().callback(1, CallbackKind::exec, EXEC);
         s.callback(0, CallbackKind::exec, EXEC);
     },
     [](Story& s) {
         three(s, EXEC).exec().callback(0, CallbackKind::exec, EXEC);
         s.callback(1, CallbackKind::exec, EXEC);
     }},
    {"C-051",
     [](Story& s) {
         three(s, ENTRY).syscall().callback(0, CallbackKind::syscall_entry, ENTRY);
         s.callback(1, CallbackKind::syscall_entry, ENTRY);
     },
     [](Story& s) {
         three(s, ENTRY).syscall().callback(1, CallbackKind::syscall_entry, ENTRY);
         s.callback(0, CallbackKind::syscall_entry, ENTRY);
     }},
    {"C-052",
     [](Story& s) {
         three(s, QUIESCE).syscall().quiesce(0, UTRACE_RESUME, ENTRY);
         s.quiesce(1, UTRACE_RESUME, ENTRY);
     },
     [](Story& s) {
         three(s, QUIESCE).syscall().quiesce(1, UTRACE_RESUME, ENTRY);
         s.quiesce(0, UTRACE_RESUME, ENTRY);
     }},
    {"C-053",
     [](Story& s) { three(s, ENTRY).syscall().callback(0, CallbackKind::syscall_entry, ENTRY); },
     [](Story& s) { three(s, ENTRY).syscall().callback(2, CallbackKind::syscall_entry, ENTRY); }},
    {"C-054", [](Story& s) { s.state(1, TASK_INTERRUPTIBLE).quiesce(0); },
     [](Story& s) { s.quiesce(0); }},
    {"C-056", [](Story& s) { s.begin(0, CallbackKind::quiesce).end(); },
     [](Story& s) { s.quiesce(0).end(); }},
    {"C-060",
     [](Story& s) {
         s.user();
         s.tell(EventKind::callback, {1, 0, static_cast<int>(CallbackKind::quiesce), UTRACE_RESUME},
                Story::tracer);
     },
     [](Story& s) { s.user().quiesce(0); }},
};

const ClauseCases answers = {
    {"C-061", [](Story& s) { three(s, QUIESCE).quiesce(0, UTRACE_REPORT).quiesce(1); },
     [](Story& s) {
         three(s, QUIESCE).quiesce(0, UTRACE_REPORT).quiesce(1, UTRACE_RESUME, 0, UTRACE_REPORT);
     }},
    {"C-062", [](Story& s) { s.quiesce(0, UTRACE_RESUME, 0, UTRACE_STOP); },
     [](Story& s) { s.quiesce(0); }},
    {"C-063", [](Story& s) { s.quiesce(0, UTRACE_RESUME, 0, UTRACE_RESUME | UTRACE_SIGNAL_IGN); },
     [](Story& s) { s.quiesce(0); }},
    {"C-064", [](Story& s) { s.quiesce(0, 7); }, [](Story& s) { s.quiesce(0, UTRACE_DETACH); }},
    {"C-065",
     [](Story& s) {
         three(s, QUIESCE).quiesce(0, UTRACE_STOP).stop_bit(0, true);
         s.quiesce(1, UTRACE_RESUME, 0, UTRACE_STOP).instruction();
     },
     [](Story& s) {
         three(s, QUIESCE).quiesce(0, UTRACE_STOP).stop_bit(0, true);
         s.quiesce(1, UTRACE_RESUME, 0, UTRACE_STOP).traced();
         s.stop_bit(0, false).control(0, UTRACE_RESUME).woken().instruction();
     }},
    {"C-066",
     [](Story& s) {
         three(s, QUIESCE).quiesce(0, UTRACE_SINGLESTEP);
         s.quiesce(1, UTRACE_REPORT, 0, UTRACE_SINGLESTEP);
         s.quiesce(2, UTRACE_RESUME, 0, UTRACE_SINGLESTEP);
     },
     [](Story& s) {
         three(s, QUIESCE).quiesce(0, UTRACE_SINGLESTEP);
         s.quiesce(1, UTRACE_REPORT, 0, UTRACE_SINGLESTEP);
         s.quiesce(2, UTRACE_RESUME, 0, UTRACE_REPORT);
     }},
    {"C-067", [](Story& s) { s.exec().quiesce(0, UTRACE_STOP, EXEC).traced(); },
     [](Story& s) { s.exec().quiesce(0, UTRACE_STOP, EXEC).quiesce(0, UTRACE_STOP).traced(); }},
    {"C-068", [](Story& s) { s.step_switch(StepSwitch::enable_single).quiesce(0).user(1, true); },
     [](Story& s) {
         s.step_switch(StepSwitch::enable_single).quiesce(0).step_switch(StepSwitch::disable);
         s.quiesce(0).user();
     }},
    {"C-069", [](Story& s) { s.control(0, UTRACE_REPORT).quiesce(0, UTRACE_RESUME, EXEC).user(); },
     [](Story& s) { s.control(0, UTRACE_REPORT).quiesce(0).user(); }},
    {"C-070", [](Story& s) { s.quiesce(0, UTRACE_STOP).stop_bit(0, true).stop_bit(0, false); },
     [](Story& s) {
         s.quiesce(0, UTRACE_STOP).stop_bit(0, true).enter(ApiCall::control, 1, 0, UTRACE_RESUME);
         s.stop_bit(0, false);
     }},
    {"C-071", [](Story& s) { s.quiesce(0, UTRACE_DETACH).end(); },
     [](Story& s) { s.quiesce(0, UTRACE_DETACH).detached(0).end(); }},
    {"C-072",
     [](Story& s) {
         s.exec().quiesce(0, UTRACE_DETACH, EXEC).callback(0, CallbackKind::exec, EXEC);
     },
     [](Story& s) { s.exec().quiesce(0, UTRACE_DETACH, EXEC).detached(0); }},
    {"C-073", [](Story& s) { s.quiesce(0, UTRACE_DETACH).barrier(0, 0); },
     [](Story& s) { s.quiesce(0, UTRACE_DETACH).barrier(0, -K_ESRCH); }},
    {"C-074", [](Story& s) { s.attach(1, 1).user().quiesce(0).user(); },
     [](Story& s) { s.attach(1, 1).user().list(1).quiesce(0).user(); }},
};

const ClauseCases quiesces = {
    {"C-076", [](Story& s) { s.set_events(0, EXEC).quiesce(0); }, [](Story& s) { s.quiesce(0); }},
    {"C-078",
     [](Story& s) {
         s.set_events(0, QUIESCE | EXEC).user().exec().callback(0, CallbackKind::exec, EXEC);
     },
     [](Story& s) {
         s.set_events(0, QUIESCE | EXEC).user().exec().quiesce(0, UTRACE_RESUME, EXEC);
         s.callback(0, CallbackKind::exec, EXEC);
     }},
    {"C-079", [](Story& s) { s.quiesce(0, UTRACE_RESUME, ENTRY); },
     [](Story& s) { s.syscall().quiesce(0, UTRACE_RESUME, ENTRY).ran().quiesce(0); }},
    {"C-081",
     [](Story& s) {
         s.exec().begin(0, CallbackKind::quiesce, EXEC).set_events(0, QUIESCE | EXEC, 0, 1);
         s.answer(0, CallbackKind::quiesce).user();
     },
     [](Story& s) {
         s.exec().begin(0, CallbackKind::quiesce, EXEC).set_events(0, QUIESCE | EXEC, 0, 1);
         s.answer(0, CallbackKind::quiesce).callback(0, CallbackKind::exec, EXEC).user();
     }},
    {"C-082", [](Story& s) { s.quiesce(0); },
     [](Story& s) { s.control(0, UTRACE_REPORT).quiesce(0); }},
};

}  // namespace

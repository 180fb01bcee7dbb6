// SPDX-License-Identifier: MIT
// Stories about the invariants of events, arguments and steps: what breaks each, what does not.
#include "contract/story.hpp"
#include "support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr std::uint64_t EXEC = UTRACE_EVENT(EVENT_EXEC);
constexpr std::uint64_t ENTRY = UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
constexpr std::uint64_t DEATH = UTRACE_EVENT(EVENT_DEATH);
constexpr std::uint64_t REAP = UTRACE_EVENT(EVENT_REAP);
constexpr std::uint32_t repeat = UTRACE_SYSCALL_RESUMED | UTRACE_RESUME;

const ClauseCases cases = {
    {"I6", [](Story& s) { s.control(0, UTRACE_DETACH, 0).quiesce(0); },
     [](Story& s) { s.control(0, UTRACE_DETACH, 0).detached(0); }},
    {"I8", [](Story& s) { s.enter(ApiCall::barrier, 1, 0).end(RunEnd::livelock); },
     [](Story& s) { s.barrier(0).end(); }},
    {"I10",
     [](Story& s) {
         s.syscall().callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_STOP).traced().kill();
         s.woken(1, 1).ran();
     },
     [](Story& s) {
         s.syscall().callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_STOP).traced().kill();
         s.woken(1, 1).skipped();
     }},
    {"I11",
     [](Story& s) {
         s.exec().callback(0, CallbackKind::exec, EXEC).callback(0, CallbackKind::exec, EXEC);
     },
     [](Story& s) {
         s.exec().callback(0, CallbackKind::exec, EXEC);
         s.exec().callback(0, CallbackKind::exec, EXEC);
     }},
    {"I12",
     [](Story& s) {
         s.dead().callback(0, CallbackKind::reap, REAP).callback(0, CallbackKind::death, DEATH);
     },
     [](Story& s) {
         s.dead().callback(0, CallbackKind::death, DEATH).callback(0, CallbackKind::reap, REAP);
     }},
    {"I18",
     [](Story& s) {
         s.step_switch(StepSwitch::enable_single).user(1, true).instruction().instruction();
     },
     [](Story& s) { s.step_switch(StepSwitch::enable_single).user(1, true).instruction().trap(); }},
    {"I20", [](Story& s) { s.user().state(1, TASK_STOPPED).woken().instruction(); },
     [](Story& s) { s.user().state(1, TASK_STOPPED).send(K_SIGCONT).woken().instruction(); }},
    {"I21",
     [](Story& s) {
         s.syscall().callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME, repeat);
     },
     [](Story& s) {
         s.syscall().callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_STOP).traced().woken();
         s.callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_RESUME, repeat).ran();
     }},
    {"I22",
     [](Story& s) {
         s.syscall();
         s.callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_SYSCALL_ABORT | UTRACE_RESUME);
         s.ran();
     },
     [](Story& s) {
         s.syscall();
         s.callback(0, CallbackKind::syscall_entry, ENTRY, UTRACE_SYSCALL_ABORT | UTRACE_RESUME);
         s.skipped();
     }},
    {"I23", [](Story& s) { s.dead().reaped().attach(1, 1); },
     [](Story& s) { s.dead().reaped().attach_fails(1, UTRACE_ATTACH_CREATE, -K_ESRCH); }},
};

}  // namespace

TEST_CASE("a child of a stepped parent that inherits the step is a finding", "[contract]") {
    Story story("I18");
    story.step_switch(StepSwitch::enable_single);
    story.tell(EventKind::new_task, {2, 1, 102, 0, 1}, 1);
    CHECK(story.broken() != "");
}

// SPDX-License-Identifier: MIT
// Stories about clone, exec and job control: what breaks each clause, then what does not.
#include "contract/story.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr std::uint64_t CLONE = UTRACE_EVENT(EVENT_CLONE);
constexpr std::uint64_t EXEC = UTRACE_EVENT(EVENT_EXEC);
constexpr std::uint64_t JCTL = UTRACE_EVENT(EVENT_JCTL);
constexpr std::int64_t vfork = 0x4000;

/// report_clone of engine 0 about task 2 begins.
Story& born(Story& s, std::int64_t flags = 0) {
    s.syscall().child(2, 1, flags);
    return s.begin(0, CallbackKind::clone, CLONE, UTRACE_RESUME, flags, 2);
}

/// In it the child gets an engine of its own, 5, with QUIESCE.
Story& adopted(Story& s) {
    return born(s).attach(5, 2, UTRACE_ATTACH_CREATE, 1, 0, 1).set_events(5, QUIESCE, 0, 1);
}

const ClauseCases cases = {
    {"C-108", [](Story& s) { s.child(2, 1).user(2).begin(0, CallbackKind::clone, CLONE, 5, 0, 2); },
     [](Story& s) { born(s); }},
    {"C-109", [](Story& s) { s.child(2, 1, vfork).begin(0, CallbackKind::clone, CLONE, 5, 0, 2); },
     [](Story& s) { born(s, vfork); }},
    {"C-110",
     [](Story& s) { born(s).attach_fails(2, UTRACE_ATTACH_CREATE, -K_ESRCH, 1, 0, none, 1); },
     [](Story& s) { adopted(s); }},
    {"C-111",
     [](Story& s) {
         adopted(s).control(5, UTRACE_STOP, -K_EINPROGRESS, 1).answer(0, CallbackKind::clone);
         s.instruction(2);
     },
     [](Story& s) {
         adopted(s).control(5, UTRACE_STOP, -K_EINPROGRESS, 1).answer(0, CallbackKind::clone);
         s.list(5).quiesce(5, UTRACE_STOP);
     }},
    {"C-112",
     [](Story& s) {
         adopted(s).control(5, UTRACE_REPORT, 0, 1).answer(0, CallbackKind::clone).instruction(2);
     },
     [](Story& s) {
         adopted(s).control(5, UTRACE_REPORT, 0, 1).answer(0, CallbackKind::clone);
         s.list(5).quiesce(5).instruction(2);
     }},
    {"C-113", [](Story& s) { born(s).instruction(2); },
     [](Story& s) { born(s).answer(0, CallbackKind::clone).instruction(2); }},
    {"C-114",
     [](Story& s) {
         born(s, vfork).answer(0, CallbackKind::clone, UTRACE_STOP).stop_bit(0, true, 1);
         s.state(1, TASK_UNINTERRUPTIBLE);
     },
     [](Story& s) {
         born(s, vfork).answer(0, CallbackKind::clone, UTRACE_STOP).stop_bit(0, true, 1);
         s.traced().woken().state(1, TASK_UNINTERRUPTIBLE);
     }},
    {"C-115", [](Story& s) { born(s).answer(0, CallbackKind::clone, UTRACE_STOP).traced(); },
     [](Story& s) {
         born(s).answer(0, CallbackKind::clone, UTRACE_STOP).ran().quiesce(0, UTRACE_STOP).traced();
     }},
    {"C-116", [](Story& s) { s.callback(0, CallbackKind::exec, EXEC); },
     [](Story& s) { s.exec().callback(0, CallbackKind::exec, EXEC); }},
    {"C-117",
     [](Story& s) {
         s.send(K_SIGSTOP).callback(0, CallbackKind::jctl, JCTL, 5, 5, CLD_CONTINUED_, 0);
     },
     [](Story& s) {
         s.send(K_SIGSTOP).callback(0, CallbackKind::jctl, JCTL, 5, 5, CLD_STOPPED_, 0);
     }},
    {"C-118",
     [](Story& s) {
         s.callback(0, CallbackKind::jctl, JCTL, 5, 5, CLD_STOPPED_, CLD_STOPPED_).user();
     },
     [](Story& s) {
         s.callback(0, CallbackKind::jctl, JCTL, 5, 5, CLD_STOPPED_, CLD_STOPPED_);
         s.tell(EventKind::notify_cldstop, {1, CLD_STOPPED_}).user();
     }},
    {"C-119",
     [](Story& s) {
         s.callback(0, CallbackKind::jctl, JCTL, 5, 5, CLD_STOPPED_, CLD_STOPPED_);
         s.tell(EventKind::notify_cldstop, {1, CLD_CONTINUED_});
     },
     [](Story& s) {
         s.callback(0, CallbackKind::jctl, JCTL, 5, 5, CLD_CONTINUED_, CLD_STOPPED_);
         s.tell(EventKind::notify_cldstop, {1, CLD_STOPPED_});
     }},
};

}  // namespace

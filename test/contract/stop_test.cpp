// SPDX-License-Identifier: MIT
// Stories about stops and SIGKILL: what breaks each clause, then what does not.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

Story& lock(Story& s, EventKind kind) {
    const std::int64_t lock = std::int64_t{static_cast<int>(LockClass::utrace)} << 32 | 1;
    return s.tell(kind, {lock, 0}, Story::tracer);
}

/// Two threads of one group; the first is job-control stopped, the second stopped for an engine.
/// Then somebody continues the group.
Story& continued_group(Story& s) {
    constexpr std::int64_t clone_thread = 0x10000;
    s.child(2, 1, clone_thread).state(1, TASK_STOPPED).state(2, TASK_TRACED);
    return s.state(1, TASK_RUNNING, 0, Story::tracer);
}

const ClauseCases cases = {
    {"C-158", [](Story& s) { touch_registers(s); },
     [](Story& s) { touch_registers(stop_by_answer(s)); }},
    {"C-159", [](Story& s) { stop_by_answer(s).instruction(); },
     [](Story& s) { let_go(stop_by_answer(s)).instruction(); }},
    {"C-160", [](Story& s) { s.control(0, UTRACE_STOP, 0); },
     [](Story& s) { s.control(0, UTRACE_STOP, -K_EINPROGRESS); }},
    {"C-161",
     [](Story& s) { s.control(0, UTRACE_STOP, -K_EINPROGRESS).stop_bit(0, true).traced().end(); },
     [](Story& s) { stop_by_answer(s.control(0, UTRACE_STOP, -K_EINPROGRESS)).end(); }},
    {"C-162",
     [](Story& s) {
         s.state(1, TASK_INTERRUPTIBLE);
         during(s, 0, UTRACE_STOP, -K_EINPROGRESS, [](Story& story) { story.woken(); });
     },
     [](Story& s) { s.state(1, TASK_INTERRUPTIBLE).control(0, UTRACE_STOP, -K_EINPROGRESS); }},
    {"C-163",
     [](Story& s) {
         during(stop_by_answer(s), 0, UTRACE_RESUME, 0,
                [](Story& story) { story.stop_bit(0, false); });
     },
     [](Story& s) { let_go(stop_by_answer(s)); }},
    {"C-164", [](Story& s) { stop_by_answer(s).quiesce(0); },
     [](Story& s) { let_go(stop_by_answer(s)).quiesce(0); }},
    {"C-165", [](Story& s) { s.traced().kill().end(); },
     [](Story& s) { s.traced().kill().woken().exits().dead().end(); }},
    {"C-166", [](Story& s) { s.traced().kill().woken().instruction(); },
     [](Story& s) { s.traced().kill().woken().exits(); }},
    {"C-167", [](Story& s) { kill_by_group(s.traced()).woken().instruction(); },
     [](Story& s) { kill_by_group(s.traced()).woken().exits(); }},
    {"C-168", [](Story& s) { kill_by_group(s.traced()).end(); },
     [](Story& s) { kill_by_group(s.traced()).woken().exits().dead().end(); }},
    {"C-169", [](Story& s) { s.begin(0, CallbackKind::quiesce).kill().end(); },
     [](Story& s) { s.quiesce(0).kill().exits().dead().end(); }},
    {"C-170",
     [](Story& s) {
         lock(s.quiesce(0).traced(), EventKind::lock_taken).kill().woken().instruction();
     },
     [](Story& s) {
         lock(s.quiesce(0).traced(), EventKind::lock_taken).kill().woken();
         lock(s, EventKind::lock_released).exits();
     }},
    {"C-171", [](Story& s) { s.traced().send(10).woken(); }, [](Story& s) { s.traced().send(10); }},
    {"C-172", [](Story& s) { continued_group(s).tell(EventKind::notify_cldstop, {1, 5}).end(); },
     [](Story& s) { continued_group(s).tell(EventKind::notify_cldstop, {1, 6}).end(); }},
    {"C-173", [](Story& s) { let_go(s.state(1, TASK_STOPPED).traced()); },
     [](Story& s) {
         during(s.state(1, TASK_STOPPED).traced(), 0, UTRACE_RESUME, 0,
                [](Story& story) { story.state(1, TASK_STOPPED, 0, Story::tracer); });
     }},
};

}  // namespace

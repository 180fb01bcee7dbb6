// SPDX-License-Identifier: MIT
// Stories about exit, death, and reaping: what breaks each clause, then what does not.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr auto death = CallbackKind::death;
constexpr auto reap = CallbackKind::reap;

Story& tell_parent(Story& s, std::int64_t signal, std::int64_t code) {
    return s.tell(EventKind::notify_parent, {1, signal, code});
}

const ClauseCases cases = {
    {"C-140", [](Story& s) { s.callback(0, CallbackKind::exit, EXIT).instruction(); },
     [](Story& s) { s.callback(0, CallbackKind::exit, EXIT); }},
    {"C-141",
     [](Story& s) {
         tell_parent(s.callback(0, CallbackKind::exit, EXIT).exits(256), K_SIGCHLD, 512);
     },
     [](Story& s) {
         tell_parent(s.callback(0, CallbackKind::exit, EXIT).exits(256), K_SIGCHLD, 256);
     }},
    {"C-142",
     [](Story& s) {
         s.callback(0, CallbackKind::exit, EXIT, UTRACE_STOP).stop_bit(0, true, 1).exits();
     },
     [](Story& s) {
         s.callback(0, CallbackKind::exit, EXIT, UTRACE_STOP).stop_bit(0, true, 1).traced();
         let_go(s).exits();
     }},
    {"C-143", [](Story& s) { s.exits().end(); }, [](Story& s) { s.exits().dead().end(); }},
    {"C-144", [](Story& s) { s.dead().end(); },
     [](Story& s) { s.dead().quiesce(0, UTRACE_RESUME, DEATH).end(); }},
    {"C-145", [](Story& s) { s.callback(0, death, DEATH); },
     [](Story& s) { s.dead().callback(0, death, DEATH); }},
    {"C-146", [](Story& s) { s.dead().begin(0, death, DEATH).callback(0, reap, REAP); },
     [](Story& s) { s.dead().callback(0, death, DEATH).callback(0, reap, REAP); }},
    {"C-147",
     [](Story& s) { s.dead().callback(0, death, DEATH, UTRACE_DETACH).callback(0, reap, REAP); },
     [](Story& s) { s.dead().callback(0, death, DEATH, UTRACE_DETACH).detached(0); }},
    {"C-148", [](Story& s) { s.dead().state(1, TASK_TRACED, EXIT_ZOMBIE); },
     [](Story& s) { s.dead().callback(0, death, DEATH, UTRACE_STOP); }},
    {"C-149", [](Story& s) { s.dead().callback(0, death, DEATH).quiesce(0, UTRACE_RESUME, DEATH); },
     [](Story& s) { s.dead().callback(0, death, DEATH).callback(0, reap, REAP); }},
    {"C-150", [](Story& s) { s.dead(1, EXIT_DEAD).callback(0, reap, REAP).quiesce(0); },
     [](Story& s) { s.dead(1, EXIT_DEAD).callback(0, reap, REAP).detached(0).end(); }},
    {"C-151", [](Story& s) { s.set_events(0, REAP).dead(1, EXIT_DEAD).reaped().end(); },
     [](Story& s) {
         s.set_events(0, REAP).dead(1, EXIT_DEAD).callback(0, reap, REAP).reaped().end();
     }},
    {"C-152", [](Story& s) { s.dead(1, EXIT_DEAD).begin(0, reap, REAP).end(); },
     [](Story& s) { s.dead(1, EXIT_DEAD).callback(0, reap, REAP).end(); }},
    {"C-153",
     [](Story& s) { s.dead(1, EXIT_DEAD).callback(0, reap, REAP).control(0, UTRACE_RESUME, 0); },
     [](Story& s) {
         s.dead(1, EXIT_DEAD).callback(0, reap, REAP).control(0, UTRACE_RESUME, -K_ESRCH);
     }},
    {"C-154",
     [](Story& s) { s.set_events(0, DEATH).dead().set_events(0, 0).callback(0, death, DEATH); },
     [](Story& s) { s.set_events(0, DEATH).dead().set_events(0, 0); }},
    {"C-155",
     [](Story& s) {
         s.attach(1, 1).dead(1, EXIT_DEAD).callback(1, reap, REAP).callback(0, death, DEATH);
     },
     [](Story& s) { s.dead(1, EXIT_DEAD).callback(0, death, DEATH).callback(0, reap, REAP); }},
    {"C-156", [](Story& s) { s.dead().callback(0, death, DEATH); },
     [](Story& s) { s.dead().quiesce(0, UTRACE_RESUME, DEATH).end(); }},
    {"C-157", [](Story& s) { s.dead(1, EXIT_DEAD).callback(0, reap, REAP).look_up(0, 1); },
     [](Story& s) { s.dead(1, EXIT_DEAD).callback(0, reap, REAP).attach_fails(1, 0, -K_ENOENT); }},
};

}  // namespace

// SPDX-License-Identifier: MIT
// Stories about utrace_set_events: what breaks each clause, then what does not.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr auto quiesce = CallbackKind::quiesce;

const ClauseCases cases = {
    {"C-174", [](Story& s) { s.set_events(0, EXEC).quiesce(0); },
     [](Story& s) { s.set_events(0, EXEC).callback(0, CallbackKind::exec, EXEC); }},
    {"C-175",
     [](Story& s) {
         s.set_events(0, DEATH).dead().begin(0, CallbackKind::death, DEATH).set_events(0, 0, 0);
     },
     [](Story& s) {
         s.set_events(0, DEATH).dead().begin(0, CallbackKind::death, DEATH);
         s.set_events(0, 0, -K_EALREADY);
     }},
    {"C-176", [](Story& s) { s.dead().set_events(0, QUIESCE | DEATH, 0); },
     [](Story& s) { s.dead().set_events(0, QUIESCE | DEATH, -K_EALREADY); }},
    {"C-177", [](Story& s) { s.control(0, UTRACE_DETACH, 0).set_events(0, 0, 0); },
     [](Story& s) { s.control(0, UTRACE_DETACH, 0).set_events(0, 0, -K_ESRCH); }},
    {"C-178", [](Story& s) { s.traced().set_events(0, QUIESCE).woken().instruction(); },
     [](Story& s) { s.traced().set_events(0, QUIESCE).woken().quiesce(0).instruction(); }},
    {"C-179", [](Story& s) { s.begin(0, quiesce).set_events(0, 0, 0); },
     [](Story& s) { s.begin(0, quiesce).set_events(0, 0, -K_EINPROGRESS); }},
    {"C-180",
     [](Story& s) {
         s.set_events(0, QUIESCE | EXEC).set_events(0, QUIESCE);
         s.callback(0, CallbackKind::exec, EXEC);
     },
     [](Story& s) { s.set_events(0, QUIESCE | EXEC).set_events(0, QUIESCE).quiesce(0); }},
    {"C-181", [](Story& s) { s.set_events(0, QUIESCE | EXEC, -K_EINPROGRESS); },
     [](Story& s) { s.set_events(0, QUIESCE | EXEC, 0); }},
    {"C-182", [](Story& s) { s.begin(0, quiesce).set_events(0, 0, -K_EINPROGRESS, 1); },
     [](Story& s) { s.begin(0, quiesce).set_events(0, 0, 0, 1); }},
    {"C-183",
     [](Story& s) {
         s.begin(0, CallbackKind::exec, EXEC).attach(1, 1, UTRACE_ATTACH_CREATE, 1, 0, 1);
         s.answer(0, CallbackKind::exec).callback(1, CallbackKind::exec, EXEC);
     },
     [](Story& s) {
         s.begin(0, CallbackKind::exec, EXEC).attach(1, 1, UTRACE_ATTACH_CREATE, 1, 0, 1);
         s.answer(0, CallbackKind::exec).user().callback(1, CallbackKind::exec, EXEC);
     }},
    {"C-184",
     [](Story& s) { s.begin(0, quiesce).set_events(0, 0, -K_EINPROGRESS).set_events(0, 0, 0); },
     [](Story& s) {
         s.begin(0, quiesce).set_events(0, 0, -K_EINPROGRESS).answer(0, quiesce);
         s.set_events(0, 0, 0);
     }},
    {"C-185",
     [](Story& s) {
         s.set_events(0, QUIESCE | EXEC).kill().set_events(0, QUIESCE);
         s.callback(0, CallbackKind::exec, EXEC);
     },
     [](Story& s) { s.set_events(0, QUIESCE | EXEC).kill().set_events(0, QUIESCE); }},
    {"C-187", [](Story& s) { s.set_events(0, QUIESCE | ENGINE_STOP).user().traced(); },
     [](Story& s) { stop_by_answer(s.set_events(0, QUIESCE | ENGINE_STOP)); }},
    {"C-188", [](Story& s) { s.dead().end(); },
     [](Story& s) { s.dead().quiesce(0, UTRACE_RESUME, DEATH).end(); }},
};

}  // namespace

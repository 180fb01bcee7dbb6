// SPDX-License-Identifier: MIT
// Stories about attaching: what breaks each clause, then what does not.
#include "contract/story.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

const ClauseCases cases = {
    {"C-001", [](Story& s) { s.attach_fails(1, UTRACE_ATTACH_CREATE, 0); },
     [](Story& s) { s.attach(1, 1); }},
    {"C-002",
     [](Story& s) {
         s.task(2);
         s.tell(EventKind::callback,
                {2, 0, static_cast<int>(CallbackKind::quiesce), UTRACE_RESUME});
     },
     [](Story& s) { s.quiesce(0); }},
    {"C-003", [](Story& s) { s.attach(1, 1).list(1).quiesce(1); },
     [](Story& s) { s.attach(1, 1).list(1).quiesce(0); }},
    {"C-004", [](Story& s) { s.callback(0, CallbackKind::exec, UTRACE_EVENT(EVENT_EXEC)); },
     [](Story& s) { s.quiesce(0, UTRACE_RESUME, UTRACE_EVENT(EVENT_EXEC)); }},
    {"C-005",
     [](Story& s) {
         s.begin_attach(1, UTRACE_ATTACH_CREATE, 1, 0);
         s.bug("utrace_attach_task", "a task that was freed");
     },
     [](Story& s) { s.attach(1, 1); }},
    {"C-006",
     [](Story& s) {
         s.begin(0, CallbackKind::quiesce);
         s.attach_fails(1, UTRACE_ATTACH_CREATE, -K_ESRCH, 1, 0, none, 1);
     },
     [](Story& s) {
         s.begin(0, CallbackKind::quiesce).attach(1, 1, UTRACE_ATTACH_CREATE, 1, 0, 1);
     }},
    {"C-007", [](Story& s) { s.look_up(5, 1); }, [](Story& s) { s.look_up(0, 1); }},
    {"C-008", [](Story& s) { s.attach(1, 1, UTRACE_ATTACH_CREATE | UTRACE_ATTACH_EXCLUSIVE); },
     [](Story& s) {
         constexpr int flags = UTRACE_ATTACH_CREATE | UTRACE_ATTACH_EXCLUSIVE;
         s.attach_fails(1, flags, -K_EEXIST).attach(1, 1, flags | UTRACE_ATTACH_MATCH_OPS, 2);
     }},
    {"C-009", [](Story& s) { s.look_up(0, 1, UTRACE_ATTACH_MATCH_OPS, 2); },
     [](Story& s) { s.look_up(0, 1, UTRACE_ATTACH_MATCH_OPS, 1); }},
    {"C-010", [](Story& s) { s.look_up(0, 1, UTRACE_ATTACH_MATCH_DATA, 1, 7); },
     [](Story& s) { s.look_up(0, 1, UTRACE_ATTACH_MATCH_DATA, 1, 0); }},
    {"C-011", [](Story& s) { s.attach(1, 1).look_up(1, 1); },
     [](Story& s) { s.attach(1, 1).look_up(0, 1); }},
    {"C-015",
     [](Story& s) {
         s.quiesce(0, UTRACE_RESUME, UTRACE_EVENT(EVENT_EXEC)).attach(1, 1);
         s.quiesce(1, UTRACE_RESUME, UTRACE_EVENT(EVENT_EXEC));
     },
     [](Story& s) {
         constexpr std::uint64_t exec = UTRACE_EVENT(EVENT_EXEC);
         s.attach(1, 1).list(1).quiesce(0, UTRACE_RESUME, exec).attach(2, 1);
         s.quiesce(1, UTRACE_RESUME, exec).list(2).quiesce(2);
     }},
    {"C-016",
     [](Story& s) {
         s.begin(0, CallbackKind::quiesce).attach(1, 1, UTRACE_ATTACH_CREATE, 1, 0, 1);
         s.answer(0, CallbackKind::quiesce).quiesce(1);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).begin(0, CallbackKind::quiesce);
         s.attach(2, 1, UTRACE_ATTACH_CREATE, 1, 0, 1).answer(0, CallbackKind::quiesce);
         s.quiesce(1);
     }},
    {"C-017",
     [](Story& s) {
         s.begin(0, CallbackKind::quiesce).attach(1, 1, UTRACE_ATTACH_CREATE, 1, 0, 1);
         s.answer(0, CallbackKind::quiesce).user().quiesce(0);
     },
     [](Story& s) {
         s.begin(0, CallbackKind::quiesce).attach(1, 1, UTRACE_ATTACH_CREATE, 1, 0, 1);
         s.answer(0, CallbackKind::quiesce).user().list(1).quiesce(0);
     }},
    {"C-018", [](Story& s) { s.attach(1, 1).user().quiesce(0); },
     [](Story& s) { s.attach(1, 1).user().list(1).quiesce(0); }},
    {"C-021", [](Story& s) { s.dead(1, EXIT_DEAD).attach(1, 1).reaped().end(); },
     [](Story& s) { s.dead(1, EXIT_DEAD).attach(1, 1).detached(1).reaped().end(); }},
};

}  // namespace

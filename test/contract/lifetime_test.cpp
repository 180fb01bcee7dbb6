// SPDX-License-Identifier: MIT
// Stories about references and freeing: what breaks each clause, then what does not.
#include "contract/story.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

const ClauseCases cases = {
    {"C-025", [](Story& s) { s.detached(0).put(0).get(0); }, [](Story& s) { s.get(0); }},
    {"C-026", [](Story& s) { s.put(0).put(0); }, [](Story& s) { s.get(0).put(0).put(0); }},
    {"C-027", [](Story& s) { s.detached(0).freed(0); }, [](Story& s) { s.put(0).freed(0); }},
    {"C-028", [](Story& s) { s.look_up(0, 1).put(0).detached(0).freed(0).end(); },
     [](Story& s) { s.look_up(0, 1).put(0).put(0).detached(0).freed(0).end(); }},
    {"C-029", [](Story& s) { s.freed(0); }, [](Story& s) { s.detached(0).freed(0); }},
    {"C-030", [](Story& s) { s.put(0).freed(0).look_up(0, 1); },
     [](Story& s) { s.put(0).look_up(0, 1); }},
    {"C-031", [](Story& s) { s.put(0).detached(0).end(); },
     [](Story& s) { s.put(0).detached(0).freed(0).end(); }},
    {"C-032", [](Story& s) { s.freed(0).freed(0); }, [](Story& s) { s.freed(0); }},
    {"C-033", [](Story& s) { s.user().detached(0, Story::tracer); },
     [](Story& s) { s.user().traced().detached(0, Story::tracer); }},
    {"C-035", [](Story& s) { s.dead().reaped().end(); },
     [](Story& s) { s.dead().detached(0).reaped().end(); }},
    {"C-036",
     [](Story& s) {
         s.detached(0).enter(ApiCall::control, 1, 0, UTRACE_RESUME);
         s.bug("utrace_control", "use after free");
     },
     [](Story& s) { s.detached(0).control(0, UTRACE_RESUME, -K_ESRCH); }},
    {"C-037", [](Story& s) { s.detached(0).control(0, UTRACE_RESUME, 0); },
     [](Story& s) {
         s.detached(0).control(0, UTRACE_RESUME, -K_ESRCH).barrier(0, -K_ESRCH);
         s.set_events(0, QUIESCE, -K_ESRCH);
     }},
    {"C-038",
     [](Story& s) {
         s.enter(ApiCall::control, 1, 0, UTRACE_SINGLESTEP);
         s.tell(EventKind::sleep_in_atomic, {0, 0, 0, 1}, Story::tracer);
     },
     [](Story& s) { s.control(0, UTRACE_SINGLESTEP); }},
    {"C-040", [](Story& s) { s.tell(EventKind::lock_taken, {0, 0}, 1).quiesce(0); },
     [](Story& s) {
         s.tell(EventKind::lock_taken, {0, 0}, 1).tell(EventKind::lock_released, {0, 0}, 1);
         s.quiesce(0);
     }},
    {"C-041", [](Story& s) { s.begin(0, CallbackKind::quiesce).freed(0); },
     [](Story& s) { s.quiesce(0).freed(0); }},
    {"C-043",
     [](Story& s) { s.dead().callback(0, CallbackKind::reap, UTRACE_EVENT(EVENT_REAP)).end(); },
     [](Story& s) {
         s.dead().callback(0, CallbackKind::reap, UTRACE_EVENT(EVENT_REAP)).detached(0).end();
     }},
};

}  // namespace

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
};

}  // namespace

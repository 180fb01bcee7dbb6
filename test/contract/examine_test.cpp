// SPDX-License-Identifier: MIT
// Stories about utrace_barrier and examination: what breaks each clause, then what does not.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr auto quiesce = CallbackKind::quiesce;
constexpr std::int64_t in_progress = -K_EINPROGRESS;

Story& prepare(Story& s, std::int64_t result = 0, std::uint32_t by = Story::tracer) {
    return s.call(ApiCall::prepare_examine, 0, result, 0, 0, by);
}
Story& finish(Story& s, std::int64_t result = 0, std::uint32_t by = Story::tracer) {
    return s.call(ApiCall::finish_examine, 0, result, 0, 0, by);
}
/// Somebody wakes task 1 for no reason.
Story& spurious_wake(Story& s) {
    s.woken();
    return s.tell(EventKind::api, {static_cast<int>(ApiCall::wake), 1, none, 8, 1, 0, 0, 0},
                  Story::tracer);
}

const ClauseCases barriers = {
    {"C-226", [](Story& s) { s.begin(0, quiesce).barrier(0, 0); },
     [](Story& s) { s.quiesce(0).barrier(0, 0); }},
    {"C-227", [](Story& s) { s.barrier(0, -K_ERESTARTSYS); },
     [](Story& s) { s.send(1).barrier(0, -K_ERESTARTSYS); }},
    // What comes for somebody else does not interrupt the caller; an INTERRUPT for it does.
    {"C-227", [](Story& s) { s.task(2).instruction(2).send(1).barrier(0, -K_ERESTARTSYS, 2); },
     [](Story& s) {
         s.task(2).instruction(2).attach(1, 2).control(1, UTRACE_INTERRUPT);
         s.barrier(0, -K_ERESTARTSYS, 2);
     }},
    {"C-228", [](Story& s) { s.quiesce(0, UTRACE_STOP).barrier(0, 0); },
     [](Story& s) { s.quiesce(0, UTRACE_STOP).stop_bit(0, true, 1).barrier(0, 0); }},
    {"C-229", [](Story& s) { s.reaped().barrier(0, 0); },
     [](Story& s) { s.reaped().barrier(0, -K_ESRCH); }},
    {"C-229",
     [](Story& s) {
         s.reaped().enter(ApiCall::barrier, 1, 0);
         s.tell(EventKind::bug, {0, s.text("it is gone")}, Story::tracer);
     },
     [](Story& s) {
         s.enter(ApiCall::barrier, 1, 0).reaped();
         s.tell(EventKind::bug, {0, s.text("it is gone")}, Story::tracer);
         s.leave(ApiCall::barrier, 1, 0, -K_ESRCH).barrier(0, -K_ESRCH);
     }},
    // It begins when the barrier waits already.
    {"C-230",
     [](Story& s) {
         s.set_events(0, EXIT | QUIESCE).set_events(0, QUIESCE, in_progress);
         s.enter(ApiCall::barrier, 1, 0).begin(0, CallbackKind::exit, EXIT);
         s.leave(ApiCall::barrier, 1, 0, 0);
     },
     [](Story& s) {
         s.set_events(0, EXIT | QUIESCE).set_events(0, QUIESCE, in_progress);
         s.enter(ApiCall::barrier, 1, 0).begin(0, quiesce, EXIT);
         s.leave(ApiCall::barrier, 1, 0, 0);
     }},
    {"C-230", [](Story& s) { s.begin(0, quiesce).set_events(0, 0, in_progress).barrier(0, 0); },
     [](Story& s) {
         s.begin(0, quiesce).set_events(0, 0, in_progress).answer(0, quiesce).barrier(0, 0);
     }},
    {"C-231", [](Story& s) { s.control(0, UTRACE_DETACH, 0).barrier(0, -K_EINVAL); },
     [](Story& s) { s.control(0, UTRACE_DETACH, 0).barrier(0, -K_ESRCH); }},
    {"C-232", [](Story& s) { s.begin(0, quiesce).barrier(0, -K_ESRCH); },
     [](Story& s) { s.quiesce(0, UTRACE_DETACH).detached(0).barrier(0, -K_ESRCH); }},
    {"C-233", [](Story& s) { s.barrier(0, -K_ESRCH); }, [](Story& s) { s.barrier(0, 0); }},
    {"C-235", [](Story& s) { s.traced().control(0, UTRACE_DETACH, in_progress); },
     [](Story& s) { s.traced().control(0, UTRACE_DETACH, 0); }},
};

const ClauseCases examination = {
    {"C-236", [](Story& s) { prepare(s.begin(0, quiesce), -K_EAGAIN, 1); },
     [](Story& s) { prepare(s.begin(0, quiesce), 0, 1); }},
    {"C-237", [](Story& s) { prepare(s, -K_EINVAL); },
     [](Story& s) { prepare(stop_by_answer(s)); }},
    {"C-238", [](Story& s) { prepare(s); }, [](Story& s) { prepare(s.traced()); }},
    {"C-239", [](Story& s) { prepare(s); }, [](Story& s) { prepare(s, -K_EINVAL); }},
    {"C-239", [](Story& s) { prepare(stop_by_answer(s), -K_EINVAL); },
     [](Story& s) { prepare(stop_by_answer(s)); }},
    {"C-240", [](Story& s) { prepare(stop_by_answer(s)).instruction(); },
     [](Story& s) { let_go(finish(prepare(stop_by_answer(s)))).instruction(); }},
    {"C-241", [](Story& s) { prepare(stop_by_answer(s)).end(); },
     [](Story& s) { finish(prepare(stop_by_answer(s))).end(); }},
    // Each caller has a pair of its own.
    {"C-241", [](Story& s) { prepare(prepare(stop_by_answer(s))); },
     [](Story& s) {
         prepare(prepare(stop_by_answer(s)), 0, 8);
         finish(finish(s), 0, 8).end();
     }},
    {"C-241", [](Story& s) { finish(prepare(prepare(stop_by_answer(s)), 0, 8)).end(); },
     [](Story& s) { finish(prepare(stop_by_answer(s)), 0, 8).end(); }},
    {"C-242", [](Story& s) { finish(prepare(stop_by_answer(s)).woken().traced()); },
     [](Story& s) { finish(prepare(stop_by_answer(s))); }},
    {"C-243", [](Story& s) { finish(prepare(stop_by_answer(s)), -K_EAGAIN); },
     [](Story& s) { finish(prepare(stop_by_answer(s)).woken().traced(), -K_EAGAIN); }},
    {"C-244", [](Story& s) { touch_registers(s.dead().begin(0, CallbackKind::death, DEATH), 1); },
     [](Story& s) { touch_registers(s.begin(0, quiesce), 1); }},
    {"C-245", [](Story& s) { prepare(s.traced()); }, [](Story& s) { prepare(stop_by_answer(s)); }},
    {"C-246", [](Story& s) { finish(spurious_wake(prepare(stop_by_answer(s)))); },
     [](Story& s) { finish(spurious_wake(prepare(stop_by_answer(s))), -K_EAGAIN); }},
};

}  // namespace

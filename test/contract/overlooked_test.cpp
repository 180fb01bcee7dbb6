// SPDX-License-Identifier: MIT
// Stories about breaches that a monitor once did not see, each followed by one close to it that is
// as promised; and about traces that tell of nobody.
#include "contract/scenes.hpp"
#include "support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr int usr1 = 10;
constexpr std::uint64_t SIGNAL = UTRACE_EVENT(EVENT_SIGNAL);
constexpr auto entry = CallbackKind::syscall_entry;
constexpr std::uint32_t told_report = UTRACE_SIGNAL_REPORT | UTRACE_RESUME;
constexpr std::uint32_t told_handler = UTRACE_SIGNAL_HANDLER | UTRACE_RESUME;
constexpr std::uint32_t told_deliver = UTRACE_SIGNAL_DELIVER | UTRACE_RESUME;
constexpr std::uint32_t told_term = UTRACE_SIGNAL_TERM | UTRACE_RESUME;
constexpr std::uint32_t ignore = UTRACE_SIGNAL_IGN | UTRACE_RESUME;

/// A step was answered into the delivery, and the handler's frame is there.
Story& step_into_handler(Story& s) {
    s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_SINGLESTEP);
    return s.handler(usr1);
}

/// A round of report_signal ends with this answer, and the task gets its stepping switched off.
Story& answered(Story& s, std::uint32_t answer) {
    return s.signal(0, K_SIGTERM, TERM, told_term, answer).step_switch(StepSwitch::disable);
}

Story& takes(Story& s, int signal) {
    return s.traced().kill().woken(1, 1).tell(EventKind::signal_taken, {1, signal, 0, 0});
}

Story& stop_report(Story& s) {
    return s.callback(0, CallbackKind::jctl, JCTL, UTRACE_RESUME, UTRACE_RESUME, CLD_STOPPED_,
                      CLD_STOPPED_);
}

/// Task 2 is a thread of task 1, in user mode.
Story& with_thread(Story& s) {
    constexpr std::int64_t clone_thread = 0x10000;
    return s.child(2, 1, clone_thread).user(2);
}

/// Engine 0 answers REPORT at an entry, engine 1 stops the task and lets it go.
Story& report_beside_stop(Story& s) {
    s.attach(1, 1).list(1).set_events(0, ENTRY).syscall();
    s.callback(1, entry, ENTRY, UTRACE_STOP).stop_bit(1, true, 1);
    s.callback(0, entry, ENTRY, UTRACE_REPORT).traced();
    return let_go(s, 1);
}

/// Engine 0 holds the task, engine 1 asks for a callback.
Story& asks_while_held(Story& s, ResumeAction action) {
    return stop_by_answer(s.attach(1, 1).list(1).set_events(1, QUIESCE)).control(1, action, 0);
}

const ClauseCases overlooked = {
    {"C-030", [](Story& s) { s.put(0).attach_fails(1, 0, -K_ENOENT); },
     [](Story& s) { s.put(0).look_up(0, 1); }},
    // A step was the least of the answers, and nothing is switched on.
    {"C-068", [](Story& s) { s.quiesce(0, UTRACE_SINGLESTEP).user(); },
     [](Story& s) { single_step(s).user(1, true); }},
    {"C-068", [](Story& s) { s.quiesce(0, UTRACE_BLOCKSTEP).user(); },
     [](Story& s) {
         const std::uint32_t function = s.text("finish_resume_report");
         s.quiesce(0).user().quiesce(0, UTRACE_BLOCKSTEP);
         s.tell(EventKind::warning, {function, s.text("no single step")}, 1).user();
     }},
    {"C-088",
     [](Story& s) { step_into_handler(s).signal(0, 0, 0, told_report, ignore).instruction(); },
     [](Story& s) { step_into_handler(s).signal(0, 0, 0, told_handler, ignore).instruction(); }},
    {"C-098", [](Story& s) { answered(s, told_term).user(); },
     [](Story& s) { answered(s, told_term).exits(K_SIGTERM); }},
    {"C-098", [](Story& s) { answered(s, UTRACE_SIGNAL_STOP | UTRACE_RESUME).user(); },
     [](Story& s) {
         answered(s, UTRACE_SIGNAL_STOP | UTRACE_RESUME).state(1, TASK_STOPPED).woken().user();
     }},
    {"C-098",
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_TSTP | UTRACE_RESUME).handler(usr1);
     },
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_TSTP | UTRACE_RESUME).handler(12);
     }},
    // What comes behind the frame is about another signal.
    {"C-102",
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_STOP);
         s.handler(usr1).signal(0, 12, SIGNAL, told_deliver, ignore).instruction();
     },
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_STOP);
         s.handler(usr1).signal(0, 0, 0, told_report, ignore);
         s.signal(0, 12, SIGNAL, told_deliver, ignore).instruction();
     }},
    {"C-104", [](Story& s) { takes(s, K_SIGTERM).exits(K_SIGKILL); },
     [](Story& s) { takes(s, K_SIGKILL).exits(K_SIGKILL); }},
    {"C-118",
     [](Story& s) {
         stop_report(s).state(1, TASK_STOPPED).woken();
         s.callback(0, CallbackKind::jctl, JCTL, UTRACE_RESUME, UTRACE_RESUME, CLD_CONTINUED_, 0);
     },
     [](Story& s) { stop_report(s).tell(EventKind::notify_cldstop, {1, CLD_STOPPED_}); }},
    {"C-118", [](Story& s) { stop_report(with_thread(s)); },
     [](Story& s) {
         stop_report(with_thread(s).state(2, TASK_STOPPED));
         s.tell(EventKind::notify_cldstop, {1, CLD_STOPPED_});
     }},
    {"C-128", [](Story& s) { report_beside_stop(s).skipped(); },
     [](Story& s) {
         report_beside_stop(s)
             .callback(0, entry, ENTRY, UTRACE_RESUME, UTRACE_RESUME | UTRACE_SYSCALL_RESUMED)
             .skipped();
     }},
    {"C-143", [](Story& s) { s.child(2, 1).exits(0, 3).end(); },
     [](Story& s) { s.exits().dead().end(); }},
    {"C-160", [](Story& s) { s.control(0, UTRACE_STOP, -K_ESRCH); },
     [](Story& s) { s.control(0, UTRACE_STOP, -K_EINPROGRESS); }},
    {"C-190", [](Story& s) { s.dead().control(0, UTRACE_STOP, -K_EINVAL); },
     [](Story& s) { s.set_events(0, 0).dead().control(0, UTRACE_REPORT, -K_EINVAL); }},
    {"C-193",
     [](Story& s) {
         s.dead().begin(0, CallbackKind::death, DEATH).control(0, UTRACE_DETACH, -K_ESRCH);
     },
     [](Story& s) {
         s.dead().begin(0, CallbackKind::death, DEATH).state(1, TASK_DEAD, EXIT_DEAD);
         s.control(0, UTRACE_DETACH, -K_ESRCH);
     }},
    {"C-199", [](Story& s) { s.control(0, UTRACE_DETACH).control(0, UTRACE_RESUME, -K_EINVAL); },
     [](Story& s) { s.control(0, UTRACE_DETACH).control(0, UTRACE_RESUME, -K_ESRCH); }},
    {"C-199", [](Story& s) { s.control(0, UTRACE_DETACH).control(0, UTRACE_REPORT, -K_EINVAL); },
     [](Story& s) {
         s.dead().control(0, UTRACE_DETACH).detached(0);
         s.control(0, UTRACE_REPORT, -K_EINVAL);
     }},
    {"C-210", [](Story& s) { asks_while_held(s, UTRACE_REPORT).quiesce(1); },
     [](Story& s) { let_go(asks_while_held(s, UTRACE_REPORT)).quiesce(1); }},
    {"C-214", [](Story& s) { asks_while_held(s, UTRACE_INTERRUPT).quiesce(1); },
     [](Story& s) { let_go(asks_while_held(s, UTRACE_INTERRUPT)).quiesce(1); }},
    // It is marked as detached, and still on the list.
    {"C-232", [](Story& s) { s.control(0, UTRACE_DETACH).barrier(0, -K_ESRCH); },
     [](Story& s) { s.control(0, UTRACE_DETACH).detached(0).barrier(0, -K_ESRCH); }},
};

class NoNames final : public NameTable {
public:
    std::string_view actor(ActorId) const override { return ""; }
    std::string_view task(TaskId) const override { return ""; }
    std::string_view engine(EngineId) const override { return ""; }
    std::string_view static_text(std::uint32_t) const override { return ""; }
};

}  // namespace

TEST_CASE("what was too early or was not asked for is not called too late", "[contract]") {
    Story early("C-156");
    early.callback(0, CallbackKind::death, DEATH);
    CHECK(early.broken() == "");
    Story left("C-156");
    left.control(0, UTRACE_DETACH).detached(0).dead().callback(0, CallbackKind::death, DEATH);
    CHECK(left.broken() == "");
    Story request("C-214");
    asks_while_held(request, UTRACE_REPORT).quiesce(1);
    CHECK(request.broken() == "");
}

TEST_CASE("a trace may tell of nobody, by nobody, and of signals that there are not",
          "[contract]") {
    const NoNames names;
    Contract contract(names, ContractChoice::all());
    std::uint64_t step = 0;
    for (const std::int64_t filler :
         {std::int64_t{TaskId::none_value}, std::int64_t{0}, std::int64_t{-1}, std::int64_t{255}}) {
        for (const KindInfo& info : event_table()) {
            Event event;
            event.kind = info.kind;
            event.step = ++step;
            event.actor = ActorId{filler == 0 ? 0 : ActorId::none_value};
            event.value.fill(filler);
            contract.emit(event);
        }
    }
    contract.finish(RunEnd::quiet, ++step);
    CHECK(!contract.violations().empty());
}

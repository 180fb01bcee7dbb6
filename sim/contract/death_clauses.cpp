// SPDX-License-Identifier: MIT
// The end of a thread: exit, death and reap, in this order, each at most once for an engine, and
// nothing afterwards. The reaping may begin before the death has been reported.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t death_event = UTRACE_EVENT(EVENT_DEATH);
constexpr std::uint64_t exit_event = UTRACE_EVENT(EVENT_EXIT);

/// Nobody is inside a callback of the death report that does not end.
bool death_report_is_over(const Judge& j, TaskId task) { return j.ledger(task).deaths_open == 0; }

void exiting_for_good(Judge& j) {
    const TaskId task = j.task_in(0);
    const TaskView& view = j.task(task);
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        if (callback.kind != CallbackKind::exit) return;
        return j.expect(view.alive(), view.dead, [&] {
            return j.name(callback.engine) + " is told of the exit of " + j.name(task) +
                   ", which is dead already";
        });
    }
    if (view.exiting == never) return;
    j.expect(false, view.exiting,
             [&] { return j.name(task) + " runs user code after it has begun to exit"; });
}

/// Kept: 0, 1 after a report_exit, and the code that the task exits with, plus 2, after it.
void code_for_parent(Judge& j) {
    const TaskId task = j.task_in(0);
    constexpr std::uint64_t code_bits = 0xffffffff;
    switch (j.kind()) {
        case EventKind::callback_end:
            if (j.callback().kind == CallbackKind::exit) j.of(task) = 1;
            return;
        case EventKind::exit:
            if (j.of(task) == 1)
                j.of(task) = (static_cast<std::uint64_t>(j.value(1)) & code_bits) + 2;
            return;
        default:
            break;
    }
    if (j.of(task) < 2) return;
    const bool same = (static_cast<std::uint64_t>(j.value(2)) & code_bits) == j.of(task) - 2;
    j.expect(same, j.task(task).exiting, [&] {
        return "the parent of " + j.name(task) + " is told another exit code than report_exit left";
    });
}

void stop_before_exit(Judge& j) {
    if (j.kind() == EventKind::callback_end) {
        const CallbackReading callback = j.callback();
        const bool in_exit = j.engine(callback.engine).event == exit_event;
        if (in_exit && callback.resume() == UTRACE_STOP) j.exercised();
        return;
    }
    const TaskId task = j.task_in(0);
    if (excused(j, task)) return;
    const std::uint64_t traced = j.ledger(task).traced;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const AnswerView& answer = engine.answer;
        const bool said_stop = engine.stop && answer.event == exit_event && answer.step != never &&
                               utrace_resume_action(answer.word) == UTRACE_STOP;
        if (!said_stop || (traced != never && traced >= answer.step)) return;
        j.broken(answer.step,
                 j.name(task) + " exits although " + j.name(id) + " answered STOP in report_exit");
    });
}

void only_death_callbacks(Judge& j) {
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        const TaskView& task = j.task(callback.task);
        if (task.alive()) return;
        const bool fits = callback.kind == CallbackKind::reap || callback.event == death_event;
        j.expect(fits, task.dead, [&] {
            return j.name(callback.engine) + " gets a callback about " + j.name(callback.task) +
                   " that has nothing to do with its death";
        });
        return;
    }
    if (!ended(j)) return;
    every_engine(j, [&](EngineId id, const EngineView& engine) {
        const EngineLedger& ledger = j.ledger(id);
        const std::uint64_t quiesce = UTRACE_EVENT(EVENT_QUIESCE);
        const TaskId task{engine.task};
        if ((ledger.mask_at_death & engine.mask & quiesce) == 0 || engine.leaving != never) return;
        if (!death_report_is_over(j, task)) return;
        j.expect(ledger.death != never, j.task(task).dead, [&] {
            return j.name(id) + " has QUIESCE and did not hear of the death of " + j.name(task);
        });
    });
}

void reap_comes(Judge& j) {
    if (!ended(j)) return;
    every_engine(j, [&](EngineId id, const EngineView& engine) {
        const TaskId task{engine.task};
        const bool wants = (engine.mask & UTRACE_EVENT(EVENT_REAP)) != 0;
        if (!wants || engine.leaving != never || j.task(task).released == never) return;
        if (!death_report_is_over(j, task)) return;
        bool one_is_open = false;
        j.each_engine(task, [&](EngineId other, const EngineView&) {
            const EngineLedger& ledger = j.ledger(other);
            one_is_open = one_is_open || (ledger.reaping != never && ledger.reaped == never);
        });
        if (one_is_open) return;
        j.expect(j.ledger(id).reaping != never, j.task(task).released, [&] {
            return j.name(task) + " was reaped and " + j.name(id) + " did not hear of it";
        });
    });
}

/// Kept: the step in which the first report_reap about the task began.
void nothing_after_reap(Judge& j) {
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        Moment first = j.moment(callback.task);
        if (callback.kind == CallbackKind::reap && first == never) first = j.event().step;
        return;
    }
    const ApiReading api = j.api();
    const bool acts = api.call == ApiCall::control || api.call == ApiCall::set_events;
    if (!acts || !api.task.valid()) return;
    const std::uint64_t reaping = j.moment(api.task);
    if (reaping == never || j.call().step <= reaping) return;
    j.expect(api.result != 0, reaping, [&] {
        return "a call for " + j.name(api.engine) + " has an effect on " + j.name(api.task) +
               ", which is being reaped";
    });
}

constexpr Clause clauses[] = {
    {"C-140",
     Bound::utrace,
     "At report_exit the thread is going to exit, with no way back, but all that belongs to it is "
     "still there.",
     told(CallbackKind::exit) | while_exiting(on(EventKind::instruction, EventKind::user)),
     exiting_for_good,
     nullptr,
     {},
     "tutorial/death"},

    {"C-141",
     Bound::utrace,
     "The code that report_exit leaves is the status that the parent will see.",
     answers_of(CallbackKind::exit) | armed(on(EventKind::exit, EventKind::notify_parent)),
     code_for_parent,
     nullptr,
     {},
     "tutorial/death"},

    {"C-142",
     Bound::utrace,
     "STOP answered in report_exit holds the thread before it is cleaned up and dies; it can be "
     "examined.",
     answers_with(UTRACE_STOP) | while_held(on(EventKind::exit)),
     stop_before_exit,
     nullptr,
     {},
     "contract/exit-stop"},

    {"C-143",
     Bound::utrace,
     "A thread that exits and is let go dies.",
     {},
     nullptr,
     [](Judge& j) {
         if (!ended(j)) return;
         each_task(j, [&](TaskId id, const TaskView& task) {
             if (task.exiting == never) return;
             // Who is let go in a group that is stopped waits for SIGCONT.
             const bool held = task.traced() || task.stopped();
             if (held || task.calling != EngineId::none_value) return;
             j.expect(!task.alive(), task.exiting,
                      [&] { return j.name(id) + " has begun to exit and does not die"; });
         });
     },
     {},
     "tutorial/death"},

    {"C-144",
     Bound::utrace,
     "What dying triggers by itself is DEATH and QUIESCE: an engine with nothing but QUIESCE gets "
     "report_quiesce for DEATH, and no other event is reported about a dead thread.",
     while_dead(on(EventKind::callback)),
     only_death_callbacks,
     only_death_callbacks,
     {},
     "contract/death-for-quiesce"},

    {"C-145",
     Bound::utrace,
     "report_death comes when the thread is dead already; it may be reaped at the same time.",
     told(CallbackKind::death),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::death) return;
         j.expect(!j.task(callback.task).alive(), never, [&] {
             return j.name(callback.engine) + " gets report_death and " + j.name(callback.task) +
                    " is not dead";
         });
     },
     nullptr,
     {},
     "tutorial/death"},

    {"C-146",
     Bound::utrace,
     "An engine that gets both gets report_reap after its report_death has returned.",
     told(CallbackKind::death, CallbackKind::reap),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const EngineLedger& ledger = j.ledger(callback.engine);
         if (callback.kind == CallbackKind::death) {
             if (ledger.reaping == never) return;
             return j.expect(false, ledger.reaping, [&] {
                 return j.name(callback.engine) + " gets report_death after report_reap";
             });
         }
         if (callback.kind != CallbackKind::reap || ledger.death == never) return;
         const EngineView& engine = j.engine(callback.engine);
         j.expect(engine.in_callback == never, engine.in_callback, [&] {
             return j.name(callback.engine) + " gets report_reap while its report_death runs";
         });
     },
     nullptr,
     {},
     "tutorial/death"},

    {"C-147",
     Bound::utrace,
     "An engine that leaves in report_death does not get report_reap.",
     answers_with(UTRACE_DETACH) | armed(told(CallbackKind::reap)),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const EngineView& engine = j.engine(callback.engine);
         if (j.kind() == EventKind::callback_end) {
             if (engine.event != death_event || callback.resume() != UTRACE_DETACH) return;
             j.of(callback.engine) = 1;
             return j.exercised();
         }
         if (callback.kind != CallbackKind::reap || j.of(callback.engine) == 0) return;
         j.broken(engine.answer.step,
                  j.name(callback.engine) + " left in report_death and gets report_reap");
     },
     nullptr,
     {},
     "contract/detach-during-death"},

    {"C-148",
     Bound::utrace,
     "No resume action applies to a dead thread: of report_death's answers only DETACH means "
     "anything.",
     while_dead(answers_of(CallbackKind::quiesce, CallbackKind::death) |
                becomes(Standing::traced, Standing::stopped)),
     [](Judge& j) {
         if (j.kind() == EventKind::callback_end) {
             const CallbackReading callback = j.callback();
             const bool at_death = j.engine(callback.engine).event == death_event;
             if (at_death && callback.resume() < UTRACE_RESUME) j.exercised();
             return;
         }
         const TaskView& task = j.task(j.task_in(0));
         const std::int64_t stops = TaskView::task_traced | TaskView::task_stopped;
         if (task.alive() || (j.value(1) & stops) == 0) return;
         j.broken(task.dead, j.name(j.task_in(0)) + " is dead and stops for somebody");
     },
     nullptr,
     {},
     "contract/stop-at-death"},

    {"C-149",
     Bound::utrace,
     "report_death is the last callback but report_reap.",
     answers_of(CallbackKind::death) | armed(told_all_but(CallbackKind::reap)),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (j.kind() == EventKind::callback_end) {
             if (callback.kind != CallbackKind::death) return;
             j.moment(callback.engine) = j.event().step;
             return j.exercised();
         }
         const std::uint64_t death = j.moment(callback.engine);
         if (death == never || callback.kind == CallbackKind::reap) return;
         j.broken(death, j.name(callback.engine) + " gets another callback after report_death");
     },
     nullptr,
     {},
     "tutorial/death"},

    {"C-150",
     Bound::utrace,
     "report_reap is an engine's last callback, and detaches it.",
     told(CallbackKind::reap) | armed(on(EventKind::callback)),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind == CallbackKind::reap) j.of(callback.engine) = 1;
         const std::uint64_t reaping = j.ledger(callback.engine).reaping;
         if (reaping == never) return;
         j.broken(reaping, j.name(callback.engine) + " gets a callback after report_reap");
     },
     [](Judge& j) {
         if (!ended(j)) return;
         every_engine(j, [&](EngineId id, const EngineView& engine) {
             const std::uint64_t reaped = j.ledger(id).reaped;
             if (reaped == never) return;
             j.expect(engine.detached != never, reaped,
                      [&] { return j.name(id) + " is still attached after report_reap"; });
         });
     },
     {},
     "tutorial/death"},

    {"C-151",
     Bound::utrace,
     "report_reap comes when the parent has waited for the thread, or at once when nobody will.",
     {},
     nullptr,
     reap_comes,
     {},
     "contract/autoreap"},

    {"C-152",
     Bound::engine,
     "report_reap may run in the parent, which is not to be kept waiting.",
     {},
     nullptr,
     [](Judge& j) {
         if (!ended(j)) return;
         every_engine(j, [&](EngineId id, const EngineView&) {
             const EngineLedger& ledger = j.ledger(id);
             if (ledger.reaping == never) return;
             j.expect(
                 ledger.reaped != never, ledger.reaping,
                 [&] { return j.name(id) + " does not return from report_reap"; }, id);
         });
     },
     {},
     "tutorial/death"},

    comparing(Compares::calls,
              {"C-153",
               Bound::utrace,
               "Once report_reap has begun nothing more can be done to the thread.",
               told(CallbackKind::reap) | armed(returns(ApiCall::control, ApiCall::set_events)),
               nothing_after_reap,
               nullptr,
               {},
               "tutorial/death"}),

    {"C-154",
     Bound::utrace,
     "An engine whose bits were taken away after the thread died but before its death report gets "
     "nothing from that report.",
     (returns(ApiCall::set_events) & answered_0) | armed(told(CallbackKind::death)),
     [](Judge& j) {
         if (j.kind() == EventKind::api) {
             const ApiReading api = j.api();
             if (api.call != ApiCall::set_events || api.result != 0) return;
             const bool taken = (j.call().mask & ~api.flags & death_event) != 0;
             if (!taken || j.call().exit_state == 0 || j.ledger(api.engine).death != never) return;
             j.moment(api.engine) = j.event().step;
             return j.exercised();
         }
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::death || j.moment(callback.engine) == never) return;
         j.broken(j.moment(callback.engine),
                  j.name(callback.engine) + " gets report_death, which was switched off in time");
     },
     nullptr,
     {},
     "contract/death-switched-off"},

    {"C-155",
     Bound::utrace,
     "When the reaping comes first, report_reap waits for the end of the death report.",
     told(CallbackKind::reap) | with_event,
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const TaskLedger& task = j.ledger(callback.task);
         const EngineLedger& engine = j.ledger(callback.engine);
         if (callback.kind == CallbackKind::reap) {
             if (engine.death == never) return;
             return j.expect(task.deaths_open == 0, engine.death, [&] {
                 return j.name(callback.engine) +
                        " gets report_reap while the death is being reported";
             });
         }
         if (callback.event != death_event || task.reaps == 0) return;
         j.broken(j.task(callback.task).dead,
                  j.name(callback.engine) + " hears of the death after the reaping began");
     },
     nullptr,
     {},
     "contract/detach-during-death"},

    {"C-156",
     Bound::utrace,
     "An engine without DEATH in its mask when the thread died can never get report_death.",
     told(CallbackKind::death),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         // A callback before the death is for C-145, one to an engine that had left for C-198.
         const bool is_it = callback.kind == CallbackKind::death &&
                            !j.task(callback.task).alive() &&
                            j.engine(callback.engine).leaving == never;
         if (!is_it) return;
         const bool asked = (j.ledger(callback.engine).may_at_death & death_event) != 0;
         if (asked) return;
         j.broken(j.task(callback.task).dead,
                  j.name(callback.engine) + " gets report_death, which it asked for too late");
     },
     [](Judge& j) {
         if (!ended(j)) return;
         every_engine(j, [&](EngineId id, const EngineView& engine) {
             const bool dead = !j.task(TaskId{engine.task}).alive();
             if (dead && (j.ledger(id).may_at_death & death_event) == 0) j.exercised();
         });
     },
     {},
     "contract/death-refusals"},

    {"C-157",
     Bound::utrace,
     "A look-up never finds an engine that is being reaped.",
     returns(ApiCall::lookup),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (api.call != ApiCall::lookup || j.ledger(api.task).reaps == 0) return;
         if (api.result != 0) return j.exercised();
         const std::uint64_t reaping = j.ledger(api.engine).reaping;
         const bool gone = reaping != never && reaping < j.call().step;
         j.expect(!gone, reaping,
                  [&] { return j.name(api.engine) + " is found although it is being reaped"; });
     },
     nullptr,
     {},
     "contract/barrier-after-reap"},
};

}  // namespace

std::span<const Clause> death_clauses() { return clauses; }

}  // namespace utsim

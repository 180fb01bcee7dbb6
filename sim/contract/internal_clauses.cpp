// SPDX-License-Identifier: MIT
// What the implementation says about itself, as far as it shows from outside: nothing of a detached
// engine, nothing lost, nothing left over.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

constexpr std::int64_t task_dead = 64;
constexpr std::int64_t running = 0;

/// Kept: the step of a DETACH that was accepted, and 1 while one more callback may be on its way.
void nothing_of_detached(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        const bool on_its_way = api.result == -K_EINPROGRESS;
        if (!api.is_control(UTRACE_DETACH) || (api.result != 0 && !on_its_way)) return;
        j.moment(api.engine) = j.event().step;
        j.of(api.engine) = on_its_way ? 1 : 0;
        return j.exercised();
    }
    const CallbackReading callback = j.callback();
    const std::uint64_t since = j.moment(callback.engine);
    if (since == never) return;
    const bool last_one = j.of(callback.engine) != 0 && callback.kind != CallbackKind::reap;
    j.of(callback.engine) = 0;
    if (last_one) return;
    j.broken(since, j.name(callback.engine) + " is marked as detached and its own table is used");
}

/// Kept: 1 after a barrier that began behind the last change of the mask, until the next callback.
void change_in_effect(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (api.call != ApiCall::barrier || api.result != 0 || !api.engine.valid()) return;
        const std::uint64_t masked = j.engine(api.engine).masked;
        const bool counts = masked != never && masked <= j.call().step;
        if (counts) j.exercised();
        j.of(api.engine) = counts ? 1 : 0;
        return;
    }
    const CallbackReading callback = j.callback();
    if (j.of(callback.engine) == 0) return;
    j.of(callback.engine) = 0;
    const EngineView& engine = j.engine(callback.engine);
    const std::uint64_t quiet = j.ledger(callback.engine).quiet;
    if (quiet == never || engine.masked == never || engine.masked > quiet) return;
    if (engine.setting != 0 || engine.leaving != never || asked_for(engine, 0, callback)) return;
    j.broken(quiet,
             j.name(callback.engine) + " gets a callback that was switched off before a barrier");
}

void control_after_answer(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        const bool counts = api.call == ApiCall::control && api.result == 0 && api.engine.valid() &&
                            j.ledger(api.engine).quiet != never;
        if (counts) j.exercised();
        return;
    }
    if (j.value(2) == 0) return;
    const CallView* call = j.past().call(j.event().actor);
    const bool by_mask = call != nullptr && call->call == ApiCall::set_events;
    if (by_mask) return;  // early versions take the stop bit from there: C-187
    const EngineId id = j.engine_in(1);
    const EngineLedger& ledger = j.ledger(id);
    const EngineView& engine = j.engine(id);
    const bool after_barrier =
        ledger.quiet != never && ledger.own_call != never && ledger.own_call >= ledger.quiet;
    // The call was made from inside the callback, whose answer comes behind it.
    if (engine.answer.step != never && engine.answer.step >= ledger.own_call) return;
    if (!after_barrier || engine.controlling != 0 || engine.control_action == UTRACE_STOP) return;
    j.broken(ledger.own_call, "an old answer of " + j.name(id) + " overrides a later call for it");
}

/// Kept: the step of an INTERRUPT for a task that was not stopped and not yet reported.
void interrupt_is_not_lost(Judge& j) {
    switch (j.kind()) {
        case EventKind::api_enter:
            return take_back(j);
        case EventKind::api: {
            const ApiReading api = j.api();
            const EngineView& engine = j.engine(api.engine);
            const bool asks = api.is_control(UTRACE_INTERRUPT) && api.result == 0;
            if (!asks || !engine.quiesce() || engine.callbacks != j.call().callbacks) return;
            if (began_traced(j)) return;
            j.moment(api.engine) = j.event().step;
            return j.exercised();
        }
        case EventKind::callback:
            if (j.callback().event == 0) j.moment(j.callback().engine) = never;
            return;
        default:
            break;
    }
    if (!ended(j)) return;
    every_engine(j, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t asked = j.moment(id);
        const TaskId task{engine.task};
        const TaskView& view = j.task(task);
        if (asked == never || engine.leaving != never || excused(j, task)) return;
        const bool idle = view.alive() && view.state == running && view.exiting == never &&
                          view.calling == EngineId::none_value && !view.in_call;
        if (!idle) return;
        j.broken(asked, "the INTERRUPT of " + j.name(id) + " for " + j.name(task) + " is lost");
    });
}

void stops_for_somebody(Judge& j) {
    const TaskId task = j.task_in(0);
    const bool stops = (j.value(1) & TaskView::task_traced) != 0 && !j.task(task).traced();
    // To detach from a stopped job somebody else makes it TRACED for a moment.
    if (!stops || !j.past().is_current(j.event().actor, task)) return;
    if (stops_for_ptrace(j)) return;
    j.expect(held_by_any(j, task), never,
             [&] { return j.name(task) + " stops though no engine wants that any more"; });
}

constexpr std::string_view memory_order =
    "It is about the order in which processors see each other's stores; the simulator runs one "
    "step after the other.";

constexpr Clause clauses[] = {
    undecided("C-247", Bound::utrace,
              "A task with any flag set has its utrace memory, which lives as long as the task.",
              "Pointers are no events. A use of freed memory ends the run: I14."),
    undecided(
        "C-248", Bound::utrace,
        "The task walks its list of engines without the lock, because nobody else changes the "
        "list unless the task is quiescent.",
        "Which lists are walked is no event; what would come of a change is in C-016 and "
        "C-033."),

    {"C-249",
     Bound::utrace,
     "An engine that is marked as detached may still be visited, but nothing of its own is called.",
     (returns_control(UTRACE_DETACH) & accepted) | armed(on(EventKind::callback)),
     nothing_of_detached,
     nullptr,
     {},
     "contract/detach-with-others"},

    undecided("C-250", Bound::utrace,
              "New flags of an engine are never seen together with its old table.", memory_order),

    {"C-251",
     Bound::utrace,
     "Whoever has changed an engine and then sees that the thread is not at that engine knows that "
     "the change counts for all later callbacks.",
     (returns(ApiCall::barrier) & answered_0) | armed(on(EventKind::callback)),
     change_in_effect,
     nullptr,
     {},
     "contract/events-in-progress"},

    {"C-252",
     Bound::utrace,
     "After that a call that stops or lets go comes after the answer of the last callback.",
     (returns(ApiCall::control) & answered_0) | hold_begins,
     control_after_answer,
     nullptr,
     {},
     "contract/events-in-progress"},

    undecided("C-253", Bound::utrace,
              "The stop bit of the task's flags is taken away by utrace_reset only.",
              "The task's flags are no event; that nobody stops for a stale bit is C-257."),

    {"C-254",
     Bound::utrace,
     "A dead task keeps no flag but REAP.",
     becomes() | armed(told_all_but(CallbackKind::reap)),
     [](Judge& j) {
         if (j.kind() == EventKind::task_state) {
             if (j.value(1) != task_dead) return;
             j.of_all() = 1;  // Kept: whether anybody is dead.
             return j.exercised();
         }
         const CallbackReading callback = j.callback();
         if (callback.kind == CallbackKind::reap) return;
         if (j.task(callback.task).state != task_dead) return;
         j.broken(j.task(callback.task).dead, j.name(callback.engine) + " is called for " +
                                                  j.name(callback.task) + ", which is gone");
     },
     nullptr,
     {},
     "tutorial/death"},

    {"C-255",
     Bound::utrace,
     "An INTERRUPT that comes while the thread recomputes whether a signal is pending is not lost.",
     (returns_control(UTRACE_INTERRUPT) & answered_0) |
         armed(begins(ApiCall::control, ApiCall::set_events) | without_event),
     interrupt_is_not_lost,
     interrupt_is_not_lost,
     {},
     "contract/signal-out-of-nothing"},

    {"C-256",
     Bound::utrace,
     "That a handler was set up is reported before user mode or not at all.",
     told(CallbackKind::signal) & without_event,
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const bool handler = callback.kind == CallbackKind::signal && callback.event == 0 &&
                              utrace_signal_action(callback.word) == UTRACE_SIGNAL_HANDLER;
         if (!handler) return;
         const std::uint64_t built = j.task(callback.task).handler;
         const std::uint64_t returned = j.ledger(callback.task).returned;
         const bool fresh = built != never && (returned == never || built >= returned);
         j.expect(fresh, returned, [&] {
             return j.name(callback.engine) + " is told of a handler that " +
                    j.name(callback.task) + " has been running already";
         });
     },
     nullptr,
     {},
     "contract/handler-and-hold"},

    {"C-257",
     Bound::utrace,
     "If all engines let go between their answer of STOP and the stop itself, the thread does not "
     "stop.",
     becomes(Standing::traced),
     stops_for_somebody,
     nullptr,
     {},
     "tutorial/stop"},
};

}  // namespace

std::span<const Clause> internal_clauses() { return clauses; }

}  // namespace utsim

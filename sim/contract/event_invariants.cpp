// SPDX-License-Identifier: MIT
// The invariants about events, arguments and steps; those about requests, locks and progress are in
// invariants.cpp.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "kernel/signal_types.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t entry_event = UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
constexpr std::uint64_t exit_event = UTRACE_EVENT(EVENT_SYSCALL_EXIT);

/// I6. Once a call has answered so, nothing of the engine runs or begins.
void i6_quiet(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (!api.engine.valid() || j.past().is_current(j.event().actor, api.task)) return;
        const bool detached = api.is_control(UTRACE_DETACH) && api.result == 0;
        const bool barred = api.call == ApiCall::barrier && j.call().left != never &&
                            (api.result == 0 || api.result == -K_ESRCH);
        if (!detached && !barred) return;
        const EngineView& engine = j.engine(api.engine);
        j.moment(api.engine) = j.event().step;
        return j.expect(engine.in_callback == never, engine.in_callback, [&] {
            return "a callback of " + j.name(api.engine) + " still runs though it was detached";
        });
    }
    const EngineId engine = j.callback().engine;
    if (j.moment(engine) == never) return;
    j.broken(j.moment(engine), j.name(engine) + " is called after it was detached");
}

void i7_in_progress(Judge& j) {
    const ApiReading api = j.api();
    const bool about = api.is_control(UTRACE_DETACH) || api.call == ApiCall::set_events;
    if (!about || !api.engine.valid() || by_target(j)) return;
    const bool asleep = j.call().state != 0 && j.call().exit_state == 0 && state_kept(j);
    if (!asleep || j.task(api.task).calling != EngineId::none_value) return;
    j.expect(api.result != -K_EINPROGRESS, j.call().step, [&] {
        return "a call for " + j.name(api.engine) + " is answered with -EINPROGRESS while " +
               j.name(api.task) + " sleeps, outside of all callbacks";
    });
}

void i8_barrier_ends(Judge& j) {
    if (j.end() != RunEnd::quiet && j.end() != RunEnd::livelock) return;
    for (std::uint32_t a = 0; a < j.past().actor_count(); ++a) {
        const CallView* call = j.past().call(ActorId{a});
        if (call == nullptr || call->call != ApiCall::barrier) continue;
        const EngineId engine{call->engine};
        if (j.engine(engine).in_callback != never) continue;
        j.broken(call->step, "a barrier for " + j.name(engine) +
                                 " never ends, and no callback of it is running");
    }
}

/// I11: the second callback for one and the same event. Memory: event bits that were heard.
void i11_once(Judge& j) {
    const TaskId task = j.task_in(0);
    const auto forget = [&](TaskId id, std::uint64_t events) {
        j.each_engine(id, [&](EngineId engine, const EngineView&) { j.of(engine) &= ~events; });
    };
    switch (j.kind()) {
        case EventKind::exec:
            return forget(task, UTRACE_EVENT(EVENT_EXEC));
        case EventKind::new_task:
            return forget(j.task_in(1), UTRACE_EVENT(EVENT_CLONE));
        case EventKind::syscall_enter:
            return forget(task, exit_event);
        case EventKind::signal_taken:
            return forget(task, UTRACE_EVENT_SIGNAL_ALL);
        default:
            break;
    }
    constexpr std::uint64_t once = UTRACE_EVENT(EVENT_EXEC) | UTRACE_EVENT(EVENT_CLONE) |
                                   UTRACE_EVENT(EVENT_EXIT) | UTRACE_EVENT(EVENT_DEATH) |
                                   UTRACE_EVENT(EVENT_REAP) | UTRACE_EVENT_SIGNAL_ALL | exit_event;
    const CallbackReading callback = j.callback();
    if (callback.kind == CallbackKind::quiesce || (callback.event & once) == 0) return;
    j.expect((j.of(callback.engine) & callback.event) == 0, never,
             [&] { return j.name(callback.engine) + " hears of one event twice"; });
    j.of(callback.engine) |= callback.event;
}

void i12_final_events(Judge& j) {
    constexpr std::uint64_t death = 1;
    constexpr std::uint64_t reap = 2;
    const CallbackReading callback = j.callback();
    Number seen = j.of(callback.engine);
    if ((seen & reap) != 0) {
        return j.broken(never, j.name(callback.engine) + " is called after its report_reap");
    }
    if (callback.kind == CallbackKind::death) {
        const bool again = (seen & death) != 0;
        seen |= death;
        j.expect(!again, never,
                 [&] { return j.name(callback.engine) + " gets report_death twice"; });
    }
    if (callback.kind != CallbackKind::reap) return;
    seen |= reap;
    const std::uint64_t running = j.engine(callback.engine).in_callback;
    j.expect(running == never, running, [&] {
        return j.name(callback.engine) + " gets report_reap while another callback of it runs";
    });
}

void i18_step(Judge& j) {
    if (j.kind() == EventKind::new_task) {
        if (j.task(j.task_in(1)).stepping == 0) return;
        return j.expect(j.value(4) == 0, never, [&] {
            return j.name(j.task_in(0)) + " is born stepping, as its parent is stepped";
        });
    }
    const TaskId task = j.task_in(0);
    const StepView& step = j.ledger(task).step;
    if (!step.is_single()) return;
    if (j.kind() == EventKind::debug_trap) return j.exercised();
    if (!step_ran_away(j)) return;
    j.broken(step.since, j.name(task) + " executes more than one instruction in a single step");
}

/// I20. Memory: since when a task is stopped, and when the last SIGCONT was.
void i20_job_control(Judge& j) {
    const TaskId task = j.task_in(0);
    switch (j.kind()) {
        case EventKind::signal_generated:
            if (j.value(1) == K_SIGCONT) j.moment_of_all() = j.event().step;
            return;
        case EventKind::task_state:
            if (j.value(1) != TASK_STOPPED || !j.past().is_current(j.event().actor, task)) return;
            j.exercised();
            j.moment(task) = j.event().step;
            return;
        case EventKind::api:  // somebody wakes it for no reason
            if (j.api().call == ApiCall::wake && j.api().task.valid())
                j.moment(j.api().task) = never;
            return;
        default:
            break;
    }
    const std::uint64_t since = j.moment(task);
    j.moment(task) = never;
    const std::uint64_t continued = j.moment_of_all();
    const bool since_then = continued != never && continued >= since;
    if (since == never || since_then || excused(j, task)) return;
    j.broken(since, j.name(task) + " goes on from a job-control stop without SIGCONT");
}

/// I21, as far as it is about repeats: a report must be one when the task has stopped since it
/// entered its call (a first round can stop it without calling anybody), and can be one when there
/// was a round of this entry before: a stop that was taken back makes one that way. Kept for a
/// task: the call of which a second round has begun.
void i21_arguments(Judge& j) {
    const CallbackReading callback = j.callback();
    const TaskView& task = j.task(callback.task);
    if (callback.event != entry_event || !task.in_call) return;
    const TaskLedger& ledger = j.ledger(callback.task);
    const std::uint64_t this_call = task.call_step;
    const bool called = task.callbacks != ledger.callbacks_at_entry;
    if (called && j.past().begins_pass(callback)) j.moment(callback.task) = this_call;
    if (callback.kind != CallbackKind::syscall_entry) return;
    const bool repeats = ledger.stops != ledger.stops_at_entry;
    const bool says_so = (callback.word & UTRACE_SYSCALL_RESUMED) != 0;
    // An engine's answer can have the bit in it, which the next one is shown.
    const bool answered = task.pass_answers != 0 && !j.past().begins_pass(callback) &&
                          (task.pass_word & UTRACE_SYSCALL_RESUMED) != 0;
    const bool second_round = j.moment(callback.task) == this_call;
    if (says_so && !repeats && (answered || second_round)) return;
    j.expect(repeats == says_so, task.call_step, [&] {
        return j.name(callback.engine) + (says_so
                                              ? " is told of a repeat, and it is the first report"
                                              : " is not told that a report is a repeat");
    });
}

constexpr Clause clauses[] = {
    {"I6", Bound::utrace,
     "DETACH-QUIET: after DETACH answered 0, or a barrier behind it 0 or -ESRCH, no callback of "
     "the engine runs or begins.",
     (returns_control(UTRACE_DETACH) & answered_0) | returns(ApiCall::barrier) |
         armed(on(EventKind::callback)),
     i6_quiet},
    {"I7", Bound::utrace,
     "EINPROGRESS-TRUE: to switch events off or to leave is answered with -EINPROGRESS only while "
     "a callback of the engine runs or is bound to begin, so never while the task sleeps.",
     returns_control(UTRACE_DETACH) | returns(ApiCall::set_events), i7_in_progress},
    {"I8", Bound::utrace,
     "BARRIER-TERMINATES: a barrier ends once the task is outside the engine's callbacks.",
     returns(ApiCall::barrier),
     [](Judge& j) {
         if (j.api().call == ApiCall::barrier) j.exercised();
     },
     i8_barrier_ends},
    {"I10", Bound::utrace,
     "KILL-IS-CLEAN: a task that was killed in a stop at a system call's entry does not run the "
     "call.",
     while_killed(on(EventKind::syscall_ran, EventKind::syscall_skipped)),
     [](Judge& j) {
         const TaskId task = j.task_in(0);
         const TaskLedger& ledger = j.ledger(task);
         const bool here = ledger.at_entry && ledger.killed_in_stop && ledger.traced != never &&
                           ledger.traced >= j.task(task).call_step;
         if (!here) return;
         j.expect(j.kind() == EventKind::syscall_skipped, ledger.traced, [&] {
             return j.name(task) + " was killed at a system call's entry and still makes the call";
         });
     }},
    {"I11", Bound::utrace,
     "EVENT-COMPLETE: an event is told once to each engine that wants it (that it is told at all "
     "is C-046).",
     (with_event & told_all_but(CallbackKind::quiesce)) |
         armed(on(EventKind::exec, EventKind::new_task, EventKind::syscall_enter,
                  EventKind::signal_taken)),
     i11_once},
    {"I12", Bound::utrace,
     "FINAL-EVENTS: DEATH once, then REAP once, never at the same time, and nothing afterwards.",
     told(CallbackKind::death, CallbackKind::reap) | armed(on(EventKind::callback)),
     i12_final_events},
    undecided("I13", Bound::utrace, "RC-CONTRACT: return codes are as documented.",
              "it stands for C-174 to C-243, which have monitors of their own"),
    {"I18", Bound::utrace,
     "STEP-EXACT: a single step is one user instruction, and a new task is not stepped because its "
     "parent is.",
     on(EventKind::new_task) | while_stepping(on(EventKind::instruction, EventKind::syscall_enter,
                                                 EventKind::debug_trap)),
     i18_step},
    undecided("I19", Bound::utrace,
              "FLAG-HYGIENE: in user mode nothing is left in the layer's own fields.",
              "these fields are private state"),
    comparing(Compares::of_all,
              {"I20", Bound::utrace,
               "JOBCTL: a thread that stopped for job control runs no user code before SIGCONT.",
               on(EventKind::signal_generated) | becomes(Standing::stopped) |
                   armed(on(EventKind::instruction) | returns(ApiCall::wake)),
               i20_job_control}),
    comparing(
        Compares::call_step,
        {"I21", Bound::utrace,
         "ARGS: SYSCALL_RESUMED is in the word of repeated reports, and only there (for the other "
         "arguments see C-062, C-087 and C-118).",
         with_event, i21_arguments}),
    {"I22", Bound::utrace,
     "RESULT-CHAIN: an engine that does not handle a system call's entry does not change what "
     "another one decided about it.",
     on(EventKind::syscall_ran, EventKind::syscall_skipped),
     [](Judge& j) {
         const TaskView& task = j.task(j.task_in(0));
         const bool aborts = utrace_syscall_action(task.pass_word) == UTRACE_SYSCALL_ABORT;
         const bool from_entry = task.in_call && task.pass_open && task.last_event == entry_event;
         if (!from_entry || !aborts || task.pass_step < task.call_step) return;
         j.expect(j.kind() == EventKind::syscall_skipped, task.pass_step,
                  [&] { return j.name(j.task_in(0)) + " makes a call that was aborted"; });
     }},
    {"I23", Bound::utrace,
     "ATTACH-RULES: nothing is attached to a task that was released (for order and EXCLUSIVE see "
     "C-008 and C-011).",
     returns(ApiCall::attach),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (api.call != ApiCall::attach) return;
         const std::uint64_t released = j.task(api.task).released;
         const bool late = released != never && j.call().step > released;
         j.expect(!late || api.result != 0, released, [&] {
             return "an engine was attached to " + j.name(api.task) + ", which is gone";
         });
     }},
};

}  // namespace

std::span<const Clause> event_invariant_clauses() { return clauses; }

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Stepping: what a request for a step is worth, what the last round before user mode makes of it,
// and what is left of it afterwards. A return to user mode tells whether the trap flag is set; what
// the machine makes of the flag is the business of the last clauses.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

constexpr std::int64_t interruptible = 1;
constexpr std::uint64_t quiesce_event = UTRACE_EVENT(EVENT_QUIESCE);

bool is_step_call(const ApiReading& api) {
    return api.call == ApiCall::control && is_step(api.action) && api.engine.valid();
}

/// At a `user` event: the engines were asked just before, outside of any event, they are the last
/// ones who had anything to say, and what they answered together is known.
bool last_round_decides(const Judge& j) {
    const TaskId task = j.task_in(0);
    const TaskLedger& ledger = j.ledger(task);
    const PassView& pass = ledger.pass;
    if (pass.number == 0 || pass.step == never || pass.event != 0) return false;
    if (ledger.returned != never && pass.step <= ledger.returned) return false;
    const bool stopped = ledger.traced != never && ledger.traced >= pass.step;
    return !stopped && pass.undisturbed && pass.calls == ledger.calls &&
           pass.least != UTRACE_STOP && pass.least != UTRACE_INTERRUPT;
}

/// Whether a warning says that the machine cannot step.
void keep_machine(Judge& j) {
    if (j.text_in(1).find("single step") != std::string_view::npos) j.of_all() = 1;
}

/// That the machine cannot do it is what a warning says, or the answer of the call. Who answered
/// the request in a callback was asked in the round that has just ended.
void step_is_not_available(Judge& j) {
    const auto asks = [&](EngineId engine, bool available, std::uint64_t since) {
        j.expect(
            available, since,
            [&] { return j.name(engine) + " asks for a step that the machine cannot make"; },
            engine);
    };
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        if (is_step_call(api)) asks(api.engine, api.result != -K_EOPNOTSUPP, j.call().step);
        return;
    }
    if (j.text_in(1).find("on a machine without") == std::string_view::npos) return;
    const CallView* call = j.past().call(j.event().actor);
    if (call != nullptr && call->call == ApiCall::control) {
        return asks(EngineId{call->engine}, false, call->step);
    }
    const TaskId task = acting_task(j);
    if (!task.valid()) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const AnswerView& answer = engine.answer;
        const bool now = answer.step != never && answer.step >= j.task(task).pass_step;
        if (now && is_step(utrace_resume_action(answer.word))) asks(id, false, answer.step);
    });
}

/// A single step that was asked for in this way goes on behind its instruction.
void no_second_instruction(Judge& j, bool answered) {
    const TaskId task = j.task_in(0);
    const StepView& step = j.ledger(task).step;
    if (!step.is_single() || step.answered != answered || !step_ran_away(j)) return;
    j.broken(step.since, j.name(task) + " was to make a single step, and runs on without a trap");
}

using IsAsked = bool (*)(std::uint32_t action);

/// At a return to user mode: since when a step of this kind is owed that a stopped task was let go
/// with, nothing else having been said; else `never`. Kept: that step.
std::uint64_t accepted_step(Judge& j, IsAsked is_asked) {
    switch (j.kind()) {
        case EventKind::api_enter: {
            const ApiReading api = j.api();
            const bool changes = api.call == ApiCall::control || takes_out(j, quiesce_event);
            if (changes && api.task.valid()) j.moment(api.task) = never;
            return never;
        }
        case EventKind::api: {
            const ApiReading api = j.api();
            if (!is_step_call(api) || !is_asked(api.action) || api.result != 0) return never;
            if (!began_traced(j) || !undisturbed(j)) return never;
            const TaskLedger& ledger = j.ledger(api.task);
            const bool late = ledger.returned != never && ledger.returned > j.call().step;
            const bool heard = j.task(api.task).callbacks != ledger.callbacks_at_stop;
            const bool own_choice = ledger.calls == ledger.calls_at_stop + 1;
            if (late || heard || !own_choice || excused(j, api.task)) return never;
            j.moment(api.task) = j.event().step;
            return never;
        }
        case EventKind::user: {
            const TaskId task = j.task_in(0);
            const std::uint64_t asked = j.moment(task);
            j.moment(task) = never;
            return excused(j, task) ? never : asked;
        }
        default:  // a callback, a signal or its handler
            j.moment(j.task_in(0)) = never;
            return never;
    }
}

/// For `hears` of monitors that use it.
constexpr Interest accepted_step_kinds =
    (returns_control(UTRACE_SINGLESTEP, UTRACE_BLOCKSTEP) & answered_0) |
    armed(
        begins(ApiCall::control, ApiCall::set_events) |
        on(EventKind::callback, EventKind::signal_generated, EventKind::handler, EventKind::user));

bool is_one_more(const Judge& j) {
    return j.kind() == EventKind::instruction || j.kind() == EventKind::syscall_enter;
}

void one_instruction(Judge& j) {
    if (is_one_more(j)) return no_second_instruction(j, false);
    const std::uint64_t asked = accepted_step(j, is_step);
    if (asked == never) return;
    j.expect(j.value(3) != 0, asked, [&] {
        return "a step of " + j.name(j.task_in(0)) +
               " was accepted, nobody said anything else, and it runs freely";
    });
}

void last_round_says_run(Judge& j) {
    const TaskId task = j.task_in(0);
    if (!last_round_decides(j) || j.ledger(task).step_since_user) return;
    const PassView& pass = j.ledger(task).pass;
    if (pass.least != UTRACE_RESUME && pass.least != UTRACE_DETACH) return;
    j.expect(j.task(task).stepping == 0, pass.step, [&] {
        return "no engine asked for a step in the last round, and " + j.name(task) + " is stepped";
    });
}

void last_round_says_step(Judge& j) {
    if (j.kind() == EventKind::warning) return keep_machine(j);
    if (is_one_more(j)) return no_second_instruction(j, true);
    const TaskId task = j.task_in(0);
    const bool changed = j.ledger(task).changed_since_user || j.of_all() != 0;
    if (!last_round_decides(j) || changed) return;
    const PassView& pass = j.ledger(task).pass;
    if (!is_step(pass.least)) return;
    j.expect(j.value(3) != 0, pass.step, [&] {
        return "the last round said that " + j.name(task) + " makes a step, and it runs freely";
    });
}

void single_beats_block(Judge& j) {
    if (j.kind() == EventKind::warning) return keep_machine(j);
    const TaskId task = j.task_in(0);
    const bool changed = j.ledger(task).changed_since_user || j.of_all() != 0;
    if (!last_round_decides(j) || changed) return;
    const PassView& pass = j.ledger(task).pass;
    if (!pass.single_step || !pass.block_step || pass.least != UTRACE_SINGLESTEP) return;
    j.expect(j.value(3) != 0 && j.value(4) == 0, pass.step, [&] {
        return "one engine asked for SINGLESTEP and another for BLOCKSTEP, and " + j.name(task) +
               " does not make a single step";
    });
}

void step_needs_quiesce(Judge& j) {
    const ApiReading api = j.api();
    if (!is_step_call(api) || !undisturbed(j) || !j.call_ledger().mask_known) return;
    const EngineView& engine = j.engine(api.engine);
    if (j.call().left != never || j.call().detached != never || engine.leaving != never) return;
    const bool has_it = (j.call().mask & UTRACE_EVENT(EVENT_QUIESCE)) != 0;
    j.expect((api.result == -K_EINVAL) == !has_it, j.call().step, [&] {
        return has_it ? "a step for " + j.name(api.engine) + " is refused although it has QUIESCE"
                      : "a step for " + j.name(api.engine) + ", which lacks QUIESCE, is accepted";
    });
}

/// At a return to user mode: since when a block step is owed; else `never`.
std::uint64_t owed_block_step(Judge& j) {
    const std::uint64_t asked =
        accepted_step(j, [](std::uint32_t action) { return action == UTRACE_BLOCKSTEP; });
    if (j.kind() != EventKind::user) return asked;
    const TaskLedger& ledger = j.ledger(j.task_in(0));
    // With a single step that the last round has asked for it is one (C-223).
    if (asked != never) return ledger.pass.single_step ? never : asked;
    const bool said = last_round_decides(j) && ledger.pass.least == UTRACE_BLOCKSTEP;
    return said && !ledger.changed_since_user ? ledger.pass.step : never;
}

/// By DR6: a trap of B0 to B3 without BS, which may come before a step is through.
constexpr bool is_breakpoint(std::int64_t dr6) { return (dr6 & 0xf) != 0 && (dr6 & 0x4000) == 0; }

/// Kept for a task: since when it owes a block step, whatever is switched on for it. (Whether any
/// step is made is C-217 and C-219.) Kept for all: whether the machine has single steps only.
void block_step_for_a_block(Judge& j) {
    if (j.kind() == EventKind::warning) {
        if (j.text_in(1).find("block step") != std::string_view::npos) j.of_all() = 1;
        return;
    }
    const TaskId task = j.task_in(0);
    const StepView& step = j.ledger(task).step;
    if (j.kind() == EventKind::debug_trap) {
        if (is_breakpoint(j.value(2))) return;
        const std::uint64_t owed = j.of_all() != 0 ? never : j.moment(task);
        j.moment(task) = never;
        if (!step.is_block() && owed == never) return;
        return j.expect(step.branched, step.is_block() ? step.since : owed, [&] {
            return "the block step of " + j.name(task) + " ends before it has branched";
        });
    }
    if (is_one_more(j)) {
        if (!step.is_block() || !step_ran_away(j)) return;
        return j.broken(step.since, "the block step of " + j.name(task) +
                                        " does not end with its transfer of control");
    }
    const std::uint64_t asked = owed_block_step(j);
    if (asked != never) j.moment(task) = asked;
}

/// Kept: the step of an INTERRUPT that no report_signal has answered yet.
void interrupt_is_pending(Judge& j) {
    switch (j.kind()) {
        case EventKind::api_enter:
            return take_back(j);
        case EventKind::api: {
            const ApiReading api = j.api();
            const EngineView& engine = j.engine(api.engine);
            const bool asks = api.is_control(UTRACE_INTERRUPT) && api.result == 0;
            if (!asks || !engine.quiesce() || engine.callbacks != j.call().callbacks) return;
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
        if (asked == never || engine.leaving != never || excused(j, task)) return;
        const bool asleep = j.task(task).alive() && (j.task(task).state & interruptible) != 0;
        if (!asleep) return;
        j.broken(asked, j.name(task) + " sleeps interruptibly although " + j.name(id) +
                            " has interrupted it");
    });
}

/// The task has not been in user mode since it was stopped.
bool comes_from_stop(const TaskLedger& task) {
    const bool since_user =
        task.woken == never || task.returned == never || task.woken > task.returned;
    return task.traced != never && since_user;
}

/// Kept: whether anything but RESUME or DETACH was asked for since the task was stopped, until it
/// is in user mode.
void not_left_stepping(Judge& j) {
    switch (j.kind()) {
        case EventKind::api_enter: {
            const ApiReading api = j.api();
            const bool lets_go = api.action == UTRACE_RESUME || api.action == UTRACE_DETACH;
            if (api.call != ApiCall::control || !api.task.valid() || lets_go) return;
            if (comes_from_stop(j.ledger(api.task))) j.of(api.task) = 1;
            return;
        }
        case EventKind::task_state:
            if ((j.value(1) & TaskView::task_traced) != 0) {
                // Who is calling now may ask for something after the task has stopped.
                j.of(j.task_in(0)) = j.ledger(j.task_in(0)).open_calls != 0 ? 1 : 0;
            }
            return;
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    const TaskLedger& ledger = j.ledger(task);
    const bool asked = j.of(task) != 0;
    j.of(task) = 0;
    const bool from_stop = comes_from_stop(ledger) && ledger.woken != never;
    if (!from_stop || asked || ledger.step_since_user || excused(j, task)) return;
    const bool quiet =
        j.task(task).callbacks == ledger.callbacks_at_stop && ledger.calls > ledger.calls_at_stop;
    const bool step_answered = ledger.pass.single_step || ledger.pass.block_step;
    if (!quiet || step_answered || ledger.stopped_before) return;
    j.expect(j.task(task).stepping == 0, ledger.woken, [&] {
        return j.name(task) + " was let go, nobody wants a step, and it is still stepped";
    });
}

constexpr Clause clauses[] = {
    {"C-216",
     Bound::engine,
     "SINGLESTEP and BLOCKSTEP are for machines that have the feature.",
     returns_control(UTRACE_SINGLESTEP, UTRACE_BLOCKSTEP) | on(EventKind::warning),
     step_is_not_available,
     nullptr,
     {},
     "contract/no-hardware-step"},

    {"C-217",
     Bound::utrace,
     "SINGLESTEP is RESUME for one user instruction.",
     accepted_step_kinds | while_stepping(on(EventKind::instruction, EventKind::syscall_enter)),
     one_instruction,
     nullptr,
     {},
     "contract/resume-ends-stepping"},

    {"C-218",
     Bound::utrace,
     "A request for a step is no guarantee: if callbacks follow before user mode the last round "
     "decides.",
     on(EventKind::user),
     last_round_says_run,
     nullptr,
     {},
     "contract/last-round-decides"},

    {"C-219",
     Bound::utrace,
     "To be sure of a step an engine answers it in report_quiesce(0) or in report_signal without a "
     "signal; then it is made, unless another engine wants something stronger.",
     on(EventKind::user, EventKind::warning) |
         while_stepping(on(EventKind::instruction, EventKind::syscall_enter)),
     last_round_says_step,
     nullptr,
     {},
     "contract/step-is-answered"},

    {"C-220",
     Bound::utrace,
     "A step without QUIESCE in the mask is answered with -EINVAL.",
     returns_control(UTRACE_SINGLESTEP, UTRACE_BLOCKSTEP),
     step_needs_quiesce,
     nullptr,
     {},
     "contract/control-errors"},

    {"C-221",
     Bound::engine,
     "In the first version only an engine that has stopped the thread may ask for a step.",
     returns_control(UTRACE_SINGLESTEP, UTRACE_BLOCKSTEP),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!is_step_call(api)) return;
         j.expect(
             api.result != -K_EAGAIN, j.call().step,
             [&] {
                 return j.name(api.engine) + " asks for a step of " + j.name(api.task) +
                        ", which it has not stopped";
             },
             api.engine);
     },
     nullptr,
     {},
     "contract/resume-ends-stepping"},

    {"C-222",
     Bound::utrace,
     "BLOCKSTEP is SINGLESTEP for a whole basic block: it ends with a transfer of control.",
     accepted_step_kinds | on(EventKind::user, EventKind::warning) |
         armed(on(EventKind::debug_trap)) |
         while_stepping(
             on(EventKind::instruction, EventKind::syscall_enter, EventKind::debug_trap)),
     block_step_for_a_block,
     nullptr,
     {},
     "contract/block-step"},

    {"C-223",
     Bound::utrace,
     "When another engine asks for SINGLESTEP at the same time BLOCKSTEP becomes SINGLESTEP.",
     on(EventKind::user, EventKind::warning),
     single_beats_block,
     nullptr,
     {},
     "contract/step-is-answered"},

    {"C-224",
     Bound::utrace,
     "From the moment of INTERRUPT on the thread counts as having a signal pending, so it does not "
     "sleep interruptibly.",
     (returns_control(UTRACE_INTERRUPT) & answered_0) |
         armed(begins(ApiCall::control, ApiCall::set_events) | without_event),
     interrupt_is_pending,
     interrupt_is_pending,
     {},
     "contract/interrupt-and-hold"},

    {"C-225",
     Bound::utrace,
     "A thread that just goes on, without another report, is not left stepping.",
     begins(ApiCall::control) | becomes(Standing::traced) | on(EventKind::user),
     not_left_stepping,
     nullptr,
     {},
     "contract/detach-ends-stepping"},
};

}  // namespace

std::span<const Clause> step_clauses() { return clauses; }

}  // namespace utsim

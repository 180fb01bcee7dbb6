// SPDX-License-Identifier: MIT
/// What of the past can still make a difference to a verdict, and to whom.
///
/// Monitors look at the past in few ways: whether something has happened, which of two things came
/// first, whether a count has moved on. So a search that tells states apart needs the answers to
/// these questions, and not the steps and counts themselves; and it needs them only as long as
/// somebody can ask. `Identity` puts each question that any clause can ask from here on, once, to a
/// visitor:
///
///  - `v.value(fact, field)`: what it is. `v.value(fact, field, live)`: only if `live`; otherwise
///    it is the same to everybody what it is;
///  - `v.some(fact, count, most)`: what it is, up to `most`; beyond that nobody counts;
///  - `v.moment(fact, step, live)`: whether it was ever, and whether it is the present step;
///    `v.now(fact, step)`: only the latter;
///  - `v.before(fact, a, b, live)`: whether a < b. `v.same(fact, a, b, live)`: whether a == b.
///    `v.since(fact, a, b, live)`: whether b came behind a, or a never came.
///    `v.ahead(fact, a, b, most, live)`: by how much a is higher, up to `most`;
///  - `v.rank(fact, number)`: its place among all numbers that are told so.
///
/// A field that is never told is for messages only. That nothing else decides anything is tested:
/// whatever is not told can be changed at any moment, and no verdict changes
/// (test/explore/identity_test.cpp, test/breach).
#pragma once

#include <algorithm>
#include <cstdint>

#include "contract/contract.hpp"
#include "contract/dispatch.hpp"
#include "contract/fact.hpp"
#include "contract/judge.hpp"
#include "contract/kept_numbers.hpp"

namespace utsim {

template <typename V>
class Identity {
public:
    Identity(V& visitor, const ContractState& state, const Dispatch& dispatch)
        : v(visitor),
          past(state.history),
          ledger(state.ledger),
          memory(state.memory),
          dispatch_(dispatch) {}

    void tell() {
        for (std::uint32_t i = 0; i < past.task_count(); ++i) task(TaskId{i});
        for (std::uint32_t i = 0; i < past.engine_count(); ++i) engine(EngineId{i});
        for (std::uint32_t i = 0; i < past.actor_count(); ++i) actor(ActorId{i});
        for (const Examination& exam : ledger.examinations()) examination(exam);
        v.rank("attachments", past.attachments());
        const Circumstances& now = past.circumstances();
        v.value("holds", now.holds);
        v.value("traced", now.traced);
        v.value("killed", now.killed);
        v.value("exiting", now.exiting);
        v.value("dead", now.dead);
        v.value("steps", ledger.steps());
        tell_numbers(v, past, ledger, memory, dispatch_);
    }

private:
    static bool is(std::uint64_t step) { return step != never; }

    // What a count was once is never more than it is. Nobody has to be told; but who changes a
    // memory to see what comes of it (test/support/forgetful.hpp) must not make one that cannot be.
    static bool is_sane(const TaskView& t, const TaskLedger& k) {
        return k.callbacks_at_stop <= t.callbacks && k.callbacks_at_entry <= t.callbacks &&
               k.calls_at_stop <= k.calls && k.stops_at_entry <= k.stops &&
               k.pass.calls <= k.calls && t.pass_after <= t.last_act;
    }
    static bool is_sane(const CallView& c, const CallLedger& l, const EngineView& e,
                        const TaskLedger& k) {
        return l.calls <= k.calls && l.stops <= k.stops && l.state_events <= k.state_events &&
               c.callbacks <= e.callbacks;
    }

    // --- tasks ----------------------------------------------------------------------------------

    /// The answers of the pass can still decide: it goes on, or it was the last one before user
    /// mode and the task is not there yet.
    static bool pass_decides(const TaskView& t) {
        const bool last = is(t.pass_step) && t.pass_step >= t.entered && t.last_event == 0 &&
                          t.pass_kind == CallbackKind::quiesce && !t.pass_unsure;
        return t.pass_open || t.calling != EngineId::none_value || last;
    }

    void task(TaskId id) {
        const TaskView& t = past.task(id);
        const TaskLedger& k = ledger.task(id);
        v.record("task", id.value);
        v.value("task.known", t.known);
        v.value("task.parent", t.parent);
        v.value("task.actor", t.actor);
        v.value("task.state", t.state);
        v.value("task.exit_state", t.exit_state);
        v.value("task.clone_flags", t.clone_flags);
        v.value("task.has_run", t.has_run);
        v.value("task.first_engine", t.first_engine);
        v.moment("task.killed", t.killed);
        v.moment("task.exiting", t.exiting);
        v.moment("task.dead", t.dead);
        v.moment("task.released", t.released);
        v.moment("task.born", t.born);
        v.moment("task.state_since", t.state_since);
        v.moment("task.last_act", t.last_act);
        v.moment("task.entered", t.entered);
        v.moment("task.call_step", t.call_step);
        v.moment("pass.after", t.pass_after);
        v.value("task.sane", is_sane(t, k));
        v.before("task.woken before it acted", t.state_since, t.last_act, is(t.killed));

        v.value("task.in_call", t.in_call);
        v.value("task.call_done", t.call_done);
        v.value("task.call_nr", t.call_nr, t.in_call);
        v.some("task.system_calls", k.system_calls, 1);
        v.value("task.signal_since_call", k.signal_since_call);
        v.value("task.taken", k.taken);
        v.value("task.queued", k.queued);
        v.value("task.stepping", t.stepping);
        v.value("task.spurious", k.spurious);
        v.value("task.killed_in_stop", k.killed_in_stop);
        v.value("task.killed_directly", k.killed_directly);
        v.value("task.own_tf", k.own_tf);
        v.some("task.reaps", k.reaps, 1);
        v.value("task.deaths_open", k.deaths_open);
        v.value("task.open_calls", k.open_calls);
        v.value("task.step_since_user", k.step_since_user);
        v.value("task.changed_since_user", k.changed_since_user);
        v.value("task.asked_since_user", k.asked_since_user);

        v.value("task.calling", t.calling);
        const bool calls = t.calling != EngineId::none_value;
        v.value("task.child", t.child,
                calls && past.engine(EngineId{t.calling}).kind == CallbackKind::clone);
        pass(t);
        stop(t, k);
        handler(t, k);
        stepping(t, k);
    }

    void pass(const TaskView& t) {
        const bool decides = pass_decides(t);
        v.value("pass.last_event", t.last_event);
        v.value("pass.open", t.pass_open);
        v.some("pass.number", t.pass, 1);
        v.rank("pass.order", t.pass_open ? t.pass_order : 0);
        v.value("pass.kind", t.pass_kind);
        v.value("pass.least", t.pass_least, decides);
        v.some("pass.answers", decides ? t.pass_answers : 0, 2);
        v.value("pass.word", t.pass_word, decides);
        v.value("pass.left", t.pass_left[0], decides);
        v.value("pass.left", t.pass_left[1], decides);
        v.value("pass.unsure", t.pass_unsure, decides);
        v.moment("pass.step", t.pass_step);
        v.before("pass.step before user mode", t.pass_step, t.entered);
        v.before("pass.step before acts", t.pass_step, t.last_act, t.pass_open);
        v.before("pass.step before call", t.pass_step, t.call_step, t.in_call && t.pass_open);
    }

    /// What can be said at the next return to user mode of how the last stop ended (C-225).
    static bool stop_is_quiet(const TaskView& t, const TaskLedger& k) {
        const bool since_user = !is(k.woken) || !is(k.returned) || k.woken > k.returned;
        const bool step_answered = k.pass.single_step || k.pass.block_step;
        return is(k.traced) && since_user && t.callbacks == k.callbacks_at_stop && !step_answered &&
               !k.stopped_before && !k.step_since_user && !is(t.killed) && !k.spurious;
    }

    void stop(const TaskView& t, const TaskLedger& k) {
        const bool ever = is(k.traced);
        const bool quiet = stop_is_quiet(t, k);
        const bool asked = quiet || t.traced() || k.open_calls != 0;
        const bool held = ever && a_stop_was_held(t, k);
        v.moment("stop.traced", k.traced);
        v.now("stop.returned", k.returned);
        v.moment("stop.woken", k.woken, quiet || held || ledger.examinations().size() != 0);
        v.since("stop.woken behind user mode", k.returned, k.woken, quiet && is(k.woken));
        v.before("stop.calls", k.calls_at_stop, k.calls, ever && (asked || held));
        v.same("stop.callbacks", t.callbacks, k.callbacks_at_stop, ever && asked);
        v.value("stop.stopped_before", k.stopped_before, ever && (t.traced() || asked));
        v.value("stop.continued", k.continued, k.stopped_before);
        v.value("stop.at_entry", k.at_entry);
        v.before("stop.since entry", k.stops_at_entry, k.stops);
        v.before("stop.traced before call", k.traced, t.call_step, k.at_entry);
        v.before("stop.callbacks since entry", k.callbacks_at_entry, t.callbacks);
        v.same("stop.callbacks at entry", k.callbacks_at_entry, t.callbacks);
    }

    /// An engine that holds the task by its answer has seen a stop since (C-164).
    bool a_stop_was_held(const TaskView& t, const TaskLedger& k) const {
        std::uint32_t next = t.first_engine;
        while (next != EngineId::none_value) {
            const EngineView& e = past.engine(EngineId{next});
            const std::uint64_t own_call = ledger.engine(EngineId{next}).own_call;
            const bool by_answer = is(e.held) && e.held == e.answer.step;
            const bool called = is(own_call) && own_call >= e.held;
            if (by_answer && !called && k.traced >= e.held) return true;
            next = e.next_engine;
        }
        return false;
    }

    void handler(const TaskView& t, const TaskLedger& k) {
        const bool built = is(t.handler);
        v.moment("handler.built", t.handler);
        v.value("handler.since user mode", built && (!is(k.returned) || t.handler >= k.returned));
        v.since("handler.before instruction", t.user, t.handler, built);
        v.same("handler.as instruction", t.user, t.handler, built);
        v.before("handler.before pass", t.handler, t.pass_step, built);
        v.before("handler.before answers", t.handler, k.pass.step, built);
        v.before("handler.before stop", t.handler, k.traced, built);
    }

    void stepping(const TaskView& t, const TaskLedger& k) {
        const PassView& p = k.pass;
        const StepView& s = k.step;
        // Whoever answers still makes it the last one again.
        const bool goes_on = t.pass_open || t.calling != EngineId::none_value;
        const bool ended =
            !goes_on && is(p.step) &&
            ((is(k.returned) && p.step <= k.returned) || (is(k.traced) && k.traced >= p.step));
        const bool decides = p.number != 0 && !ended && p.event == 0 && p.undisturbed &&
                             p.calls == k.calls && p.least != UTRACE_STOP &&
                             p.least != UTRACE_INTERRUPT;
        v.some("answers.number", p.number, 1);
        v.value("answers.event", p.event, decides);
        v.value("answers.least", p.least, decides);
        v.value("answers.single_step", p.single_step);
        v.value("answers.block_step", p.block_step);
        v.value("answers.undisturbed", p.undisturbed, decides);
        v.same("answers.calls", p.calls, k.calls, decides);
        const bool asks = p.single_step || p.block_step;
        v.moment("answers.step", p.step, decides || asks || is(t.handler));
        v.since("answers.since user mode", k.returned, p.step, is(p.step) && (decides || asks));
        v.since("answers.since stop", k.traced, p.step, is(p.step) && (decides || asks));
        v.value("step.kind", s.kind);
        v.value("step.answered", s.answered, s.kind != 0);
        v.value("step.executed", s.executed, s.kind != 0);
        v.value("step.branched", s.branched);
        const bool any = s.kind != 0 || s.branched;
        v.moment("step.last", s.last, any);
        v.moment("step.since", s.since, any);
        v.moment("step.controlled", k.controlled, any);
        v.before("step.controlled since", s.since, k.controlled, any);
    }

    // --- engines --------------------------------------------------------------------------------

    void engine(EngineId id) {
        const EngineView& e = past.engine(id);
        const EngineLedger& l = ledger.engine(id);
        const TaskView& t = past.task(TaskId{e.task});
        v.record("engine", id.value);
        v.value("engine.known", e.known);
        v.value("engine.task", e.task);
        v.value("engine.next_engine", e.next_engine);
        v.rank("engine.order", e.order);
        v.value("engine.ops", e.ops);
        v.value("engine.data", e.data);
        v.value("engine.attached_by_target", e.attached_by_target);
        v.value("engine.told_anything", e.told_anything);
        v.value("engine.references", e.references);
        v.value("engine.setting", e.setting);
        v.value("engine.controlling", e.controlling);
        v.value("engine.stop", e.stop);
        v.value("engine.mask_at_death", l.mask_at_death);
        v.value("engine.may_at_death", l.may_at_death);
        v.value("engine.has_report_signal", l.has_report_signal);
        v.moment("engine.attached", e.attached);
        v.moment("engine.listed", e.listed);
        v.moment("engine.detached", e.detached);
        v.moment("engine.released", e.released);
        v.moment("engine.reaping", l.reaping);
        v.moment("engine.reaped", l.reaped);
        v.moment("engine.death", l.death);
        v.moment("engine.exit_report", l.exit_report);
        leaving(e, t);
        mask(e, l, t);
        callback(e, t);
        answer(e, l, t);
    }

    void leaving(const EngineView& e, const TaskView& t) {
        const bool left = is(e.left);
        v.moment("engine.leaving", e.leaving);
        v.moment("engine.left", e.left);
        v.value("engine.left_by_answer", e.left_by_answer);
        v.value("engine.left_owed", e.left_owed);
        v.value("engine.sane", e.left_callbacks <= e.callbacks);
        v.same("engine.left_callbacks", e.callbacks, e.left_callbacks, left && e.left_owed);
        v.before("engine.left before pass", e.left, t.pass_step, left);
        v.before("engine.left before asked", e.left, t.pass_after, left);
        v.before("engine.left before acts", e.left, t.last_act, left);
    }

    void mask(const EngineView& e, const EngineLedger& l, const TaskView& t) {
        v.value("mask", e.mask);
        v.value("mask.may", e.mask_may);
        v.value("mask.late", e.mask_late);
        v.value("mask.unclear", e.mask_unclear);
        v.moment("mask.step", e.masked);
        v.before("mask.before pass", e.masked, t.pass_step);
        v.before("mask.before acts", e.masked, t.last_act);
        v.before("mask.before barrier", l.quiet, e.masked, is(l.quiet));
        // A detach that is refused may leave it attached after all.
        const bool stays = is(e.attached) && !is(e.left) && !is(e.detached);
        v.before("mask.before user mode", e.masked, t.entered, stays);
        v.before("mask.before state", e.masked, t.state_since, stays);
        v.before("mask.before call", e.masked, t.call_step, stays && t.in_call);
        v.before("attached.before pass", e.attached, t.pass_step);
        v.before("attached.behind pass", t.pass_step, e.attached);
        v.before("attached.before acts", e.attached, t.last_act, stays);
        v.before("attached.before user mode", e.attached, t.entered, stays);
        v.before("attached.before state", e.attached, t.state_since, stays);
        v.before("attached.before call", e.attached, t.call_step, stays && t.in_call);
        v.before("attached.before death", e.attached, t.dead, is(t.dead));
        v.before("listed.behind pass", t.pass_step, e.listed, stays && t.pass_open);
        v.moment("jctl.report", l.jctl_report);
        v.before("jctl.before user mode", l.jctl_report, t.entered, is(l.jctl_report));
        v.before("jctl.before state", l.jctl_report, t.state_since, is(l.jctl_report));
    }

    void callback(const EngineView& e, const TaskView& t) {
        const bool runs = is(e.in_callback);
        v.moment("callback.runs", e.in_callback);
        v.value("callback.kind", e.kind);
        v.value("callback.event", e.event);
        v.value("callback.actor", e.actor, runs);
        v.moment("callback.last", e.last_callback, t.pass_open);
        v.before("callback.before pass", e.last_callback, t.pass_step, t.pass_open);
    }

    void answer(const EngineView& e, const EngineLedger& l, const TaskView& t) {
        const AnswerView& a = e.answer;
        const TaskLedger& k = ledger.task(TaskId{e.task});
        const std::uint32_t action = utrace_resume_action(a.word);

        // Its last word.
        const bool by_answer = is(e.held) && e.held == a.step;
        const bool may_hold = e.stop || e.controlling != 0 || e.setting != 0 || is(e.in_callback);
        const bool called = is(l.own_call) && l.own_call >= e.held;
        v.moment("held.step", e.held, by_answer || may_hold);
        v.value("held.by answer", by_answer);
        v.value("held.behind call", called, by_answer);
        v.since("held.behind stop", k.traced, e.held, by_answer && !called);
        v.before("held.before handler", e.held, t.handler, by_answer && !called && is(t.handler));
        v.before("held.before pass", e.held, t.pass_step, is(e.held) && t.pass_open);
        v.moment("held.granted", l.granted);

        // What it answered last counts until there is a call for it (C-228), and some answers
        // until they have been served.
        const bool counts = is(a.step) && e.controlling == 0 && !is(e.in_callback) &&
                            (!is(e.control_step) || e.control_step < a.step);
        const bool at_entry = a.event == UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
        const bool at_exit = a.event == UTRACE_EVENT(EVENT_EXIT);
        const bool stops =
            is(a.step) && action == UTRACE_STOP && (at_exit || (at_entry && a.step >= t.call_step));
        v.now("answer.step", a.step);
        v.value("answer.of reap", is(a.step) && a.kind == CallbackKind::reap);
        v.value("answer.counts", counts);
        v.value("answer.kind", a.kind, counts);
        v.value("answer.action", action, counts);
        v.value("answer.stops", a.event, stops);
        v.since("answer.behind stop", k.traced, a.step, stops || t.in_call);
        v.value("answer.interrupts",
                is(a.step) && action == UTRACE_INTERRUPT && a.step >= t.call_step);
        v.value("answer.steps", is(a.step) && is_step(action) && a.step >= t.pass_step);
        v.value("answer.since own call", is(l.quiet) && is(a.step) && a.step >= l.own_call);

        // The last call for it. While there is another one under way that will be the last.
        const bool last = is(e.control_step) && e.controlling == 0;
        v.now("control.step", e.control_step);
        v.value("control.since asked", last && e.control_step >= t.pass_after);
        v.value("control.since acts", last && e.control_step >= t.last_act);
        v.value("control.interrupts", is(e.control_step) && e.control_step >= t.call_step &&
                                          e.control_action == UTRACE_INTERRUPT);
        v.value("control.stops", e.control_action == UTRACE_STOP, is(l.quiet));
        v.moment("control.quiet", l.quiet);
        v.now("control.own", l.own_call);
        v.value("control.own since quiet", is(l.quiet) && is(l.own_call) && l.own_call >= l.quiet);
    }

    // --- calls under way ------------------------------------------------------------------------

    void actor(ActorId id) {
        const ActorView& a = past.actor(id);
        v.record("actor", id.value);
        v.value("actor.task", a.task);
        v.value("actor.locks", a.locks);
        v.value("actor.calls", a.calls);
        v.value("actor.in_callback", a.in_callback);
        for (std::uint32_t i = 0; i < a.calls; ++i) call(a.call[i], ledger.call(id));
    }

    void call(const CallView& c, const CallLedger& l) {
        const EngineView& e = past.engine(EngineId{c.engine});
        const EngineLedger& el = ledger.engine(EngineId{c.engine});
        const TaskView& t = past.task(TaskId{c.task});
        const TaskLedger& k = ledger.task(TaskId{c.task});
        const bool control = c.call == ApiCall::control;
        const bool stop = control && c.action == UTRACE_STOP;
        const bool resume = control && c.action == UTRACE_RESUME;
        const bool leaves = control && c.action == UTRACE_DETACH;
        const bool masks = c.call == ApiCall::set_events;
        v.value("call", c.call);
        v.value("call.task", c.task);
        v.value("call.engine", c.engine);
        v.value("call.action", c.action);
        v.value("call.flags", c.flags);
        v.value("call.exit_state", c.exit_state);
        v.value("call.mask", c.mask);
        v.value("call.mask_may", c.mask_may);
        v.value("call.ops", c.ops);
        v.value("call.data", c.data);
        v.moment("call.left", c.left);
        v.moment("call.detached", c.detached);
        v.value("call.mask_known", l.mask_known);
        v.moment("call.step", c.step);
        v.value("call.sane", is_sane(c, l, e, k));

        // RESUME and DETACH are judged when they find the task stopped, STOP when it does not.
        const std::int64_t stops = TaskView::task_traced | TaskView::task_stopped;
        const bool traced = (c.state & TaskView::task_traced) != 0;
        const bool stopped = (c.state & stops) != 0 || l.stops != k.stops;
        const bool quiet = l.alone && l.calls == k.calls;
        const bool kept = l.state_events == k.state_events;
        const bool clear = quiet && kept;
        if (stop) {
            v.value("call.state", stopped ? stops : clear ? c.state : 0);
            v.value("call.undisturbed", clear, !stopped && c.exit_state == 0);
        } else {
            v.value("call.state", resume ? c.state & TaskView::task_traced : c.state);
            v.value("call.undisturbed", quiet, traced || (!resume && !leaves));
        }
        v.value("call.state_kept", kept, !stop && !resume);
        v.value("call.stops", l.stops == k.stops, control && !stop && traced && quiet);
        v.value("call.callbacks", c.callbacks == e.callbacks, !resume || (traced && quiet));
        v.value("call.own", c.step == el.own_call, stop);
        v.value("call.overtaken", is(e.answer.step) && e.answer.step >= c.step, stop);
        const bool steps = control && is_step(c.action);
        v.value("call.behind user mode", is(k.returned) && k.returned > c.step, steps);
        v.ahead("call.own choice", l.calls, k.calls_at_stop, 2, steps);

        const bool runs = is(e.in_callback) && e.in_callback == c.in_callback;
        v.value("call.spans callback", runs && c.in_callback < c.step, !stop && !resume);
        v.value("call.runs callback", runs, !stop && !resume);
        v.before("call.behind reaping", el.reaping, c.step, is(el.reaping));
        v.before("call.behind release", t.released, c.step, is(t.released));
        v.before("call.before mask", c.step, e.masked, c.call == ApiCall::barrier);
        past.each_engine(TaskId{c.task}, [&](EngineId id, const EngineView& other) {
            const bool death = is(other.in_callback) && other.event == UTRACE_EVENT(EVENT_DEATH);
            v.before("call.behind death report", other.in_callback, c.step,
                     death && (leaves || masks));
            const bool lets_go = control && !stop && traced && quiet && id.value != c.engine;
            v.before("call.behind hold", other.held, c.step, lets_go && is(other.held));
            const bool finds = c.call == ApiCall::attach || c.call == ApiCall::lookup;
            v.before("call.behind attach", other.attached, c.step, finds);
            v.before("call.behind detach", other.detached, c.step, finds && is(other.detached));
            v.before("call.behind its reaping", ledger.engine(id).reaping, c.step, finds);
        });
    }

    void examination(const Examination& x) {
        const EngineView& e = past.engine(EngineId{x.engine});
        const EngineLedger& l = ledger.engine(EngineId{x.engine});
        const TaskLedger& k = ledger.task(TaskId{e.task});
        v.value("exam.engine", x.engine);
        v.value("exam.caller", x.caller);
        v.value("exam.open", x.open);
        v.rank("exam.since", is(x.since) ? x.since + 1 : 0);
        v.moment("exam.now", x.since);
        v.same("exam.state_kept", x.state_events, k.state_events);
        v.value("exam.sane", x.state_events <= k.state_events);
        v.before("exam.behind hold", e.held, x.since, is(e.held));
        v.value("exam.since call", is(l.own_call) && l.own_call >= x.since);
        v.before("exam.before waking", x.since, k.woken, is(k.woken));
    }

    V& v;
    const History& past;
    const Ledger& ledger;
    const MonitorMemory& memory;
    const Dispatch& dispatch_;
};

template <typename V>
void Contract::identify(V& v) const {
    if (judges()) Identity<V>(v, state_, *dispatch_).tell();
}

}  // namespace utsim

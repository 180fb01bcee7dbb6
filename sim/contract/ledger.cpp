// SPDX-License-Identifier: MIT
// Kept up beside History, one function per kind of event. Facts are dropped as soon as they no
// longer count, so that a monitor only has to look whether they are there.
#include "contract/ledger.hpp"

#include <algorithm>

#include <utsim/errno.hpp>

#include "kernel/signal_types.hpp"

namespace utsim {

namespace {

/// Field `flags` of a `wake` that nothing was waiting for.
constexpr std::uint64_t for_no_reason = 1;

bool wants_report(std::uint32_t action) {
    return action == UTRACE_STOP || action == UTRACE_INTERRUPT || action == UTRACE_REPORT;
}

}  // namespace

void Ledger::clear() {
    tasks_.clear();
    engines_.clear();
    actors_.clear();
    examinations_.clear();
    steps_ = 0;
}

void Ledger::rewind(const Mark& mark) {
    tasks_.rewind(mark.tasks);
    engines_.rewind(mark.engines);
    actors_.rewind(mark.actors);
    examinations_.rewind(mark.examinations);
    steps_ = mark.steps;
}

// --- calls of the API ------------------------------------------------------------------------

void Ledger::enter(const Event& event, const History& past) {
    const ApiReading api(event);
    if (!api.task.valid() || !event.actor.valid()) return;
    TaskLedger& task = tasks_.edit(api.task.value);
    CallLedger& call = actors_.edit(event.actor.value);
    ++task.calls;
    call.alone = task.open_calls == 0;
    call.calls = task.calls;
    call.stops = task.stops;
    call.state_events = task.state_events;
    const EngineView& before = past.engine(api.engine);
    call.mask_known = before.mask == before.mask_may && before.setting == 0;
    ++task.open_calls;
    const bool steps = api.action == UTRACE_SINGLESTEP || api.action == UTRACE_BLOCKSTEP;
    if (api.call == ApiCall::control && steps) task.step_since_user = true;
    const bool leaves = api.is_control(UTRACE_DETACH);
    if (leaves) task.changed_since_user = true;
    if (api.call != ApiCall::control) return;
    task.controlled = event.step;
    // A detach makes the target look at its engines again, which needs a pass as well.
    if (wants_report(api.action) || api.action == UTRACE_DETACH) task.asked_since_user = true;
    if (!api.engine.valid()) return;
    EngineLedger& engine = engines_.edit(api.engine.value);
    engine.own_call = event.step;
    engine.granted = never;
}

void Ledger::leave(const Event& event, const History& past) {
    const ApiReading api(event);
    if (!api.task.valid()) return;
    TaskLedger& task = tasks_.edit(api.task.value);
    const CallView* call = past.call(event.actor);
    if (call == nullptr) {  // a step of a scenario that is no call of the API
        if (api.call == ApiCall::wake && api.flags == for_no_reason) {
            task.spurious = !past.task(api.task).traced();
        }
        return;
    }
    if (task.open_calls != 0) --task.open_calls;
    if (api.call == ApiCall::control) task.controlled = event.step;
    if (!api.engine.valid()) return;
    EngineLedger& engine = engines_.edit(api.engine.value);
    switch (api.call) {
        case ApiCall::control:
            // Of two calls at once nobody knows which one had the last word.
            if (api.action == UTRACE_STOP && api.result == 0 && engine.own_call == call->step &&
                past.engine(api.engine).controlling == 1) {
                engine.granted = event.step;
            }
            return;
        case ApiCall::barrier:
            if (api.result != 0) return;
            // A callback that began meanwhile is not what it was asked about.
            if (past.engine(api.engine).callbacks == call->callbacks) engine.quiet = event.step;
            return;
        case ApiCall::prepare_examine:
            return prepared(event, past);
        case ApiCall::finish_examine:
            return finished(api.engine, event.actor);
        default:
            return;
    }
}

void Ledger::prepared(const Event& event, const History& past) {
    const ApiReading api(event);
    if (past.is_current(event.actor, api.task)) return;
    std::uint32_t place = 0;
    while (place < examinations_.size() &&
           !examinations_.at(place).is_of(api.engine, event.actor)) {
        ++place;
    }
    if (api.result != 0) {
        if (place < examinations_.size()) examinations_.edit(place) = {};
        return;
    }
    Examination& begun = examinations_.edit(place);
    begun.engine = api.engine.value;
    begun.caller = event.actor.value;
    begun.since = event.step;
    begun.open = true;
    begun.state_events = task(api.task).state_events;
}

/// Who finishes what another caller has prepared finishes the last one.
void Ledger::finished(EngineId engine, ActorId caller) {
    std::uint32_t ends = examinations_.nobody;
    for (std::uint32_t i = 0; i < examinations_.size(); ++i) {
        const Examination& known = examinations_.at(i);
        if (known.is_of(engine, caller)) return void(examinations_.edit(i).open = false);
        if (!known.open || known.engine != engine.value) continue;
        const bool later =
            ends == examinations_.nobody || known.since > examinations_.at(ends).since;
        if (later) ends = i;
    }
    examinations_.edit(ends).open = false;
}

const Examination* Ledger::examination(EngineId engine, ActorId caller) const {
    for (const Examination& known : examinations_) {
        if (known.is_of(engine, caller)) return &known;
    }
    return nullptr;
}

std::uint64_t Ledger::examined(EngineId engine) const {
    std::uint64_t since = never;
    for (const Examination& known : examinations_) {
        if (!known.open || known.engine != engine.value) continue;
        if (since == never || known.since > since) since = known.since;
    }
    return since;
}

// --- callbacks -------------------------------------------------------------------------------

void Ledger::callback(const Event& event, const History& past) {
    const CallbackReading callback(event);
    TaskLedger& task = tasks_.edit(callback.task.value);
    EngineLedger& engine = engines_.edit(callback.engine.value);
    engine.quiet = never;
    if (callback.kind == CallbackKind::reap) {
        ++task.reaps;
        engine.reaping = event.step;
        return;
    }
    engine.granted = never;  // its answer decides anew
    if (callback.event == UTRACE_EVENT(EVENT_DEATH)) {
        ++task.deaths_open;
        if (engine.death == never) engine.death = event.step;
    }
    if (callback.kind == CallbackKind::signal) {
        task.signal_since_call = true;
        engine.has_report_signal = true;
    }
    if (callback.kind == CallbackKind::exit) engine.exit_report = event.step;
    if (callback.kind == CallbackKind::jctl) engine.jctl_report = event.step;
    if ((callback.event & UTRACE_EVENT_SIGNAL_ALL) != 0) task.taken = 0;
    if (past.begins_pass(callback)) {
        task.pass = PassView{};
        task.pass.number = past.task(callback.task).pass + 1;
        task.pass.event = callback.event;
        task.pass.calls = task.calls;
        task.pass.undisturbed = task.open_calls == 0;
    }
}

void Ledger::callback_end(const Event& event, const History& past) {
    const CallbackReading callback(event);
    TaskLedger& task = tasks_.edit(callback.task.value);
    EngineLedger& engine = engines_.edit(callback.engine.value);
    if (callback.kind == CallbackKind::reap) {
        engine.reaped = event.step;
        return;
    }
    if (past.engine(callback.engine).event == UTRACE_EVENT(EVENT_DEATH) && task.deaths_open != 0) {
        --task.deaths_open;
    }
    engine.quiet = never;  // a barrier that the callback itself made says nothing about its answer
    std::uint32_t action = callback.resume();
    const bool report = action == UTRACE_INTERRUPT || action == UTRACE_REPORT;
    if (report) task.asked_since_user = true;
    if (callback.kind == CallbackKind::signal && report) action = UTRACE_RESUME;
    task.pass.least = std::min(task.pass.least, action);
    task.pass.step = event.step;
    if (action == UTRACE_SINGLESTEP) task.pass.single_step = true;
    if (action == UTRACE_BLOCKSTEP) task.pass.block_step = true;
}

// --- tasks -----------------------------------------------------------------------------------

void Ledger::died(TaskId id, const History& past) {
    past.each_engine(id, [this](EngineId engine_id, const EngineView& view) {
        if (view.detached != never) return;
        EngineLedger& engine = engines_.edit(engine_id.value);
        if (view.setting == 0 && view.stays()) engine.mask_at_death = view.mask;
        engine.may_at_death = view.mask_may | view.mask;
    });
}

void Ledger::task_state(const Event& event, const History& past) {
    const TaskId id{id_in(event, 0)};
    if (!id.valid()) return;
    TaskLedger& task = tasks_.edit(id.value);
    const TaskView& before = past.task(id);
    ++task.state_events;
    if (before.alive() && event.value[2] != 0) died(id, past);
    const bool traced = (event.value[1] & TaskView::task_traced) != 0;
    if (traced == before.traced()) return;
    if (!traced) {
        task.woken = event.step;
        return;
    }
    ++task.stops;
    task.traced = event.step;
    task.woken = never;
    task.calls_at_stop = task.calls;
    task.callbacks_at_stop = before.callbacks;
    task.stopped_before = before.stopped();
    task.at_entry = before.in_call && !before.call_done &&
                    before.last_event == UTRACE_EVENT(EVENT_SYSCALL_ENTRY) &&
                    before.callbacks > task.callbacks_at_entry;
    task.continued = task.spurious = task.killed_in_stop = false;
}

void Ledger::signal(const Event& event, const History& past) {
    const TaskId id{id_in(event, 0)};
    if (!id.valid()) return;
    TaskLedger& task = tasks_.edit(id.value);
    if (event.value[4] != 0) ++task.queued;
    if (event.value[1] == K_SIGCONT) {  // it may concern the other threads of the group
        for (std::uint32_t i = 0; i < tasks_.size(); ++i) tasks_.edit(i).continued = true;
    }
    if (event.value[1] != K_SIGKILL) return;
    if (past.task(id).traced()) task.killed_in_stop = true;
    if (event.value[3] != K_SI_KERNEL) task.killed_directly = true;
}

/// What the calls under way may still ask of the task.
void Ledger::note_open_calls(TaskId id, const History& past) {
    TaskLedger& task = tasks_.edit(id.value);
    past.each_call(id, [&task](const CallView& call) {
        if (call.call != ApiCall::control) return;
        const bool leaves = call.action == UTRACE_DETACH;
        if (is_step(call.action)) task.step_since_user = true;
        if (leaves) task.changed_since_user = true;
        if (leaves || wants_report(call.action)) task.asked_since_user = true;
    });
}

void Ledger::user(const Event& event, const History& past) {
    const TaskId id{id_in(event, 0)};
    TaskLedger& task = tasks_.edit(id.value);
    task.returned = event.step;
    // Who is calling now may ask for something after the task has returned.
    task.asked_since_user = task.step_since_user = task.changed_since_user = false;
    if (task.open_calls != 0) note_open_calls(id, past);
    if (past.task(id).stepping == 0) task.own_tf = event.value[3] != 0;
}

/// At an event about the task that it names first.
void Ledger::step(const Event& event) {
    TaskLedger& task = tasks_.edit(id_in(event, 0));
    const PassView& pass = task.pass;
    const bool this_time = task.returned == never || pass.step > task.returned;
    const bool stopped = task.traced != never && task.traced >= pass.step;
    const bool asks = pass.step != never && (pass.single_step || pass.block_step);
    // Who has left on the way to user mode may be taken off the list only after that.
    const bool called = task.open_calls != 0 || task.changed_since_user ||
                        (task.controlled != never && task.controlled > task.step.since);
    if (task.step.kind != 0) --steps_;
    task.step.follow(event, asks && this_time && !stopped, !called);
    if (task.step.kind != 0) ++steps_;
}

void Ledger::add(const Event& event, const History& past) {
    if (StepView::hears(event.kind) && TaskId{id_in(event, 0)}.valid()) step(event);
    switch (event.kind) {
        case EventKind::api_enter:
            return enter(event, past);
        case EventKind::api:
            return leave(event, past);
        case EventKind::callback:
            return callback(event, past);
        case EventKind::callback_end:
            return callback_end(event, past);
        case EventKind::task_state:
            return task_state(event, past);
        case EventKind::signal_generated:
            return signal(event, past);
        case EventKind::user:
            return user(event, past);
        case EventKind::signal_taken: {
            TaskLedger& task = tasks_.edit(id_in(event, 0));
            task.taken = event_of_signal(event);
            if (task.queued != 0) --task.queued;
            task.signal_since_call = true;
            return;
        }
        case EventKind::handler:
            tasks_.edit(id_in(event, 0)).signal_since_call = true;
            return;
        case EventKind::syscall_enter: {
            TaskLedger& task = tasks_.edit(id_in(event, 0));
            ++task.system_calls;
            task.callbacks_at_entry = past.task(TaskId{id_in(event, 0)}).callbacks;
            task.stops_at_entry = task.stops;
            return;
        }
        case EventKind::syscall_ran:
        case EventKind::syscall_skipped:
            tasks_.edit(id_in(event, 0)).signal_since_call = false;
            return;
        case EventKind::engine_detached:
            engines_.edit(id_in(event, 1)).granted = never;
            for (std::uint32_t i = 0; i < examinations_.size(); ++i) {
                if (examinations_.at(i).engine == id_in(event, 1))
                    examinations_.edit(i).open = false;
            }
            return;
        default:
            return;
    }
}

}  // namespace utsim

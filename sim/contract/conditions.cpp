// SPDX-License-Identifier: MIT
// Each condition is on the safe side: where the events leave it open, the clause that asks has no
// chance to be broken.
#include "contract/conditions.hpp"

namespace utsim {

bool undisturbed(const Judge& j) {
    const CallLedger& began = j.call_ledger();
    return began.alone && began.calls == j.ledger(j.api().task).calls;
}

bool began_traced(const Judge& j) { return (j.call().state & TaskView::task_traced) != 0; }

bool state_kept(const Judge& j) {
    return j.call_ledger().state_events == j.ledger(j.api().task).state_events;
}

bool spans_callback(const Judge& j) {
    const std::uint64_t now = j.engine(j.api().engine).in_callback;
    return now != never && now == j.call().in_callback && now < j.call().step;
}

bool by_target(const Judge& j) { return j.past().is_current(j.event().actor, j.api().task); }

bool excused(const Judge& j, TaskId task) {
    return j.task(task).killed != never || j.ledger(task).spurious;
}

bool held_by_any(const Judge& j, TaskId task, EngineId except) {
    bool held = false;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        held = held || (id != except && engine.stop && engine.detached == never);
    });
    return held;
}

bool asked_for(const EngineView& engine, std::uint64_t extra, const CallbackReading& callback) {
    const std::uint64_t mask = engine.mask_may | engine.mask | extra;
    const bool quiesce = (mask & UTRACE_EVENT(EVENT_QUIESCE)) != 0;
    switch (callback.kind) {
        case CallbackKind::quiesce:
            // It also stands in for report_signal in a table that has none.
            return quiesce || (mask & callback.event & UTRACE_EVENT_SIGNAL_ALL) != 0;
        case CallbackKind::signal:
            return quiesce || (mask & callback.event) != 0;
        default:
            return (mask & callback.event) != 0;
    }
}

bool step_ran_away(const Judge& j) {
    return j.ledger(j.task_in(0)).step.is_exceeded(j.event()) && !excused(j, j.task_in(0));
}

std::uint64_t bits_of_callback(const EngineView& engine) {
    return engine.kind == CallbackKind::quiesce ? UTRACE_EVENT(EVENT_QUIESCE) : engine.event;
}

void take_back(Judge& j) {
    const ApiReading api = j.api();
    const bool changes = api.call == ApiCall::control || api.call == ApiCall::set_events;
    if (changes && api.engine.valid()) j.of(api.engine) = 0;
}

bool is_new_request(const Judge& j, std::uint32_t action, std::int64_t result) {
    const ApiReading api = j.api();
    if (!api.is_control(action) || api.result != result || j.call().exit_state != 0) return false;
    const EngineView& engine = j.engine(api.engine);
    return engine.quiesce() && engine.setting == 0 && engine.callbacks == j.call().callbacks;
}

bool is_signal_report(const Judge& j) {
    const CallbackReading callback = j.callback();
    if (callback.event != 0) return false;
    return callback.kind == CallbackKind::signal || !j.ledger(callback.engine).has_report_signal;
}

void judge_promise(Judge& j, const CallbackPromise& promise) {
    switch (j.kind()) {
        case EventKind::api_enter:
            return take_back(j);
        case EventKind::api:
            if (promise.made(j)) j.of(j.api().engine) = Judge::remember(j.event().step);
            return;
        case EventKind::callback: {
            const EngineId engine = j.callback().engine;
            if (j.of(engine) == 0 || !promise.kept(j)) return;
            j.of(engine) = 0;
            return j.exercised();
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    if (excused(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t asked = Judge::recall(j.of(id));
        if (asked == never || engine.leaving != never) return;
        j.of(id) = 0;
        j.broken(asked,
                 j.name(task) + " runs user code before " + j.name(id) + " got " + promise.what);
    });
}

TaskId runs_call(const Judge& j) {
    const TaskId task = j.task_in(j.kind() == EventKind::new_task ? 1 : 0);
    const TaskView& view = j.task(task);
    return view.in_call && !view.call_done ? task : TaskId{};
}

TaskId group_of(const Judge& j, TaskId task) {
    constexpr std::uint64_t clone_thread = 0x10000;
    while ((j.task(task).clone_flags & clone_thread) != 0) task = TaskId{j.task(task).parent};
    return task;
}

}  // namespace utsim

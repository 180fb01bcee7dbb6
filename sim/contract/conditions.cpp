// SPDX-License-Identifier: MIT
// Each condition is on the safe side: where the events leave it open, the clause that asks has no
// chance to be broken.
#include "contract/conditions.hpp"

#include "event/names.hpp"

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

bool death_report_spans(const Judge& j, TaskId task) {
    bool spans = false;
    j.each_engine(task, [&](EngineId, const EngineView& engine) {
        spans =
            spans || (engine.in_callback != never && engine.event == UTRACE_EVENT(EVENT_DEATH) &&
                      engine.in_callback < j.call().step);
    });
    return spans;
}

bool lacks_callback(const Judge& j) {
    if (j.text_in(1).find("no such callback") == std::string_view::npos) return false;
    bool leaves = false;
    j.each_engine(acting_task(j), [&](EngineId, const EngineView& engine) {
        leaves = leaves || (engine.leaving != never && engine.detached == never);
    });
    return !leaves;
}

bool is_signal(const Judge& j) {
    return (j.kind() == EventKind::callback || j.kind() == EventKind::callback_end) &&
           j.callback().kind == CallbackKind::signal;
}

bool excused(const Judge& j, TaskId task) {
    return j.task(task).killed != never || j.ledger(task).spurious;
}

bool holds_by_word(const Judge& j, EngineId id) {
    const EngineView& engine = j.engine(id);
    const bool answered = engine.held != never && engine.held == engine.answer.step;
    return engine.leaving == never && (answered || j.ledger(id).granted != never);
}

bool held_by_any(const Judge& j, TaskId task, EngineId except) {
    bool held = false;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        held = held || (id != except && engine.stop && engine.detached == never);
    });
    return held;
}

bool callback_is_open(const Judge& j, TaskId task) {
    bool open = false;
    j.each_engine(task, [&](EngineId, const EngineView& engine) {
        open = open || engine.in_callback != never;
    });
    return open;
}

bool stops_for_ptrace(const Judge& j) {
    const TaskLedger& ledger = j.ledger(j.task_in(0));
    const std::uint64_t handler = j.task(j.task_in(0)).handler;
    const bool since_user = ledger.returned == never || handler >= ledger.returned;
    const bool since_pass = ledger.pass.step == never || handler >= ledger.pass.step;
    return handler != never && since_user && since_pass;
}

bool stop_is_about(const Judge& j, TaskId id) {
    const TaskView& task = j.task(id);
    bool any = false;
    j.each_engine(id, [&](EngineId, const EngineView& engine) {
        const bool lately = engine.controlling != 0 || (engine.control_step != never &&
                                                        engine.control_step >= task.pass_after);
        any = any || engine.stop || lately;
    });
    return any;
}

bool hears_of_user_mode(const Judge& j, TaskId id) {
    const std::uint64_t began = j.task(id).pass_step;
    bool any = false;
    j.each_engine(id, [&](EngineId, const EngineView& engine) {
        const bool there = engine.stays() && engine.listed != never && engine.listed <= began;
        any = any || (there && engine.quiesce() && engine.setting == 0 && engine.masked < began);
    });
    return any;
}

bool interrupted_in_call(const Judge& j, TaskId task) {
    const std::uint64_t since = j.task(task).call_step;
    bool any = j.ledger(task).queued != 0;
    j.each_engine(task, [&](EngineId, const EngineView& engine) {
        const bool came = engine.control_step != never && engine.control_step >= since;
        any = any || (came && engine.control_action == UTRACE_INTERRUPT);
        const AnswerView& answer = engine.answer;
        const bool answered = answer.step != never && answer.step >= since;
        any = any || (answered && utrace_resume_action(answer.word) == UTRACE_INTERRUPT);
    });
    return any;
}

bool takes_out(const Judge& j, std::uint64_t bits) {
    const ApiReading api = j.api();
    if (!api.engine.valid()) return false;
    if (api.is_control(UTRACE_DETACH)) return true;
    return api.call == ApiCall::set_events && (bits & ~api.flags) != 0;
}

bool without_reference(const Judge& j) {
    const CallView* call = j.past().call(j.event().actor);
    if (call == nullptr || call->engine == EngineId::none_value) return false;
    const EngineView& engine = j.engine(EngineId{call->engine});
    const bool lent = engine.in_callback != never && engine.actor == j.event().actor.value;
    return engine.references <= 0 && engine.released != never && !lent;
}

bool is_lifetime_bug(const Judge& j) {
    const std::string_view what = j.text_in(1);
    return what.find("freed") != std::string_view::npos ||
           what.find("use after free") != std::string_view::npos;
}

TaskId acting_task(const Judge& j) {
    const ActorId actor = j.event().actor;
    return actor.valid() ? TaskId{j.past().actor(actor).task} : TaskId{};
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
    if (changes && api.engine.valid()) j.moment(api.engine) = never;
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
            if (promise.made(j)) j.moment(j.api().engine) = j.event().step;
            return;
        case EventKind::callback: {
            const EngineId engine = j.callback().engine;
            if (j.moment(engine) == never || !promise.kept(j)) return;
            j.moment(engine) = never;
            return j.exercised();
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    if (excused(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t asked = j.moment(id);
        if (asked == never || engine.leaving != never) return;
        j.moment(id) = never;
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
    // A thread is younger than who made it, except in a trace that somebody has edited.
    for (std::size_t left = j.past().task_count(); left != 0; --left) {
        if ((j.task(task).clone_flags & clone_thread) == 0) break;
        task = TaskId{j.task(task).parent};
    }
    return task;
}

std::string result_name(std::int64_t result) {
    const std::string_view name = name_of(result_names(), result);
    return name.empty() ? std::to_string(result) : std::string(name);
}

std::string action_name(std::uint32_t action) {
    const std::string_view name = name_of(resume_action_names(), action);
    return name.empty() ? std::to_string(action) : std::string(name);
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// The bookkeeping is one function per kind of event. Nothing here judges; whatever is odd in a
// trace is written down as it comes.
#include "contract/history.hpp"

#include "kernel/signal_types.hpp"

namespace utsim {

namespace {

bool is_none(std::uint32_t id) { return id == TaskId::none_value; }

}  // namespace

void History::clear() {
    engines_.clear();
    tasks_.clear();
    actors_.clear();
    attachments_ = 0;
    circumstances_ = {};
}

void History::rewind(const Mark& mark) {
    engines_.rewind(mark.engines);
    tasks_.rewind(mark.tasks);
    actors_.rewind(mark.actors);
    attachments_ = mark.attachments;
    circumstances_ = mark.circumstances;
}

void History::take_from_list(std::uint32_t id) {
    const std::uint32_t task = engines_.at(id).task;
    if (is_none(task)) return;
    const std::uint32_t behind = engines_.at(id).next_engine;
    std::uint32_t at = tasks_.at(task).first_engine;
    if (at == id) {
        edit_task(task).first_engine = behind;
        return;
    }
    while (engines_.at(at).next_engine != id) at = engines_.at(at).next_engine;
    edit_engine(at).next_engine = behind;
}

void History::belongs(std::uint32_t id, std::uint32_t task) {
    if (is_none(id) || engines_.at(id).task == task) return;
    take_from_list(id);
    edit_engine(id).task = task;
    if (is_none(task)) return;
    std::uint32_t before = EngineId::none_value;
    std::uint32_t behind = tasks_.at(task).first_engine;
    while (behind < id) {
        before = behind;
        behind = engines_.at(behind).next_engine;
    }
    edit_engine(id).next_engine = behind;
    if (is_none(before)) {
        edit_task(task).first_engine = id;
    } else {
        edit_engine(before).next_engine = id;
    }
}

bool History::begins_pass(const CallbackReading& callback) const {
    const TaskView& task = this->task(callback.task);
    if (!task.pass_open || task.last_event != callback.event) return true;
    const std::uint64_t order = engine(callback.engine).order;
    if (order == task.pass_order) {
        // An engine has two turns only when its report_quiesce comes before the event's own
        // callback, and before report_signal there is none.
        const bool second =
            callback.kind != CallbackKind::quiesce && callback.kind != CallbackKind::signal;
        return task.pass_kind != CallbackKind::quiesce || !second;
    }
    const bool backwards = callback.event == UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
    return backwards ? order > task.pass_order : order < task.pass_order;
}

// --- calls of the API ------------------------------------------------------------------------

void History::enter(const Event& event) {
    const ApiReading api(event);
    ActorView& actor = edit_actor(event.actor.value);
    if (actor.calls < ActorView::nesting) {
        const EngineView& engine = this->engine(api.engine);
        const TaskView& task = this->task(api.task);
        actor.call[actor.calls] = {api.call,
                                   api.task.value,
                                   api.engine.value,
                                   api.action,
                                   api.flags,
                                   event.step,
                                   engine.callbacks,
                                   task.user,
                                   task.state,
                                   task.exit_state,
                                   engine.left,
                                   engine.detached,
                                   engine.in_callback,
                                   engine.mask,
                                   engine.mask_may,
                                   0,
                                   0};
        ++actor.calls;
    }
    if (is_none(api.engine.value)) return;
    EngineView& engine = edit_engine(api.engine.value);
    if (api.call == ApiCall::set_events) {
        if (engine.setting != 0) engine.mask_unclear = true;
        ++engine.setting;
        engine.told_anything = true;
        engine.mask_may |= api.flags & ~ENGINE_STOP;
        engine.mask &= api.flags;
    }
    if (api.call == ApiCall::control) {
        ++engine.controlling;
        engine.told_anything = true;
        if (api.action == UTRACE_DETACH && engine.leaving == never) engine.leaving = event.step;
    }
    if (api.call == ApiCall::put) --engine.references;
}

void History::leave(const Event& event) {
    const ApiReading api(event);
    ActorView& actor = edit_actor(event.actor.value);
    CallView call;
    if (actor.calls != 0) call = actor.call[--actor.calls];
    if (is_none(api.engine.value)) return;
    EngineView& engine = edit_engine(api.engine.value);
    switch (api.call) {
        case ApiCall::attach:
            return attach_returned(event, api);
        case ApiCall::lookup:
        case ApiCall::get:
            if (api.result == 0) ++engine.references;
            return;
        case ApiCall::set_events:
            if (engine.setting != 0) --engine.setting;
            if (is_accepted(api.result)) {
                if (api.result != 0) engine.mask_late |= engine.mask_may & ~api.flags;
                engine.masked = event.step;
            }
            // Of two calls that overlap nobody knows which one came last, until there is another.
            if (engine.mask_unclear) {
                if (engine.setting == 0) engine.mask_unclear = false;
                return;
            }
            if (is_accepted(api.result)) {
                engine.mask = engine.mask_may = api.flags & ~ENGINE_STOP;
            } else if (call.call == ApiCall::set_events) {
                // Nothing was changed; if the mask was not known before, it still is not.
                const bool known = call.mask == call.mask_may;
                engine.mask = call.mask;
                engine.mask_may = known ? call.mask : engine.mask_may;
            }
            return;
        case ApiCall::control:
            if (engine.controlling != 0) --engine.controlling;
            return control_returned(event, api, call);
        default:
            return;
    }
}

void History::attach_returned(const Event& event, const ApiReading& api) {
    EngineView& engine = edit_engine(api.engine.value);
    if (api.result != 0) return;
    ++engine.references;
    engine.returned = event.step;
    if (engine.known) return;
    belongs(api.engine.value, api.task.value);
    EngineView& created = edit_engine(api.engine.value);
    created.known = true;
    created.order = ++attachments_;
    created.attached = event.step;
}

void History::control_returned(const Event& event, const ApiReading& api, const CallView& call) {
    EngineView& engine = edit_engine(api.engine.value);
    engine.control_step = event.step;
    engine.control_action = api.action;
    const bool accepted = is_accepted(api.result);
    if (api.action == UTRACE_DETACH) {
        if (accepted) {
            if (engine.left == never) {
                engine.left = event.step;
                engine.left_owed = api.result != 0;
                engine.left_callbacks = engine.callbacks;
            }
            engine.held = never;
        } else if (engine.left == never && engine.controlling == 0) {
            engine.leaving = never;
        }
    } else if (api.action == UTRACE_STOP) {
        // A callback that ended meanwhile may have been answered before this or behind it.
        const bool overtaken = engine.answer.step != never && engine.answer.step >= call.step;
        if (accepted) engine.held = overtaken ? never : event.step;
    } else if (api.result == 0) {
        engine.held = never;
    }
}

// --- callbacks -------------------------------------------------------------------------------

void History::callback(const Event& event) {
    const CallbackReading callback(event);
    TaskView& task = edit_task(callback.task.value);
    if (begins_pass(callback)) {
        ++task.pass;
        task.pass_least = UTRACE_RESUME;
        task.pass_answers = task.pass_word = 0;
        task.pass_unsure = false;
        task.pass_step = event.step;
        task.pass_after = task.last_act;
    }
    task.pass_open = true;
    task.pass_order = engine(callback.engine).order;
    task.pass_kind = callback.kind;
    task.last_event = callback.event;
    ++task.callbacks;
    if (callback.kind != CallbackKind::reap) {
        task.actor = event.actor.value;
        task.has_run = true;
        task.calling = callback.engine.value;
        edit_actor(event.actor.value).task = callback.task.value;
    }
    const bool exits = callback.event == UTRACE_EVENT(EVENT_EXIT);
    if (exits && task.exiting == never) task.exiting = event.step;
    if (exits) circumstances_.exiting = true;
    if (callback.kind == CallbackKind::clone) {
        task.child = static_cast<std::uint32_t>(callback.argument[1]);
    }
    edit_actor(event.actor.value).in_callback = true;
    EngineView& engine = edit_engine(callback.engine.value);
    ++engine.callbacks;
    engine.in_callback = engine.last_callback = event.step;
    engine.mask_late = 0;
    engine.kind = callback.kind;
    engine.event = callback.event;
    engine.actor = event.actor.value;
}

/// What the answers of a pass come to. report_signal's REPORT and INTERRUPT count as RESUME.
void History::note_answer(TaskView& task, const EngineView& engine, const CallbackReading& callback,
                          const Event& event) {
    std::uint32_t action = callback.resume();
    const bool weak = action == UTRACE_REPORT || action == UTRACE_INTERRUPT;
    if (action >= UTRACE_DETACH || (weak && callback.kind == CallbackKind::signal)) {
        action = UTRACE_RESUME;
    }
    if (callback.kind == CallbackKind::death) {
        // Nothing but DETACH means anything here, so what it comes to is nobody's business.
        task.pass_unsure = task.pass_unsure || action != UTRACE_RESUME;
        action = UTRACE_RESUME;
    }
    ++task.pass_answers;
    task.pass_least = action < task.pass_least ? action : task.pass_least;
    if (callback.kind != CallbackKind::quiesce) {
        task.pass_word = callback.word;
        task.pass_left[0] = event.value[4];
        task.pass_left[1] = event.value[5];
    }
    if (engine.leaving != never) task.pass_unsure = true;
}

void History::callback_end(const Event& event) {
    const CallbackReading callback(event);
    TaskView& task = edit_task(callback.task.value);
    if (callback.kind != CallbackKind::reap) task.calling = EngineId::none_value;
    edit_actor(event.actor.value).in_callback = false;
    EngineView& engine = edit_engine(callback.engine.value);
    engine.in_callback = never;
    engine.answer = {event.step, callback.kind, engine.event, callback.word};
    if (callback.kind == CallbackKind::reap) return;
    note_answer(task, engine, callback, event);
    if (callback.resume() == UTRACE_DETACH) {
        if (engine.leaving == never) engine.leaving = event.step;
        if (engine.left == never) engine.left = event.step;
        engine.left_by_answer = true;
        engine.held = never;
        return;
    }
    if (callback.kind == CallbackKind::death) return;
    engine.held = callback.resume() == UTRACE_STOP ? event.step : never;
}

// --- tasks -----------------------------------------------------------------------------------

void History::task_state(const Event& event) {
    TaskView& task = edit_task(id_in(event, 0));
    task.known = true;
    if (task.traced()) --circumstances_.traced;
    task.state = event.value[1];
    if (task.traced()) ++circumstances_.traced;
    task.exit_state = event.value[2];
    task.state_since = event.step;
    if (task.exit_state != 0 && task.dead == never) task.dead = event.step;
    if (task.exit_state != 0) circumstances_.dead = true;
    if (task.actor != event.actor.value || !event.actor.valid()) return;
    task.pass_open = false;
    task.last_act = event.step;
}

void History::new_task(const Event& event) {
    TaskView& child = edit_task(id_in(event, 0));
    child.known = true;
    child.parent = id_in(event, 1);
    child.born = event.step;
    child.clone_flags = static_cast<std::uint64_t>(event.value[3]);
    edit_task(child.parent).pass_open = false;
    edit_task(child.parent).last_act = event.step;
}

/// The list of engines changes: a round of the task itself is over by then. Whoever reaps it, or
/// lets go of a stopped one, ends none, and be it a callback of the round.
void History::ends_pass(const Event& event) {
    TaskView& task = edit_task(id_in(event, 0));
    const bool calls = event.actor.valid() && edit_actor(event.actor.value).calls != 0;
    if (task.actor == event.actor.value && !calls) task.pass_open = false;
}

/// What only the task itself does.
void History::task_acts(const Event& event) {
    TaskView& task = edit_task(id_in(event, 0));
    task.known = true;
    if (event.kind != EventKind::step_switch || event.value[2] != 0) {
        task.actor = event.actor.value;
        task.has_run = true;
        edit_actor(event.actor.value).task = id_in(event, 0);
    }
    task.pass_open = false;
    task.last_act = event.step;
    switch (event.kind) {
        case EventKind::user:
            task.in_call = false;
            task.entered = event.step;
            return;
        case EventKind::instruction:
            task.user = task.entered = event.step;
            return;
        case EventKind::syscall_enter:
            task.kernel = task.entered = event.step;
            task.in_call = true;
            task.call_done = false;
            task.call_step = event.step;
            task.call_nr = event.value[1];
            return;
        case EventKind::syscall_ran:
        case EventKind::syscall_skipped:
            task.call_done = true;
            return;
        case EventKind::debug_trap:
        case EventKind::fault:
            task.kernel = task.entered = event.step;
            return;
        case EventKind::handler:
            task.handler = event.step;
            return;
        case EventKind::exit:
            if (task.exiting == never) task.exiting = event.step;
            circumstances_.exiting = true;
            return;
        case EventKind::step_switch:
            task.stepping = event.value[1] == static_cast<std::int64_t>(StepSwitch::disable)
                                ? 0
                                : static_cast<std::uint32_t>(event.value[1]) + 1;
            return;
        default:
            return;
    }
}

/// What is said of an engine.
void History::engine_changes(const Event& event) {
    if (event.kind == EventKind::engine_release) {
        edit_engine(id_in(event, 0)).released = event.step;
        return;
    }
    EngineView& engine = edit_engine(id_in(event, 1));
    switch (event.kind) {
        case EventKind::engine_attached:
            engine.known = true;
            belongs(id_in(event, 1), id_in(event, 0));
            engine.order = ++attachments_;
            engine.attached = event.step;
            engine.attached_by_target = is_current(event.actor, TaskId{engine.task});
            engine.ops = event.value[2];
            engine.data = static_cast<std::uint64_t>(event.value[3]);
            return;
        case EventKind::engine_listed:
            engine.listed = event.step;
            ends_pass(event);
            return;
        case EventKind::engine_stop:
            if (engine.stop) --circumstances_.holds;
            engine.stop = event.value[2] != 0;
            if (engine.stop) ++circumstances_.holds;
            return;
        default:
            engine.detached = event.step;
            engine.held = never;
            ends_pass(event);
            return;
    }
}

void History::add(const Event& event) {
    switch (event.kind) {
        case EventKind::api_enter:
            return enter(event);
        case EventKind::api:
            return leave(event);
        case EventKind::callback:
            return callback(event);
        case EventKind::callback_end:
            return callback_end(event);
        case EventKind::attach_match: {
            ActorView& actor = edit_actor(event.actor.value);
            if (actor.calls == 0) return;
            actor.call[actor.calls - 1].ops = event.value[2];
            actor.call[actor.calls - 1].data = static_cast<std::uint64_t>(event.value[3]);
            return;
        }
        case EventKind::engine_attached:
        case EventKind::engine_listed:
        case EventKind::engine_stop:
        case EventKind::engine_detached:
        case EventKind::engine_release:
            return engine_changes(event);
        case EventKind::task_state:
            return task_state(event);
        case EventKind::new_task:
            return new_task(event);
        case EventKind::released:
            edit_task(id_in(event, 0)).released = event.step;
            return;
        case EventKind::signal_generated: {
            TaskView& task = edit_task(id_in(event, 0));
            const bool kills = event.value[1] == K_SIGKILL && task.exit_state == 0;
            if (kills && task.killed == never) task.killed = event.step;
            if (event.value[1] == K_SIGKILL) circumstances_.killed = true;
            return;
        }
        case EventKind::lock_taken:
            ++edit_actor(event.actor.value).locks;
            return;
        case EventKind::lock_released: {
            ActorView& actor = edit_actor(event.actor.value);
            if (actor.locks != 0) --actor.locks;
            return;
        }
        case EventKind::user:
        case EventKind::instruction:
        case EventKind::syscall_enter:
        case EventKind::syscall_ran:
        case EventKind::syscall_skipped:
        case EventKind::debug_trap:
        case EventKind::fault:
        case EventKind::signal_taken:
        case EventKind::handler:
        case EventKind::exit:
        case EventKind::exec:
        case EventKind::core_dump:
        case EventKind::step_switch:
            return task_acts(event);
        default:
            return;
    }
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// Steps are carried out by whoever runs: a controller's fiber, or a task inside a callback. A step
// that asks for something impossible makes no call and answers what was missing instead.
#include "engines/script.hpp"

#include <cinttypes>
#include <cstdio>

#include "event/names.hpp"
#include "kernel/boot.hpp"
#include "kernel/memory.hpp"
#include "kernel/signal.hpp"
#include "kernel/wake.hpp"
#include "utrace/utrace_struct.hpp"

namespace utsim {

namespace {

/// An await for idleness sleeps longer than the rounds of those who only look again.
constexpr std::uint64_t idle_ticks = 10;
constexpr const char* flag_wait = "wait_for_flag";

/// Tells the trace of something that is no call of the utrace API.
std::int64_t tell(ScriptContext& context, ApiCall call, const Task* task, std::int64_t action,
                  std::int64_t flags, std::int64_t answer) {
    const TaskId id = task != nullptr ? task->id : TaskId{};
    context.world->emit(EventKind::api, call, id.value, EngineId::none_value, action, flags, answer,
                        task != nullptr ? task->state.peek() : 0,
                        task != nullptr ? task->exit_state.peek() : 0);
    return answer;
}

/// Null with an answer when the slot's engine cannot be used.
Engine* usable_engine(EngineSlot& slot, std::int64_t& answer) {
    if (slot.engine == nullptr) {
        answer = no_engine;
        return nullptr;
    }
    if (slot.engine->kref.freed()) {
        answer = freed;
        return nullptr;
    }
    return slot.engine;
}

EngineSlot* slot_of(ScriptContext& context, const Engine* engine) {
    for (std::uint16_t i = 0; i < context.engine_count; ++i) {
        if (context.engines[i].engine == engine) return &context.engines[i];
    }
    return nullptr;
}

EngineOps* table_for(const ScriptStep& step, const EngineSlot& slot) {
    if (step.ops == OpsChoice::null) return nullptr;
    return step.ops == OpsChoice::detached ? utrace_detached_ops() : slot.ops;
}

std::int64_t attach(ScriptContext& context, const ScriptStep& step) {
    EngineSlot& slot = context.engines[step.engine];
    const std::uint16_t where = step.task != no_index ? step.task : slot.task;
    Task* task = where != no_index ? slot_task(context, where) : nullptr;
    if (task == nullptr) return no_task;
    const std::uint64_t data = step.has_data ? step.data : slot.data;
    EngineOps* ops = table_for(step, slot);
    const AttachResult result =
        step.by_pid ? utrace_attach_pid(task, task->pid, step.attach_flags, ops, data)
                    : utrace_attach_task(task, step.attach_flags, ops, data);
    if (result.engine == nullptr) return result.error;
    // Found instead of made: it has begun already.
    const bool made = slot.engine != result.engine;
    slot.task = where;
    note_attached(context, slot, result);
    if (made) begin_tracing(slot, task);
    return 0;
}

std::int64_t lookup(ScriptContext& context, const ScriptStep& step, EngineSlot** found) {
    Task* task = slot_task(context, step.task);
    if (task == nullptr) return no_task;
    EngineSlot* like = step.engine != no_index ? &context.engines[step.engine] : nullptr;
    EngineOps* ops = like != nullptr ? like->ops : nullptr;
    std::uint64_t data = like != nullptr ? like->data : 0;
    if (step.has_data) data = step.data;
    const AttachResult result =
        step.by_pid ? utrace_attach_pid(task, task->pid, step.attach_flags, ops, data)
                    : utrace_attach_task(task, step.attach_flags, ops, data);
    if (result.engine == nullptr) return result.error;
    *found = slot_of(context, result.engine);
    if (*found != nullptr) ++(*found)->references;
    return 0;
}

std::int64_t control(ScriptContext& context, const ScriptStep& step, EngineSlot& slot, Task* task,
                     Engine* engine) {
    // Before the call: a callback that runs while the call is under way answers by it already.
    slot.want_stop = step.action == UTRACE_STOP;
    if (!step.by_pid) return utrace_control(task, engine, step.action);
    return utrace_control_pid(context.kernel->init, task->pid, engine, step.action);
}

std::int64_t set_events(ScriptContext& context, const ScriptStep& step, Task* task,
                        Engine* engine) {
    const auto events = static_cast<std::uint64_t>(step.value);
    if (!step.by_pid) return utrace_set_events(task, engine, events);
    return utrace_set_events_pid(context.kernel->init, task->pid, engine, events);
}

std::int64_t barrier(ScriptContext& context, const ScriptStep& step, Task* task, Engine* engine) {
    if (!step.by_pid) return utrace_barrier(task, engine);
    return utrace_barrier_pid(context.kernel->init, task->pid, engine);
}

std::int64_t put(EngineSlot& slot, Engine* engine) {
    if (slot.references == 0) return no_reference;
    --slot.references;
    utrace_engine_put(engine);
    return 0;
}

std::int64_t engine_step(ScriptContext& context, const ScriptStep& step) {
    EngineSlot& slot = context.engines[step.engine];
    std::int64_t answer = 0;
    Engine* engine = usable_engine(slot, answer);
    if (engine == nullptr) return answer;
    Task* task = slot.task != no_index ? slot_task(context, slot.task) : nullptr;
    if (task == nullptr) return no_task;
    switch (step.verb) {
        case StepVerb::set_events:
            return set_events(context, step, task, engine);
        case StepVerb::control:
            return control(context, step, slot, task, engine);
        case StepVerb::barrier:
            return barrier(context, step, task, engine);
        case StepVerb::prepare_examine:
            return utrace_prepare_examine(task, engine, &slot.exam);
        case StepVerb::finish_examine:
            return utrace_finish_examine(task, engine, &slot.exam);
        case StepVerb::get:
            ++slot.references;
            utrace_engine_get(engine);
            return 0;
        default:
            return put(slot, engine);
    }
}

std::int64_t send(ScriptContext& context, const ScriptStep& step, Task* task) {
    const bool group = step.verb == StepVerb::kill;
    const Task* sender = current_task(*context.world);
    SigInfo info;
    info.si_signo = step.signal;
    info.si_code = group ? K_SI_USER : K_SI_TKILL;
    info.si_pid = sender != nullptr ? sender->tgid : 0;
    const int answer = send_signal_to(task, step.signal, &info, group);
    return tell(context, ApiCall::kill, task, step.signal, group ? 1 : 0, answer);
}

std::int64_t reap(ScriptContext& context, Task* task) {
    const bool worked = reap_zombie(current_task(*context.world), task);
    tell(context, ApiCall::reap, task, 0, 0, worked ? 0 : -K_ECHILD);
    return worked ? 0 : not_zombie;
}

std::int64_t registers(ScriptContext& context, const ScriptStep& step, Task* task) {
    const bool writes = step.verb == StepVerb::set_regs;
    std::int64_t answer = 0;
    for (std::uint32_t i = 0; i < step.regs_count; ++i) {
        const RegisterValue& reg = context.registers[step.regs_first + i];
        if (writes) set_user_register(*task, reg.name, reg.value);
        const std::uint64_t there = user_register(*task, reg.name);
        if (writes || there == reg.value || answer != 0) continue;
        answer = wrong_value;
        context.results[step.id].differs = &reg;
        context.results[step.id].there = there;
    }
    tell(context, writes ? ApiCall::set_regs : ApiCall::get_regs, task, 0, 0, 0);
    return answer;
}

std::int64_t task_step(ScriptContext& context, const ScriptStep& step) {
    Task* task = slot_task(context, step.task);
    if (task == nullptr) return no_task;
    context.world->point(PointKind::call, "script", about(task->id));
    switch (step.verb) {
        case StepVerb::kill:
        case StepVerb::tkill:
            return send(context, step, task);
        case StepVerb::wake:
            complete_blocking_call(task);
            return tell(context, ApiCall::wake, task, 0, 0, 0);
        case StepVerb::spurious_wake:
            wake_up_state(task, static_cast<long>(step.value & ~await_running));
            return tell(context, ApiCall::wake, task, step.value & ~await_running, 1, 0);
        case StepVerb::page_out:
            send_pages_away(task);
            return tell(context, ApiCall::page_out, task, 0, 0, 0);
        case StepVerb::reap:
            return reap(context, task);
        case StepVerb::set_regs:
        case StepVerb::check_regs:
            return registers(context, step, task);
        default:
            return tell(context, ApiCall::state, task, 0, 0, 0);
    }
}

bool await_is_over(ScriptContext& context, const ScriptStep& step) {
    const Task* task = step.task != no_index ? slot_task(context, step.task) : nullptr;
    switch (step.verb) {
        case StepVerb::await_state: {
            if (task == nullptr) return false;
            const long state = task->state.peek();
            const std::int64_t bits =
                state == TASK_RUNNING ? await_running : state & ~TASK_WAKEKILL;
            return (bits & step.value) != 0;
        }
        case StepVerb::await_exit:
            return task != nullptr && task->exit_state.peek() == step.value;
        case StepVerb::await_calls:
            return context.engines[step.engine].calls >= step.value;
        case StepVerb::await_flag:
            return context.flags[step.flag];
        default:
            return true;
    }
}

ScriptController* controller_of(ScriptContext& context, const Task* task) {
    for (std::uint16_t i = 0; i < context.controller_count; ++i) {
        if (context.controllers[i].task == task) return &context.controllers[i];
    }
    return nullptr;
}

void await(ScriptContext& context, const ScriptStep& step) {
    World& world = *context.world;
    if (step.verb == StepVerb::await_time || step.verb == StepVerb::await_idle) {
        const bool idle = step.verb == StepVerb::await_idle;
        const std::uint64_t ticks = idle ? idle_ticks : static_cast<std::uint64_t>(step.value);
        // Who waits for everybody else to be done is no sleeper whose time could come early.
        world.sleep(ticks, idle ? BlockReason::idle : BlockReason::timeout, "await");
        return;
    }
    ScriptController* controller = controller_of(context, current_task(world));
    while (!await_is_over(context, step)) {
        if (controller != nullptr) controller->waits = &step;
        world.block(BlockReason::idle, "await", PointKind::controller);
    }
    if (controller != nullptr) controller->waits = nullptr;
}

std::int64_t carry_out(ScriptContext& context, const ScriptStep& step, EngineSlot** found) {
    switch (step.verb) {
        case StepVerb::attach:
            return attach(context, step);
        case StepVerb::lookup:
            return lookup(context, step, found);
        case StepVerb::set_events:
        case StepVerb::control:
        case StepVerb::barrier:
        case StepVerb::prepare_examine:
        case StepVerb::finish_examine:
        case StepVerb::get:
        case StepVerb::put:
            return engine_step(context, step);
        case StepVerb::release:
            context.world->point(PointKind::call, "release");
            release_flag(context, step.flag);
            return 0;
        case StepVerb::note:
            context.world->emit_text(EventKind::note, context.texts[step.text]);
            return 0;
        case StepVerb::await_state:
        case StepVerb::await_exit:
        case StepVerb::await_calls:
        case StepVerb::await_flag:
        case StepVerb::await_time:
        case StepVerb::await_idle:
            await(context, step);
            return 0;
        default:
            return task_step(context, step);
    }
}

void compare(ScriptContext& context, const ScriptStep& step, std::int64_t answer,
             const EngineSlot* found) {
    ScriptContext::StepResult& result = context.results[step.id];
    result.done = true;
    result.answer = answer;
    result.step = context.world->step();
    if (step.expect == StepExpect::nothing) return;
    bool right = answer == step.expected;
    if (step.expect == StepExpect::engine) {
        const EngineSlot* wanted = &context.engines[step.expected_engine];
        right = answer == 0 && (step.verb == StepVerb::attach || found == wanted);
    }
    if (right) return;
    result.wrong = true;
    ++context.wrong_answers;
    if (!context.world->listening()) return;
    char expected[40];
    char got[40];
    char text[120];
    describe_answer(step.expected, expected, sizeof(expected));
    describe_answer(answer, got, sizeof(got));
    const bool engine = step.expect == StepExpect::engine;
    const char* wanted = engine ? context.engines[step.expected_engine].name : expected;
    if (answer == 0 && found != nullptr) std::snprintf(got, sizeof(got), "%s", found->name);
    std::snprintf(text, sizeof(text), "expected %s, got %s", wanted, got);
    if (result.differs != nullptr) {
        const auto name = name_of(register_names(), static_cast<int>(result.differs->name));
        std::snprintf(text, sizeof(text), "%s was 0x%" PRIx64 ", not 0x%" PRIx64, name.data(),
                      result.there, result.differs->value);
    }
    context.world->emit_text(EventKind::expect_failed, text, step.id);
}

}  // namespace

const char* script_refusal_name(int answer) {
    switch (answer) {
        case no_engine:
            return "NOENG";
        case no_task:
            return "NOTASK";
        case freed:
            return "FREED";
        case no_reference:
            return "NOREF";
        case not_zombie:
            return "NOTZOMBIE";
        case wrong_value:
            return "another value";
        default:
            return nullptr;
    }
}

void describe_answer(std::int64_t answer, char* out, std::size_t size) {
    const char* refusal = script_refusal_name(static_cast<int>(answer));
    const char* error = answer < 0 ? errno_name(static_cast<int>(-answer)) : nullptr;
    if (refusal != nullptr) {
        std::snprintf(out, size, "%s", refusal);
    } else if (error != nullptr) {
        std::snprintf(out, size, "-%s", error);
    } else {
        std::snprintf(out, size, "%" PRId64, answer);
    }
}

Task* slot_task(ScriptContext& context, std::uint16_t index) {
    TaskSlot& slot = context.tasks[index];
    if (slot.task != nullptr || slot.program == nullptr) return slot.task;
    const TaskId made = slot.program->made;
    if (!made.valid() || made.value >= max_tasks) return nullptr;
    Task* task = context.kernel->by_id[made.value];
    if (task == nullptr || task->usage.freed()) return nullptr;
    get_task_struct(task);
    slot.task = task;
    return task;
}

void note_attached(ScriptContext& context, EngineSlot& slot, const AttachResult& result) {
    slot.engine = result.engine;
    slot.references = 1;
    // A slot's name may have been used before; its latest engine has it.
    context.world->name_engine(result.engine->id, slot.name);
}

void begin_tracing(EngineSlot& slot, Task* task) {
    Engine* engine = slot.engine;  // the slot can have another one when the first call returns
    if (slot.events != 0) utrace_set_events(task, engine, slot.events);
    if (slot.start_action == UTRACE_RESUME) return;
    slot.want_stop = slot.start_action == UTRACE_STOP;
    utrace_control(task, engine, slot.start_action);
}

std::int64_t run_script_step(ScriptContext& context, const ScriptStep& step) {
    EngineSlot* found = nullptr;
    const std::int64_t answer = carry_out(context, step, &found);
    compare(context, step, answer, found);
    return answer;
}

void run_controller(void* argument) {
    auto* controller = static_cast<ScriptController*>(argument);
    ScriptContext& context = *controller->context;
    for (; controller->at < controller->count; ++controller->at) {
        context.world->point(PointKind::controller, "controller");
        run_script_step(context, controller->steps[controller->at]);
    }
}

void wait_for_flag(ScriptContext& context, std::uint16_t flag) {
    while (!context.flags[flag]) {
        context.world->block(BlockReason::idle, flag_wait, PointKind::in_callback);
    }
}

void release_flag(ScriptContext& context, std::uint16_t flag) {
    context.flags[flag] = true;
    World& world = *context.world;
    // Whoever waits for another flag looks again and goes back to sleep.
    for (std::uint32_t i = 0; i < world.actor_count(); ++i) {
        Actor& actor = world.actor(ActorId{i});
        if (actor.reason == BlockReason::idle && actor.waits_in == flag_wait) {
            world.make_ready(actor);
        }
    }
    notify_awaits(context);
}

void notify_awaits(ScriptContext& context) {
    for (std::uint16_t i = 0; i < context.controller_count; ++i) {
        ScriptController& controller = context.controllers[i];
        if (controller.waits == nullptr || !await_is_over(context, *controller.waits)) continue;
        controller.waits = nullptr;
        context.world->make_ready(context.world->actor(controller.task->actor));
    }
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// Scripts: lists of API calls that a controller, or an engine inside a callback, carries out.
///
/// Everything here is plain data in the World's arena, so that a snapshot holds how far each script
/// has come. Tasks, engines and flags are indices into the run's `ScriptContext`.
#pragma once

#include <cstdint>

#include <utsim/engine.hpp>

#include "event/event.hpp"
#include "kernel/kernel.hpp"
#include "kernel/program.hpp"

namespace utsim {

enum class StepVerb : std::uint8_t {
    attach,
    lookup,
    set_events,
    control,
    barrier,
    prepare_examine,
    finish_examine,
    get,
    put,
    kill,           ///< `signal` to the process
    tkill,          ///< `signal` to the thread
    wake,           ///< completes a scripted blocking call
    spurious_wake,  ///< wakes a sleeper for no reason; `value` is the mask of states
    page_out,       ///< sends all pages of the task away
    reap,           ///< wait4() by whoever runs the script
    set_regs,
    check_regs,
    state,        ///< a look at the task, only for the trace
    await_state,  ///< until the task is in one of the states in `value`
    await_exit,   ///< until the task's exit state is `value`
    await_calls,  ///< until the engine has been called `value` times
    await_flag,   ///< until `flag` is released
    await_time,   ///< `value` ticks of virtual time
    await_idle,   ///< until nobody else can run
    release,      ///< releases `flag`
    note,
};

/// Which table an attach passes; anything but `own` is there to provoke errors.
enum class OpsChoice : std::uint8_t { own, null, detached };

/// What a step that makes no call answers, because the script asked for something impossible.
inline constexpr int no_engine = -100001;  ///< the engine is not attached (yet)
inline constexpr int no_task = -100002;    ///< the task does not exist (yet)
inline constexpr int freed = -100003;      ///< the engine is gone: nobody holds a reference
inline constexpr int no_reference = -100004;
inline constexpr int not_zombie = -100005;
inline constexpr int wrong_value = -100006;  ///< check_regs: a register differs
/// `NOENG` for no_engine and so on; null for other numbers.
const char* script_refusal_name(int answer);

inline constexpr std::uint16_t no_index = 0xffff;
/// The bit for TASK_RUNNING, which has none of its own.
inline constexpr std::int64_t await_running = std::int64_t{1} << 62;

struct RegisterValue {
    Register name = Register::rax;
    std::uint64_t value = 0;
};

/// What a step's answer is compared with.
enum class StepExpect : std::uint8_t {
    nothing,
    number,  ///< the call's return value; 0 for an attach that worked
    engine,  ///< attach and lookup: the engine of that slot
};

struct ScriptStep {
    StepVerb verb = StepVerb::note;
    OpsChoice ops = OpsChoice::own;
    bool by_pid = false;
    bool has_data = false;
    StepExpect expect = StepExpect::nothing;
    std::uint16_t task = no_index;
    std::uint16_t engine = no_index;
    std::uint16_t flag = no_index;
    std::uint16_t expected_engine = no_index;
    std::uint32_t id = 0;  ///< number of the step among all steps of the scenario
    int attach_flags = 0;
    int signal = 0;
    std::uint32_t action = 0;
    std::int64_t value = 0;  ///< events, mask, ticks, calls or states
    std::uint64_t data = 0;
    std::int64_t expected = 0;
    std::uint32_t regs_first = 0;  ///< into ScriptContext::registers
    std::uint32_t regs_count = 0;
    std::uint32_t text = 0;  ///< into ScriptContext::texts
};

/// One of the scenario's engines: where it is, and what the script holds of it.
struct EngineSlot {
    const char* name = "";
    EngineOps* ops = nullptr;
    std::uint64_t data = 0;
    std::uint64_t events = 0;                    ///< its mask from the attach on
    std::uint32_t start_action = UTRACE_RESUME;  ///< and what is asked of the task then
    Engine* engine = nullptr;       ///< the last engine that was attached (or found) for this slot
    std::uint16_t task = no_index;  ///< where it is, or will be, attached
    std::uint32_t references = 0;   ///< references that scripts hold
    std::uint32_t calls = 0;        ///< callbacks so far
    bool foreign = false;           ///< its table was written by whoever runs the scenario
    bool want_stop = false;         ///< the last control call or answer was STOP
    utrace_examiner exam;
};

template <typename V>
void describe(V& v, EngineSlot& e) {
    v.aside("name", e.name);
    v.field("ops", e.ops);
    v.field("data", e.data);
    v.field("events", e.events);
    v.field("start_action", e.start_action);
    v.field("engine", e.engine);
    v.field("task", e.task);
    v.field("references", e.references);
    v.field("calls", e.calls);
    v.field("foreign", e.foreign);
    v.field("want_stop", e.want_stop);
    v.field("exam", e.exam);
}

/// A task that scripts can name. Children get their task when a clone makes them.
struct TaskSlot {
    const char* name = "";
    Task* task = nullptr;  ///< the scripts hold a reference, so that it can be named when dead
    Program* program = nullptr;  ///< of a child: its `made` says which task it became
};

template <typename V>
void describe(V& v, TaskSlot& t) {
    v.aside("name", t.name);
    v.field("task", t.task);
    v.field("program", t.program);
}

struct ScriptContext;

/// A controller: a kernel thread that works through its steps.
struct ScriptController {
    ScriptContext* context = nullptr;
    const char* name = "";
    const ScriptStep* steps = nullptr;
    std::uint32_t count = 0;
    std::uint32_t at = 0;               ///< the step it is in
    Task* task = nullptr;               ///< the kernel thread
    const ScriptStep* waits = nullptr;  ///< the await it is blocked in
};

template <typename V>
void describe(V& v, ScriptController& c) {
    v.aside("context", c.context);
    v.aside("name", c.name);
    v.field("steps", c.steps);
    v.field("count", c.count);
    v.field("at", c.at);
    v.field("task", c.task);
    v.field("waits", c.waits);
}

/// What the scripts of one run share. Set up by the builder, in the arena.
struct ScriptContext {
    World* world = nullptr;
    Kernel* kernel = nullptr;
    TaskSlot* tasks = nullptr;
    EngineSlot* engines = nullptr;
    bool* flags = nullptr;
    const char* const* flag_names = nullptr;
    ScriptController* controllers = nullptr;
    const RegisterValue* registers = nullptr;
    const char* const* texts = nullptr;
    /// What each step of the scenario answered, by its id.
    struct StepResult {
        bool done = false;
        bool wrong = false;
        std::int64_t answer = 0;
        std::uint64_t step = 0;                  ///< scheduling step
        const RegisterValue* differs = nullptr;  ///< check_regs: the first that was not as asked
        std::uint64_t there = 0;                 ///< and what was there
    };
    StepResult* results = nullptr;
    std::uint32_t wrong_answers = 0;
    std::uint16_t task_count = 0;
    std::uint16_t engine_count = 0;
    std::uint16_t flag_count = 0;
    std::uint16_t controller_count = 0;
};

template <typename V>
void describe(V& v, ScriptContext::StepResult& r) {
    v.field("done", r.done);
    v.field("wrong", r.wrong);
    // Only reports show what it was.
    v.aside("answer", r.answer);
    v.aside("step", r.step);
    v.aside("differs", r.differs);
    v.aside("there", r.there);
}

template <typename V>
void describe(V& v, ScriptContext& c) {
    v.aside("world", c.world);
    v.field("kernel", c.kernel);
    v.field("tasks", c.tasks);
    v.field("engines", c.engines);
    v.field("flags", c.flags);
    v.aside("flag_names", c.flag_names);
    v.field("controllers", c.controllers);
    v.aside("registers", c.registers);
    v.aside("texts", c.texts);
    v.field("results", c.results);
    v.field("wrong_answers", c.wrong_answers);
    v.field("task_count", c.task_count);
    v.field("engine_count", c.engine_count);
    v.field("flag_count", c.flag_count);
    v.field("controller_count", c.controller_count);
}

/// The task of a slot as of now; null while it does not exist.
Task* slot_task(ScriptContext& context, std::uint16_t index);

/// The slot has this Engine from now on, with one reference.
void note_attached(ScriptContext& context, EngineSlot& slot, const AttachResult& result);
/// The calls that follow an attach by whoever it was: the slot's events, then what it asks for.
void begin_tracing(EngineSlot& slot, Task* task);

/// `-EINPROGRESS`, `NOENG` or a number, in `out`; for messages.
void describe_answer(std::int64_t answer, char* out, std::size_t size);

/// Carries out one step for whoever runs (`current`), tells the trace, and compares the answer with
/// the step's `expect`. On a fiber.
std::int64_t run_script_step(ScriptContext& context, const ScriptStep& step);

/// The body of a controller's fiber; the argument is its ScriptController.
void run_controller(void* controller);

/// Blocks the running callback until `flag` is released.
void wait_for_flag(ScriptContext& context, std::uint16_t flag);
void release_flag(ScriptContext& context, std::uint16_t flag);

/// Something changed that an await may wait for: lets those controllers go on whose await is over.
void notify_awaits(ScriptContext& context);

}  // namespace utsim

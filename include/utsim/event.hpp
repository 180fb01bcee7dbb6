// SPDX-License-Identifier: MIT
/// What can be observed of a run: one flat record per event, described by one table.
///
/// `Simulation::listen` of `<utsim/simulation.hpp>` is the way to hear of them, `EventSink` the
/// interface below it. Traces, expectations and the monitors of the contract are made of the same
/// records, and docs/trace.md says what each kind of event tells. Nothing is formatted, and nothing
/// allocated, unless somebody listens.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <utsim/ids.hpp>

namespace utsim {

/// How a field's number is to be read; `field_in_words` prints it so. For calls and callbacks some
/// fields say `number` in the table and are read as what the call or the callback makes of them.
enum class Format : std::uint8_t {
    number,        ///< signed decimal
    hex,           ///< unsigned, 0x...
    flag,          ///< 0 or 1
    address,       ///< guest address
    actor,         ///< `ActorId::value`
    task,          ///< `TaskId::value` (`TaskId::none_value`: no task)
    engine,        ///< `EngineId::value` (`EngineId::none_value`: no engine)
    api,           ///< ApiCall
    callback,      ///< CallbackKind
    resume,        ///< ResumeAction
    word_signal,   ///< signal action | HOLD | resume action
    word_syscall,  ///< syscall action | RESUMED | resume action
    word,          ///< callback word whose kind follows from the callback
    event_bit,     ///< UTRACE_EVENT() bit, or 0
    event_mask,    ///< set of event bits (ENGINE_STOP is printed too)
    attach_flags,
    result,      ///< 0, a negated errno, or a plain value
    task_state,  ///< TASK_* bits
    exit_state,
    signal,         ///< signal number
    si_code,        ///< why the signal came; what it means follows from the signal
    disposition,    ///< what a task does about a signal
    wait_status,    ///< how a task ended, as wait4() tells it
    syscall,        ///< system call number
    cld,            ///< CLD_* code
    step_switch,    ///< StepSwitch
    via,            ///< ReturnPath
    program_point,  ///< user ip; abstract programs print main+N
    clone_flags,
    ptrace_stop,   ///< which stop of ptrace(2) it is
    ptrace_event,  ///< PTRACE_EVENT_*, or 0
    static_text,   ///< index into the World's static texts (function names, warnings)
    lock,          ///< lock class << 32 | owning task
    count_,
};

/// What was called, in the field `call` of `api_enter` and `api`: the API itself, and what else a
/// controller can do.
enum class ApiCall : std::uint8_t {
    attach,
    lookup,
    set_events,
    control,
    barrier,
    prepare_examine,
    finish_examine,
    get,
    put,
    kill,      ///< a signal sent by a controller
    wake,      ///< completes a scripted blocking call
    page_out,  ///< a task's pages are sent away
    reap,      ///< wait4() by the parent
    set_regs,  ///< register write by a controller
    get_regs,
    state,  ///< a look at the task, no effect
};

/// What the hardware was told (`switch` of `step_switch`).
enum class StepSwitch : std::uint8_t { enable_single, enable_block, disable };
/// How the kernel was left for user mode (`via` of `user`).
enum class ReturnPath : std::uint8_t { sys, irq, trap, fault, fork };

/// What happened. `kind_info` has the name and the fields of each.
enum class EventKind : std::uint8_t {
    api_enter,        ///< a call of the API, or of a controller, begins
    api,              ///< and returns
    callback,         ///< a callback of an engine begins
    callback_end,     ///< and has answered
    attach_match,     ///< what an attach or look-up goes by: follows its api_enter
    engine_attached,  ///< put on the list of newcomers
    engine_listed,    ///< moved to the list that passes walk
    engine_release,
    engine_stop,      ///< an engine begins or ceases to keep its target stopped (ENGINE_STOP)
    engine_detached,  ///< off the list: by utrace_reset or by the reaper
    task_state,
    step_switch,
    read_instruction,  ///< arming a step has looked at the next instruction
    page_in,           ///< a page was away and has been read in
    syscall_enter,
    syscall_ran,
    syscall_skipped,
    syscall_unknown,
    instruction,
    debug_trap,
    fault,
    user,
    signal_generated,
    signal_taken,  ///< off a queue of pending signals, by whoever asked for the next one
    handler,
    core_dump,
    exit,
    exec,
    new_task,
    new_parent,   ///< who waits for a task is somebody else from now on: a tracer, or who adopts it
    ptrace_stop,  ///< a tracee stops, and its tracer is about to be told
    notify_parent,
    notify_cldstop,
    released,
    output,
    bug,
    warning,
    sleep_in_atomic,
    lock_order,
    access,
    lock_taken,
    lock_released,
    note,
    expect_failed,
    end_task,
    blocked,
    run_end,
    count_,
};

/// Fields that an event can have.
inline constexpr std::size_t max_fields = 10;

/// One event. `value[i]` is described by `kind_info(kind).field[i]`; what has no field there is 0.
struct Event {
    EventKind kind{};
    ActorId actor;           ///< who was running; not valid while a run is prepared or ends
    std::uint64_t step = 0;  ///< scheduling step in which it happened, from 0
    std::array<std::int64_t, max_fields> value{};
    std::string_view text;  ///< free bytes (captured output, instruction bytes, notes); valid
                            ///< only during the call of the sink
};

/// One field of a kind of events.
struct FieldInfo {
    std::string_view name;
    Format format;
};

/// All that there is to know about a kind of events.
struct KindInfo {
    EventKind kind;
    std::string_view name;                    ///< value of "kind" in JSON Lines
    std::array<FieldInfo, max_fields> field;  ///< the used ones first; the rest have empty names
    std::string_view text_name;               ///< how `text` is called, empty when unused
};

/// The row of `kind`.
const KindInfo& kind_info(EventKind kind);
/// All rows, in order of EventKind.
std::span<const KindInfo> event_table();
/// Where the field called `name` stands in `Event::value`; nothing when events of this kind have no
/// such field.
std::optional<std::size_t> find_field(EventKind kind, std::string_view name);

/// Names of things that events refer to by id; append-only within a run, owned by the World. An id
/// that names nothing is called `?`, or nothing.
class NameTable {
public:
    virtual ~NameTable() = default;
    virtual std::string_view actor(ActorId id) const = 0;
    virtual std::string_view task(TaskId id) const = 0;
    virtual std::string_view engine(EngineId id) const = 0;
    virtual std::string_view static_text(std::uint32_t index) const = 0;
};

/// Field number `field` of `event` in the words that traces use: `UTRACE_STOP`, `-ESRCH`,
/// `QUIESCE|EXEC`, the name of a task. What has no word is a decimal number; nobody is empty, and
/// so is a field that the event does not have.
std::string field_in_words(const Event& event, std::size_t field, const NameTable& names);
/// The event without its step and actor: its kind, and each field but those that are nobody as
/// `name=words`, with blanks between. The text comes last, with quotes and control characters
/// spelt out; bytes of instructions are hexadecimal.
std::string event_in_words(const Event& event, const NameTable& names);

class SinkMemory;  // <utsim/sink_memory.hpp>

/// Whoever watches a run. Called on the fiber that caused the event, in the middle of what it tells
/// of: must return before doing anything that could throw past it, must not touch the World's
/// arena, and has some ten KiB of stack.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void emit(const Event& event) = 0;
    /// A number for what was emitted so far, to be handed to `rewind`. Only a search that goes back
    /// to earlier states asks for one; running a `Simulation` never does.
    virtual std::uint64_t mark() const = 0;
    /// Time jumps back: everything emitted after the sink's own `mark()` was `mark` never happened.
    virtual void rewind(std::uint64_t mark) = 0;
    /// Asked when a task is about to retire several instructions with nothing in between: whether
    /// it wants an event for each. If not, there is one for all of them, at the step of the last:
    /// `instruction` with the address of the first, their number, and no bytes.
    virtual bool wants_each_instruction() const { return true; }
    /// Who is to be told of instructions, where this sink does nothing with such events but pass
    /// them on: the sink behind it, or nobody (null). Asked once, when a run is given the sink.
    virtual EventSink* hears_instructions() { return this; }
    /// Asked when a process makes a system call: whether `args` and `answers` are to say what its
    /// arguments lead to. Who hears of every instruction is told that as well.
    virtual bool wants_arguments() const { return wants_each_instruction(); }
    /// Puts down all that what it will say of events to come depends on. A search over states takes
    /// two Worlds for one only if their sinks remember the same; who says nothing of anything need
    /// not remember anything.
    virtual void remembers(SinkMemory& memory) const { (void)memory; }
};

}  // namespace utsim

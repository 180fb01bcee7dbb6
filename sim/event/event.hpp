// SPDX-License-Identifier: MIT
/// What can be observed of a run: one flat record per event, described by one table.
///
/// Layers emit through `EventSink`; nothing is formatted and nothing allocated when no sink
/// listens. Writers, the reader, replay and monitors all work from `event_table`, so a new event
/// is one row there.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <utsim/ids.hpp>

namespace utsim {

/// How a field's number is to be read (and printed).
enum class Format : std::uint8_t {
    number,        ///< signed decimal
    hex,           ///< unsigned, 0x...
    flag,          ///< 0 or 1
    address,       ///< guest address
    actor,         ///< ActorId
    task,          ///< TaskId (none_value: no task)
    engine,        ///< EngineId (none_value: no engine)
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
    static_text,  ///< index into the World's static texts (function names, warnings)
    lock,         ///< lock class << 32 | owning task
    count_,
};

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

enum class StepSwitch : std::uint8_t { enable_single, enable_block, disable };
enum class ReturnPath : std::uint8_t { sys, irq, trap, fault, fork };

enum class EventKind : std::uint8_t {
    api_enter,
    api,
    callback,
    callback_end,
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

inline constexpr std::size_t max_fields = 10;

/// One event. `value[i]` is described by `event_table[kind].field[i]`.
struct Event {
    EventKind kind{};
    ActorId actor;           ///< who was running
    std::uint64_t step = 0;  ///< scheduling step in which it happened
    std::array<std::int64_t, max_fields> value{};
    std::string_view text;  ///< free bytes (captured output, instruction bytes, notes); valid
                            ///< only during the call of the sink
};

struct FieldInfo {
    std::string_view name;
    Format format;
};

struct KindInfo {
    EventKind kind;
    std::string_view name;                    ///< value of "kind" in JSON Lines
    std::array<FieldInfo, max_fields> field;  ///< unused ones have an empty name
    std::string_view text_name;               ///< how `text` is called, empty when unused
};

/// The row of `kind`.
const KindInfo& kind_info(EventKind kind);
/// All rows, in order of EventKind.
std::span<const KindInfo> event_table();

/// Names of things that events refer to by id; append-only within a run, owned by the World.
class NameTable {
public:
    virtual ~NameTable() = default;
    virtual std::string_view actor(ActorId id) const = 0;
    virtual std::string_view task(TaskId id) const = 0;
    virtual std::string_view engine(EngineId id) const = 0;
    virtual std::string_view static_text(std::uint32_t index) const = 0;
};

class SinkMemory;

/// Whoever watches a run. Called on the fiber that caused the event: must return before doing
/// anything that could throw past it, and must not touch the World's arena.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void emit(const Event& event) = 0;
    /// Time jumps back: everything emitted after the sink's own `mark()` was `mark` never happened.
    virtual std::uint64_t mark() const = 0;
    virtual void rewind(std::uint64_t mark) = 0;
    /// Puts down all that what it will say of events to come depends on. A search over states takes
    /// two Worlds for one only if their sinks remember the same; who says nothing of anything need
    /// not remember anything.
    virtual void remembers(SinkMemory& memory) const { (void)memory; }
};

}  // namespace utsim

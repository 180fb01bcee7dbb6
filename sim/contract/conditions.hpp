// SPDX-License-Identifier: MIT
/// Conditions that many clauses share: whether a call had the target to itself, whether a callback
/// was asked for, whether a task is excused from being held.
#pragma once

#include "contract/judge.hpp"

namespace utsim {

/// At an `api` event: no other call about the target was under way at any time during this one.
bool undisturbed(const Judge& j);
/// At an `api` event: the target was TRACED when the call began.
bool began_traced(const Judge& j);
/// At an `api` event: the target's state did not change during the call.
bool state_kept(const Judge& j);
/// At an `api` event: a callback of the engine ran from before the call until now.
bool spans_callback(const Judge& j);
/// At an `api` event: made by the target itself, from inside a callback.
bool by_target(const Judge& j);

/// At an `api` event: a callback of the death report of this task has run since before the call.
bool death_report_spans(const Judge& j, TaskId task);

/// A report_signal begins or is answered.
bool is_signal(const Judge& j);
/// At a callback: it is the first of its round, so its word is what would happen without engines.
inline bool is_first(const Judge& j) { return j.past().begins_pass(j.callback()); }

/// SIGKILL, or a wake-up that should not happen: nothing holds the task any more.
bool excused(const Judge& j, TaskId task);
/// The last word of the engine is STOP, in an answer or in a call that was answered with 0; one
/// that was answered with -EINPROGRESS leaves the word to the callback that follows.
bool holds_by_word(const Judge& j, EngineId engine);
/// Some engine of the task, other than `except`, keeps it stopped.
bool held_by_any(const Judge& j, TaskId task, EngineId except = {});

/// A callback about the task is running. At the end of a run: it never returns, which is its
/// engine's fault, and what would come behind it cannot come.
bool callback_is_open(const Judge& j, TaskId task);

/// At a `task_state` event in which a task becomes TRACED by itself: it may do so for ptrace.
/// Kernels before 2010 stop for it for a moment after they have set up a handler, whoever steps.
bool stops_for_ptrace(const Judge& j);
/// Some engine keeps the task stopped, or may have begun to do so since the current pass began.
bool stop_is_about(const Judge& j, TaskId task);
/// Some engine is sure to be called in a report before user mode, and was before the current pass.
bool hears_of_user_mode(const Judge& j, TaskId task);

/// A signal waits for the task, or an INTERRUPT came since it entered its system call, so that it
/// may be about to go on by itself although its state says that it waits.
bool interrupted_in_call(const Judge& j, TaskId task);

/// At an `api_enter` event: one of `bits` may be taken out of the mask of the engine that the call
/// is about, so that from now on nothing is owed to it for them.
bool takes_out(const Judge& j, std::uint64_t bits);

/// At an event of somebody who is calling: the call is about an engine that has gone because nobody
/// had a reference to it. That is the caller's fault (C-026).
bool without_reference(const Judge& j);
/// At a `bug` event: something was used that had been freed.
bool is_lifetime_bug(const Judge& j);

/// The task that the event's actor is, if it is one.
TaskId acting_task(const Judge& j);

/// Whether the mask, or one of `extra`, asks for the callback.
bool asked_for(const EngineView& engine, std::uint64_t extra, const CallbackReading& callback);

/// At an `instruction`: a step of the task is under way, this is an instruction more than it
/// allows, and there was no trap. What the step was asked by is in `TaskLedger::step`.
bool step_ran_away(const Judge& j);

/// The bits of a mask that the engine's running callback goes back to.
std::uint64_t bits_of_callback(const EngineView& engine);

/// At an `api_enter` event: a call that changes what an engine wants makes the monitor forget its
/// number for that engine.
void take_back(Judge& j);

/// A callback of an engine comes before its task runs user code. Kept: the step in which that was
/// promised to the engine; any later call that changes what it wants takes it back.
struct CallbackPromise {
    bool (*made)(const Judge&);  ///< at an `api` event: this call has made it
    bool (*kept)(const Judge&);  ///< at a `callback` of that engine: this is the one
    const char* what;            ///< what it is, behind "before X got"
};
void judge_promise(Judge& j, const CallbackPromise& promise);
/// For `hears` of monitors that use it: of a promise that is made by a call of utrace_control with
/// that answer.
constexpr Interest callback_promised(std::uint32_t action, Answered how) {
    return (returns_control(action) & answered(how)) |
           armed(begins(ApiCall::control, ApiCall::set_events) |
                 on(EventKind::callback, EventKind::instruction, EventKind::syscall_enter));
}

/// For `kept`: any callback will do.
inline bool any_callback(const Judge&) { return true; }
/// For `kept`: report_signal without a signal, or what stands in for it in a table without it.
bool is_signal_report(const Judge& j);

/// At an `api` event: a request of utrace_control that was answered with `result`, and that no
/// callback of the engine can have served yet.
bool is_new_request(const Judge& j, std::uint32_t action, std::int64_t result);

/// An event that shows that the body of a system call has run or begun to run; the task, or none.
TaskId runs_call(const Judge& j);
/// For `hears` of monitors that use it.
inline constexpr TopicSet call_runs =
    on(EventKind::syscall_ran, EventKind::exit, EventKind::exec, EventKind::new_task);

/// The run has come to its end by itself, so what did not happen will not happen any more.
inline bool ended(const Judge& j) { return j.end() == RunEnd::quiet; }

/// At a bug: an engine's table has no entry for a bit that the engine has set. (The table of a
/// detached engine lacks most entries: then utrace called it too late.)
bool lacks_callback(const Judge& j);

/// Calls `f(TaskId, const TaskView&)` for each task that is known.
template <typename F>
void each_task(const Judge& j, F&& f) {
    for (std::uint32_t i = 0; i < j.past().task_count(); ++i) {
        if (j.past().task(TaskId{i}).known) f(TaskId{i}, j.past().task(TaskId{i}));
    }
}

/// Calls `f(EngineId, const EngineView&)` for each engine that was attached.
template <typename F>
void every_engine(const Judge& j, F&& f) {
    for (std::uint32_t i = 0; i < j.past().engine_count(); ++i) {
        if (j.past().engine(EngineId{i}).known) f(EngineId{i}, j.past().engine(EngineId{i}));
    }
}

/// The leader of the thread group, as far as its making was seen.
TaskId group_of(const Judge& j, TaskId task);

/// `UTRACE_STOP` for the number of a resume action.
std::string action_name(std::uint32_t action);
/// `-ESRCH` for what a call answered.
std::string result_name(std::int64_t result);

}  // namespace utsim

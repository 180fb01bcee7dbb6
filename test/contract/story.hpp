// SPDX-License-Identifier: MIT
/// A trace that is told event by event, for tests of monitors.
///
/// Task 1 is `t` on actor 1 with its engine 0 attached, listed, and interested in QUIESCE; the
/// tracer is actor 9. Every word below is one or two events; `step` counts up with each.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <utsim/errno.hpp>
#include <utsim/utrace.hpp>

#include "contract/contract.hpp"
#include "kernel/signal_types.hpp"
#include "kernel/task.hpp"

namespace utsim::testing {

inline constexpr std::uint32_t none = TaskId::none_value;
inline constexpr std::uint64_t QUIESCE = UTRACE_EVENT(EVENT_QUIESCE);

class Story {
public:
    class Names final : public NameTable {
    public:
        std::string_view actor(ActorId) const override { return "actor"; }
        std::string_view task(TaskId) const override { return "t"; }
        std::string_view engine(EngineId) const override { return "e"; }
        std::string_view static_text(std::uint32_t index) const override { return texts[index]; }
        std::vector<std::string> texts = {"something", "use after free"};
    };

    static constexpr std::uint32_t tracer = 9;

    /// Judges only `clause`; with `begun` false nothing has been told yet.
    explicit Story(std::string_view clause, bool begun = true)
        : contract(names, *ContractChoice::parse(clause)) {
        if (!begun) return;
        task(1);
        attach(0, 1);
        list(0);
        set_events(0, QUIESCE);
    }

    // --- any event ----------------------------------------------------------------------------

    Story& tell(EventKind kind, std::initializer_list<std::int64_t> values, std::uint32_t by) {
        Event event;
        event.kind = kind;
        event.actor = ActorId{by};
        event.step = ++step;
        std::size_t i = 0;
        for (const std::int64_t value : values) event.value[i++] = value;
        contract.emit(event);
        return *this;
    }
    /// By the task that the event names first, which runs on the actor of its own number.
    Story& tell(EventKind kind, std::initializer_list<std::int64_t> values) {
        return tell(kind, values, static_cast<std::uint32_t>(*values.begin()));
    }
    std::uint32_t text(std::string words) {
        names.texts.push_back(std::move(words));
        return static_cast<std::uint32_t>(names.texts.size() - 1);
    }

    // --- calls; `by` is the actor -------------------------------------------------------------

    Story& enter(ApiCall call, std::uint32_t task, std::uint32_t engine, std::uint64_t action = 0,
                 std::uint64_t flags = 0, std::uint32_t by = tracer) {
        return tell(EventKind::api_enter,
                    {static_cast<int>(call), task, engine, static_cast<std::int64_t>(action),
                     static_cast<std::int64_t>(flags)},
                    by);
    }
    Story& leave(ApiCall call, std::uint32_t task, std::uint32_t engine, std::int64_t result,
                 std::uint64_t action = 0, std::uint64_t flags = 0, std::uint32_t by = tracer) {
        return tell(EventKind::api,
                    {static_cast<int>(call), task, engine, static_cast<std::int64_t>(action),
                     static_cast<std::int64_t>(flags), result, state_of(task), exit_of(task)},
                    by);
    }
    Story& call(ApiCall which, std::uint32_t engine, std::int64_t result, std::uint64_t action = 0,
                std::uint64_t flags = 0, std::uint32_t by = tracer) {
        const std::uint32_t task = task_of(engine);
        enter(which, task, engine, action, flags, by);
        return leave(which, task, engine, result, action, flags, by);
    }
    /// An attach that succeeds; `ops` and `data` are what it is given.
    Story& attach(std::uint32_t engine, std::uint32_t task, int flags = UTRACE_ATTACH_CREATE,
                  std::int64_t ops = 1, std::int64_t data = 0, std::uint32_t by = tracer) {
        begin_attach(task, flags, ops, data, by);
        tell(EventKind::engine_attached, {task, engine, ops, data}, by);
        return leave(ApiCall::attach, task, engine, 0, 0, static_cast<std::uint64_t>(flags), by);
    }
    Story& begin_attach(std::uint32_t task, int flags, std::int64_t ops, std::int64_t data,
                        std::uint32_t by = tracer) {
        const bool creates = (flags & UTRACE_ATTACH_CREATE) != 0;
        enter(creates ? ApiCall::attach : ApiCall::lookup, task, none, 0,
              static_cast<std::uint64_t>(flags), by);
        return tell(EventKind::attach_match, {task, flags, ops, data}, by);
    }
    /// An attach or look-up that answers `result`, with `engine` when that is 0.
    Story& attach_fails(std::uint32_t task, int flags, std::int64_t result, std::int64_t ops = 1,
                        std::int64_t data = 0, std::uint32_t engine = none,
                        std::uint32_t by = tracer) {
        begin_attach(task, flags, ops, data, by);
        const bool creates = (flags & UTRACE_ATTACH_CREATE) != 0;
        return leave(creates ? ApiCall::attach : ApiCall::lookup, task, engine, result, 0,
                     static_cast<std::uint64_t>(flags), by);
    }
    Story& look_up(std::uint32_t engine, std::uint32_t task, int flags = 0, std::int64_t ops = 1,
                   std::int64_t data = 0) {
        return attach_fails(task, flags, 0, ops, data, engine);
    }
    Story& list(std::uint32_t engine) {
        return tell(EventKind::engine_listed, {task_of(engine), engine}, task_of(engine));
    }
    Story& set_events(std::uint32_t engine, std::uint64_t mask, std::int64_t result = 0,
                      std::uint32_t by = tracer) {
        return call(ApiCall::set_events, engine, result, 0, mask, by);
    }
    Story& control(std::uint32_t engine, ResumeAction action, std::int64_t result = 0,
                   std::uint32_t by = tracer) {
        return call(ApiCall::control, engine, result, action, 0, by);
    }
    Story& barrier(std::uint32_t engine, std::int64_t result = 0, std::uint32_t by = tracer) {
        return call(ApiCall::barrier, engine, result, 0, 0, by);
    }
    Story& get(std::uint32_t engine) { return call(ApiCall::get, engine, 0); }
    Story& put(std::uint32_t engine) { return call(ApiCall::put, engine, 0); }

    // --- callbacks ----------------------------------------------------------------------------

    /// A callback begins. `word` is its action argument.
    Story& begin(std::uint32_t engine, CallbackKind kind, std::uint64_t event = 0,
                 std::uint32_t word = UTRACE_RESUME, std::int64_t arg0 = 0, std::int64_t arg1 = 0,
                 std::int64_t arg2 = 0, std::int64_t arg3 = 0) {
        const std::uint32_t task = task_of(engine);
        return tell(EventKind::callback,
                    {task, engine, static_cast<int>(kind), word, static_cast<std::int64_t>(event),
                     arg0, arg1, arg2, arg3});
    }
    Story& answer(std::uint32_t engine, CallbackKind kind, std::uint32_t word = UTRACE_RESUME,
                  std::int64_t left0 = 0, std::int64_t left1 = 0) {
        return tell(EventKind::callback_end,
                    {task_of(engine), engine, static_cast<int>(kind), word, left0, left1});
    }
    /// A whole callback: what it is told, what it answers.
    Story& callback(std::uint32_t engine, CallbackKind kind, std::uint64_t event = 0,
                    std::uint32_t reply = UTRACE_RESUME, std::uint32_t word = UTRACE_RESUME,
                    std::int64_t arg0 = 0, std::int64_t arg1 = 0, std::int64_t arg2 = 0,
                    std::int64_t arg3 = 0) {
        begin(engine, kind, event, word, arg0, arg1, arg2, arg3);
        return answer(engine, kind, reply, arg0, arg3);
    }
    Story& quiesce(std::uint32_t engine, std::uint32_t reply = UTRACE_RESUME,
                   std::uint64_t event = 0, std::uint32_t word = UTRACE_RESUME) {
        return callback(engine, CallbackKind::quiesce, event, reply, word);
    }
    /// report_signal for a signal that would be handled as `word` says.
    Story& signal(std::uint32_t engine, int signo, std::uint64_t event, std::uint32_t word,
                  std::uint32_t reply) {
        const int disposition = signo == 0 ? -1 : event == UTRACE_EVENT(EVENT_SIGNAL) ? 2 : 0;
        return callback(engine, CallbackKind::signal, event, reply, word, signo, 0, disposition,
                        disposition < 0 ? 0 : disposition);
    }

    // --- engines and tasks --------------------------------------------------------------------

    Story& stop_bit(std::uint32_t engine, bool on, std::uint32_t by = tracer) {
        return tell(EventKind::engine_stop, {task_of(engine), engine, on}, by);
    }
    Story& detached(std::uint32_t engine, std::uint32_t by = none) {
        return tell(EventKind::engine_detached, {task_of(engine), engine},
                    by == none ? task_of(engine) : by);
    }
    Story& freed(std::uint32_t engine, std::uint32_t by = tracer) {
        return tell(EventKind::engine_release, {engine}, by);
    }
    /// A task that is there from the start.
    Story& task(std::uint32_t id) { return state(id, TASK_RUNNING); }
    Story& child(std::uint32_t id, std::uint32_t parent, std::int64_t flags = 0) {
        return tell(EventKind::new_task, {id, parent, 100 + id, flags, 0}, parent);
    }
    Story& state(std::uint32_t task, std::int64_t state, int exit_state = 0,
                 std::uint32_t by = none) {
        if (task >= states_.size()) states_.resize(task + 1);
        states_[task] = {state, exit_state};
        return tell(EventKind::task_state, {task, state, exit_state}, by == none ? task : by);
    }
    Story& traced(std::uint32_t task = 1) { return state(task, TASK_TRACED); }
    Story& woken(std::uint32_t task = 1, std::uint32_t by = tracer) {
        return state(task, TASK_RUNNING, 0, by);
    }
    Story& dead(std::uint32_t task = 1, int exit_state = EXIT_ZOMBIE) {
        return state(task, TASK_RUNNING, exit_state);
    }
    Story& user(std::uint32_t task = 1, bool tf = false, bool btf = false) {
        return tell(EventKind::user, {task, 0, 0x1000, tf, btf, 0});
    }
    Story& instruction(std::uint32_t task = 1, std::int64_t ip = 0x1000) {
        return tell(EventKind::instruction, {task, ip, 1, 0});
    }
    Story& syscall(std::uint32_t task = 1, std::int64_t nr = 39) {
        return tell(EventKind::syscall_enter, {task, nr, 0, 0, 0, 0, 0, 0});
    }
    Story& ran(std::uint32_t task = 1, std::int64_t nr = 39, std::int64_t result = 0) {
        return tell(EventKind::syscall_ran, {task, nr, result});
    }
    Story& skipped(std::uint32_t task = 1, std::int64_t nr = -1, std::int64_t result = -38) {
        return tell(EventKind::syscall_skipped, {task, nr, result});
    }
    Story& send(int signal, std::uint32_t task = 1, std::uint32_t by = tracer) {
        return tell(EventKind::signal_generated, {task, signal, 0, 0, 1}, by);
    }
    Story& take(int signal, std::uint32_t task = 1) {
        return tell(EventKind::signal_taken, {task, signal});
    }
    Story& kill(std::uint32_t task = 1) { return send(K_SIGKILL, task); }
    Story& handler(int signal, std::uint32_t task = 1) {
        return tell(EventKind::handler, {task, signal, signal, 0x2000, 0});
    }
    Story& exits(std::int64_t code = 0, std::uint32_t task = 1) {
        return tell(EventKind::exit, {task, code, 1});
    }
    Story& exec(std::uint32_t task = 1) { return tell(EventKind::exec, {task}); }
    Story& reaped(std::uint32_t task = 1) { return tell(EventKind::released, {task}, tracer); }
    Story& step_switch(StepSwitch what, std::uint32_t task = 1, std::uint32_t by = none) {
        const bool self = by == none;
        return tell(EventKind::step_switch, {task, static_cast<int>(what), self, self ? 0 : 1},
                    self ? task : by);
    }
    Story& trap(std::uint32_t task = 1) {
        return tell(EventKind::debug_trap, {task, 0x1001, 0x4000});
    }
    Story& bug(std::string function, std::string what, std::uint32_t by = tracer) {
        const std::uint32_t f = text(std::move(function));
        const std::uint32_t w = text(std::move(what));
        return tell(EventKind::bug, {f, w}, by);
    }
    /// The end; nothing can be told after it.
    Story& end(RunEnd how = RunEnd::quiet) {
        contract.finish(how, ++step);
        return *this;
    }

    // --- what the monitor thought of it -------------------------------------------------------

    std::string broken() const {
        std::string all;
        for (const Violation& violation : contract.violations()) {
            all += violation.rule + ": " + violation.message + "\n";
        }
        return all;
    }

    Names names;
    Contract contract;
    std::uint64_t step = 0;

private:
    struct TaskState {
        std::int64_t state = 0;
        int exit_state = 0;
    };
    std::uint32_t task_of(std::uint32_t engine) {
        const std::uint32_t task = contract_task(engine);
        return task == none ? 1 : task;
    }
    std::uint32_t contract_task(std::uint32_t engine) const {
        return contract.history().engine(EngineId{engine}).task;
    }
    std::int64_t state_of(std::uint32_t task) const {
        return task < states_.size() ? states_[task].state : 0;
    }
    int exit_of(std::uint32_t task) const {
        return task < states_.size() ? states_[task].exit_state : 0;
    }
    std::vector<TaskState> states_;
};

/// Two little stories about one clause: one that breaks it and one that puts it to the test and
/// does not. They are told to a monitor of that clause alone.
struct ClauseCase {
    std::string_view clause;
    void (*breaks)(Story&);
    void (*keeps)(Story&);
};

/// Registers cases; one object in each test file.
class ClauseCases {
public:
    ClauseCases(std::initializer_list<ClauseCase> cases);
    static const std::vector<ClauseCase>& all();
};

}  // namespace utsim::testing

// SPDX-License-Identifier: MIT
// Each invariant is a promise that some event makes and another breaks. What is remembered per
// engine is the step of the promise, or `none` when there is nothing outstanding.
#include "contract/invariants.hpp"

#include <algorithm>
#include <string>

#include <utsim/errno.hpp>
#include <utsim/utrace.hpp>

#include "kernel/signal_types.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t none = ~std::uint64_t{0};

struct EngineView {
    std::uint32_t task = TaskId::none_value;
    bool quiesce = false;
    bool stop = false;  ///< ENGINE_STOP
    bool released = false;
    std::uint64_t stop_granted = none;    ///< I1: since this step it must not run user code
    std::uint64_t report_due = none;      ///< I3
    std::uint64_t stop_due = none;        ///< I5
    std::uint64_t callbacks = 0;          ///< started so far
    std::uint64_t callbacks_at_call = 0;  ///< when the API call in progress began

    void forget_promises() { stop_granted = report_due = stop_due = none; }
};

struct TaskView {
    long state = TASK_RUNNING;
    int exit_state = EXIT_ALIVE;
    std::uint64_t killed = none;
    bool known = false;
};

template <typename T>
T& at(std::vector<T>& list, std::uint64_t index) {
    if (index >= list.size()) list.resize(index + 1);
    return list[index];
}

bool is_none(std::uint64_t id) { return id == TaskId::none_value; }

}  // namespace

struct Invariants::State {
    std::vector<EngineView> engines;
    std::vector<TaskView> tasks;
    std::vector<Violation> violations;
};

Invariants::Invariants(const NameTable& names) : names_(names), state_(std::make_unique<State>()) {}
Invariants::~Invariants() = default;

const std::vector<Violation>& Invariants::violations() const { return state_->violations; }

void Invariants::restart() {
    *state_ = State();
    history_.clear();
    next_marks_.clear();
}

std::uint64_t Invariants::mark() const {
    history_.push_back(*state_);
    next_marks_.push_back(next_ != nullptr ? next_->mark() : 0);
    return history_.size() - 1;
}

void Invariants::rewind(std::uint64_t mark) {
    *state_ = history_.at(mark);
    if (next_ != nullptr) next_->rewind(next_marks_.at(mark));
    history_.resize(mark + 1);
    next_marks_.resize(mark + 1);
}

void Invariants::report(std::string_view rule, std::uint64_t step, std::uint64_t since,
                        std::string message) {
    for (const Violation& known : state_->violations) {
        if (known.rule == rule && known.message == message) return;
    }
    state_->violations.push_back(
        {std::string(rule), std::move(message), step, since == none ? step : since});
    if (notify_ != nullptr) notify_(notify_argument_);
}

void Invariants::on_api_enter(const Event& event) {
    const auto engine = static_cast<std::uint32_t>(event.value[2]);
    if (is_none(engine)) return;
    EngineView& view = at(state_->engines, engine);
    view.callbacks_at_call = view.callbacks;
}

void Invariants::on_control(const Event& event) {
    const auto engine = static_cast<std::uint32_t>(event.value[2]);
    EngineView& view = at(state_->engines, engine);
    const auto action = static_cast<std::uint32_t>(event.value[3]);
    const std::int64_t result = event.value[5];
    if (action != UTRACE_STOP) view.stop_granted = view.stop_due = none;
    if (action == UTRACE_DETACH) return view.forget_promises();
    // A callback that began during the call may be the answer to it already.
    const bool answered = view.callbacks != view.callbacks_at_call;
    if (action == UTRACE_STOP && result == 0) view.stop_granted = event.step;
    if (!view.quiesce || answered) return;
    if (action == UTRACE_STOP && result == -K_EINPROGRESS) view.stop_due = event.step;
    if (action == UTRACE_REPORT && result == 0) view.report_due = event.step;
}

void Invariants::on_api(const Event& event) {
    const auto call = static_cast<ApiCall>(event.value[0]);
    const auto engine = static_cast<std::uint32_t>(event.value[2]);
    if (is_none(engine)) return;
    EngineView& view = at(state_->engines, engine);
    switch (call) {
        case ApiCall::attach:
            view = EngineView();
            view.task = static_cast<std::uint32_t>(event.value[1]);
            break;
        case ApiCall::set_events:
            if (event.value[5] != 0 && event.value[5] != -K_EINPROGRESS) break;
            view.quiesce =
                (static_cast<std::uint64_t>(event.value[4]) & UTRACE_EVENT(EVENT_QUIESCE)) != 0;
            if (!view.quiesce) view.forget_promises();
            break;
        case ApiCall::control:
            on_control(event);
            break;
        default:
            break;
    }
}

void Invariants::on_callback(const Event& event) {
    EngineView& view = at(state_->engines, static_cast<std::uint32_t>(event.value[1]));
    ++view.callbacks;
    view.report_due = none;
    view.stop_due = none;
    view.stop_granted = none;  // its answer decides anew
}

void Invariants::on_callback_end(const Event& event) {
    EngineView& view = at(state_->engines, static_cast<std::uint32_t>(event.value[1]));
    const auto kind = static_cast<CallbackKind>(event.value[2]);
    const std::uint32_t action = utrace_resume_action(static_cast<std::uint32_t>(event.value[3]));
    if (kind == CallbackKind::death || kind == CallbackKind::reap) return;
    if (action == UTRACE_DETACH) return view.forget_promises();
    if (!view.quiesce) return;
    if (action == UTRACE_STOP) view.stop_granted = event.step;
    // report_signal's REPORT becomes RESUME: there would be no end to it.
    if (action == UTRACE_REPORT && kind != CallbackKind::signal && kind != CallbackKind::quiesce &&
        kind != CallbackKind::exit) {
        view.report_due = event.step;
    }
}

void Invariants::on_user_instruction(const Event& event) {
    const auto task = static_cast<std::uint32_t>(event.value[0]);
    const TaskView& view = at(state_->tasks, task);
    if (view.killed != none) return;
    for (std::size_t i = 0; i < state_->engines.size(); ++i) {
        EngineView& engine = state_->engines[i];
        if (engine.task != task) continue;
        const std::string name(names_.engine(EngineId{static_cast<std::uint32_t>(i)}));
        const std::string who(names_.task(TaskId{task}));
        if (engine.stop && engine.stop_granted != none) {
            report("I1", event.step, engine.stop_granted,
                   who + " executed user code while " + name + " keeps it stopped");
        }
        if (engine.report_due != none) {
            report("I3", event.step, engine.report_due,
                   who + " executed user code before " + name + " got the callback it asked for");
            engine.report_due = none;
        }
        if (engine.stop_due != none) {
            report(
                "I5", event.step, engine.stop_due,
                who + " executed user code before " + name + " got a callback for its UTRACE_STOP");
            engine.stop_due = none;
        }
    }
}

void Invariants::on_signal(const Event& event) {
    if (event.value[1] != K_SIGKILL) return;
    TaskView& view = at(state_->tasks, static_cast<std::uint32_t>(event.value[0]));
    if (view.killed == none && view.exit_state == EXIT_ALIVE) view.killed = event.step;
}

void Invariants::on_task_state(const Event& event) {
    TaskView& view = at(state_->tasks, static_cast<std::uint32_t>(event.value[0]));
    view.known = true;
    view.state = event.value[1];
    view.exit_state = static_cast<int>(event.value[2]);
}

void Invariants::emit(const Event& event) {
    if (next_ != nullptr) next_->emit(event);
    const auto engine = static_cast<std::uint32_t>(event.value[1]);
    switch (event.kind) {
        case EventKind::api_enter:
            return on_api_enter(event);
        case EventKind::api:
            return on_api(event);
        case EventKind::callback:
            return on_callback(event);
        case EventKind::callback_end:
            return on_callback_end(event);
        case EventKind::instruction:
            return on_user_instruction(event);
        case EventKind::signal_generated:
            return on_signal(event);
        case EventKind::task_state:
            return on_task_state(event);
        case EventKind::engine_stop:
            at(state_->engines, engine).stop = event.value[2] != 0;
            return;
        case EventKind::engine_detached:
            at(state_->engines, engine).forget_promises();
            at(state_->engines, engine).task = TaskId::none_value;
            return;
        case EventKind::engine_release: {
            EngineView& view = at(state_->engines, static_cast<std::uint32_t>(event.value[0]));
            if (view.released) report("I14", event.step, none, "release was called twice");
            view.released = true;
            return;
        }
        case EventKind::sleep_in_atomic:
            return report(
                "I15", event.step, none,
                std::string(names_.static_text(static_cast<std::uint32_t>(event.value[0]))) +
                    " may sleep while a spinlock is held");
        case EventKind::lock_order:
            return report(
                "I15", event.step, none,
                std::string(names_.static_text(static_cast<std::uint32_t>(event.value[0]))) +
                    " takes locks against the order seen before");
        case EventKind::bug: {
            const std::string what(names_.static_text(static_cast<std::uint32_t>(event.value[1])));
            const bool lifetime = what.find("freed") != std::string::npos ||
                                  what.find("use after free") != std::string::npos;
            return report(
                lifetime ? "I14" : "I16", event.step, none,
                std::string(names_.static_text(static_cast<std::uint32_t>(event.value[0]))) + ": " +
                    what);
        }
        default:
            return;
    }
}

void Invariants::finish(RunEnd end, std::uint64_t step) {
    if (end == RunEnd::deadlock) report("I17", step, none, "nobody can run and somebody spins");
    if (end == RunEnd::livelock) report("I17", step, none, "steps go on without any effect");
    if (end != RunEnd::quiet) return;
    for (std::size_t t = 0; t < state_->tasks.size(); ++t) {
        const TaskView& task = state_->tasks[t];
        if (!task.known || task.exit_state != EXIT_ALIVE) continue;
        const std::string who(names_.task(TaskId{static_cast<std::uint32_t>(t)}));
        const bool traced = (task.state & TASK_TRACED_BIT) != 0;
        const bool held =
            std::any_of(state_->engines.begin(), state_->engines.end(),
                        [t](const EngineView& engine) { return engine.task == t && engine.stop; });
        if (traced && !held && task.killed == none) {
            report("I2", step, none, who + " stays in TASK_TRACED and no engine keeps it there");
        }
        // An uninterruptible sleep is nobody's fault; a stop or an interruptible one is.
        if (task.killed != none && (task.state & ~(TASK_UNINTERRUPTIBLE | TASK_WAKEKILL)) != 0) {
            report("I9", step, task.killed, who + " was killed and does not die");
        }
    }
}

}  // namespace utsim

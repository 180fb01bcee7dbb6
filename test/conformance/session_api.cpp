// SPDX-License-Identifier: MIT
// The API calls of controllers and callbacks, and the line that each leaves in the log: what it was
// asked, what it answered, and how task and engine looked right afterwards.
#include "kernel/signal.hpp"
#include "kernel/wake.hpp"
#include "session.hpp"
#include "utrace/utrace_struct.hpp"
#include "words.hpp"

namespace utsim::conformance {

namespace {

bool needs_engine(const std::string& op) {
    return op == "set_events" || op == "control" || op == "detach" || op == "barrier" ||
           op == "prepare_examine" || op == "finish_examine" || op == "put" || op == "get";
}

std::uint32_t callback_bit_of(const std::string& name) {
    constexpr const char* names[] = {"quiesce", "signal",        "clone",        "jctl",
                                     "exec",    "syscall_entry", "syscall_exit", "exit",
                                     "death",   "reap",          "release"};
    for (std::size_t i = 0; i < std::size(names); ++i) {
        if (name == names[i]) return std::uint32_t{1} << i;
    }
    return 0;
}

}  // namespace

EngineSlot& Session::slot(const std::string& name) {
    std::unique_ptr<EngineSlot>& place = slots_[name];
    if (place == nullptr) {
        place = std::make_unique<EngineSlot>();
        place->name = name;
        const auto script = scenario_.engines.find(name);
        if (script != scenario_.engines.end()) place->script = &script->second;
    }
    return *place;
}

EngineOps* Session::table(const std::string& name) {
    if (name == "NULL") return nullptr;
    if (name == "DETACHED") return utrace_detached_ops();
    std::unique_ptr<ScriptedOps>& place = tables_[name];
    if (place == nullptr) {
        std::uint32_t provided = (std::uint32_t{1} << callback_kinds) - 1;
        const auto missing = scenario_.missing_callbacks.find(name);
        if (missing != scenario_.missing_callbacks.end()) {
            for (const std::string& callback : missing->second) {
                provided &= ~callback_bit_of(callback);
            }
        }
        place = std::make_unique<ScriptedOps>(*this, provided);
    }
    return place.get();
}

std::uint64_t Session::data_number(const std::string& name) {
    for (std::size_t i = 0; i < data_names_.size(); ++i) {
        if (data_names_[i] == name) return i;
    }
    data_names_.push_back(name);
    return data_names_.size() - 1;
}

Task* Session::find_task(const std::string& name) {
    for (std::uint32_t i = 0; i < kernel_->by_id.size; ++i) {
        if (kernel_->by_id[i]->born && task_name(*kernel_->by_id[i]) == name)
            return kernel_->by_id[i];
    }
    return nullptr;
}

Task* Session::task_of(const Op& op) {
    if (!op.task.empty()) return find_task(op.task);
    if (!op.engine.empty() && slot(op.engine).task != nullptr) return slot(op.engine).task;
    return find_task(scenario_.tasks.front().name);
}

/// False: the script asks for the impossible; `line` says so.
bool Session::prepare_call(const Op& op, Json& line, Task*& task, EngineSlot*& engine) {
    line = Json{{"k", "api"}, {"f", op.who}, {"op", op.name}};
    task = task_of(op);
    line["task"] = task != nullptr ? task_name(*task) : op.task;
    engine = op.engine.empty() ? nullptr : &slot(op.engine);
    if (engine != nullptr) line["eng"] = engine->name;
    const char* impossible = nullptr;
    if (task == nullptr) {
        impossible = "NOTASK";
    } else if (needs_engine(op.name)) {
        if (engine->engine == nullptr) {
            impossible = "NOENG";
        } else if (engine->engine->kref.freed()) {
            impossible = "FREED";
        }
    }
    if (impossible == nullptr) return true;
    line["ret"] = impossible;
    return false;
}

std::string Session::attach(const Op& op, Task* task, EngineSlot& slot, Engine*& seen) {
    EngineOps* ops = table(op.ops.empty() ? "A" : op.ops);
    const std::uint64_t data = data_number(op.data.empty() ? slot.name : op.data);
    const AttachResult result = op.by_pid ? utrace_attach_pid(task, task->pid, op.flags, ops, data)
                                          : utrace_attach_task(task, op.flags, ops, data);
    if (result.engine == nullptr) return result_name(result.error);
    seen = result.engine;
    if (op.name == "lookup") return find_slot(*result.engine)->name;
    slot.engine = result.engine;
    slot.task = task;
    by_engine_[result.engine] = &slot;
    return slot.name;
}

std::string Session::control(const Op& op, Task* task, EngineSlot& slot) {
    slot.want = op.action == UTRACE_STOP;
    return result_name(op.by_pid ? utrace_control_pid(task, task->pid, slot.engine, op.action)
                                 : utrace_control(task, slot.engine, op.action));
}

std::string Session::make_call(const Op& op, Task* task, EngineSlot* slot, Engine*& seen) {
    if (op.name == "attach" || op.name == "lookup") return attach(op, task, *slot, seen);
    Engine* engine = slot != nullptr ? slot->engine : nullptr;
    seen = engine;
    if (op.name == "control" || op.name == "detach") return control(op, task, *slot);
    if (op.name == "set_events") {
        return result_name(op.by_pid ? utrace_set_events_pid(task, task->pid, engine, op.events)
                                     : utrace_set_events(task, engine, op.events));
    }
    if (op.name == "barrier") {
        return result_name(op.by_pid ? utrace_barrier_pid(task, task->pid, engine)
                                     : utrace_barrier(task, engine));
    }
    if (op.name == "prepare_examine") {
        return result_name(utrace_prepare_examine(task, engine, &slot->exam));
    }
    if (op.name == "finish_examine") {
        return result_name(utrace_finish_examine(task, engine, &slot->exam));
    }
    if (op.name == "get") utrace_engine_get(engine);
    if (op.name == "put") utrace_engine_put(engine);
    if (op.name == "kill") {
        SigInfo info;
        info.si_signo = op.signal;
        return result_name(send_signal_to(task, op.signal, &info, op.group));
    }
    if (op.name == "wake") complete_blocking_call(task);
    if (op.name == "spurious_wake") wake_up_state(task, op.mask);
    // Waking took locks when this was recorded, so a new state was seen before the call's line.
    if (op.name == "wake" || op.name == "spurious_wake") {
        world_.point(PointKind::controller, "wake");
    }
    if (op.name == "reap" && !reap_zombie(parent_, task)) return "NOTZOMBIE";
    return op.name == "state" ? "" : "0";
}

void Session::add_snapshot(Json& line, const Task* task, const Engine* engine) const {
    line["st"] = state_name(task->state.peek());
    line["xs"] = exit_state_name(task->exit_state.peek());
    line["uf"] = hex(task->utrace_flags.peek());
    if (engine == nullptr) return;
    if (engine->kref.freed()) {
        line["es"] = "freed";
        return;
    }
    const EngineOps* ops = engine->ops.peek();
    line["ef"] = hex(engine->flags.peek());
    line["es"] = ops == nullptr                 ? "detached"
                 : ops == utrace_detached_ops() ? "detaching"
                                                : "attached";
    line["eref"] = engine->kref.references();
}

void Session::call_api(const Op& op) {
    Json* line = new Json;  // plain pointers only: the fiber may never come back from the call
    Task* task = nullptr;
    EngineSlot* slot = nullptr;
    const bool possible = prepare_call(op, *line, task, slot);
    if (possible) {
        if (!op.action_name.empty()) (*line)["action"] = op.action_name;
        if (op.name == "set_events") (*line)["events"] = hex(op.events);
        if (op.name == "kill") (*line)["sig"] = op.signal;
        Engine* seen = nullptr;
        (*line)["ret"] = make_call(op, task, slot, seen);
        add_snapshot(*line, task, seen);
    }
    recorder_.add(std::move(*line));
    delete line;
}

}  // namespace utsim::conformance

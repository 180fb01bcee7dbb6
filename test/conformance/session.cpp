// SPDX-License-Identifier: MIT
// The run. After every main operation all fibers run, without preemption and lowest first, until
// nothing can happen any more; that is how the recordings were made.
#include "session.hpp"

#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"
#include "words.hpp"

namespace utsim::conformance {

namespace {

constexpr int first_pid = 100;
constexpr const char* parent_name = "P";

bool is_user_op(const Op& op) { return !op.who.empty() && op.who[0] == 'T'; }
bool is_for_the_run(const Op& op) { return op.who == "*"; }

SigSet signal_set(const std::vector<int>& signals) {
    SigSet set = 0;
    for (const int signal : signals) set |= sigmask(signal);
    return set;
}

ProgramOp plain_op(char letter) {
    ProgramOp op;
    op.kind = letter == 'b' ? OpKind::branch : letter == 'u' ? OpKind::fault : OpKind::plain;
    return op;
}

}  // namespace

Session::Session(World& world, const Scenario& scenario)
    : world_(world),
      scenario_(scenario),
      recorder_(world) {}

// --- setting up ----------------------------------------------------------------------------------

void Session::create_fibers() {
    MachineOptions machine;
    machine.has_single_step = scenario_.has_single_step;
    machine.has_block_step = scenario_.has_block_step;
    kernel_ = boot_kernel(world_, machine);
    for (const Op& op : scenario_.main) {
        if (is_user_op(op) || is_for_the_run(op)) continue;
        if (controllers_.count(op.who) == 0) {
            controllers_[op.who] = std::make_unique<Controller>();
            controller_order_.push_back(op.who);
        }
    }
    if (controllers_.count(parent_name) == 0) {
        controllers_[parent_name] = std::make_unique<Controller>();
    }
    controllers_[parent_name]->session = this;
    // The parent exists before its children, so it gets the first pid.
    parent_ = create_kthread(*kernel_, parent_name, controller_body,
                             controllers_[parent_name].get(), first_pid);
    controllers_[parent_name]->task = parent_;
    recorder_.set_parent(parent_);
    for (const TaskScript& task : scenario_.tasks) {
        for (const HandlerSpec& handler : task.handlers) {
            recorder_.add_handler(task.name, handler.signal);
        }
    }
    int pid = first_pid;
    for (const TaskScript& task : scenario_.tasks) {
        if (!task.child) create_task_of(task, ++pid);
    }
    for (const std::string& name : controller_order_) {
        if (name == parent_name) continue;
        Controller& controller = *controllers_[name];
        controller.session = this;
        controller.task = create_kthread(*kernel_, name, controller_body, &controller, ++pid);
    }
    for (const auto& [name, controller] : controllers_) controller_names_.insert(name);
}

Program* Session::make_handler(int signal, const std::string& text, Program* next) {
    Program* program = make_program(world_, handler_base(signal));
    for (const char letter : text) append_op(world_, program, plain_op(letter));
    ProgramOp back;
    back.kind = OpKind::sigreturn;
    back.nr = nr_rt_sigreturn;
    append_op(world_, program, back);
    program->next = next;
    program->idle_at_end = true;  // an aborted sigreturn leaves the task there
    return program;
}

/// What a task does in a handler that its script does not have: dispositions are inherited, and
/// answers of engines name handlers freely.
Program* Session::inherited_handlers() {
    Program* chain = make_handler(anonymous_handler, "n", nullptr);
    for (const TaskScript& script : scenario_.tasks) {
        for (const HandlerSpec& handler : script.handlers) {
            chain = make_handler(handler.signal, "n", chain);
        }
    }
    return chain;
}

Program* Session::make_task_program(const TaskScript& script, Program* inherited) {
    Program* chain = inherited;
    for (const HandlerSpec& handler : script.handlers) {
        chain = make_handler(handler.signal, handler.program, chain);
    }
    Program* program = make_program(world_);
    program->next = chain;
    program->idle_at_end = true;
    program->scripted_calls = true;
    programs_[script.name] = program;
    return program;
}

void Session::create_task_of(const TaskScript& script, int pid) {
    TaskSpec spec;
    spec.name = script.name;
    spec.pid = pid;
    spec.program = make_task_program(script, make_handler(anonymous_handler, "n", nullptr));
    spec.parent = parent_;
    if (script.kthread) spec.flags = PF_KTHREAD;
    spec.blocked = signal_set(script.blocked);
    spec.parent_ignores_sigchld = script.autoreap;
    spec.orphaned_pgrp = scenario_.orphaned_pgrp;
    Task* task = create_task(*kernel_, spec);
    for (const HandlerSpec& handler : script.handlers) {
        KSigaction action;
        action.handler = handler_base(handler.signal);
        action.flags = handler.flags;
        action.mask = signal_set(handler.mask);
        set_disposition(task, handler.signal, action);
    }
    for (const int signal : script.ignored) {
        KSigaction action;
        action.handler = K_SIG_IGN;
        set_disposition(task, signal, action);
    }
    for (const Op& op : script.program) add_user_ops(spec.program, op, nullptr);
}

// --- user programs -------------------------------------------------------------------------------

ProgramOp Session::user_op(const Op& op) {
    ProgramOp made;
    const bool completed_by_wake = op.name == "read" || op.name == "usleep";
    made.ret = op.value.value_or(completed_by_wake ? 1 : 0);
    if (op.name == "syscall") {
        made.kind = OpKind::syscall;
        made.scripted = true;
        made.nr = op.nr;
    } else if (op.name == "pause") {
        made.kind = OpKind::pause;
        made.nr = nr_pause;
    } else if (op.name == "read") {
        made.kind = OpKind::read;
        made.nr = nr_read;
    } else if (op.name == "usleep") {
        made.kind = OpKind::usleep;
        made.nr = nr_poll;
    } else if (op.name == "exec") {
        made.kind = OpKind::exec;
        made.nr = nr_execve;
    } else if (op.name == "exit") {
        made.kind = OpKind::exit;
        made.nr = nr_exit;
    } else if (op.name == "exit_group") {
        made.kind = OpKind::exit_group;
        made.nr = nr_exit_group;
    } else if (op.name == "sigprocmask") {
        made.kind = OpKind::sigprocmask;
        made.nr = nr_rt_sigprocmask;
        made.how = op.how == "BLOCK" ? 0 : op.how == "UNBLOCK" ? 1 : 2;
        made.set = signal_set(op.set);
    } else if (op.name == "sigaction") {
        made.kind = OpKind::sigaction;
        made.nr = nr_rt_sigaction;
        made.signal = op.signal;
        made.action.handler = op.to == "DFL"   ? K_SIG_DFL
                              : op.to == "IGN" ? K_SIG_IGN
                                               : handler_base(op.signal);
    } else if (op.name == "clone") {
        made.kind = OpKind::clone;
        made.nr = nr_clone;
        made.arg[0] = op.clone_flags;
    }
    return made;
}

void Session::add_user_ops(Program* program, const Op& op, Task* task) {
    if (op.name == "insn") {
        for (const char letter : op.program) append_op(world_, program, plain_op(letter), task);
        return;
    }
    ProgramOp made = user_op(op);
    if (op.name == "clone") {
        for (const TaskScript& child : scenario_.tasks) {
            if (child.name != op.child) continue;
            made.child = make_task_program(child, inherited_handlers());
            made.child->child_name = child.name.c_str();
            for (const Op& first : child.program) add_user_ops(made.child, first, nullptr);
        }
    }
    append_op(world_, program, made, task);
}

// --- running -------------------------------------------------------------------------------------

void Session::controller_body(void* argument) {
    auto* controller = static_cast<Controller*>(argument);
    World& world = controller->session->world();
    for (;;) {
        while (controller->todo.empty()) world.block(BlockReason::idle, "controller");
        const Op* op = controller->todo.front();
        controller->todo.pop_front();
        controller->session->call_api(*op);
    }
}

/// False: the run is over.
bool Session::settle() {
    switch (world_.run(chooser_)) {
        case RunEnd::quiet:
            break;
        case RunEnd::bug:
            result_ = world_.crashed() ? "crash:11" : "bug";
            break;
        case RunEnd::deadlock:
            result_ = "deadlock";
            break;
        case RunEnd::livelock:
            result_ = "livelock";
            break;
        default:
            result_ = "toolong";
            break;
    }
    if (recorder_.too_long()) result_ = "toolong";
    return result_ == "ok";
}

void Session::release(const std::string& name) {
    const auto waiting = waiting_.find(name);
    if (waiting != waiting_.end()) {
        world_.release_held(*waiting->second);
        waiting_.erase(waiting);
        return;
    }
    recorder_.release_breakpoint(name);
}

void Session::perform(const Op& op) {
    if (is_for_the_run(op)) {
        if (op.name == "release") release(op.label);
        if (op.name == "bp") recorder_.add_breakpoint({op.fiber, op.at, op.label, false, nullptr});
        return;
    }
    if (is_user_op(op)) {
        const auto program = programs_.find(op.who);
        if (program != programs_.end()) {
            add_user_ops(program->second, op, find_task(op.who));
        }
        return;
    }
    Controller& controller = *controllers_[op.who];
    controller.todo.push_back(&op);
    Actor& actor = world_.actor(controller.task->actor);
    if (actor.reason == BlockReason::idle) world_.make_ready(actor);
}

Json Session::run() {
    create_fibers();
    world_.set_sink(&recorder_);
    world_.set_observer(&recorder_);
    bool going = settle();
    for (std::size_t i = 0; going && i < scenario_.main.size(); ++i) {
        recorder_.add(Json{{"k", "op"}, {"n", i}});
        perform(scenario_.main[i]);
        going = settle();
    }
    if (going) recorder_.write_end(controller_names_);
    world_.set_sink(nullptr);
    world_.set_observer(nullptr);
    return Json{{"name", scenario_.name}, {"result", result_}, {"log", recorder_.log()}};
}

// --- for callbacks -------------------------------------------------------------------------------

EngineSlot* Session::find_slot(const Engine& engine) {
    const auto found = by_engine_.find(&engine);
    return found != by_engine_.end() ? found->second : &slot("?");
}

std::string Session::data_name(std::uint64_t data) const {
    return data < data_names_.size() ? data_names_[data] : "?";
}

std::string Session::task_name(const Task& task) const {
    return std::string(world_.names().task(task.id));
}

std::string Session::current_name() {
    return std::string(world_.names().actor(world_.current().id));
}

std::uint64_t Session::handler_for(const Task& task, int signal) const {
    const std::uint64_t handler = handler_base(signal);
    const bool has_one = find_op(task.program, handler) != nullptr;
    return has_one ? handler : handler_base(anonymous_handler);
}

void Session::wait_for_flag(const std::string& name) {
    waiting_[name] = &world_.current();
    world_.block(BlockReason::held, "callback");
}

}  // namespace utsim::conformance

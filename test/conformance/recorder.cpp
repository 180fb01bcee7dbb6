// SPDX-License-Identifier: MIT
// The log: one line an event, with the recorded names of fields. Task states were recorded by
// looking at every scheduling point, so they are here too.
#include "recorder.hpp"

#include <array>

#include "kernel/program.hpp"
#include "kernel/signal_types.hpp"
#include "words.hpp"

namespace utsim::conformance {

namespace {

constexpr const char* via_names[] = {"sys", "irq", "trap", "fault", "fork"};
constexpr const char* step_names[] = {"enable_single", "enable_block", "disable"};

std::uint64_t number(std::int64_t value) { return static_cast<std::uint64_t>(value); }

/// Where the recording's programs lay: an ip at the end is printed as a distance from main's start.
constexpr std::uint64_t recorded_main = 0x400000;
constexpr std::uint64_t recorded_handlers = 0x1000000;
constexpr std::uint64_t recorded_handler_size = 0x1000;

std::uint64_t recorded_index(std::uint64_t ip) {
    ProgramPlace place;
    if (!program_place(ip, place)) return ip;
    if (place.signal == 0) return place.index;
    const auto signal = static_cast<std::uint64_t>(place.signal);
    const std::uint64_t base = recorded_handlers + signal * recorded_handler_size;
    return (base - recorded_main) / op_size + place.index;
}

/// How the recording spells the points that scenarios stop at; empty for all others.
std::string recorded_label(const Point& point) {
    const std::string function = point.function;
    if (point.kind == PointKind::sleep && function == "wait_task_inactive") {
        return "wait_inactive:wait_task_inactive:";
    }
    if (point.kind != PointKind::lock) return "";
    std::string lock;
    if (point.object.lock == LockClass::utrace) {
        lock = "&utrace->lock";
    } else if (point.object.lock == LockClass::task_lock) {
        lock = "&(task)->alloc_lock";
    } else if (point.object.lock == LockClass::siglock) {
        lock = function == "handle_signal" ? "&(hx_get_current())->sighand->siglock"
                                           : "&task->sighand->siglock";
    }
    return "lock:" + function + ":" + lock;
}

bool runs_guest_code(const Task& task) {
    const Actor* actor = actor_of(&task);
    return actor != nullptr && actor->kind == ActorKind::task;
}

std::string blocked_on(const Actor& actor) {
    const std::string in = actor.waits_in;
    switch (actor.reason) {
        case BlockReason::schedule:
            return "schedule";
        case BlockReason::polling:
            return in == "wait_task_inactive" ? in : "schedule_timeout";
        case BlockReason::spinning:
            return "lock";
        case BlockReason::held:
            return "held";
        default:
            return in;
    }
}

}  // namespace

int recorded_si_code(int signal, int code) {
    constexpr int fault_class = 3 << 16;
    constexpr int child_class = 4 << 16;
    constexpr SigSet faults = sig_synchronous & ~sigmask(K_SIGSYS);
    if (code <= 0 || code >= K_SI_KERNEL) return code;
    if (in_set(faults, signal)) return code | fault_class;
    return signal == K_SIGCHLD ? code | child_class : code;
}

std::string Recorder::task_name(std::int64_t id) const {
    return std::string(world_.names().task(TaskId{static_cast<std::uint32_t>(id)}));
}

std::string Recorder::actor_name(ActorId id) const { return std::string(world_.names().actor(id)); }

std::string Recorder::place_of(std::int64_t task, std::int64_t ip) const {
    ProgramPlace place;
    if (program_place(number(ip), place) && place.signal != 0 &&
        handlers_.count({task_name(task), place.signal}) == 0) {
        return place_name(handler_base(anonymous_handler) + place.index * op_size);
    }
    return place_name(number(ip));
}

void Recorder::add(Json line) {
    if (too_long()) {
        world_.request_stop("the log is too long");
        return;
    }
    log_.push_back(std::move(line));
}

Json Recorder::about_task(const char* kind, const Event& event) const {
    return Json{{"k", kind}, {"t", task_name(event.value[0])}};
}

Json Recorder::about_call(const Event& event) const {
    const auto& v = event.value;
    Json line = about_task("sys", event);
    if (event.kind == EventKind::syscall_enter) {
        line.update({{"ph", "enter"}, {"nr", v[1]}});
    } else if (event.kind == EventKind::syscall_ran) {
        line.update({{"ph", "ran"}, {"nr", v[1]}, {"ret", v[2]}});
    } else {
        line.update({{"ph", "skipped"}, {"ret", v[2]}});
    }
    return line;
}

Json Recorder::about_user_mode(const Event& event) const {
    const auto& v = event.value;
    if (event.kind == EventKind::debug_trap) return about_task("trap", event);
    if (event.kind == EventKind::user) {
        Json line = about_task("user", event);
        line.update({{"via", via_names[v[1]]}, {"ip", place_of(v[0], v[2])}});
        line.update({{"tf", v[3]}, {"btf", v[4]}, {"ax", v[5]}});
        return line;
    }
    const bool faulted = event.kind == EventKind::fault;
    Json line = about_task("insn", event);
    line.update({{"i", faulted ? "u" : v[3] != 0 ? "b" : "n"}, {"at", place_of(v[0], v[1])}});
    return line;
}

Json Recorder::about_signal(const Event& event) const {
    const auto& v = event.value;
    if (event.kind == EventKind::handler) {
        Json line = about_task("handler", event);
        line.update({{"sig", v[1]}, {"si", v[2]}, {"saved_tf", v[4]}});
        return line;
    }
    if (event.kind == EventKind::notify_cldstop) {
        Json line = about_task("notify_cldstop", event);
        line["why"] = cld_name(static_cast<int>(v[1]));
        return line;
    }
    if (event.kind == EventKind::notify_parent) {
        Json line = about_task("notify_parent", event);
        line.update({{"sig", v[1]}, {"code", v[2]}});
        return line;
    }
    Json line = about_task("core", event);
    line["sig"] = v[1];
    return line;
}

Json Recorder::about_life(const Event& event) const {
    const auto& v = event.value;
    if (event.kind == EventKind::exec) return about_task("exec", event);
    if (event.kind == EventKind::released) return about_task("released", event);
    if (event.kind == EventKind::exit) {
        Json line = about_task("exit", event);
        line.update({{"code", v[1]}, {"group_dead", v[2]}});
        return line;
    }
    Json line = about_task("newtask", event);
    line.update({{"parent", task_name(v[1])}, {"tf", v[4]}});
    return line;
}

Json Recorder::about_step(const Event& event) const {
    const auto& v = event.value;
    Json line = about_task("step", event);
    line.update({{"fn", step_names[v[1]]}, {"by", actor_name(event.actor)}});
    line.update({{"self", v[2]}, {"atomic", v[3]}});
    return line;
}

Json Recorder::about_complaint(const Event& event) const {
    const NameTable& names = world_.names();
    const auto text = [&](int field) {
        return names.static_text(
            static_cast<std::uint32_t>(event.value[static_cast<std::size_t>(field)]));
    };
    Json line{{"k", event.kind == EventKind::bug ? "bug" : "warn"}};
    line["f"] = actor_name(event.actor);
    line["fn"] = text(0);
    line["what"] = event.kind == EventKind::sleep_in_atomic ? "sleep_in_atomic" : text(1);
    return line;
}

void Recorder::emit(const Event& event) {
    switch (event.kind) {
        case EventKind::syscall_enter:
        case EventKind::syscall_ran:
        case EventKind::syscall_skipped:
            return add(about_call(event));
        case EventKind::instruction:
        case EventKind::fault:
        case EventKind::debug_trap:
        case EventKind::user:
            return add(about_user_mode(event));
        case EventKind::handler:
        case EventKind::core_dump:
        case EventKind::notify_parent:
        case EventKind::notify_cldstop:
            return add(about_signal(event));
        case EventKind::new_task:
            adopt(event.value[0]);
            return add(about_life(event));
        case EventKind::exit:
        case EventKind::exec:
        case EventKind::released:
            return add(about_life(event));
        case EventKind::step_switch:
            return add(about_step(event));
        case EventKind::bug:
            if (world_.crashed()) return;  // a real crash leaves no line
            return add(about_complaint(event));
        case EventKind::warning:
        case EventKind::sleep_in_atomic:
            return add(about_complaint(event));
        default:
            return;
    }
}

/// Only this harness, which never goes back in time, may touch the world from a sink.
void Recorder::adopt(std::int64_t child) {
    Task* task = world_.kernel->by_id[child];
    task->real_parent = parent_;
    task->parent = parent_;
    list_move_tail(&task->sibling, &parent_->children);
}

void Recorder::watch_states() {
    const Kernel& kernel = *world_.kernel;
    for (std::uint32_t i = 0; i < kernel.by_id.size; ++i) {
        const Task& task = *kernel.by_id[i];
        if (!task.born) continue;  // left over from a fork that failed
        if (!runs_guest_code(task)) continue;
        if (seen_.size() <= i) seen_.resize(i + 1);
        Seen& seen = seen_[i];
        if (task.sighand.peek() != nullptr) {
            seen.shared_pending = task.signal->shared_pending.signal;
        }
        const Seen now{task.state.peek(), task.exit_state.peek(), seen.shared_pending};
        if (now.state == seen.state && now.exit_state == seen.exit_state) continue;
        seen = now;
        add(Json{{"k", "st"},
                 {"t", task_name(i)},
                 {"st", state_name(now.state)},
                 {"xs", exit_state_name(now.exit_state)}});
    }
}

bool Recorder::at_point(World&, Actor& actor) {
    watch_states();
    if (breakpoints_.empty()) return false;
    const std::string label = recorded_label(actor.point);
    for (Breakpoint& breakpoint : breakpoints_) {
        if (breakpoint.hit || actor_name(actor.id) != breakpoint.fiber) continue;
        if (label.empty() || label.compare(0, breakpoint.at.size(), breakpoint.at) != 0) continue;
        breakpoint.hit = true;
        breakpoint.held = &actor;
        add(Json{{"k", "bp_hit"}, {"f", breakpoint.fiber}, {"at", label}});
        return true;
    }
    return false;
}

bool Recorder::release_breakpoint(const std::string& name) {
    for (Breakpoint& breakpoint : breakpoints_) {
        if (breakpoint.name != name) continue;
        if (breakpoint.held != nullptr) world_.release_held(*breakpoint.held);
        breakpoint.held = nullptr;
        breakpoint.hit = true;  // released before it was reached: it will not stop any more
        return true;
    }
    return false;
}

void Recorder::write_blocked(const std::set<std::string>& controllers) {
    for (std::uint32_t i = 0; i < world_.actor_count(); ++i) {
        const Actor& actor = world_.actor(ActorId{i});
        const bool waits =
            actor.state == ActorState::blocked || actor.state == ActorState::sleeping;
        const bool harmless = actor.reason == BlockReason::user_idle ||
                              actor.reason == BlockReason::idle ||
                              actor.reason == BlockReason::dead;
        const std::string name = actor_name(actor.id);
        const bool ours = actor.kind == ActorKind::task || controllers.count(name) != 0;
        if (!waits || harmless || !ours) continue;
        add(Json{{"k", "blocked"}, {"f", name}, {"on", blocked_on(actor)}});
    }
}

Json Recorder::end_of(const Task& task) const {
    Json line{{"k", "end"}, {"t", task_name(task.id.value)}};
    line["st"] = state_name(task.state.peek());
    line["xs"] = exit_state_name(task.exit_state.peek());
    line["user"] = task.in_user ? 1 : 0;
    line["ip"] = recorded_index(task.regs.rip);
    line["pending"] = hex(task.pending.signal);
    line["shpending"] = hex(seen_[task.id.value].shared_pending);
    line["exit_code"] = task.exit_code;
    return line;
}

void Recorder::write_end(const std::set<std::string>& controllers) {
    watch_states();
    write_blocked(controllers);
    const Kernel& kernel = *world_.kernel;
    for (std::uint32_t i = 0; i < kernel.by_id.size; ++i) {
        const Task& task = *kernel.by_id[i];
        if (!task.born) continue;  // left over from a fork that failed
        if (runs_guest_code(task)) add(end_of(task));
    }
}

}  // namespace utsim::conformance

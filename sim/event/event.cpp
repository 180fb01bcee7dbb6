// SPDX-License-Identifier: MIT
// The table of events: what each one carries, in the order of EventKind.
#include "event/event.hpp"

#include "base/check.hpp"

namespace utsim {

namespace {

using F = Format;

// clang-format off
constexpr KindInfo table[] = {
    {EventKind::api_enter, "api_enter",
     {{{"call", F::api}, {"task", F::task}, {"engine", F::engine}, {"action", F::number},
       {"flags", F::hex}}}, ""},
    {EventKind::api, "api",
     {{{"call", F::api}, {"task", F::task}, {"engine", F::engine}, {"action", F::number},
       {"flags", F::hex}, {"ret", F::result}, {"state", F::task_state},
       {"exit_state", F::exit_state}}}, ""},
    {EventKind::callback, "callback",
     {{{"task", F::task}, {"engine", F::engine}, {"callback", F::callback}, {"action", F::word},
       {"event", F::event_bit}, {"arg0", F::number}, {"arg1", F::number}, {"arg2", F::number},
       {"arg3", F::number}}}, ""},
    {EventKind::callback_end, "callback_end",
     {{{"task", F::task}, {"engine", F::engine}, {"callback", F::callback}, {"ret", F::word},
       {"left0", F::number}, {"left1", F::number}}}, ""},
    {EventKind::attach_match, "attach_match",
     {{{"task", F::task}, {"flags", F::attach_flags}, {"ops", F::number}, {"data", F::hex}}}, ""},
    {EventKind::engine_attached, "engine_attached",
     {{{"task", F::task}, {"engine", F::engine}, {"ops", F::number}, {"data", F::hex}}}, ""},
    {EventKind::engine_listed, "engine_listed",
     {{{"task", F::task}, {"engine", F::engine}}}, ""},
    {EventKind::engine_release, "engine_release", {{{"engine", F::engine}}}, ""},
    {EventKind::engine_stop, "engine_stop",
     {{{"task", F::task}, {"engine", F::engine}, {"on", F::flag}}}, ""},
    {EventKind::engine_detached, "engine_detached",
     {{{"task", F::task}, {"engine", F::engine}}}, ""},
    {EventKind::task_state, "task_state",
     {{{"task", F::task}, {"state", F::task_state}, {"exit_state", F::exit_state}}}, ""},
    {EventKind::step_switch, "step_switch",
     {{{"task", F::task}, {"switch", F::step_switch}, {"self", F::flag}, {"atomic", F::number}}},
     ""},
    {EventKind::read_instruction, "read_instruction",
     {{{"task", F::task}, {"self", F::flag}, {"paged_in", F::number}}}, ""},
    {EventKind::page_in, "page_in", {{{"task", F::task}, {"address", F::address}}}, ""},
    {EventKind::syscall_enter, "syscall_enter",
     {{{"task", F::task}, {"nr", F::syscall}, {"arg0", F::hex}, {"arg1", F::hex}, {"arg2", F::hex},
       {"arg3", F::hex}, {"arg4", F::hex}, {"arg5", F::hex}}}, "args"},
    {EventKind::syscall_ran, "syscall_ran",
     {{{"task", F::task}, {"nr", F::syscall}, {"ret", F::result}}}, "answers"},
    {EventKind::syscall_skipped, "syscall_skipped",
     {{{"task", F::task}, {"nr", F::syscall}, {"ret", F::result}}}, ""},
    {EventKind::syscall_unknown, "syscall_unknown", {{{"task", F::task}, {"nr", F::number}}}, ""},
    {EventKind::instruction, "instruction",
     {{{"task", F::task}, {"ip", F::program_point}, {"count", F::number}, {"branch", F::flag}}},
     "bytes"},
    {EventKind::debug_trap, "debug_trap",
     {{{"task", F::task}, {"ip", F::program_point}, {"dr6", F::hex}}}, ""},
    {EventKind::fault, "fault",
     {{{"task", F::task}, {"ip", F::program_point}, {"vector", F::number}, {"error_code", F::hex},
       {"address", F::address}, {"signal", F::signal}}}, "reason"},
    {EventKind::user, "user",
     {{{"task", F::task}, {"via", F::via}, {"ip", F::program_point}, {"tf", F::flag},
       {"btf", F::flag}, {"ax", F::result}}}, ""},
    {EventKind::signal_generated, "signal_generated",
     {{{"task", F::task}, {"signal", F::signal}, {"group", F::flag}, {"code", F::si_code},
       {"queued", F::flag}}}, ""},
    {EventKind::signal_taken, "signal_taken",
     {{{"task", F::task}, {"signal", F::signal}, {"code", F::si_code},
       {"disposition", F::disposition}}}, ""},
    {EventKind::handler, "handler",
     {{{"task", F::task}, {"signal", F::signal}, {"si_signo", F::signal}, {"ip", F::program_point},
       {"saved_tf", F::flag}}}, ""},
    {EventKind::core_dump, "core_dump", {{{"task", F::task}, {"signal", F::signal}}}, ""},
    {EventKind::exit, "exit",
     {{{"task", F::task}, {"code", F::wait_status}, {"group_dead", F::flag}}}, ""},
    {EventKind::exec, "exec", {{{"task", F::task}}}, "path"},
    {EventKind::new_task, "new_task",
     {{{"task", F::task}, {"parent", F::task}, {"pid", F::number}, {"flags", F::clone_flags},
       {"tf", F::flag}}}, "name"},
    {EventKind::new_parent, "new_parent",
     {{{"task", F::task}, {"parent", F::task}, {"real_parent", F::task}, {"traced", F::flag}}}, ""},
    {EventKind::ptrace_stop, "ptrace_stop",
     {{{"task", F::task}, {"tracer", F::task}, {"stop", F::ptrace_stop}, {"signal", F::signal},
       {"event", F::ptrace_event}, {"status", F::hex}, {"sigchld", F::flag}}}, ""},
    {EventKind::notify_parent, "notify_parent",
     {{{"task", F::task}, {"signal", F::signal}, {"code", F::wait_status}}}, ""},
    {EventKind::notify_cldstop, "notify_cldstop", {{{"task", F::task}, {"why", F::cld}}}, ""},
    {EventKind::released, "released", {{{"task", F::task}}}, ""},
    {EventKind::output, "output", {{{"task", F::task}, {"fd", F::number}}}, "data"},
    {EventKind::bug, "bug", {{{"function", F::static_text}, {"what", F::static_text}}}, ""},
    {EventKind::warning, "warning", {{{"function", F::static_text}, {"what", F::static_text}}}, ""},
    {EventKind::sleep_in_atomic, "sleep_in_atomic",
     {{{"function", F::static_text}, {"lock", F::lock}, {"taken_in", F::static_text},
       {"locks", F::number}}}, ""},
    {EventKind::lock_order, "lock_order",
     {{{"function", F::static_text}, {"lock", F::lock}, {"held", F::lock},
       {"held_in", F::static_text}}}, ""},
    {EventKind::access, "access",
     {{{"object", F::number}, {"write", F::flag}}}, ""},
    {EventKind::lock_taken, "lock_taken", {{{"lock", F::lock}, {"function", F::static_text}}}, ""},
    {EventKind::lock_released, "lock_released",
     {{{"lock", F::lock}, {"function", F::static_text}}}, ""},
    {EventKind::note, "note", {{}}, "text"},
    {EventKind::expect_failed, "expect_failed", {{{"index", F::number}}}, "text"},
    {EventKind::end_task, "end_task",
     {{{"task", F::task}, {"state", F::task_state}, {"exit_state", F::exit_state},
       {"ip", F::program_point}, {"exit_code", F::wait_status}, {"pending", F::hex},
       {"shared_pending", F::hex}}}, ""},
    {EventKind::blocked, "blocked", {{{"on", F::static_text}}}, ""},
    {EventKind::run_end, "run_end", {{{"reason", F::static_text}}}, "detail"},
};
// clang-format on
static_assert(std::size(table) == static_cast<std::size_t>(EventKind::count_));

constexpr bool in_order() {
    for (std::size_t i = 0; i < std::size(table); ++i) {
        if (static_cast<std::size_t>(table[i].kind) != i) return false;
    }
    return true;
}
static_assert(in_order(), "kind_info() indexes the table by EventKind");

}  // namespace

const KindInfo& kind_info(EventKind kind) {
    UTSIM_CHECK(kind < EventKind::count_, "an event of no kind");
    return table[static_cast<std::size_t>(kind)];
}

std::span<const KindInfo> event_table() { return table; }

std::optional<std::size_t> find_field(EventKind kind, std::string_view name) {
    const auto& fields = kind_info(kind).field;
    for (std::size_t i = 0; i < fields.size() && !fields[i].name.empty(); ++i) {
        if (fields[i].name == name) return i;
    }
    return std::nullopt;
}

}  // namespace utsim

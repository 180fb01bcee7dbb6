// SPDX-License-Identifier: MIT
// Two lines in the trace for each call, in strace's manner, as notes.
#include "engines/syscall_log.hpp"

#include <cinttypes>
#include <cstdio>

#include "event/names.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

constexpr std::size_t line_length = 200;

int write_call(char* out, std::size_t size, const Task& task) {
    const auto nr = static_cast<int>(user_register(task, Register::orig_rax));
    const SyscallInfo* info = find_syscall(nr);
    if (info == nullptr) return std::snprintf(out, size, "syscall_%d(", nr);
    int used =
        std::snprintf(out, size, "%.*s(", static_cast<int>(info->name.size()), info->name.data());
    constexpr Register arguments[] = {Register::rdi, Register::rsi, Register::rdx,
                                      Register::r10, Register::r8,  Register::r9};
    for (int i = 0; i < argument_count(*info); ++i) {
        used += std::snprintf(out + used, size - static_cast<std::size_t>(used), "%s0x%" PRIx64,
                              i == 0 ? "" : ", ", user_register(task, arguments[i]));
    }
    return used;
}

}  // namespace

std::uint32_t SyscallLog::report_syscall_entry(std::uint32_t action, Engine& engine, Task& task) {
    called();
    const bool again = (action & UTRACE_SYSCALL_RESUMED) != 0;
    ++(again ? state_->repeats : state_->entries);
    World& world = World::of(&engine);
    if (world.listening()) {
        char line[line_length];
        int used = std::snprintf(line, sizeof(line), "%s: ", name());
        used += write_call(line + used, sizeof(line) - static_cast<std::size_t>(used), task);
        std::snprintf(line + used, sizeof(line) - static_cast<std::size_t>(used), ")%s",
                      again ? " again" : "");
        world.emit_text(EventKind::note, line);
    }
    return utrace_syscall_action(action) | UTRACE_RESUME;
}

std::uint32_t SyscallLog::report_syscall_exit(std::uint32_t action, Engine& engine, Task& task) {
    called();
    ++state_->exits;
    World& world = World::of(&engine);
    if (world.listening()) {
        char line[line_length];
        const auto result = static_cast<std::int64_t>(user_register(task, Register::rax));
        const char* error =
            result < 0 && result > -4096 ? errno_name(static_cast<int>(-result)) : nullptr;
        if (error != nullptr) {
            std::snprintf(line, sizeof(line), "%s: = -%s", name(), error);
        } else {
            std::snprintf(line, sizeof(line), "%s: = %" PRId64, name(), result);
        }
        world.emit_text(EventKind::note, line);
    }
    return utrace_syscall_action(action) | UTRACE_RESUME;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// A task's debug registers as a debugger sets them: DR0 to DR3 and DR7 are those of the processor,
// DR7 also as it was written, DR6 is what the last #DB was for. As in Linux of this time, exec
// forgets them and no child inherits any.
#include <utsim/engine.hpp>

#include "cpu/breakpoint.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

/// Bits of DR6 that read as one, but for those which are zero when their trap is there.
constexpr std::uint64_t dr6_reserved = 0xffff0ff0;
constexpr int addresses = 4;

/// Whether a breakpoint, were it enabled, is one that Linux sets.
bool is_valid(const cpu::Breakpoint& point) {
    if (point.on == cpu::BreakOn::input_output) return false;
    if (point.on == cpu::BreakOn::execution && point.length != 1) return false;
    return point.address % point.length == 0 && point.address < cpu::user_end;
}

int set_address(Task& task, unsigned number, std::uint64_t value) {
    if (value >= cpu::user_end) return -K_EINVAL;
    const cpu::Breakpoint point = cpu::breakpoint_in(task.debug.dr7, number, value);
    if (point.enabled && !is_valid(point)) return -K_EINVAL;
    task.debug.dr[number] = value;
    return 0;
}

int set_control(Task& task, std::uint64_t value) {
    for (unsigned n = 0; n < addresses; ++n) {
        const cpu::Breakpoint point = cpu::breakpoint_in(value, n, task.debug.dr[n]);
        if (point.enabled && !is_valid(point)) return -K_EINVAL;
    }
    task.ptrace_dr7 = task.debug.dr7 = value;
    task.debug.repeats_at = 0;  // nobody kept it while no breakpoint was enabled
    return 0;
}

}  // namespace

std::uint64_t ptrace_get_debugreg(const Task& task, int number) {
    if (number >= 0 && number < addresses) return task.debug.dr[number];
    if (number == 6) return task.virtual_dr6 ^ dr6_reserved;
    return number == 7 ? task.ptrace_dr7 : 0;
}

int ptrace_set_debugreg(Task& task, int number, std::uint64_t value) {
    if (number >= 0 && number < addresses) {
        return set_address(task, static_cast<unsigned>(number), value);
    }
    if (number == 7) return set_control(task, value);
    if (number != 6) return -K_EIO;
    task.virtual_dr6 = value ^ dr6_reserved;
    return 0;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
// What the architecture promises about stepping: for whom it is switched on, when a block step
// ends, and that nothing is left of it.
#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

/// By DR6: a trap of B0 to B3 without BS, which may come before a step is through.
constexpr bool is_breakpoint(std::int64_t dr6) { return (dr6 & 0xf) != 0 && (dr6 & 0x4000) == 0; }

void block_step_traps(Judge& j) {
    const TaskId task = j.task_in(0);
    const StepView& step = j.ledger(task).step;
    if (!step.is_block()) return;
    if (j.kind() == EventKind::debug_trap) {
        if (is_breakpoint(j.value(2))) return;
        return j.expect(step.branched, step.since, [&] {
            return j.name(task) + " traps in a block step and has not branched";
        });
    }
    if (!step_ran_away(j)) return;
    j.broken(step.since, j.name(task) + " has branched during a block step and does not trap");
}

/// Kept: 1 after stepping was switched off, 2 for good when the program handles the flag itself.
void nothing_is_left(Judge& j) {
    const TaskId task = j.task_in(0);
    constexpr std::uint64_t program_handles_it = 2;
    Number kept = j.of(task);
    switch (j.kind()) {
        case EventKind::step_switch:
            if (kept == program_handles_it) return;
            kept = j.value(1) == static_cast<std::int64_t>(StepSwitch::disable) ? 1 : 0;
            return;
        case EventKind::handler:
            if (j.value(4) != 0) kept = program_handles_it;
            return;
        case EventKind::instruction:
            if (loads_flags(j.event().text)) kept = program_handles_it;
            return;
        case EventKind::new_task:
            // A program that has set the flag itself has a child that has it set.
            if (j.of(TaskId{static_cast<std::uint32_t>(j.value(1))}) == program_handles_it) {
                kept = program_handles_it;
            }
            return;
        default:
            break;
    }
    if (kept != 1) return;
    kept = 0;
    const bool own = j.ledger(task).own_tf;
    j.expect(j.value(4) == 0 && (j.value(3) == 0 || own), never, [&] {
        return "stepping of " + j.name(task) + " was switched off and something of it is left";
    });
}

constexpr Clause clauses[] = {
    {"C-274",
     Bound::utrace,
     "Stepping is switched on by the thread itself or for one that is stopped.",
     on(EventKind::step_switch),
     [](Judge& j) {
         if (j.value(1) == static_cast<std::int64_t>(StepSwitch::disable)) return;
         const TaskId task = j.task_in(0);
         j.expect(j.value(2) != 0 || j.task(task).traced(), never, [&] {
             return "stepping of " + j.name(task) + " is switched on by another while it runs";
         });
     },
     nullptr,
     {},
     "contract/resume-ends-stepping"},

    {"C-275",
     Bound::utrace,
     "In a block step the trap follows the first transfer of control in user mode.",
     while_stepping(on(EventKind::instruction, EventKind::syscall_enter, EventKind::debug_trap)),
     block_step_traps,
     nullptr,
     {},
     "contract/block-step"},

    {"C-276",
     Bound::utrace,
     "Stepping can be switched off at any time, and nothing of either kind is left.",
     on(EventKind::step_switch, EventKind::handler, EventKind::new_task) | loads_flags() |
         armed(on(EventKind::user)),
     nothing_is_left,
     nullptr,
     {},
     "contract/resume-ends-stepping"},
};

}  // namespace

std::span<const Clause> machine_clauses() { return clauses; }

}  // namespace utsim

// SPDX-License-Identifier: MIT
// One event is held until it is clear that no other instruction follows. What a stretch of them
// does not know is left out of single ones, too: a stretch that ends in an exception does not say
// whether the instruction before was a taken branch.
#include "trace/instruction_run.hpp"

#include "base/check.hpp"

namespace utsim {

InstructionRun::InstructionRun(bool counts) : counts_(counts) {
    UTSIM_CHECK(*find_field(EventKind::instruction, "count") == count, "the table was changed");
}

/// Whether the instruction goes on with those that are held.
bool InstructionRun::merge(const Event& event) {
    if (!holds_ || event.actor != held_.actor || event.value[0] != held_.value[0]) return false;
    held_.step = event.step;
    held_.value[count] += event.value[count];
    held_.value[branch] = event.value[branch];
    bytes_.clear();
    return true;
}

void InstructionRun::hold(const Event& event) {
    held_ = event;
    bytes_ = event.text;
    holds_ = true;
}

bool InstructionRun::hides_last_branch(const Event& event) const {
    constexpr std::int64_t single_step = 0x4000;  // of DR6
    if (event.actor != held_.actor) return false;
    if (event.kind == EventKind::fault) return true;
    return event.kind == EventKind::debug_trap && (event.value[2] & single_step) == 0;
}

}  // namespace utsim

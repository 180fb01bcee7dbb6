// SPDX-License-Identifier: MIT
// A system call is no instruction here: the report of its exit stands for its trap, and where there
// is none the trap comes one instruction later. What follows the call is the step's instruction.
#include "contract/step_view.hpp"

#include <string_view>

#include "contract/reading.hpp"
#include "kernel/signal_types.hpp"

namespace utsim {

namespace {

/// MOV to SS holds the trap back for one instruction.
bool shadows_the_trap(std::string_view bytes) {
    constexpr char operand_size = '\x66';
    constexpr char mov_to_segment = '\x8e';
    std::size_t at = 0;
    while (at < bytes.size() && (bytes[at] == operand_size || (bytes[at] & 0xf0) == 0x40)) ++at;
    return at < bytes.size() && bytes[at] == mov_to_segment;
}

/// SIGTRAP that the kernel makes by itself, for a step over a call or a breakpoint.
bool is_machines_trap(const Event& event) {
    return event.value[1] == K_SIGTRAP && event.value[3] > 0;
}

bool becomes_a_signal(const Event& fault) { return fault.value[5] != 0; }

bool asks_what_is_next(const Event& callback) {
    return takes_resume_action(static_cast<CallbackKind>(callback.value[2]));
}

}  // namespace

bool StepView::hears(EventKind kind) {
    switch (kind) {
        case EventKind::step_switch:
        case EventKind::instruction:
        case EventKind::syscall_enter:
        case EventKind::signal_generated:
        case EventKind::fault:
        case EventKind::callback:
        case EventKind::debug_trap:
        case EventKind::exit:
            return true;
        default:
            return false;
    }
}

void StepView::follow(const Event& event, bool by_round, bool nobody_called) {
    switch (event.kind) {
        case EventKind::step_switch: {
            const auto what = static_cast<StepSwitch>(event.value[1]);
            if (what == StepSwitch::disable && nobody_called) return;
            *this = {};
            if (what == StepSwitch::disable) return;
            kind = what == StepSwitch::enable_block ? 2 : 1;
            since = event.step;
            answered = by_round;
            return;
        }
        case EventKind::instruction:
            if (event.value[2] > 1 || !shadows_the_trap(event.text)) {
                executed = executed || event.value[2] != 0;
            }
            branched = branched || event.value[3] != 0;
            last = event.step;
            return;
        case EventKind::syscall_enter:
            executed = false;
            return;
        case EventKind::signal_generated:
            if (is_machines_trap(event)) kind = 0;
            return;
        case EventKind::fault:
            if (becomes_a_signal(event)) kind = 0;
            return;
        case EventKind::callback:
            if (asks_what_is_next(event)) kind = 0;
            return;
        case EventKind::debug_trap:
        case EventKind::exit:
            kind = 0;
            return;
        default:
            return;
    }
}

bool StepView::is_exceeded(const Event& event) const {
    const bool call = event.kind == EventKind::syscall_enter;
    if (call && last == event.step) return false;  // judged as an instruction already
    const bool again = executed || (!call && event.value[2] > 1);
    return is_single() ? again : is_block() && branched;
}

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// Short scenes that many stories about stops and calls share.
#pragma once

#include "contract/story.hpp"

namespace utsim::testing {

inline constexpr std::uint64_t REAP = UTRACE_EVENT(EVENT_REAP);
inline constexpr std::uint64_t CLONE = UTRACE_EVENT(EVENT_CLONE);
inline constexpr std::uint64_t EXEC = UTRACE_EVENT(EVENT_EXEC);
inline constexpr std::uint64_t EXIT = UTRACE_EVENT(EVENT_EXIT);
inline constexpr std::uint64_t DEATH = UTRACE_EVENT(EVENT_DEATH);
inline constexpr std::uint64_t ENTRY = UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
inline constexpr std::uint64_t EXIT_OF_CALL = UTRACE_EVENT(EVENT_SYSCALL_EXIT);
inline constexpr std::uint64_t TERM = UTRACE_EVENT(EVENT_SIGNAL_TERM);
inline constexpr std::uint64_t CORE = UTRACE_EVENT(EVENT_SIGNAL_CORE);
inline constexpr std::uint64_t JCTL = UTRACE_EVENT(EVENT_JCTL);

/// The engine answers STOP, and its task stops.
inline Story& stop_by_answer(Story& s, std::uint32_t engine = 0) {
    return s.quiesce(engine, UTRACE_STOP).stop_bit(engine, true, 1).traced();
}

/// A call of utrace_control by the tracer, with `f` while it is under way.
template <typename F>
Story& during(Story& s, std::uint32_t engine, ResumeAction action, std::int64_t result, F&& f) {
    s.enter(ApiCall::control, 1, engine, action);
    f(s);
    return s.leave(ApiCall::control, 1, engine, result, action);
}

/// The engine lets its stopped task go, and it wakes.
inline Story& let_go(Story& s, std::uint32_t engine = 0, ResumeAction action = UTRACE_RESUME) {
    return during(s, engine, action, 0,
                  [engine](Story& story) { story.stop_bit(engine, false).woken(); });
}

/// A step of a scenario that touches the registers of task 1.
inline Story& touch_registers(Story& s, std::uint32_t by = Story::tracer) {
    return s.tell(EventKind::api, {static_cast<int>(ApiCall::get_regs), 1, none, 0, 0, 0, 0, 0},
                  by);
}

/// SIGKILL for task 1 because of what another thread does.
inline Story& kill_by_group(Story& s) {
    return s.tell(EventKind::signal_generated, {1, K_SIGKILL, 0, K_SI_KERNEL, 1}, Story::tracer);
}

/// An instruction that transfers control.
inline Story& branch(Story& s) { return s.tell(EventKind::instruction, {1, 0x1000, 1, 1}); }

/// A step to the next branch, and one of a single instruction, that the last round asked for.
inline Story& block_step(Story& s) {
    return s.quiesce(0, UTRACE_BLOCKSTEP).step_switch(StepSwitch::enable_block);
}
inline Story& single_step(Story& s) {
    return s.quiesce(0, UTRACE_SINGLESTEP).step_switch(StepSwitch::enable_single);
}

/// report_signal without a signal, for an interruption.
inline Story& report(Story& s, std::uint32_t reply = UTRACE_RESUME | UTRACE_SIGNAL_IGN) {
    return s.signal(0, 0, 0, UTRACE_SIGNAL_REPORT | UTRACE_RESUME, reply);
}

}  // namespace utsim::testing

// SPDX-License-Identifier: MIT
/// The engine that steps its target, instruction by instruction or branch by branch, and counts.
#pragma once

#include <cstdint>

#include <utsim/engine.hpp>

#include "engines/slot_engine.hpp"

namespace utsim {

struct StepperConfig {
    bool block = false;  ///< UTRACE_BLOCKSTEP instead of UTRACE_SINGLESTEP
    bool has_until = false;
    std::uint8_t then = UTRACE_RESUME;  ///< what it answers when it is done
    std::uint32_t count = 0;            ///< steps to make; 0: no end
    std::uint64_t until = 0;            ///< done when a step ends here
};

/// What a stepper found out; in the arena.
struct StepperState {
    static constexpr std::uint32_t positions_kept = 64;
    std::uint32_t steps = 0;        ///< traps it took
    std::uint32_t interrupted = 0;  ///< other callbacks while it was stepping
    bool started = false;
    bool done = false;
    std::uint64_t armed_at = 0;                   ///< where it last asked for a step
    std::uint64_t position[positions_kept] = {};  ///< where the first traps were taken
};

template <typename V>
void describe(V& v, StepperState& s) {
    v.field("steps", s.steps);
    v.field("interrupted", s.interrupted);
    v.field("started", s.started);
    v.field("done", s.done);
    v.field("armed_at", s.armed_at);
    v.field("position", s.position);
}

class Stepper final : public SlotEngine {
public:
    Stepper(ScriptContext* context, std::uint16_t slot, const StepperConfig& config,
            StepperState* state)
        : SlotEngine(context, slot),
          config_(config),
          state_(state) {}

    static constexpr std::uint64_t events = UTRACE_EVENT(EVENT_QUIESCE) | UTRACE_EVENT_SIGNAL_ALL;

    std::uint32_t report_quiesce(std::uint32_t action, Engine& engine,
                                 std::uint64_t event) override;
    std::uint32_t report_signal(std::uint32_t action, Engine& engine, SignalReport& info) override;
    std::uint32_t report_syscall_entry(std::uint32_t action, Engine& engine, Task& task) override;
    std::uint32_t report_syscall_exit(std::uint32_t action, Engine& engine, Task& task) override;

    const StepperState& seen() const { return *state_; }

private:
    std::uint32_t wanted() const;
    /// The same from a task that is about to go on: the step begins here.
    std::uint32_t arm(const Task& task);
    bool ends_a_step(const SignalReport& info, const Task& task) const;
    void take_trap(std::uint64_t position);

    StepperConfig config_;
    StepperState* state_;
};

}  // namespace utsim

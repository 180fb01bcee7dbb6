// SPDX-License-Identifier: MIT
/// The engine that lets system calls through or aborts them, by number and arguments.
#pragma once

#include <cstdint>

#include <utsim/engine.hpp>

#include "engines/slot_engine.hpp"

namespace utsim {

/// Fits a call with this number whose argument, if one is named, has one of the values.
struct GuardRule {
    static constexpr std::uint8_t no_argument = 0xff;
    std::int32_t nr = 0;
    std::uint8_t argument = no_argument;
    bool abort = false;       ///< what becomes of a call that fits
    std::uint32_t first = 0;  ///< into GuardConfig::values
    std::uint32_t count = 0;
};

struct GuardConfig {
    const GuardRule* rules = nullptr;  ///< the first that fits decides
    const std::uint64_t* values = nullptr;
    std::uint32_t rule_count = 0;
    bool abort_others = false;  ///< calls that no rule fits
    /// Asks for another report when somebody stops the task at the entry, and judges again then.
    bool revisit = true;
};

struct GuardState {
    std::uint32_t allowed = 0;
    std::uint32_t aborted = 0;
    std::uint32_t revisited = 0;
};

template <typename V>
void describe(V& v, GuardState& s) {
    v.field("allowed", s.allowed);
    v.field("aborted", s.aborted);
    v.field("revisited", s.revisited);
}

class Guard final : public SlotEngine {
public:
    Guard(ScriptContext* context, std::uint16_t slot, const GuardConfig* config, GuardState* state)
        : SlotEngine(context, slot),
          config_(config),
          state_(state) {}

    static constexpr std::uint64_t events = UTRACE_EVENT(EVENT_SYSCALL_ENTRY);

    std::uint32_t report_syscall_entry(std::uint32_t action, Engine& engine, Task& task) override;

    const GuardState& seen() const { return *state_; }

private:
    bool must_abort(const Task& task) const;

    const GuardConfig* config_;
    GuardState* state_;
};

}  // namespace utsim

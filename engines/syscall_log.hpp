// SPDX-License-Identifier: MIT
/// The engine that writes down every system call of its target, as strace does.
#pragma once

#include <cstdint>

#include <utsim/engine.hpp>

#include "engines/slot_engine.hpp"

namespace utsim {

struct SyscallLogState {
    std::uint32_t entries = 0;
    std::uint32_t repeats = 0;  ///< entry reports with UTRACE_SYSCALL_RESUMED
    std::uint32_t exits = 0;
};

template <typename V>
void describe(V& v, SyscallLogState& s) {
    v.field("entries", s.entries);
    v.field("repeats", s.repeats);
    v.field("exits", s.exits);
}

class SyscallLog final : public SlotEngine {
public:
    SyscallLog(ScriptContext* context, std::uint16_t slot, SyscallLogState* state)
        : SlotEngine(context, slot),
          state_(state) {}

    static constexpr std::uint64_t events = UTRACE_EVENT_SYSCALL;

    std::uint32_t report_syscall_entry(std::uint32_t action, Engine& engine, Task& task) override;
    std::uint32_t report_syscall_exit(std::uint32_t action, Engine& engine, Task& task) override;

    const SyscallLogState& seen() const { return *state_; }

private:
    SyscallLogState* state_;
};

}  // namespace utsim

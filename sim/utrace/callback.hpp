// SPDX-License-Identifier: MIT
/// Calling one callback of one engine: a scheduling point, an event, another point, the call, an
/// event.
///
/// No lock may be held (spec 1.9). A missing table entry is what it is in the kernel, a jump
/// through a null pointer, and ends the run as a bug.
#pragma once

#include <cstdint>

#include "kernel/signal_types.hpp"
#include "utrace/utrace_struct.hpp"

namespace utsim {

constexpr std::uint32_t callback_bit(CallbackKind kind) {
    return std::uint32_t{1} << static_cast<int>(kind);
}

/// Whether the table has an entry for `kind`.
inline bool has_callback(const EngineOps* ops, CallbackKind kind) {
    return (ops->provides() & callback_bit(kind)) != 0;
}

std::uint32_t call_report_quiesce(EngineOps* ops, std::uint32_t action, Task* current,
                                  Engine* engine, std::uint64_t event);
std::uint32_t call_report_signal(EngineOps* ops, std::uint32_t action, Task* current,
                                 Engine* engine, std::uint64_t event, SignalReport& info);
std::uint32_t call_report_clone(EngineOps* ops, std::uint32_t action, Task* current, Engine* engine,
                                std::uint64_t clone_flags, Task* child);
std::uint32_t call_report_jctl(EngineOps* ops, std::uint32_t action, Task* current, Engine* engine,
                               int type, int notify);
std::uint32_t call_report_exec(EngineOps* ops, std::uint32_t action, Task* current, Engine* engine);
std::uint32_t call_report_syscall_entry(EngineOps* ops, std::uint32_t action, Task* current,
                                        Engine* engine);
std::uint32_t call_report_syscall_exit(EngineOps* ops, std::uint32_t action, Task* current,
                                       Engine* engine);
std::uint32_t call_report_exit(EngineOps* ops, std::uint32_t action, Task* current, Engine* engine,
                               long orig_code, long* code);
std::uint32_t call_report_death(EngineOps* ops, Task* current, Engine* engine, bool group_dead,
                                int signal);
void call_report_reap(EngineOps* ops, Task* target, Engine* engine);
/// `release` of the table that the engine was created with.
void call_release(Engine* engine);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// What printing and reading of words agree on; private to the files that do it.
#pragma once

#include <utsim/utrace.hpp>

#include "event/event.hpp"
#include "event/names.hpp"
#include "trace/value.hpp"

namespace utsim::words {

inline constexpr std::int64_t nobody = 0xffffffff;
inline constexpr std::uint64_t lock_shift = 32;

/// Bits above the action, which no action table has.
inline constexpr NamedValue signal_extra[] = {
    {"UTRACE_SIGNAL_HOLD", static_cast<std::int64_t>(UTRACE_SIGNAL_HOLD)}};
inline constexpr NamedValue syscall_extra[] = {
    {"UTRACE_SYSCALL_RESUMED", static_cast<std::int64_t>(UTRACE_SYSCALL_RESUMED)}};
inline constexpr NamedValue mask_extra[] = {
    {"SIGNAL_ALL", static_cast<std::int64_t>(UTRACE_EVENT_SIGNAL_ALL)}};

/// The callback that the event is about, for fields whose words follow from it.
CallbackKind callback_of(const FieldContext& context);

}  // namespace utsim::words

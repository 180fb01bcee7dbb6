// SPDX-License-Identifier: MIT
/// How a field of an event is read where it stands.
///
/// Calls and callbacks carry in general fields what each of them makes of it: `arg0` of
/// report_signal is a signal, the `action` of utrace_control a resume action.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "event/event.hpp"

namespace utsim {

/// What a field stands for where the format of its row alone does not say it.
struct FieldContext {
    EventKind kind{};
    std::size_t field = 0;
    /// The event's first values, as far as they are known (a reader goes field by field).
    const std::int64_t* values = nullptr;
};

/// How the field is read among these values.
Format format_of(const FieldContext& context);

/// All that a field can be read as, whatever the event's other fields are.
std::vector<Format> formats_of(EventKind kind, std::size_t field);

/// Where the field stands on which the meaning of others depends: the call, the callback. False
/// when there is none.
bool deciding_field(EventKind kind, std::size_t& field);

/// Whether the text of such an event is one that only some of its kind have (what the arguments of
/// a system call mean): where it is empty a trace does not have it.
bool text_may_be_absent(EventKind kind);

/// The signal that an `si_code` field of the event belongs to.
std::int64_t signal_of_code(const FieldContext& context);

}  // namespace utsim

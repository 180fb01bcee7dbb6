// SPDX-License-Identifier: MIT
/// A small language for one change of a stream of events.
///
///     drop  EVENT                                  it did not happen
///     set   EVENT to FIELD=VALUE...                it happened otherwise
///     move  EVENT before|after EVENT               it happened earlier, or later
///     copy  EVENT [as FIELD=VALUE...] before|after EVENT    it happened once more
///     add   KIND FIELD=VALUE... before|after EVENT          something else happened, too
///
/// An EVENT is `KIND FIELD=VALUE... [#N]`: the names of trace.md, and the words that a trace
/// prints. It must fit one event only, unless `#2` says that it is the second one that fits, or
/// `#last`. `KIND..` is all from that event to the one that ends it: of a callback, its answer; of
/// a call
/// (`api_enter`), its return; of a lock that is taken, its release. `by` is the actor as a field.
/// A value with spaces stands in double quotes.
///
/// What is moved, copied or added happens in the step of the event that it is put next to.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <utsim/result.hpp>

#include "breach/recording.hpp"

namespace utsim::testing {

/// Applies one line of the language to `stream`.
Result<Done> apply_edit(std::string_view line, Stream& stream, EditedNames& names);

/// How the language says which event `stream[index]` is.
std::string describe_event(const Stream& stream, std::size_t index, const NameTable& names,
                           bool span = false);
/// The value of a field in the words of the language; without quotes.
std::string field_text(const Event& event, std::size_t field, const NameTable& names);
/// The index of the event that ends what `stream[index]` begins; `index` when it begins nothing.
std::size_t span_end(const Stream& stream, std::size_t index);

}  // namespace utsim::testing

// SPDX-License-Identifier: MIT
/// One field of an event as a word, and back.
///
/// `append_symbol` and `parse_symbol` are inverse: whatever the first prints as a word, the second
/// reads as the same number, so a trace loses nothing by being readable. What has no word is
/// printed as a number by the caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <utsim/utrace.hpp>

#include "event/event.hpp"
#include "vocabulary/field_format.hpp"

namespace utsim {

/// Finds the numbers of names; the reader's counterpart of NameTable.
class NameLookup {
public:
    virtual ~NameLookup() = default;
    virtual bool find_actor(std::string_view name, std::int64_t& id) = 0;
    virtual bool find_task(std::string_view name, std::int64_t& id) = 0;
    virtual bool find_engine(std::string_view name, std::int64_t& id) = 0;
    virtual bool find_text(std::string_view text, std::int64_t& id) = 0;
};

/// The value of a task, engine or actor that is nobody.
inline constexpr std::int64_t nobody = 0xffffffff;

/// Appends the word for `value`. False, with nothing appended, when it is a plain number.
bool append_symbol(std::string& out, const FieldContext& context, std::int64_t value,
                   const NameTable& names);
/// The same for a number that stands in no event. What depends on other fields has no word here.
bool append_in_format(std::string& out, Format format, std::int64_t value, const NameTable& names);
/// The number that `text` stands for. False when it stands for none.
bool parse_symbol(std::string_view text, const FieldContext& context, NameLookup& names,
                  std::int64_t& value);

/// True when `value` of this format means "nobody": JSON null.
bool is_nobody(Format format, std::int64_t value);

/// `victim.utrace`, `tasklist`. False, with nothing appended, when it has no name.
bool append_lock(std::string& out, std::int64_t lock, const NameTable& names);

/// `UTRACE_SIGNAL_IGN|UTRACE_STOP`: what a callback of `kind` was given or answered.
void append_callback_word(std::string& out, CallbackKind kind, std::uint64_t word);

}  // namespace utsim

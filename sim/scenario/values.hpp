// SPDX-License-Identifier: MIT
/// JSON values as the numbers they stand for. Empty when the value has the wrong shape: then the
/// shape check has said so already.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engines/script.hpp"
#include "engines/scripted.hpp"
#include "event/names.hpp"
#include "scenario/json_value.hpp"

namespace utsim {

/// The member called `key`, or null; null too when `value` is no object.
const JsonValue* member(const JsonValue& value, std::string_view key);

std::string text_of(const JsonValue* value);
bool flag_of(const JsonValue* value, bool otherwise);
std::optional<std::int64_t> integer_of(const JsonValue* value);
/// An integer or `"0x..."`.
std::optional<std::int64_t> number_of(const JsonValue* value);
/// A word of a table, with or without `prefix`.
std::optional<std::int64_t> word_of(const JsonValue* value, Names names, std::string_view prefix);
std::optional<std::int64_t> word_or_integer(const JsonValue* value, Names names,
                                            std::string_view prefix);
/// The bits of all words of a list.
std::int64_t flags_of(const JsonValue* value, Names names, std::string_view prefix);
/// All strings of a list; a string alone is a list of one.
std::vector<std::string> texts_of(const JsonValue* value);

std::optional<int> signal_of(const JsonValue* value);
SigSet signals_of(const JsonValue* value);
std::optional<int> syscall_of(const JsonValue* value);
/// An integer or `-EINVAL`.
std::optional<std::int64_t> result_of(const JsonValue* value);
std::optional<std::int64_t> errno_of(std::string_view text);
std::optional<std::uint64_t> events_of(const JsonValue* value);
std::optional<std::uint32_t> action_of(const JsonValue* value);
std::optional<std::int64_t> task_state_of(const JsonValue* value);
std::optional<int> exit_state_of(const JsonValue* value);
/// `signal:SIGTRAP` and the like; `*` is every callback.
std::optional<CallbackKey> callback_key_of(std::string_view text);

/// `STOP` or `["STOP", "IGN", "HOLD"]`.
struct CallbackWord {
    std::uint8_t resume = 0;  ///< a ResumeAction, `answer_keep` or `answer_sticky`
    bool has_part = false;
    std::uint32_t part = 0;
    bool flag = false;  ///< HOLD or RESUMED
};
std::optional<CallbackWord> callback_word_of(const JsonValue* value);

/// Registers given as members of an object; other members are passed over.
std::vector<RegisterValue> registers_of(const JsonValue* value);

}  // namespace utsim

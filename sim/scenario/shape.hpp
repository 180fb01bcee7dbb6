// SPDX-License-Identifier: MIT
/// Whether a JSON tree has the shape that the field table describes. The JSON Schema says the same.
#pragma once

#include "scenario/fields.hpp"
#include "scenario/json_value.hpp"
#include "scenario/problems.hpp"

namespace utsim {

/// True when nothing was wrong.
bool check_shape(const Type& type, const JsonValue& value, Problems& problems);

/// `an array`, `a string`, `one of A, B, C`: for messages.
std::string describe_type(const Type& type);

/// Takes the optional prefix off a word; empty when it is none of the type's words.
std::string_view plain_word(const Type& type, std::string_view text);

}  // namespace utsim

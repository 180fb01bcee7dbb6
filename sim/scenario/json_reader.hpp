// SPDX-License-Identifier: MIT
/// Reading JSON text into a tree with positions; duplicate keys and limits are told as problems.
#pragma once

#include <string_view>

#include "scenario/json_value.hpp"
#include "scenario/problems.hpp"

namespace utsim {

/// False when the text is not JSON, or is beyond a limit; then `problems` says why. Duplicate keys
/// are problems too, but the tree is complete.
bool read_json(std::string_view text, JsonValue& root, Problems& problems);

}  // namespace utsim

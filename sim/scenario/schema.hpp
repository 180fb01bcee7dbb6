// SPDX-License-Identifier: MIT
/// The field table as documents: the JSON Schema, and the reference part of docs/scenario.md.
#pragma once

#include <string>

namespace utsim {

/// JSON Schema, draft 2020-12, indented, with a newline at the end.
std::string schema_json();

/// Markdown: one section for each object of the format.
std::string scenario_reference();

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// The field table as documents: the JSON Schema, and the reference part of docs/scenario.md.
#pragma once

#include <string>
#include <string_view>

namespace utsim {

/// What the schema of scenarios is called wherever utsim is installed: `$id` of the schema, and
/// `$schema` of the files that `utsim new` writes.
inline constexpr std::string_view scenario_schema_urn = "urn:utsim:scenario:1";

/// JSON Schema, draft 2020-12, indented, with a newline at the end.
std::string schema_json();

/// Markdown: one section for each object of the format.
std::string scenario_reference();

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// The decision table as a document.
#pragma once

#include <string>
#include <string_view>

namespace utsim {

/// The heading under which a decision point stands; points without one of their own stand under
/// that of the point before.
std::string_view decision_group(std::string_view decision);

/// Markdown: the presets, then each decision point with its values, and what cannot be together.
std::string semantics_reference();

}  // namespace utsim

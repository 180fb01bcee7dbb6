// SPDX-License-Identifier: MIT
/// Semantics that have a name: the six recorded versions and the proposals.
#pragma once

#include <span>
#include <string_view>

#include "semantics/semantics.hpp"

namespace utsim {

struct Override {
    std::string_view decision;
    std::string_view value;
};

struct PresetInfo {
    std::string_view name;
    std::string_view date;                ///< of the recorded commit or of the mail, YYYY-MM-DD
    std::string_view api;                 ///< UTRACE_API_VERSION
    std::string_view summary;             ///< one sentence
    std::size_t era;                      ///< column of the decision table
    std::span<const Override> overrides;  ///< where a proposal leaves that column
    bool recorded() const { return overrides.empty(); }
};

/// E1 ... F in order of time, then the proposals.
std::span<const PresetInfo> presets();
/// By name, by date (the latest recorded version that is not younger), or by API version (the
/// latest recorded version that has it); null for anything else.
const PresetInfo* find_preset(std::string_view text);
Semantics preset_semantics(const PresetInfo& preset);

}  // namespace utsim

// SPDX-License-Identifier: MIT
/// Semantics as text: `F`, `E1,step.arm=flags`, `2009-11-13`, `20090421,arch=s390`, `F,quirk=B33`.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <utsim/result.hpp>

#include "semantics/presets.hpp"
#include "semantics/semantics.hpp"

namespace utsim {

/// A semantics and the shortest text that says it.
struct NamedSemantics {
    std::string name;  ///< a preset, then what differs from it in the order of the tables
    Semantics semantics;
};

/// E-SEM-001 no such preset, -002 no such decision point, -003 no such value, -004 a contradiction,
/// -005 not `point=value`, -006 a point is given twice,
/// -007 no such quirk. An empty text is F.
Result<NamedSemantics> parse_semantics(std::string_view text);

/// `choices` on top of `base`, checked for contradictions. A choice can be `quirk` and an id, as
/// often as one likes; a quirk that is a decision is made as that.
Result<NamedSemantics> change_semantics(
    const PresetInfo& base, const std::vector<std::pair<std::string, std::string>>& choices);

/// The first contradiction in it, in words; empty when there is none.
std::string contradiction_in(const Semantics& semantics);

/// The shortest name on top of `base`; the name of a preset if it is one.
std::string semantics_name(const PresetInfo& base, const Semantics& semantics);

/// Of every choice by name and value, so that a new decision point changes no older one's meaning
/// unnoticed. Quirks count if they are on.
std::string semantics_digest(const Semantics& semantics);

}  // namespace utsim

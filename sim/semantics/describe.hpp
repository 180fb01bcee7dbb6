// SPDX-License-Identifier: MIT
/// From a Semantics to what the public header shows of it.
#pragma once

#include <utsim/semantics.hpp>

#include "semantics/parse.hpp"

namespace utsim {

/// `base` is the preset that it was built on.
SemanticsDescription describe(const NamedSemantics& named, const PresetInfo& base);

}  // namespace utsim

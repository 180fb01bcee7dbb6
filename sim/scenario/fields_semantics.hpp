// SPDX-License-Identifier: MIT
/// The format of semantics files, as a table like that of scenarios.
#pragma once

#include "scenario/fields.hpp"

namespace utsim {

/// The whole file. `choices` has a field for each decision point, made from the decision table.
const Type& semantics_type();

}  // namespace utsim

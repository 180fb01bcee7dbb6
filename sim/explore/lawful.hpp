// SPDX-License-Identifier: MIT
/// Makes a scenario one whose engines and callers keep their duties.
#pragma once

#include "explore/draft.hpp"

namespace utsim {

/// Takes out of a scenario, or mends, what would break a duty (docs/contract.md) in some order.
/// What is left is what the contract asks of engines and callers, as far as that can be told from
/// the text.
void make_lawful(Draft& scenario);

}  // namespace utsim
